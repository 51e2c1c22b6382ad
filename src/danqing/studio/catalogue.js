// What can be asked for: the models, what each takes, and what the draft on the desk would cost.

import { api } from "./api.js";
import { batch, computed, effect, signal, untracked } from "./html.js";

const PAUSE_MS = 250;
const FIELDS = ["aspect", "count", "seconds", "size", "person", "seed", "negative"];
const UNSAID = "…"; // stands for a prompt that nobody has written yet, to know what it would cost

export const models = signal([]);
export const chosen = signal("");
export const schema = signal(null);
export const wishes = signal({});
export const prompt = signal("");
/** {cost, limits, changes, …} of what is on the desk, null while it is asked for; or `refusal`. */
export const quote = signal(null);
export const refusal = signal(null);

export const model = computed(() => models.value.find((row) => row.id === chosen.value) ?? null);
/** The fields of the form: name and schema, in their order. */
export const fields = computed(() =>
  FIELDS.filter((name) => schema.value?.properties[name]).map((name) => [name, schema.value.properties[name]]));
/** The body of POST /api/jobs and /api/quote. */
export const draft = computed(() => {
  const said = Object.entries(wishes.value).filter(([, value]) => value !== "" && value !== null);
  return { model: chosen.value, prompt: prompt.value.trim(), ...Object.fromEntries(said) };
});

const fits = (field, value) =>
  field.enum ? field.enum.includes(value) : value >= (field.minimum ?? -Infinity) && value <= (field.maximum ?? Infinity);

/** Take another model; what was wished for stays as far as it can be asked for. */
export async function choose(id) {
  chosen.value = id;
  const told = await api("GET", `/models/${encodeURIComponent(id)}/schema`);
  if (chosen.value !== id) return;
  const before = wishes.value;
  const after = {};
  for (const name of FIELDS) {
    const field = told.properties[name];
    if (!field) continue;
    if (name === "negative") after[name] = before[name] ?? "";
    else if (before[name] !== undefined && before[name] !== null && fits(field, before[name])) after[name] = before[name];
    else after[name] = field.default ?? null;
  }
  batch(() => { schema.value = told; wishes.value = after; });
}

/** @param {string} name @param {unknown} value */
export function wish(name, value) {
  wishes.value = { ...wishes.value, [name]: value };
}

/** Read the catalog once and take its first model that makes pictures. */
export async function open() {
  if (models.value.length) return;
  const told = await api("GET", "/models");
  models.value = told.models.filter((row) => row.ability.anew && row.ability.makes.some((made) => made !== "text"));
  const kept = localStorage.getItem("danqing.model");
  const first = models.value.find((row) => row.id === kept) ?? models.value.find((row) => row.id.startsWith("imagen-4.0-generate"));
  await choose((first ?? models.value[0]).id);
}

let asking = null;

async function ask(body) {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const told = await api("POST", "/quote", { ...body, prompt: body.prompt || UNSAID }, { signal: mine.signal });
    batch(() => { quote.value = told; refusal.value = null; });
  } catch (problem) {
    if (problem.name !== "AbortError") batch(() => { quote.value = null; refusal.value = problem; });
  }
}

let priced = "";

effect(() => {
  const body = draft.value;
  if (!schema.value || untracked(() => schema.value.properties.model.default) !== body.model) return undefined;
  const shape = JSON.stringify({ ...body, prompt: "" });
  // Other words hardly ever cost more, and then the server refuses: the price of before stands until the new one is there.
  if (shape !== priced) untracked(() => { quote.value = null; });
  priced = shape;
  localStorage.setItem("danqing.model", body.model);
  const later = setTimeout(() => ask(body), PAUSE_MS);
  return () => clearTimeout(later);
});
