// The pictures and films that the draft begins with: each is sent once, and from then on it is only named.

import { api } from "../base/api.js";
import { batch, computed, signal } from "../base/html.js";
import { isOver, hands, models, isFilm } from "./catalogue.js";
import { given, give, model, wish, wishes } from "./draft.js";
import { inputsOf, movedTo, placed, unplaced, withInputs } from "./places.js";

const KINDS = { "image/png": false, "image/jpeg": false, "image/webp": false, "video/mp4": true };
const PICTURE_BYTES_MAX = 20_000_000;
const RECOGNISED_BYTES_MAX = 64 << 20;

/** What a file chooser offers. */
export const ACCEPTED = Object.keys(KINDS).join(",");

/** @typedef {{name: string, look: string, film: boolean, trouble: import("../base/api.js").Problem|{kind: string, message: string}|null}} Arrival */
/** Files on their way, and those that were not taken. @type {Signal<Arrival[]>} */
export const arriving = signal([]);
/** A file that was made by Danqing, until it is said what it is wanted for. @type {Signal<{file: File, look: string, told: Api.Recognised}|null>} */
export const recognised = signal(null);

export const inputs = computed(() => inputsOf(given.value));
/** Whether something is still on its way. */
export const waiting = computed(() => arriving.value.some(({ trouble }) => !trouble));
/** What the model that is chosen has no place for. */
export const homeless = computed(() => (model.value ? unplaced(model.value.ability, inputs.value) : []));
/** A model that has a place for all of it, the one that is alike and costs least. @type {Reading<Api.Model|null>} */
export const host = computed(() => {
  if (!homeless.value.length) return null;
  const able = models.value.filter((row) => row.ability.anew && !isOver(row) && !unplaced(row.ability, inputs.value).length
    && (!hands.value.size || hands.value.has(row.id)));
  const alike = able.filter((row) => isFilm(row) === isFilm(model.value));
  return (alike.length ? alike : able).sort((a, b) => a.prices[0].price.nanos - b.prices[0].price.nanos)[0] ?? null;
});

/** @type {Map<string, string>} */
const looks = new Map();

/** Where a file can be seen that requests name so. @param {string} address */
export const look = (address) => looks.get(address) ?? `/api/assets/${address.split("/").at(-1)}/thumbnail?size=256`;
/** Films that are seen as such; of those that were made here there is a picture. @type {Set<string>} */
const films = new Set();
/** @param {string} address */
export const isMoving = (address) => films.has(address);

const set = (next) => { given.value = withInputs(given.value, next); };

/** Put a file into the draft that requests name so. @param {string} address @param {boolean} [film] */
export function put(address, film = false) {
  if (inputs.value.some((input) => input.address === address)) return;
  const { ability } = model.value;
  batch(() => {
    set([...inputs.value, { address, place: placed(ability, inputs.value, film) }]);
    if (wishes.value.aspect) wish("aspect", null); // what begins with a picture has its shape, unless another one is wished for
    if (film && !given.value.task && ability.tasks.length) give("task", ability.tasks.includes("extend") ? "extend" : ability.tasks[0]);
  });
}

/** @param {import("./places.js").Input} input @param {string} place */
export const move = (input, place) => set(movedTo(inputs.value, input, place));

/** @param {import("./places.js").Input} input */
export const remove = (input) => set(inputs.value.filter((other) => other !== input));

/** @param {Arrival} arrival */
export const forget = (arrival) => { arriving.value = arriving.value.filter((other) => other !== arrival); };

const change = (arrival, trouble) => { arriving.value = arriving.value.map((other) => (other === arrival ? { ...arrival, trouble } : other)); };

const unfit = (file) => {
  if (!(file.type in KINDS)) return { kind: "not_a_picture", message: "" };
  return !KINDS[file.type] && file.size > PICTURE_BYTES_MAX ? { kind: "too_large", message: "" } : null;
};

/** Send a file and put it into the draft. @param {File} file @param {string} seen where it is seen here */
async function send(file, seen) {
  const arrival = { name: file.name, look: seen, film: KINDS[file.type] ?? false, trouble: unfit(file) };
  arriving.value = [...arriving.value, arrival];
  if (arrival.trouble) return;
  try {
    const sent = await api("POST", "/files", file);
    looks.set(sent.address, seen);
    if (arrival.film) films.add(sent.address);
    batch(() => { forget(arrival); put(sent.address, arrival.film); });
  } catch (problem) {
    change(arrival, problem);
  }
}

/** Whether a file says that Danqing made it; what cannot be found out is no. @param {File} file */
async function tale(file) {
  if (!(file.type in KINDS) || file.size > RECOGNISED_BYTES_MAX) return null;
  const told = await api("POST", "/recognise", file).catch(() => null);
  return told?.recipe ? told : null;
}

/** Take files that were chosen, dropped or pasted; of a single one it is asked first whether Danqing made it. @param {File[]} files */
export async function bring(files) {
  const seen = files.map((file) => (file.type in KINDS ? URL.createObjectURL(file) : ""));
  const told = files.length === 1 ? await tale(files[0]) : null;
  if (told) recognised.value = { file: files[0], look: seen[0], told };
  else await Promise.all(files.map((file, at) => send(file, seen[at])));
}

/** Use a file as a picture whatever it tells of itself. */
export function useAsInput() {
  const { file, look: seen, told } = recognised.value;
  recognised.value = null;
  if (!told.asset?.file) return send(file, seen);
  const address = `files/${told.asset.file}`;
  return put(address, KINDS[file.type]);
}
