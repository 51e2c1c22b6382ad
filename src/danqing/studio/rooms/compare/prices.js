// What each cell would cost at the most, or why it cannot be made; asked for while the comparison is put together.

import { api } from "../../base/api.js";
import { computed, effect, signal } from "../../base/html.js";
import { nanosOf, total } from "../../base/money.js";
import { CELLS_MAX, bodies, columns, complete, strange } from "./plan.js";

const PAUSE_MS = 300;
const AT_ONCE = 4;
const UNSAID = "…"; // stands for a prompt that nobody has written yet, to know what it would cost

/** @typedef {{quote?: Api.Quote, problem?: import("../../base/api.js").Problem, strange?: string[]}} Price `strange`: the fields whose values the model does not have */

/** By what is asked for. @type {Signal<Map<string, Price>>} */
const known = signal(new Map());
const nameOf = (body) => JSON.stringify({ ...body, prompt: body.prompt || UNSAID });

/** What is known of a cell; nothing while it is asked for. @param {Api.JobRequest} body @returns {Price} */
export function priceOf(body) {
  const fields = strange(body);
  return fields.length ? { strange: fields } : known.value.get(nameOf(body)) ?? {};
}

/** Whether there are more cells than are compared at once. */
export const crowded = computed(() => bodies.value.length > CELLS_MAX);
const prices = computed(() => (crowded.value ? [] : bodies.value.map(priceOf)));
const quotes = computed(() => prices.value.flatMap(({ quote }) => quote ?? []));
/** How many are known not to be made. */
export const refused = computed(() => prices.value.filter(({ problem, strange }) => problem || strange).length);
/** What all of them cost at the most; null while some of it is asked for. @type {Reading<Api.Money|null>} */
export const sum = computed(() => (prices.value.every((price) => price.quote || price.problem || price.strange) ? total(quotes.value.map(({ cost }) => cost)) : null));
/** Whether there is less money than that. */
export const poor = computed(() => quotes.value.some(({ limits }) => limits.some(({ left }) =>
  typeof left === "object" && sum.value && nanosOf(left) < nanosOf(sum.value))));
export const ready = computed(() => complete.value && !crowded.value && sum.value !== null && quotes.value.length > 0 && !poor.value);

async function ask(name, signal) {
  /** @type {Price} */
  const told = await api("POST", "/quote", JSON.parse(name), { signal }).then((quote) => ({ quote }), (problem) => ({ problem }));
  if (!signal.aborted) known.value = new Map(known.value).set(name, told);
}

effect(() => {
  if (!columns.value.length || crowded.value) return undefined;
  const wanted = [...new Set(bodies.value.filter((body) => !strange(body).length).map(nameOf))];
  const ending = new AbortController();
  const begin = () => {
    const left = wanted.filter((name) => !known.peek().get(name)?.quote); // what was refused may be better by now
    const work = async () => { for (let name = left.shift(); name && !ending.signal.aborted; name = left.shift()) await ask(name, ending.signal); };
    for (let place = 0; place < AT_ONCE; place += 1) work();
  };
  const later = setTimeout(begin, PAUSE_MS);
  return () => { clearTimeout(later); ending.abort(); };
});
