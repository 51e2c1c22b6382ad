// What people call the models, keys and projects that figures name by their ids.

import { api } from "../../base/api.js";
import { signal } from "../../base/html.js";
import { t } from "../../base/words.js";

const models = signal(/** @type {Record<string, string>} */ ({}));
const keys = signal(/** @type {Record<string, string>} */ ({}));
/** Whether a live key has ever been created; real money is what is asked about then. */
export const anyLive = signal(false);
const projects = signal(/** @type {Record<string, string>} */ ({}));

/** @param {{id: string}[]} rows @param {string} name */
const named = (rows, name) => Object.fromEntries(rows.map((row) => [row.id, row[name]]));

/** @param {boolean} everybody whether keys and projects may be asked for */
export async function readNames(everybody) {
  models.value = named((await api("GET", "/models")).models, "title");
  if (!everybody) return;
  const all = (await api("GET", "/keys")).keys;
  anyLive.value = all.some((key) => !key.test);
  keys.value = named(all, "name");
  projects.value = named((await api("GET", "/projects")).projects, "name");
}

/** @param {string} id */
export const modelTitle = (id) => models.value[id] ?? id;
/** @param {string} id */
export const keyName = (id) => keys.value[id] ?? id;
/** @param {string|null|undefined} id */
export const projectName = (id) => (id ? projects.value[id] ?? id : t("usage.noproject"));
