// How large a file is, in words.

import { language } from "./preferences.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** @param {number|null} bytes */
export function size(bytes) {
  if (!bytes) return "";
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  return value.toLocaleString(language.value, { style: "unit", unit: UNITS[step], unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 });
}
