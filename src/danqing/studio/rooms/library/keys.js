// The library by keyboard: arrows go from work to work, the space bar chooses one, Ctrl or ⌘ and A all of them, Escape none.

import { useEffect } from "../../base/html.js";
import { showing } from "../../works/showing.js";
import { works } from "./found.js";
import { tick, tickAll, tickNone } from "./selection.js";

const middle = (link) => { const { left, width } = link.getBoundingClientRect(); return left + width / 2; };

/** The one in the row above or below that lies nearest. @param {HTMLElement[]} links @param {number} at @param {number} way */
function across(links, at, way) {
  const row = links[at].closest(".strip");
  const next = way < 0 ? row.previousElementSibling : row.nextElementSibling;
  const near = (link) => Math.abs(middle(link) - middle(links[at]));
  return links.filter((link) => next?.contains(link)).sort((a, b) => near(a) - near(b))[0];
}

/** @type {Record<string, (links: HTMLElement[], at: number) => HTMLElement|undefined>} */
const STEPS = {
  ArrowLeft: (links, at) => links[at - 1],
  ArrowRight: (links, at) => links[at + 1],
  ArrowUp: (links, at) => across(links, at, -1),
  ArrowDown: (links, at) => across(links, at, 1),
};

/** From one work to the next with the arrows, and chosen with the space bar. @param {KeyboardEvent} event */
function stepped(event) {
  const here = /** @type {HTMLElement} */ (event.target).closest(".strip .tile > a");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === " ") tick(here.closest("article").dataset.file, { stretch: event.shiftKey });
  else if (!(event.key in STEPS)) return false;
  else {
    const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".strip .tile > a")]);
    STEPS[event.key](links, links.indexOf(/** @type {HTMLElement} */ (here)))?.focus();
  }
  event.preventDefault();
  return true;
}

const typing = (event) => event.target.closest("input:not([type=checkbox]), textarea, select, dialog");

function press(event) {
  if (showing.value || typing(event)) return;
  if (stepped(event)) return;
  if (event.key === "Escape") tickNone();
  if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && works.value) {
    event.preventDefault();
    tickAll();
  }
}

/** Listen as long as the room is open. */
export function useKeys() {
  useEffect(() => {
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
