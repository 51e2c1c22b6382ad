// Where the reader is: the part of the address after the #, as in #/jobs/ID?state=done.

import { computed, signal } from "./html.js";

const told = () => location.hash.replace(/^#\/?/, "");
const address = signal(told());
addEventListener("hashchange", () => { address.value = told(); });

/** The name of the room, "" when none is named. */
export const room = computed(() => address.value.split(/[/?]/)[0]);
/** Text of an address as it was meant; what nobody can have meant is left as it is. @param {string} text */
function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What in the room is open, "" when nothing is: ID of #/jobs/ID. */
export const within = computed(() => plain(address.value.split("?")[0].split("/").slice(1).join("/")));
/** What is asked for in the room, such as its filters. */
export const query = computed(() => new URLSearchParams(address.value.split("?")[1] ?? ""));

/**
 * The path of this very place with other things asked for; what is "" or null is asked for no more.
 * @param {Record<string, string|null>} changes
 */
export function asking(changes) {
  const other = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) value ? other.set(name, value) : other.delete(name);
  const said = other.toString();
  return address.value.split("?")[0] + (said && `?${said}`);
}

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

/** Ask for something else in the same room, as its filters do. Leaves no step to go back to. @param {Record<string, string>} changes */
export const refine = (changes) => go(asking(changes), { quiet: true });
