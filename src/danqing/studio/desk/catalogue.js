// The models that can be asked for something, and what each of them takes.

import { api } from "../base/api.js";
import { computed, signal } from "../base/html.js";
import { has, t } from "../base/words.js";

/** All that make pictures or films of words, as GET /api/models tells them. @type {Signal<Api.Model[]>} */
export const models = signal([]);
/** @type {Map<string, Record<string, any>>} */
const schemas = new Map();

export const byId = computed(() => new Map(models.value.map((row) => [row.id, row])));

/** Who makes what for a live key: names of upstreams by the id of a model. For a test key nobody does. @type {Signal<Map<string, string[]>>} */
export const hands = signal(new Map());

const VENDORS = { imagen: "Google", veo: "Google", gemini: "Google", "gpt-image": "OpenAI", "dall-e": "OpenAI", sora: "OpenAI" };

/** Whose model it is. @param {Api.Model} row */
export const vendorOf = (row) => VENDORS[row.family] ?? row.family;

/** "second at 1080p" in words. @param {string} per */
export function unit(per) {
  const [what, size] = per.split(" at ");
  return has(`per.${what}`) ? t(`per.${what}`) + (size ? ` · ${size}` : "") : per;
}

/** @param {Api.Model} row */
export const isFilm = (row) => row.ability.makes.includes("video");

/** Whether its vendor has switched it off, so that another one makes its work. @param {Api.Model} row */
export const isOver = (row) => Boolean(row.lifecycle.shutdown && row.lifecycle.shutdown <= new Date().toISOString().slice(0, 10));

/**
 * The models that can be chosen, those that all the words are about; where nothing is given, such as make something new.
 * @param {Api.Model[]} rows @param {{words?: string, given?: boolean}} [asked]
 */
export function offered(rows, { words = "", given = false } = {}) {
  const sought = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => (given || row.ability.anew) && sought.every((word) =>
    [row.title, row.id, vendorOf(row), ...row.aliases].some((name) => name.toLowerCase().includes(word))));
}

/** Read the catalog, once, and who makes what of it. */
export async function readModels() {
  if (models.value.length) return;
  const [told, makers] = await Promise.all([api("GET", "/models"), api("GET", "/upstreams")]);
  const served = new Map();
  for (const { name, routes } of makers.upstreams) {
    for (const id of routes.flatMap((route) => route.serves)) served.set(id, [...new Set([...(served.get(id) ?? []), name])]);
  }
  hands.value = served;
  models.value = told.models.filter((row) => row.ability.makes.some((made) => made !== "text"));
}

/**
 * The JSON Schema of what a model takes; asked for once.
 * @param {string} id
 */
export async function schemaOf(id) {
  if (!schemas.has(id)) schemas.set(id, await api("GET", `/models/${encodeURIComponent(id)}/schema`));
  return schemas.get(id);
}
