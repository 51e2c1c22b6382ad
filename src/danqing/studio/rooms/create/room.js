// Asking for something: words, a model, what it takes, and the price on the button; below, what came of it.

import { models } from "../../desk/catalogue.js";
import { chosen, choose, draft, fields, model, open, prompt, quote, refusal } from "../../desk/draft.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Field } from "./fields.js";
import { jobs, live, make } from "../../works/jobs.js";
import { Work } from "../../works/tiles.js";
import { dollars, explained, has, named, t } from "../../base/words.js";

const anew = () => models.value.filter((row) => row.ability.anew);

/** @returns {[string, Api.Model[]][]} */
const groups = () => [
  ["image", anew().filter((row) => !row.ability.makes.includes("video"))],
  ["video", anew().filter((row) => row.ability.makes.includes("video"))],
];

/** "second at 1080p" in words. */
const unit = (per) => {
  const [what, size] = per.split(" at ");
  return has(`per.${what}`) ? t(`per.${what}`) + (size ? ` · ${size}` : "") : per;
};

const ModelFacts = () => {
  const { title, id, prices, lifecycle } = model.value;
  return html`<section class="model"><h2>${title}</h2><code class="quiet small">${id}</code>
    <ul>${prices.slice(0, 3).map(({ per, price }) => html`<li><b>${dollars(price)}</b> ${unit(per)}</li>`)}</ul>
    ${lifecycle.shutdown && html`<p class="quiet small">${t("model.shutdown", { day: lifecycle.shutdown })}</p>`}
    ${quote.value && html`<p class="small"><span class=${`badge ${quote.value.sketch ? "test" : "live"}`}>${
      t(quote.value.sketch ? "model.sketch" : "model.real", { who: quote.value.upstream })}</span></p>`}
  </section>`;
};

const Picker = () => html`<select aria-label=${t("create.model")} value=${chosen.value} onChange=${(event) => choose(event.target.value)}>
  ${groups().map(([kind, rows]) => html`<optgroup label=${t(`kind.${kind}`)}>${rows.map((row) => html`<option value=${row.id}
    selected=${row.id === chosen.value}>${row.title}</option>`)}</optgroup>`)}</select>`;

const after = (told) => told.limits.find((row) => row.of === "account" && row.after?.usd)?.after;

const Finding = ({ finding }) => (has(`finding.${finding.code}`)
  ? html`<span class="gold">${t(`finding.${finding.code}`)}</span>`
  : html`<span class="gold" lang="en">${finding.sentence} ${finding.suggestion}</span>`);

/** "4 × $0.04", where that is just what it costs. */
const sum = ({ parameters, cost }) => {
  const [{ per, price }] = model.value.prices;
  const units = { picture: parameters.count ?? 1, film: parameters.count ?? 1, second: (parameters.count ?? 1) * (parameters.seconds ?? 0) }[per];
  return units && units * price.nanos === cost.nanos ? `${units} × ${dollars(price)} ${unit(per)}` : "";
};

const Price = () => {
  if (refusal.value) return html`<p class="price trouble" role="alert">${explained(refusal.value)} <span lang="en">${refusal.value.message}</span></p>`;
  const told = quote.value;
  if (!told) return html`<p class="price quiet">${t("create.pricing")}</p>`;
  const left = after(told);
  return html`<p class="price quiet">
    ${sum(told) && html`<span>${sum(told)}</span>`}
    ${left && html`<span>${t("create.after", { sum: dollars(left) })}</span>`}
    ${!told.affordable && html`<span class="trouble">${t("problem.no_funds")}</span>`}
    ${told.changes.map((change) => html`<span class="gold">${
      t("create.changed", { what: named("field", change.param), asked: change.asked, made: change.made })}</span>`)}
    ${prompt.value.trim() && told.wording.findings.map((finding) => html`<${Finding} finding=${finding}/>`)}
  </p>`;
};

const Composer = ({ tuned }) => {
  const trouble = useSignal(null);
  const busy = useSignal(false);
  const ready = Boolean(draft.value.prompt && quote.value?.affordable) && !busy.value;
  const go = async (event) => {
    event?.preventDefault();
    if (!ready) return;
    busy.value = true;
    trouble.value = null;
    try {
      await make(draft.value, quote.value.cost);
    } catch (problem) {
      trouble.value = problem;
    }
    busy.value = false;
  };
  return html`<form class="composer" onSubmit=${go}>
    <textarea rows="2" aria-label=${t("create.prompt")} placeholder=${t("create.placeholder")} value=${prompt.value}
      onInput=${(event) => { prompt.value = event.target.value; }}
      onKeyDown=${(event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && go(event)}></textarea>
    <div class="tools"><${Picker}/>
      <button type="button" class="tune" aria-expanded=${tuned.value ? "true" : "false"} onClick=${() => { tuned.value = !tuned.value; }}>${t("create.tune")}</button>
      <button class="primary go" disabled=${!ready} title=${t("create.keys")}>${t("create.go")}<b>${quote.value ? dollars(quote.value.cost) : "…"}</b></button>
    </div>
    <${Price}/>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`}
  </form>`;
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
