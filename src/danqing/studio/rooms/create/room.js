// Asking for something: words, a model, what it takes, and the price on the button; above, what came of it.

import { fields, model, open, prompt, quote } from "../../desk/draft.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { dollars, explained, t } from "../../base/words.js";
import { jobs, live } from "../../works/jobs.js";
import { Work } from "../../works/tiles.js";
import { Composer } from "./composer.js";
import { ending, unit } from "./facts.js";
import { Field } from "./fields.js";

const ModelFacts = () => {
  const { title, id, prices } = model.value;
  return html`<section class="model"><h2>${title}</h2><code class="quiet small">${id}</code>
    <ul>${prices.slice(0, 3).map(({ per, price }) => html`<li><b>${dollars(price)}</b> ${unit(per)}</li>`)}</ul>
    ${ending(model.value) && html`<p class="gold small">${ending(model.value)}</p>`}
    ${quote.value && html`<p class="small"><span class=${`badge ${quote.value.sketch ? "test" : "live"}`}>${
      t(quote.value.sketch ? "model.sketch" : "model.real", { who: quote.value.upstream })}</span></p>`}
  </section>`;
};

/** The room where things are made. */
export function Room() {
  const tuned = useSignal(false);
  const trouble = useSignal(null);
  useEffect(() => { open().catch((problem) => { trouble.value = problem; }); }, []);
  if (trouble.value) return html`<main class="room"><p class="trouble" role="alert">${explained(trouble.value)}</p></main>`;
  if (!model.value || !fields.value.length) return html`<main class="room waiting">${t("waiting")}</main>`;
  return html`<main class=${`room desk ${tuned.value ? "tuned" : ""}`}>
    <div class="made">
      <header><h1>${t("nav.create")}</h1><span class="fill"></span>${!live.value && html`<span class="quiet small" role="status">${t("create.connecting")}</span>`}</header>
      ${jobs.value.length
        ? html`<div class="tiles">${jobs.value.map((job) => html`<${Work} key=${job.id} job=${job}/>`)}</div>`
        : html`<${Examples}/>`}
      <${Composer} tuned=${tuned}/>
    </div>
    <aside aria-label=${t("create.tune")}><button class="tune" onClick=${() => { tuned.value = false; }}>${t("viewer.close")}</button><${ModelFacts}/>${fields.value.map(([name, field]) => html`<${Field} key=${name} name=${name} field=${field}/>`)}</aside>
  </main>`;
}

const Examples = () => html`<section class="empty"><h2>${t("create.empty")}</h2>
  <div>${[1, 2, 3].map((n) => html`<button onClick=${() => { prompt.value = t(`example.${n}`); }}>${t(`example.${n}`)}</button>`)}</div></section>`;
