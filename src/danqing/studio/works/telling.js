// Who is away hears that work is done: the page's title counts what is at work, and a notification comes when it was wished for.

import { go } from "../base/address.js";
import { computed, effect, signal } from "../base/html.js";
import { t } from "../base/words.js";
import { ended, jobs } from "./jobs.js";

const KEPT = "danqing.told"; // of this tab alone, so that one tab tells
const TITLE = "Danqing 丹青";

/** The jobs whose end is to be told. @type {Signal<string[]>} */
const awaited = signal(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
const working = computed(() => jobs.value.filter((job) => !ended(job)).length);

/** Whether this browser tells anything at all. */
export const canTell = () => "Notification" in globalThis && isSecureContext && Notification.permission !== "denied";

/** @param {Api.Job} job */
export const isAwaited = (job) => awaited.value.includes(job.id);

/** Have the end of a job told; the browser asks the reader first. @param {Api.Job} job */
export async function tellOf(job) {
  if ((await Notification.requestPermission()) === "granted") awaited.value = [...awaited.value, job.id];
}

/** @param {Api.Job} job */
function tell(job) {
  const file = job.outputs.find((output) => output.file)?.file;
  const icon = file ? `/api/assets/${file}/thumbnail?size=256` : undefined;
  const told = new Notification(t(`telling.${job.state === "done" ? "done" : "nothing"}`), { body: job.prompt, icon, tag: job.id });
  told.onclick = () => { focus(); go(`jobs/${job.id}`); };
}

effect(() => {
  const over = jobs.value.filter((job) => ended(job) && awaited.value.includes(job.id));
  if (!over.length) return;
  over.forEach(tell);
  awaited.value = awaited.value.filter((id) => !over.some((job) => job.id === id));
});

effect(() => { sessionStorage.setItem(KEPT, JSON.stringify(awaited.value)); });

effect(() => {
  document.title = working.value ? `(${working.value}) ${TITLE}` : TITLE;
  const icon = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]"));
  icon.href = icon.href.replace(/icon(-working)?\.svg$/, working.value ? "icon-working.svg" : "icon.svg");
});
