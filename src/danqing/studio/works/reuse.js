// What is made of a work, as the draft that it begins: the one on the desk is laid aside, and nothing is paid before the
// price was on the button.

import { go } from "../base/address.js";
import { hands, isOver, models } from "../desk/catalogue.js";
import { chosen, draft, take } from "../desk/draft.js";

const ALONE = ["first_frame", "last_frame", "mask", "film"];
const DOING = ["task", "area", "factor"];
const FRAMES_WAITED = 120;

/** @typedef {Record<string, any>} Body of POST /api/jobs */
/** @typedef {Pick<Api.AssetStory, "parameters"|"sources">} Given */

const address = (file) => `files/${file}`;

/** What a work was made from, as requests name it; null when some of it is not there. @param {Given} story @returns {Body|null} */
export function inputsOf({ parameters, sources }) {
  const { pictures = 0, roles = [] } = parameters;
  const alone = ALONE.filter((name) => /** @type {Body} */ (parameters)[name]);
  if (sources.length !== pictures + alone.length || sources.some(({ file }) => !file)) return null;
  const files = sources.map(({ file }) => address(file));
  return {
    ...(pictures ? { pictures: files.slice(0, pictures) } : {}),
    ...(roles.length ? { roles } : {}),
    ...Object.fromEntries(alone.map((name, at) => [name, files[pictures + at]])),
  };
}

/** The whole recipe; without what it was made from, if that is not there any more. @param {Api.AssetStory} story @returns {Body} */
export function recipeOf(story) {
  const inputs = inputsOf(story);
  if (inputs) return { ...story.recipe, ...inputs };
  return Object.fromEntries(Object.entries(story.recipe).filter(([name]) => !DOING.includes(name)));
}

/** @param {string} id @param {(ability: Api.Ability) => boolean} able @returns {string|null} this model if it can, or else the cheapest that can */
function hand(id, able) {
  const rows = models.value.filter((row) => able(row.ability) && !isOver(row) && (!hands.value.size || hands.value.has(row.id)));
  const cheapest = [...rows].sort((a, b) => a.prices[0].price.nanos - b.prices[0].price.nanos)[0];
  return (rows.find((row) => row.id === id) ?? cheapest)?.id ?? null;
}

const makes = (ability, medium) => ability.makes.includes(medium) && ability.anew;

/** What can be made of a work, by name. @type {Record<string, (story: Api.AssetStory) => Body|null>} null where no model can */
const WAYS = {
  vary: (story) => ({ ...recipeOf(story), seed: null }),
  edit: ({ file, medium, model }) => {
    const id = medium === "image" && hand(model, (ability) => makes(ability, "image") && ability.pictures_max > 0);
    return id ? { model: id, prompt: "", pictures: [address(file)] } : null;
  },
  animate: ({ file, medium, prompt, model }) => {
    const id = medium === "image" && hand(model, (ability) => makes(ability, "video") && ability.frames);
    return id ? { model: id, prompt, first_frame: address(file) } : null;
  },
  enlarge: ({ file, medium, model }) => {
    const id = medium === "image" && hand(model, (ability) => ability.tasks.includes("upscale"));
    return id ? { model: id, prompt: "", task: "upscale", factor: 2, pictures: [address(file)] } : null;
  },
  extend: ({ file, medium, model }) => {
    const id = medium === "video" && hand(model, (ability) => ability.tasks.includes("extend"));
    return id ? { model: id, prompt: "", task: "extend", film: address(file) } : null;
  },
  prompt: ({ prompt }) => ({ model: chosen.value, prompt }),
  sent: (story) => (story.rewritten && story.rewritten !== story.prompt ? { ...recipeOf(story), prompt: story.rewritten } : null),
  all: recipeOf,
  seed: ({ seed }) => (seed === null ? null : { ...draft.value, seed }),
};

/** @typedef {{name: string, body: Body}} Way */
/** The ways of using a work that there are. @param {Api.AssetStory} story @returns {Way[]} */
export const waysOf = (story) => Object.entries(WAYS).map(([name, way]) => ({ name, body: way(story) })).filter(({ body }) => body);

const focusWords = (left = FRAMES_WAITED) => {
  const words = /** @type {HTMLElement|null} */ (document.querySelector("dialog[open]") ? null : document.querySelector(".composer textarea"));
  if (words) words.focus();
  else if (left) requestAnimationFrame(() => focusWords(left - 1));
};

/** Begin a draft with it in the room for that. @param {Body} body */
export async function begin(body) {
  await take(body);
  go("create");
  focusWords();
}
