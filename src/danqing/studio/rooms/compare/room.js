// Comparing: one or several prompts with several models in several variations, side by side, for one price that is told before.

import { go, query } from "../../base/address.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { total } from "../../base/money.js";
import { dollars, explained, t } from "../../base/words.js";
import { readModels } from "../../desk/catalogue.js";
import { ended } from "../../works/jobs.js";
import { Outcome, Plan } from "./cells.js";
import { Choices, Go, Prompts } from "./form.js";
import { before, busy, cancel, cells, leave, read } from "./made.js";
import { columns } from "./plan.js";

const Setting = () => html`<main class="room weigh">
  <div class="plan"><header><h1>${t("nav.compare")}</h1><span class="fill"></span>
    ${before() && html`<button type="button" onClick=${() => go(before())}>${t("compare.before")}</button>`}</header>
    <${Prompts}/>
    ${columns.value.length ? html`<${Plan}/>` : html`<p class="empty quiet">${t("compare.empty")}</p>`}
  </div>
  <aside><${Choices}/></aside>
  <${Go}/></main>`;

const Result = () => {
  const stopping = useSignal(false);
  const there = cells.value.flatMap(({ job }) => job ?? []);
  const done = there.filter(ended);
  const stop = () => { stopping.value = true; cancel().then(() => { stopping.value = false; }); };
  useEffect(() => { read().catch(() => {}); }, [query.value.get("jobs")]);
  return html`<main class="room"><header><h1>${t("nav.compare")}</h1>
    <span class="quiet small" role="status">${t("compare.done", { n: done.length, all: there.length, sum: dollars(total(done.map((job) => job.charged))) })}</span>
    <span class="fill"></span>
    ${busy.value && html`<button type="button" disabled=${stopping.value} onClick=${stop}>${t("compare.cancel")}</button>`}
    <button type="button" onClick=${() => { leave(); go("compare"); }}>${t("compare.anew")}</button></header>
    <${Outcome}/></main>`;
};

/** The room where models are compared. */
export function Room() {
  const trouble = useSignal(null);
  const known = useSignal(false);
  useEffect(() => { readModels().then(() => { known.value = true; }, (problem) => { trouble.value = problem; }); }, []);
  if (trouble.value) return html`<main class="room"><p class="trouble" role="alert">${explained(trouble.value)}</p></main>`;
  if (!known.value) return html`<main class="room waiting" role="status">${t("waiting")}</main>`;
  return query.value.get("jobs") ? html`<${Result}/>` : html`<${Setting}/>`;
}
