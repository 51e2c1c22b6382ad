// Which works are chosen, to do something with all of them.

import { computed, signal } from "../../base/html.js";
import { works } from "./found.js";

/** @type {Signal<Set<string>>} */
const ticked = signal(new Set());
let from = ""; // where a stretch begins

/** Those that are chosen and still there, in the order of the list. @type {Reading<Api.Asset[]>} */
export const chosen = computed(() => (works.value ?? []).filter((work) => ticked.value.has(work.file)));
/** Whether a touch is to choose, where nothing hovers. */
export const picking = signal(false);
export const choosing = computed(() => picking.value || chosen.value.length > 0);

/** @param {string} file */
export const isChosen = (file) => ticked.value.has(file);

/**
 * Choose a work, or choose it no more; or all from the last one that was chosen up to this one.
 * @param {string} file
 * @param {{stretch?: boolean}} [how]
 */
export function tick(file, { stretch = false } = {}) {
  const after = new Set(ticked.value);
  const order = works.value.map((work) => work.file);
  const [first, last] = [order.indexOf(from), order.indexOf(file)].sort((a, b) => a - b);
  if (stretch && first >= 0) order.slice(first, last + 1).forEach((name) => after.add(name));
  else if (!after.delete(file)) after.add(file);
  from = file;
  ticked.value = after;
}

/** Choose all that were read. */
export function tickAll() {
  ticked.value = new Set(works.value.map((work) => work.file));
}

/** Choose none. */
export function tickNone() {
  from = "";
  picking.value = false;
  ticked.value = new Set();
}
