// Drafts that were laid aside, and what was asked for before, to be taken back.

import { byId } from "../../desk/catalogue.js";
import { aside, prompt, takeBack } from "../../desk/draft.js";
import { wordsOf } from "../../desk/past.js";
import { html, useEffect, useRef } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { t } from "../../base/words.js";
import { jobs } from "../../works/jobs.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

const walk = (event) => {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll("li button")];
  buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length]?.focus();
};

const Line = ({ words, told, use }) => html`<li><button type="button" onClick=${use}><span class="words">${words || t("jobs.wordless")}</span>
  ${told && html`<small class="quiet">${told}</small>`}</button></li>`;

/** The dialog. @param {{shown: boolean, close: () => void}} props */
export function History({ shown, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement|null} */ (null));
  useEffect(() => (shown ? dialog.current.showModal() : dialog.current.close()), [shown]);
  const words = wordsOf(jobs.value);
  const after = (use) => () => { close(); use(); };
  return html`<dialog class="history" ref=${dialog} aria-label=${t("history.label")} onClose=${close} onKeyDown=${walk}
    onClick=${(event) => event.target === dialog.current && close()}>${shown && html`
    <header><h2>${t("history.label")}</h2><span class="fill"></span><kbd class="quiet small">${t("history.keys")}</kbd>
      <button type="button" class="bare" aria-label=${t("viewer.close")} onClick=${close}><${Icon} name="close"/></button></header>
    <div class="lists">
      ${aside.value.length > 0 && html`<h3>${t("history.aside")}</h3><ul>${aside.value.map((body) => html`<${Line} words=${body.prompt}
        told=${byId.value.get(body.model)?.title} use=${after(() => takeBack(body))}/>`)}</ul>`}
      ${words.length > 0 && html`<h3>${t("history.asked")}</h3><ul>${words.map((one) => html`<${Line} key=${one} words=${one}
        use=${after(() => { prompt.value = one; })}/>`)}</ul>`}
      ${!aside.value.length && !words.length && html`<p class="quiet">${t("history.empty")}</p>`}
    </div>`}</dialog>`;
}
