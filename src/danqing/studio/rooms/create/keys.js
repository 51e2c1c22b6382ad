// The room by keyboard: / goes to the words, Ctrl or ⌘ and Enter makes it, with the arrows one leafs through older words.

import { useEffect } from "../../base/html.js";
import { leaf, wordsOf } from "../../desk/past.js";
import { jobs } from "../../works/jobs.js";

const WRITING = "input, textarea, select, [contenteditable]";
const LEAVES = { ArrowUp: 1, ArrowDown: -1 };

/** @param {KeyboardEvent} event @param {() => void} make */
function hear(event, make) {
  if (document.querySelector("dialog[open]") || event.isComposing) return; // a half-written character is no command
  const target = /** @type {Element} */ (event.target);
  const commanding = event.ctrlKey || event.metaKey;
  if (commanding && event.key === "Enter") make();
  else if (commanding && LEAVES[event.key] && target.matches(".composer textarea")) leaf(wordsOf(jobs.value), LEAVES[event.key]);
  else if (event.key === "/" && !commanding && !target.matches(WRITING)) /** @type {HTMLElement} */ (document.querySelector(".composer textarea")).focus();
  else return;
  event.preventDefault();
}

/** Listen as long as the room is open. @param {() => void} make */
export function useKeys(make) {
  useEffect(() => {
    const heard = (event) => hear(event, make);
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  }, []);
}
