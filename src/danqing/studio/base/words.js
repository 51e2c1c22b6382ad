// The studio's words in the reader's language, and how amounts, times and sizes are written in it.

import { batch, effect, signal } from "./html.js";
import { language } from "./preferences.js";

/** What is said, by its names: of the reader's language only, fetched when it is chosen. @type {Signal<Record<string, string>>} */
const words = signal({});
/** Which language these words are in, "" before there are any. */
export const speaking = signal("");

effect(() => {
  const tag = language.value;
  import(`../words/${tag}.js`).then((told) => {
    if (language.value !== tag) return;
    batch(() => { words.value = told.default; speaking.value = tag; });
    document.documentElement.lang = tag;
  }, () => {});
});

/**
 * A sentence by its name, with {gaps} filled. A name that nobody has translated is shown as it is, and a test finds it.
 * @param {string} name
 * @param {Record<string, string|number>} [gaps]
 */
export function t(name, gaps = {}) {
  const text = words.value[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, /** @type {string} */ gap) => String(gaps[gap] ?? ""));
}

/** Whether there is a sentence of this name. @param {string} name */
export const has = (name) => name in words.value;

/** A sentence by its name, null where there is none. @param {string} name */
export const told = (name) => (has(name) ? t(name) : null);

/** What a language is called in the reader's own. @param {string} code such as "zh-Hant" */
export const spoken = (code) => new Intl.DisplayNames([language.value], { type: "language" }).of(code);

/** What an engine or a vendor calls something, in words where there are some. @param {string} kind @param {unknown} value */
export const named = (kind, value) => (has(`${kind}.${value}`) ? t(`${kind}.${value}`) : String(value));

/**
 * An amount in full: never rounded, since a price is what is charged.
 * @param {{usd: string}} money
 */
export function dollars(money) {
  const [whole, cents = ""] = money.usd.split(".");
  return `$${Number(whole).toLocaleString("en")}.${cents.replace(/0+$/, "").padEnd(2, "0")}`;
}

/** An amount that nobody is charged, such as a forecast: to the cent. @param {{nanos: number}} money */
export const roughly = ({ nanos }) => `$${(nanos / 1e9).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** @param {string} moment ISO 8601 */
export const moment = (moment) =>
  new Date(moment).toLocaleString(language.value, { dateStyle: "medium", timeStyle: "short" });

/** A day without its hour. @param {string} day ISO 8601 */
export const day = (day) => new Date(`${day}T00:00`).toLocaleDateString(language.value, { dateStyle: "medium" });

/** What went wrong, in the reader's words where there are some: for just this, or else for its kind. @param {{kind: string, code?: string}} problem */
export const explained = ({ kind, code }) => t([code, kind].map((word) => `problem.${word}`).find(has) ?? "problem.other");
