// What is known of single works: each with its recipe, what it was made from, and what was made of it.

import { api } from "../base/api.js";
import { signal } from "../base/html.js";

const KEPT_MAX = 200;
/** @type {Map<string, Signal<Api.AssetStory|null>>} */
const stories = new Map();

/**
 * The story of a work, which is null until it is known; read anew whenever it is looked at.
 * @param {string} file
 */
export function storyOf(file) {
  if (!stories.has(file)) {
    if (stories.size >= KEPT_MAX) stories.delete(stories.keys().next().value);
    stories.set(file, signal(null));
  }
  return stories.get(file);
}

/** Read the story of a work. @param {string} file rejects with a Problem when it is not there */
export async function readStory(file) {
  storyOf(file).value = await api("GET", `/assets/${file}`);
}
