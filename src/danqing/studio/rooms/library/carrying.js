// Works that are carried from one place of the page to another.

const KIND = "application/x-danqing-works";

/**
 * Begin to carry works.
 * @param {DragEvent} event
 * @param {string[]} files
 */
export function carry(event, files) {
  event.dataTransfer.setData(KIND, JSON.stringify(files));
  event.dataTransfer.effectAllowed = "copy";
}

/** Whether works are carried; which, is known when they are dropped. @param {DragEvent} event */
export const carries = (event) => event.dataTransfer.types.includes(KIND);

/** The works that were dropped. @param {DragEvent} event @returns {string[]} */
export const carried = (event) => (carries(event) ? JSON.parse(event.dataTransfer.getData(KIND)) : []);
