// How long something took and when it was, as a reader writes it.

import { language } from "./preferences.js";
import { t } from "./words.js";

const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** A span of time in words, finer where it is short. @param {number} ms */
export function lasted(ms) {
  const seconds = Math.max(ms, 0) / SECOND_MS;
  if (seconds < 1) return t("span.ms", { ms: Math.round(Math.max(ms, 0)) });
  if (seconds < 10) return t("span.s", { s: seconds.toFixed(1) });
  if (seconds < MINUTE_S) return t("span.s", { s: Math.round(seconds) });
  if (seconds < HOUR_S) return t("span.m", { m: Math.floor(seconds / MINUTE_S), s: Math.round(seconds % MINUTE_S) });
  if (seconds < DAY_S) return t("span.h", { h: Math.floor(seconds / HOUR_S), m: Math.round((seconds % HOUR_S) / MINUTE_S) });
  return t("span.d", { d: Math.floor(seconds / DAY_S), h: Math.round((seconds % DAY_S) / HOUR_S) });
}

/** From one moment to another, in milliseconds. @param {string} from @param {string} to */
export const between = (from, to) => new Date(to).getTime() - new Date(from).getTime();

/** The time of day, of today; for other days the day as well. @param {string} moment ISO 8601 */
export function when(moment) {
  const at = new Date(moment);
  const today = at.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const style = today ? { timeStyle: "short" } : { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  return at.toLocaleString(language.value, style);
}

/** The time of day to the second. @param {string} moment ISO 8601 */
export const clock = (moment) => new Date(moment).toLocaleTimeString(language.value, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** @param {string} moment ISO 8601 */
export const date = (moment) => new Date(moment).toLocaleDateString(language.value, { dateStyle: "medium" });

/** "2026-11-26" and so many days on. @param {string} day @param {number} days */
export function daysOn(day, days) {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Where a day of the reader begins, as the API takes it. @param {string} day such as "2026-11-26" */
export const dawn = (day) => new Date(`${day}T00:00:00`).toISOString();
