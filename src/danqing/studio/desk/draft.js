// The draft on the desk: a model, words, pictures and wishes, and what just this would cost. What is taken out of a work
// begins a new draft; the one before is laid aside and can be taken back.

import { api } from "../base/api.js";
import { batch, computed, effect, signal, untracked } from "../base/html.js";
import { who } from "../base/session.js";
import { byId, isFilm, models, readModels, schemaOf } from "./catalogue.js";
import { inputsOf, lengthsOf, unplaced } from "./places.js";

const PAUSE_MS = 250;
const FORM = ["aspect", "count", "seconds", "size", "person", "seed", "negative"];
const DOING = ["task", "area", "factor"];
const GIVEN = ["pictures", "roles", "first_frame", "last_frame", "mask", "film", ...DOING,
  "translate", "enhance", "wants", "pixels", "mime", "quality", "knobs"];
const UNSAID = "…"; // stands for a prompt that nobody has written yet, to know what it would cost
const USUAL = "imagen-4.0-generate";

export const chosen = signal("");
export const schema = signal(null);
export const prompt = signal("");
/** What the form says, by the names of its fields. @type {Signal<Record<string, any>>} */
export const wishes = signal({});
/** What the draft was given besides, by the names of POST /api/jobs: pictures to begin with, a task, … @type {Signal<Record<string, any>>} */
export const given = signal({});
/** The drafts that were laid aside, newest first: bodies of POST /api/jobs. @type {Signal<Api.JobRequest[]>} */
export const aside = signal([]);
/** What the draft on the desk would cost, as POST /api/quote tells it; null while it is asked for; or `refusal`. @type {Signal<Api.Quote|null>} */
export const quote = signal(null);
/** @type {Signal<import("../base/api.js").Problem|null>} */
export const refusal = signal(null);

/** The fields that say what is done to the pictures of the draft, when there are some. */
export const doings = computed(() => (inputsOf(given.value).length
  ? DOING.filter((name) => schema.value?.properties[name]).map((name) => [name, schema.value.properties[name]]) : []));
export const model = computed(() => byId.value.get(chosen.value) ?? null);
const lengths = computed(() => (model.value ? lengthsOf(model.value.ability, given.value) : []));
/** The fields of the form: name and schema, in their order. */
export const fields = computed(() =>
  FORM.filter((name) => schema.value?.properties[name]).map((name) => [name,
    name === "seconds" && lengths.value.length ? { ...schema.value.properties[name], enum: lengths.value } : schema.value.properties[name]]));
/** The body of POST /api/jobs and of POST /api/quote. @type {Reading<Api.JobRequest>} */
export const draft = computed(() => {
  const said = Object.entries({ ...wishes.value, ...given.value }).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  /** @type {Api.JobRequest} */
  const body = { model: chosen.value, prompt: prompt.value.trim(), ...Object.fromEntries(said) };
  return lengths.value.length && !lengths.value.includes(body.seconds) ? { ...body, seconds: lengths.value[0] } : body;
});

const fits = (field, value) =>
  field.enum ? field.enum.includes(value) : value >= (field.minimum ?? -Infinity) && value <= (field.maximum ?? Infinity);

/** What is given stays, pictures too that a model has no place for: that is told, and another one may have. What is done to them goes. */
function kept(told, before) {
  const stays = ([name, value]) => !DOING.includes(name) || (told.properties[name]?.enum.includes(value) && inputsOf(before).length > 0);
  const after = Object.fromEntries(Object.entries(before).filter(stays));
  return told.required.includes("task") && !after.task ? { ...after, task: told.properties.task.enum[0] } : after;
}

/** Take another model; what was wished for and given stays as far as it can be asked for. */
export async function choose(id) {
  const other = model.value && isFilm(model.value) !== isFilm(byId.value.get(id)); // four pictures are no wish for four films
  chosen.value = id;
  const told = await schemaOf(id);
  if (chosen.value !== id) return;
  const shaped = inputsOf(given.value).length > 0; // what begins with a picture has its shape
  /** @type {Record<string, any>} */
  const after = {};
  for (const name of FORM) {
    const field = told.properties[name];
    if (!field) continue;
    const before = name === "count" && other ? null : wishes.value[name];
    if (name === "negative") after[name] = before ?? "";
    else if (before !== undefined && before !== null && fits(field, before)) after[name] = before;
    else after[name] = name === "aspect" && shaped ? null : field.default ?? null;
  }
  batch(() => { schema.value = told; wishes.value = after; given.value = kept(told, given.value); });
}

