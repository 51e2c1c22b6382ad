// What is looked for. It stands in the address by the names that the API has for it, so that going back, reloading and
// links work; days are the reader's own, and become moments when the API is asked.

import { asking, go, query } from "../../base/address.js";
import { computed } from "../../base/html.js";

export const NAMES = ["q", "kind", "model", "ratio", "since", "until", "starred", "board", "key", "cost_min", "cost_max"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What is looked for, by name. @type {Reading<Record<string, string>>} */
export const filters = computed(() =>
  Object.fromEntries(NAMES.map((name) => [name, query.value.get(name)]).filter(([, value]) => value)));

const midnight = (day, later = 0) => {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
};

/**
 * What the API is asked for: from the first moment of a day, up to the last one of another.
 * @param {Record<string, string>} wanted
 */
export function asked(wanted) {
  const told = new URLSearchParams(wanted);
  const { since, until } = wanted;
  if (DAY.test(since)) told.set("since", midnight(since));
  if (DAY.test(until)) told.set("until", midnight(until, 1));
  return told.toString();
}

/** The same in one line, to see whether it has changed. */
export const wanted = computed(() => asked(filters.value));

/**
 * Look for something else.
 * @param {Record<string, string|null>} changes
 * @param {{quiet?: boolean}} [how] `quiet` while words are typed, so that going back does not spell them backwards
 */
export const look = (changes, how) => go(asking(changes), how);

/** Look for everything again. */
export const lookForAll = () => look(Object.fromEntries(NAMES.map((name) => [name, null])));
