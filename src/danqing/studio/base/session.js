// Who is signed in. The key itself is sent once and kept nowhere: the browser holds a cookie that no script can read.

import { api, whenSignedOut } from "./api.js";
import { computed, signal } from "./html.js";

/** undefined until it is known, null for nobody. @type {Signal<Api.Session|null|undefined>} */
export const who = signal(undefined);

/** Whether the books of the server are kept by who is signed in: its owner, or a key that is an admin. */
export const keepsBooks = computed(() => Boolean(who.value?.owner || who.value?.key?.role === "admin"));
/** Whether things are made and changed by who is signed in; viewers only look. */
export const makes = computed(() => Boolean(who.value?.key && who.value.key.role !== "viewer"));

/** @param {Api.Session} told */
const known = (told) => (told.owner || told.key ? told : null);

whenSignedOut(() => { who.value = null; });

// The cookie is the whole browser's: what another tab shows is somebody else's from now on.
const tabs = new BroadcastChannel("danqing-session");
tabs.onmessage = () => location.reload();

/** Find out who is signed in. */
export async function recall() {
  who.value = known(await api("GET", "/session"));
}

/** @param {string} key rejects with a Problem when it is not good */
export async function signIn(key) {
  who.value = known(await api("POST", "/session", { key: key.trim() }));
  tabs.postMessage(null);
}

/** End the session, in all tabs. */
export async function signOut() {
  await api("DELETE", "/session");
  tabs.postMessage(null);
  who.value = null;
}
