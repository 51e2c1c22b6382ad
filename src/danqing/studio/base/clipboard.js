// Words for the clipboard.

import { html, useSignal } from "./html.js";
import { Icon } from "./shapes.js";
import { t } from "./words.js";

const SHOWN_MS = 1600;

/** Put words there; pages without TLS elsewhere than on this machine have only the old way. @param {string} text */
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A button that copies something, and says so. @param {{text: string, label: string}} props */
export function Copy({ text, label }) {
  const done = useSignal(false);
  const go = async () => {
    await copy(text);
    done.value = true;
    setTimeout(() => { done.value = false; }, SHOWN_MS);
  };
  return html`<button type="button" class="copying" onClick=${go}><${Icon} name=${done.value ? "check" : "copy"}/><span aria-live="polite">${done.value ? t("copy.done") : label}</span></button>`;
}
