// The words that were used before, as the server knows them of the key's jobs: nothing of them is kept in this browser.

import { effect, untracked } from "../base/html.js";
import { prompt } from "./draft.js";

/** @param {{prompt: string}[]} asked newest first @returns {string[]} each once */
export const wordsOf = (asked) => [...new Set(asked.map((job) => job.prompt).filter(Boolean))];

let at = -1; // which of them is shown; -1: what was being written
let written = "";
let shown = "";

effect(() => { if (prompt.value !== shown) at = -1; }); // what is changed is written anew

/**
 * Go back to older words, or forth again to what was being written.
 * @param {string[]} words newest first @param {1|-1} step 1 is older
 */
export function leaf(words, step) {
  const others = words.filter((one) => one !== (at < 0 ? untracked(() => prompt.value) : written));
  if (at < 0) written = prompt.value;
  const next = Math.min(Math.max(at + step, -1), others.length - 1);
  shown = next < 0 ? written : others[next];
  at = next;
  prompt.value = shown;
}
