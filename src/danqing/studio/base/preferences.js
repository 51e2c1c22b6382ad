// What a reader has chosen for this browser: language and light. Nothing secret is ever kept here.

import { effect, signal } from "./html.js";

export const LANGUAGES = { "zh-Hant": "繁體中文", "zh-Hans": "简体中文", en: "English" };
export const THEMES = ["system", "light", "dark"];

/** @param {string} name @param {string[]} allowed @param {string} usual */
const kept = (name, allowed, usual) => {
  const told = localStorage.getItem(`danqing.${name}`);
  const chosen = signal(told && allowed.includes(told) ? told : usual);
  effect(() => localStorage.setItem(`danqing.${name}`, chosen.value));
  return chosen;
};

/** The first language of the browser that there are words for. */
function spoken() {
  for (const tag of navigator.languages) {
    if (/^zh\b.*\b(hant|tw|hk|mo)\b/i.test(tag)) return "zh-Hant";
    if (/^zh\b/i.test(tag)) return "zh-Hans";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

export const language = kept("language", Object.keys(LANGUAGES), spoken());
export const theme = kept("theme", THEMES, "system");
/** Whether films are heard, whether they begin again at their end, and whether a work is told of beside it. */
export const sound = kept("sound", ["on", "off"], "on");
export const loop = kept("loop", ["on", "off"], "on");
export const telling = kept("telling", ["on", "off"], "on");

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});
