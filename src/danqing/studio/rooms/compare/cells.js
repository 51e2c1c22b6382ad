// The comparison, row by row: before it is made with prices, afterwards with what came of it, what that cost and how long it took.

import { byId } from "../../desk/catalogue.js";
import { computed, html } from "../../base/html.js";
import { between, lasted } from "../../base/times.js";
import { dollars, explained, named, t } from "../../base/words.js";
import { ended } from "../../works/jobs.js";
import { Work, delivered } from "../../works/tiles.js";
import { across, cells } from "./made.js";
import { bodies, columns, rows } from "./plan.js";
import { priceOf } from "./prices.js";

const AXES = ["aspect", "size", "seconds"];
const sequence = { works: computed(() => cells.value.flatMap(({ job }) => (job ? delivered(job) : []))) };

const shown = (name, value) => (name === "seconds" ? t("seconds", { n: value }) : named(name, value));
const facts = (wishes) => AXES.filter((name) => wishes[name]).map((name) => shown(name, wishes[name])).join(" · ");

const Head = ({ model, wishes }) => html`<p class="head"><b>${byId.value.get(model)?.title ?? model}</b>
  <span class="quiet small">${facts(wishes)}</span></p>`;

const Why = ({ problem }) => html`<div class="blank"><p class="trouble small">${explained(problem)}</p>
  ${problem.message && html`<p class="quiet small" lang="en">${problem.message}</p>`}</div>`;

const Strange = ({ asked, fields }) => html`<div class="blank"><p class="quiet small">${
  fields.map((name) => t("compare.strange", { what: t(`field.${name}`), value: shown(name, asked[name]) })).join(" ")}</p></div>`;

const Planned = ({ body }) => {
  const { quote, problem, strange } = priceOf(body);
  return html`<div class="cell"><${Head} model=${body.model} wishes=${body}/>
    ${problem ? html`<${Why} problem=${problem}/>` : strange ? html`<${Strange} asked=${body} fields=${strange}/>`
      : html`<div class="blank"><b>${quote ? dollars(quote.cost) : "…"}</b>
        ${quote?.changes.map((change) => html`<p class="gold small">${t("create.changed", { what: named("field", change.param), asked: change.asked, made: change.made })}</p>`)}</div>`}
  </div>`;
};

const Made = ({ job }) => html`<div class="cell" data-job=${job.id}><${Head} model=${job.model} wishes=${job.parameters}/>
  <${Work} job=${job} sequence=${sequence}/>
  ${ended(job) && html`<p class="row"><b>${dollars(job.charged)}</b><span>${lasted(between(job.created, job.updated))}</span></p>`}</div>`;

const Cell = ({ cell: { job, asked, problem, strange } }) => {
  if (job) return html`<${Made} job=${job}/>`;
  return html`<div class="cell">${asked && html`<${Head} model=${asked.model} wishes=${asked}/>`}
    ${problem ? html`<${Why} problem=${problem}/>` : strange ? html`<${Strange} asked=${asked} fields=${strange}/>`
      : html`<div class="blank"><p class="quiet small">${t(asked ? "compare.coming" : "compare.nothing")}</p></div>`}</div>`;
};

/** @param {{prompt: string, wide: number, children?: Drawn}} props */
const Row = ({ prompt, wide, children }) => html`<section class="weighed" aria-label=${prompt || t("compare.unsaid")}>
  ${prompt && html`<h2>${prompt}</h2>`}
  <div class="across" style=${{ "--across": String(wide) }} tabindex="0" role="group" aria-label=${t("compare.cells")}>${children}</div></section>`;

/** What would be made, with prices. */
export const Plan = () => rows.value.map((prompt, at) => html`<${Row} key=${at} prompt=${prompt} wide=${columns.value.length}>
  ${bodies.value.slice(at * columns.value.length, (at + 1) * columns.value.length).map((body) => html`<${Planned} key=${JSON.stringify(body)} body=${body}/>`)}<//>`);

/** What was made. */
export function Outcome() {
  const wide = across.value;
  const count = Math.ceil(cells.value.length / wide);
  return Array.from({ length: count }, (_, at) => {
    const own = cells.value.slice(at * wide, (at + 1) * wide);
    const prompt = own.map(({ job, asked }) => job?.prompt ?? asked?.prompt).find(Boolean) ?? "";
    return html`<${Row} key=${at} prompt=${prompt} wide=${wide}>${own.map((cell, place) => html`<${Cell} key=${place} cell=${cell}/>`)}<//>`;
  });
}
