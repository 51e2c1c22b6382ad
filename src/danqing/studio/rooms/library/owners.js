// Whose works there are, for who sees those of others: an admin all of them, a viewer those of its project.

import { api } from "../../base/api.js";
import { computed, signal } from "../../base/html.js";
import { keepsBooks, who } from "../../base/session.js";
import { works } from "./found.js";

/** Whether works of others are seen. */
export const seesOthers = computed(() => (who.value?.key?.role ?? "member") !== "member");

/** @type {Signal<{id: string, name: string}[]>} */
const keys = signal([]);

/** Those who are known, by name: all keys for who keeps the books, or else those whose works were read. */
export const owners = computed(() => {
  const known = new Map([...keys.value, ...(works.value ?? []).map((work) => work.key)].map((key) => [key.id, key]));
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
});

/** Read all keys, where that is allowed. */
export async function readOwners() {
  if (keepsBooks.value) keys.value = (await api("GET", "/keys")).keys;
}
