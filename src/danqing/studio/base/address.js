// Where the reader is: the part of the address after the #, as in #/jobs/ID?state=done.

import { computed, signal } from "./html.js";

const told = () => location.hash.replace(/^#\/?/, "");
const address = signal(told());
addEventListener("hashchange", () => { address.value = told(); });

/** The name of the room, "" when none is named. */
export const room = computed(() => address.value.split(/[/?]/)[0]);
/** What in the room is open, "" when nothing is: ID of #/jobs/ID. */
export const within = computed(() => decodeURIComponent(address.value.split("?")[0].split("/").slice(1).join("/")));
/** What is asked for in the room, such as its filters. */
export const query = computed(() => new URLSearchParams(address.value.split("?")[1] ?? ""));

/**
 * Go to a room. A step that is `quiet` leaves none behind to go back to.
 * @param {string} path such as "create" or "jobs/ID"
 * @param {{quiet?: boolean}} [how]
 */
export function go(path, { quiet = false } = {}) {
  if (quiet) history.replaceState(null, "", `#/${path}`);
  else location.hash = `#/${path}`;
  address.value = path;
}

/**
 * Ask for something else in the same room, as its filters do; "" takes a wish away. Leaves no step to go back to.
 * @param {Record<string, string>} changes
 */
export function refine(changes) {
  const [place] = address.value.split("?");
  const wanted = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value) wanted.set(name, value);
    else wanted.delete(name);
  }
  go(wanted.size ? `${place}?${wanted}` : place, { quiet: true });
}
