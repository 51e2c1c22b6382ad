// Which work is looked at, and among which others. The address names it (?work=NAME): a link opens it, going back closes it.

import { asking, go, query } from "../base/address.js";
import { computed, effect, signal } from "../base/html.js";

/**
 * A file of the library, or an output with what its job knows of it.
 * @typedef {Api.Asset | Api.Output & Pick<Api.Job, "prompt"|"model"|"sketch"|"charged"> & {job: string}} Work
 * @typedef {{works: Reading<Work[]>, more?: () => void}} Sequence works in their order; `more` reads on behind the last
 */

/** The name of what is looked at, "" for nothing. */
export const showing = computed(() => query.value.get("work") ?? "");

/** What is leafed through. @type {Signal<Sequence|null>} */
const among = signal(null);
let entered = false; // by a step of its own, which leads back to where it was opened

effect(() => { if (!showing.value) entered = false; });

const place = computed(() => among.value?.works.value.findIndex((work) => work.file === showing.value) ?? -1);

/** What is known of it without asking, if it was opened among others. @type {Reading<Work|null>} */
export const shown = computed(() => among.value?.works.value[place.value] ?? null);
/** Its place among the others, from 1; 0 when it stands alone. */
export const position = computed(() => place.value + 1);
export const total = computed(() => among.value?.works.value.length ?? 0);

/** @param {number} step @returns {Work|null} the one before (-1) or behind it (1) */
export const neighbour = (step) => (place.value < 0 ? null : among.value.works.value[place.value + step] ?? null);

/** The address at which a work is looked at in this room. @param {string} file */
export const addressOf = (file) => `#/${asking({ work: file })}`;

/**
 * Look at a work.
 * @param {string} file
 * @param {Sequence} [sequence] what it stands among
 */
export function show(file, sequence) {
  if (sequence) among.value = sequence;
  const first = !showing.value;
  go(asking({ work: file }), { quiet: !first });
  if (first) entered = true;
}

/** Look at the one before or behind it. @param {number} step */
export function leaf(step) {
  const work = neighbour(step);
  if (work) go(asking({ work: work.file }), { quiet: true });
  if (step > 0 && position.value > total.value - 5) among.value?.more?.();
}

/** Look away. */
export function close() {
  if (!showing.value) return;
  if (entered) history.back();
  else go(asking({ work: null }), { quiet: true });
}
