// What was found, newest first, as far as it was read; and what has come since, which waits until the reader wants it.

import { api } from "../../base/api.js";
import { batch, computed, signal } from "../../base/html.js";
import { gone } from "../../works/keeping.js";

const PAGE = 60;

/** @type {Signal<Api.Asset[]|null>} */
const read = signal(null);
const next = signal(null);
/** What came since it was read, newest first. @type {Signal<Api.Asset[]>} */
const came = signal([]);
/** @type {Signal<import("../../base/api.js").Problem|null>} */
export const trouble = signal(null);

const there = (works) => works.filter((work) => !gone.value.has(work.file));

/** null until it is read. */
export const works = computed(() => (read.value ? there(read.value) : null));
/** How many have come; `many` when it is more than were asked for. */
export const fresh = computed(() => ({ count: there(came.value).length, many: came.value.length === PAGE }));
/** Changes whenever there is more to be read. */
export const more = computed(() => next.value);

let looked = ""; // what for
let reading = 0; // how many questions are on their way
let newest = 0; // the question that counts

async function ask(before = "") {
  const mine = ++newest;
  reading += 1;
  try {
    const told = await api("GET", `/assets?${looked}&limit=${PAGE}${before && `&before=${before}`}`);
    if (mine === newest) batch(() => {
      read.value = before ? [...read.value, ...told.assets] : told.assets;
      if (!before) came.value = [];
      next.value = told.next;
      trouble.value = null;
    });
  } catch (problem) {
    if (mine === newest) batch(() => {
      if (!before) read.value = null;
      trouble.value = problem;
    });
  }
  reading -= 1;
}

/** Look for something. @param {string} wanted a query of GET /api/assets */
export async function find(wanted) {
  looked = wanted;
  await ask();
}

/** Read on behind the last, unless that is going on. */
export async function readOn() {
  if (next.value && !reading) await ask(next.value);
}

/** Ask once more for what was not answered. */
export const askAgain = () => ask(read.value ? next.value : "");

/** See what has come since; nothing moves because of it. */
export async function lookAgain() {
  if (!read.value || reading) return;
  const mine = newest;
  const { assets } = await api("GET", `/assets?${looked}&limit=${PAGE}`);
  if (mine !== newest) return;
  const known = new Set(read.value.map((work) => work.file));
  const first = assets.findIndex((work) => known.has(work.file));
  came.value = first < 0 ? assets : assets.slice(0, first);
}

/** Put what has come in its place. */
export async function welcome() {
  if (fresh.value.many) await ask();
  else batch(() => { read.value = [...came.value, ...read.value]; came.value = []; });
}
