// What is to be compared: prompts, models and variations of them. Each prompt is a row, each model in each variation a
// column, and all of it is made from one seed.

import { byId } from "../../desk/catalogue.js";
import { computed, signal } from "../../base/html.js";

export const CELLS_MAX = 48;
const SEED_MAX = 1_000_000;
/** What can be varied, and where a model says which values it has. @type {Record<string, "aspects"|"sizes"|"seconds">} */
const AXES = { aspect: "aspects", size: "sizes", seconds: "seconds" };

/** @typedef {{model: string, wishes: Record<string, string|number>}} Column a model in one variation */

export const prompts = signal([""]);
/** The ids of the models, in the order in which they were chosen. @type {Signal<string[]>} */
export const chosen = signal([]);
/** The values of each axis that are tried; none leaves it to the model. @type {Signal<Record<string, (string|number)[]>>} */
export const varied = signal({});
/** @type {Signal<number|null>} */
export const seed = signal(Math.floor(Math.random() * SEED_MAX));

/** @template T @param {T[]} list @param {T} one */
export const toggled = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);

const said = computed(() => [...new Set(prompts.value.map((words) => words.trim()))].filter(Boolean));

/** Each axis that one of the models has, with all values that there are. @type {Reading<{name: string, values: (string|number)[]}[]>} */
export const axes = computed(() => Object.entries(AXES).map(([name, list]) => {
  const values = chosen.value.flatMap((id) => /** @type {(string|number)[]} */ (byId.value.get(id)?.ability[list] ?? []));
  return { name, values: [...new Set(values)].sort((a, b) => Number(a) - Number(b)) };
}).filter(({ values }) => values.length > 1));

/** Every variation of a model: what it has no word for at all is not varied. @param {string} id @returns {Column[]} */
function columnsOf(id) {
  let wishes = [{}];
  for (const { name } of axes.value) {
    const tried = varied.value[name] ?? [];
    if (!tried.length || !byId.value.get(id)?.ability[AXES[name]].length) continue;
    wishes = wishes.flatMap((before) => tried.map((value) => ({ ...before, [name]: value })));
  }
  return wishes.map((each) => ({ model: id, wishes: each }));
}

/** @type {Reading<Column[]>} */
export const columns = computed(() => chosen.value.flatMap(columnsOf));
export const rows = computed(() => (said.value.length ? said.value : [""]));
/** Whether there is something to be made. */
export const complete = computed(() => said.value.length > 0 && columns.value.length > 0);

/** What a model does not make of what is asked of it, as a field and its value; nothing when it makes all of it. @param {Api.JobRequest} body */
export const strange = (body) => Object.keys(AXES).filter((name) => body[name] !== undefined
  && !(/** @type {(string|number)[]} */ (byId.value.get(body.model)?.ability[AXES[name]] ?? [])).includes(body[name]));

/** The body of POST /api/jobs for each cell, row by row. @type {Reading<Api.JobRequest[]>} */
export const bodies = computed(() => rows.value.flatMap((prompt) => columns.value.map(({ model, wishes }) =>
  ({ model, prompt, count: 1, ...wishes, ...(seed.value === null ? {} : { seed: seed.value }) }))));
