// The models that can be asked for something, and what each of them takes.

import { api } from "../base/api.js";
import { computed, signal } from "../base/html.js";

/** All that make pictures or films of words, as GET /api/models tells them. @type {Signal<Api.Model[]>} */
export const models = signal([]);
/** @type {Map<string, Record<string, any>>} */
const schemas = new Map();

export const byId = computed(() => new Map(models.value.map((row) => [row.id, row])));

/** Read the catalog, once. */
export async function readModels() {
  if (models.value.length) return;
  const told = await api("GET", "/models");
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
