// The keys and projects of the server, what each of them has been charged, and what is done to them.

import { api } from "../../base/api.js";
import { batch, signal } from "../../base/html.js";

/** Newest first; null until they are read. @type {Signal<Api.Key[]|null>} */
export const keys = signal(null);
/** @type {Signal<Api.Project[]>} */
export const projects = signal([]);
/** A key with the secret that was just made, which is shown once. @type {Signal<Api.Key|null>} */
export const secret = signal(null);

/** What was charged ever, this month and today, by the id of a key or a project. */
const charged = signal(/** @type {Record<"total"|"monthly"|"daily", Record<string, Api.Money>>} */ ({ total: {}, monthly: {}, daily: {} }));

const NOTHING = { usd: "0.00", nanos: 0 };

/** @param {"total"|"monthly"|"daily"} limit @param {string} id */
export const chargedOf = (limit, id) => charged.value[limit][id] ?? NOTHING;

/** What was charged since a day, by key and by project. @param {string} since */
async function spent(since) {
  const [byKey, byProject] = await Promise.all(["key", "project"].map(async (by) =>
    /** @type {Api.Figures} */ (await api("GET", `/usage?${new URLSearchParams({ by, ...(since && { since }) })}`)).figures));
  return Object.fromEntries([...byKey.map((row) => [row.key, row.charged]), ...byProject.map((row) => [row.project, row.charged])]);
}

/** Read all of it. */
export async function readOffice() {
  const today = new Date().toISOString().slice(0, 10);
  const [allKeys, allProjects, total, monthly, daily] = await Promise.all([
    api("GET", "/keys"), api("GET", "/projects"), spent(""), spent(`${today.slice(0, 8)}01`), spent(today)]);
  batch(() => {
    keys.value = allKeys.keys;
    projects.value = allProjects.projects;
    charged.value = { total, monthly, daily };
  });
}

/** @param {Api.KeyRequest} wanted */
export async function createKey(wanted) {
  secret.value = await api("POST", "/keys", wanted);
  await readOffice();
}

/** @param {string} id @param {Api.KeyLimitsRequest} changes */
export async function changeKey(id, changes) {
  await api("PATCH", `/keys/${id}`, changes);
  await readOffice();
}

/** Another secret; the one before is good for so many hours more. @param {string} id @param {number} hours */
export async function rotateKey(id, hours) {
  secret.value = await api("POST", `/keys/${id}/rotate`, { grace_hours: hours });
  await readOffice();
}

/** @param {string} id */
export async function revokeKey(id) {
  await api("DELETE", `/keys/${id}`);
  await readOffice();
}

/** @param {Api.ProjectRequest} wanted */
export async function createProject(wanted) {
  await api("POST", "/projects", wanted);
  await readOffice();
}

/** @param {string} id @param {Api.LimitsRequest} changes */
export async function changeProject(id, changes) {
  await api("PATCH", `/projects/${id}`, changes);
  await readOffice();
}
