// One of a few: a row of buttons of which one is pressed, moved through with the arrow keys.

import { html } from "./html.js";

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** @param {any} event @param {{value: any}[]} options @param {(value: any) => void} choose */
const move = (event, options, choose) => {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll("[role=radio]")];
  const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
  choose(options[next].value);
  buttons[next].focus();
};

/**
 * @param {{label: string, options: {value: any, name: any, lang?: string}[], value: any, choose: (value: any) => void, kind?: string}} props
 *   `name` is what is seen on a button; `kind` is the class of the row.
 */
export function Segments({ label, options, value, choose, kind = "segments" }) {
  const some = options.some((option) => option.value === value);
  return html`<div class=${kind} role="radiogroup" aria-label=${label} onKeyDown=${(event) => move(event, options, choose)}>
    ${options.map((option, place) => html`<button type="button" role="radio" lang=${option.lang} key=${option.value}
      aria-checked=${option.value === value ? "true" : "false"} tabindex=${option.value === value || (!some && place === 0) ? "0" : "-1"}
      onClick=${() => choose(option.value)}>${option.name}</button>`)}
  </div>`;
}
