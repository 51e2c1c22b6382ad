// Asking for something: words, a model, what it takes, and the price on the button; above, what came of it.

import { fields, model, open, prompt } from "../../desk/draft.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { explained, t } from "../../base/words.js";
import { jobs, live } from "../../works/jobs.js";
import { Work } from "../../works/tiles.js";
import { Composer } from "./composer.js";
import { Form } from "./form.js";
import { hovering, useIntake } from "./intake.js";

const Examples = () => html`<section class="empty"><h2>${t("create.empty")}</h2>
  <div>${[1, 2, 3].map((n) => html`<button onClick=${() => { prompt.value = t(`example.${n}`); }}>${t(`example.${n}`)}</button>`)}</div></section>`;

const Desk = () => {
  const tuned = useSignal(false);
  useIntake();
  return html`<main class=${`room desk ${tuned.value ? "tuned" : ""}`}>
    <div class="made">
      <header><h1>${t("nav.create")}</h1><span class="fill"></span>${!live.value && html`<span class="quiet small" role="status">${t("create.connecting")}</span>`}</header>
      ${jobs.value.length
        ? html`<div class="tiles">${jobs.value.map((job) => html`<${Work} key=${job.id} job=${job}/>`)}</div>`
        : html`<${Examples}/>`}
      <${Composer} tuned=${tuned}/>
    </div>
    <${Form} close=${() => { tuned.value = false; }}/>
    ${hovering.value && html`<div class="landing">${t("place.drop")}</div>`}
  </main>`;
};

/** The room where things are made. */
export function Room() {
  const trouble = useSignal(null);
  useEffect(() => { open().catch((problem) => { trouble.value = problem; }); }, []);
  if (trouble.value) return html`<main class="room"><p class="trouble" role="alert">${explained(trouble.value)}</p></main>`;
  if (!model.value || !fields.value.length) return html`<main class="room waiting">${t("waiting")}</main>`;
  return html`<${Desk}/>`;
}
