// The prompt bar: words, a model, and the button with the price on it.

import { isFilm } from "../../desk/catalogue.js";
import { chosen, draft, model, priceOf, prompt, quote, refusal, schema, settled } from "../../desk/draft.js";
import { homeless, inputs, waiting } from "../../desk/inputs.js";
import { html, signal, useSignal } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { dollars, explained, t } from "../../base/words.js";
import { showCode } from "../../works/code.js";
import { make } from "../../works/jobs.js";
import { Advice } from "./advice.js";
import { Chips } from "./chips.js";
import { History } from "./history.js";
import { Choose } from "./intake.js";
import { useKeys } from "./keys.js";
import { Ladder } from "./ladder.js";
import { Picker } from "./picker.js";
import { Price } from "./price.js";

const busy = signal(false);
/** Why the draft was not taken. @type {Signal<import("../../base/api.js").Problem|null>} */
const trouble = signal(null);

const said = () => draft.value.prompt || (inputs.value.length > 0 && !schema.value.required.includes("prompt"));
/** Whether it can be sent, if need be as soon as its price is known. */
const ready = () => Boolean(said()) && !busy.value && !waiting.value && !homeless.value.length && !refusal.value && quote.value?.affordable !== false;

async function send(event) {
  event?.preventDefault();
  if (!ready()) return;
  busy.value = true;
  trouble.value = null;
  const meant = draft.value;
  try {
    await make(meant, await priceOf(meant));
  } catch (problem) {
    trouble.value = problem;
  }
  busy.value = false;
}

const Words = () => html`<textarea rows="2" aria-label=${t("create.prompt")} placeholder=${t("create.placeholder")} value=${prompt.value}
  onInput=${(event) => { prompt.value = event.target.value; }}></textarea>`;

/** The prompt bar. @param {{tuned: Signal<boolean>}} props */
export function Composer({ tuned }) {
  const picking = useSignal(false);
  const remembering = useSignal(false);
  const climbing = useSignal(false);
  useKeys(send);
  return html`<form class="composer" onSubmit=${send}>
    <${Chips}/>
    <${Words}/>
    <${Advice}/>
    <div class="tools">
      <button type="button" class="chosen" aria-haspopup="dialog" aria-label=${`${t("create.model")}: ${model.value.title}`} data-model=${chosen.value}
        onClick=${() => { picking.value = true; }}><${Icon} name=${isFilm(model.value) ? "film" : "picture"}/><span>${model.value.title}</span><${Icon} name="down"/></button>
      <${Choose}/>
      <button type="button" class="tool" aria-haspopup="dialog" aria-label=${t("history.label")} title=${t("history.label")}
        onClick=${() => { remembering.value = true; }}><${Icon} name="past"/></button>
      <button type="button" class="tool" aria-haspopup="dialog" title=${t("code.draft")} aria-label=${t("code.draft")} disabled=${!said()}
        onClick=${() => showCode({ draft: draft.value })}><${Icon} name="code"/></button>
      <button type="button" class="tool" aria-haspopup="dialog" aria-label=${t("ladder.label")} title=${t("ladder.label")} disabled=${!ready()}
        onClick=${() => { climbing.value = true; }}><${Icon} name="rungs"/></button>
      <button type="button" class="tool tune" aria-label=${t("create.tune")} title=${t("create.tune")} aria-expanded=${tuned.value ? "true" : "false"}
        onClick=${() => { tuned.value = !tuned.value; }}><${Icon} name="tune"/></button>
      <button class="primary go" disabled=${!ready()} title=${t("create.keys")}>${t("create.go")}<b class=${settled.value ? "" : "unsettled"}>${quote.value ? dollars(quote.value.cost) : "…"}</b></button>
    </div>
    <${Price}/>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`}
  </form>
  <${History} shown=${remembering.value} close=${() => { remembering.value = false; }}/>
  <${Ladder} shown=${climbing.value} close=${() => { climbing.value = false; }}/>
  <${Picker} shown=${picking.value} close=${() => { picking.value = false; }}/>`;
}