/** @param {string} name @param {unknown} value of a field of the form */
export function wish(name, value) {
  wishes.value = { ...wishes.value, [name]: value };
}

/** @param {string} name @param {unknown} value of what the draft is given; undefined takes it away */
export function give(name, value) {
  const { [name]: _, ...others } = given.value;
  given.value = value === undefined ? others : { ...others, [name]: value };
}

const worth = (body) => Boolean(body.prompt || GIVEN.some((name) => body[name] !== undefined));

/** Lay the draft on the desk aside, if there is something in it. */
export function layAside() {
  const same = JSON.stringify(draft.value);
  if (worth(draft.value)) aside.value = [draft.value, ...aside.value.filter((other) => JSON.stringify(other) !== same)].slice(0, 20);
}

/**
 * Begin a new draft with this; the one on the desk is laid aside. What is left out is as the model has it by default.
 * @param {{model?: string, prompt?: string} & Record<string, unknown>} body as POST /api/jobs takes it
 */
export async function take(body) {
  layAside();
  await readModels();
  const { model: id, prompt: words = "", ...others } = body;
  const pick = (names) => Object.fromEntries(names.filter((name) => name in others).map((name) => [name, others[name]]));
  const next = id && byId.value.has(id) ? id : chosen.value || usual();
  batch(() => { chosen.value = next; prompt.value = words; wishes.value = pick(FORM); given.value = pick(GIVEN); });
  await choose(next);
}

/** Take back what was laid aside; what is on the desk is laid aside in its place. */
export async function takeBack(body) {
  aside.value = aside.value.filter((other) => other !== body);
  await take(body);
}

const usual = () => {
  const remembered = localStorage.getItem("danqing.model");
  const first = models.value.find((row) => row.id === remembered) ?? models.value.find((row) => row.id.startsWith(USUAL));
  return (first ?? models.value[0]).id;
};

/** Have a draft on the desk: the one that is there, or an empty one of the model that was used last. */
export async function open() {
  await readModels();
  if (!chosen.value) await choose(usual());
}

/** The draft that the price, or the refusal, is of; "" for none. */
const answered = signal("");
/** Whether what is told of the price is about the draft as it is now. */
export const settled = computed(() => answered.value === JSON.stringify(draft.value));

/**
 * What a draft would cost at the most: what is told already, if it is about this one, or else it is asked for.
 * @param {Api.JobRequest} body @returns {Promise<Api.Money>}
 */
export async function priceOf(body) {
  const known = quote.value && answered.value === JSON.stringify(body);
  return known ? quote.value.cost : (await api("POST", "/quote", body)).cost;
}

/** @type {AbortController|null} */
let asking = null;

async function ask(body) {
  asking?.abort();
  const mine = (asking = new AbortController());
  /** @type {{told: Api.Quote|null, problem: import("../base/api.js").Problem|null}} */
  const answer = { told: null, problem: null };
  try {
    answer.told = await api("POST", "/quote", { ...body, prompt: body.prompt || (inputsOf(body).length ? "" : UNSAID) }, { signal: mine.signal });
  } catch (problem) {
    if (problem.name === "AbortError") return;
    answer.problem = problem;
  }
  batch(() => { quote.value = answer.told; refusal.value = answer.problem; answered.value = JSON.stringify(body); });
}

let shape = "";

effect(() => {
  const body = draft.value;
  const known = untracked(() => schema.value && schema.value.properties.model.default === body.model && model.value);
  if (!schema.value || !known) return undefined;
  const now = JSON.stringify({ ...body, prompt: "" });
  // While words are typed the price of before stands, but it is not settled; for something else it says nothing.
  if (now !== shape) untracked(() => { batch(() => { quote.value = null; refusal.value = null; answered.value = ""; }); });
  shape = now;
  localStorage.setItem("danqing.model", body.model);
  if (unplaced(known.ability, inputsOf(body)).length) return undefined; // it would only be refused
  const later = setTimeout(() => ask(body), PAUSE_MS);
  return () => clearTimeout(later);
});

effect(() => { // whoever signs in next finds nothing of another's
  if (who.value !== null) return;
  batch(() => { models.value = []; chosen.value = ""; schema.value = null; prompt.value = ""; wishes.value = {}; given.value = {}; aside.value = []; });
});
