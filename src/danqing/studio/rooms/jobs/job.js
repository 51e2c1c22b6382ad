// One job: what came of it, what happened and when, where its money went, and what can be done with it.

import { api } from "../../base/api.js";
import { html, signal, useEffect, useSignal } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { between, when } from "../../base/times.js";
import { dollars, explained, moment, named, t } from "../../base/words.js";
import { byId, readModels } from "../../desk/catalogue.js";
import { ended, jobs } from "../../works/jobs.js";
import { Standing } from "../../works/standing.js";
import { delivered, Tile } from "../../works/tiles.js";
import { Acts } from "./acts.js";
import { Line, Plainly, Spent } from "./timeline.js";

const TICK_MS = 1000;
const TOLD = ["aspect", "size", "pixels", "count", "seconds", "seed", "person", "negative", "mime", "quality", "task", "area", "factor"];
const GIVEN = ["pictures", "first_frame", "last_frame", "mask", "film"];

/** @param {{job: Api.Job}} props */
const Works = ({ job }) => {
  const made = delivered(job);
  const sequence = { works: signal(made) };
  const said = job.outputs.filter((output) => output.text);
  return html`${made.length > 0 && html`<div class="tiles">${made.map((work) => html`<${Tile} key=${work.file} work=${work} sequence=${sequence}/>`)}</div>`}
    ${said.map((output) => html`<p class="panel answer">${output.text}</p>`)}`;
};

/** @param {{job: Api.Job, lines: Api.Entry[]}} props */
const Money = ({ job, lines }) => {
  const released = job.held.nanos - job.charged.nanos;
  return html`<section class="panel money"><h2>${t("jobs.money")}</h2>
    <p class="flow"><span>${t("jobs.held")} <b>${dollars(job.held)}</b></span><${Icon} name="sending"/>
      <span>${ended(job) ? html`${t("jobs.charged")} <b>${dollars(job.charged)}</b>` : t("jobs.open")}</span></p>
    ${ended(job) && released > 0 && html`<p class="quiet small">${t(job.charged.nanos ? "jobs.released.rest" : "jobs.released.all")}</p>`}
    <table class="lines"><caption>${t("jobs.lines")}</caption><tbody>${lines.map((line) => html`<tr key=${line.id}>
      <th scope="row">${t(`phase.${line.phase}`)}</th><td>${dollars(line.phase === "void" ? line.held : line.amount)}</td><td><time datetime=${line.at} title=${moment(line.at)}>${when(line.at)}</time></td></tr>`)}</tbody></table>
  </section>`;
};

/** @param {{job: Api.Job}} props */
const Asked = ({ job }) => {
  const told = /** @type {Record<string, any>} */ (job.parameters);
  const rows = [
    [t("viewer.model"), html`${byId.value.get(job.model)?.title ?? job.model}<br/><code class="quiet small">${job.model}</code>`],
    [t("jobs.maker"), job.sketch ? t("model.sketch") : job.served_by.join(", ") || "—"],
    ...TOLD.filter((name) => told[name]).map((name) => [t(`field.${name}`), name === "seconds" ? t("seconds", { n: told[name] }) : named(name, told[name])]),
    ...GIVEN.filter((name) => told[name]).map((name) => [t(`jobs.given.${name}`), name === "pictures" ? told[name] : "✓"]),
    ...Object.entries(told.knobs ?? {}).map(([name, value]) => [html`<code>${name}</code>`, String(value)]),
    [t("jobs.asked"), moment(job.created)],
    ...(job.key ? [[t("jobs.key"), job.key.name]] : []),
  ];
  return html`<section class="panel"><h2>${t("jobs.parameters")}</h2>
    <dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    ${job.changes.map((change) => html`<p class="gold small">${t("create.changed", { what: named("field", change.param), asked: change.asked, made: change.made })}</p>`)}
    ${job.ignored.length > 0 && html`<p class="gold small">${t("jobs.ignored")} <code>${job.ignored.join(", ")}</code></p>`}
    <details class="small"><summary>${t("jobs.id")}</summary><code>${job.id}</code></details>
  </section>`;
};

/** @param {{job: Api.Job}} props */
const Reworded = ({ job }) => job.rewritten && job.rewritten !== job.prompt && html`<details class="reworded" open>
  <summary>${t("jobs.sentas")}</summary><p>${job.rewritten}</p></details>`;

/** @param {{job: Api.Job, lines: Api.Entry[], told: Api.Timeline, now: string}} props */
const Page = ({ job, lines, told, now }) => html`<div class="jobpage">
  <div class="life">
    <p class="said">${job.prompt || t("jobs.wordless")}</p>
    <${Reworded} job=${job}/>
    ${job.error && html`<p class="trouble">${job.state !== "unknown" && explained(job.error)} <span class="quiet small" lang="en">${job.error.message}</span></p>`}
    <${Plainly} job=${job}/>
    ${job.withheld.map((reason) => html`<p class="gold small">${t("jobs.withheld")} <span lang="en">${reason}</span></p>`)}
    ${!ended(job) && html`<progress max="100" value=${Math.round(job.progress * 100)} aria-label=${t("tile.progress")}></progress>`}
    <${Works} job=${job}/>
    <section class="panel"><h2>${t("jobs.timeline")}</h2>
      <${Spent} moments=${told.timeline} state=${told.state} now=${now}/>
      <${Line} told=${told} job=${job} now=${now}/></section>
  </div>
  <aside><${Acts} job=${job}/><${Money} job=${job} lines=${lines}/><${Asked} job=${job}/></aside>
</div>`;

/** @param {{id: string}} props */
export function JobPage({ id }) {
  const read = useSignal(null);
  const trouble = useSignal(null);
  const now = useSignal(new Date().toISOString());
  const heard = jobs.value.find((job) => job.id === id);
  const mark = JSON.stringify([heard?.state, heard?.updated, heard?.outputs.map((output) => output.gone)]);
  useEffect(() => { readModels().catch(() => {}); }, []);
  useEffect(() => {
    Promise.all([api("GET", `/jobs/${id}`), api("GET", `/jobs/${id}/timeline`), api("GET", `/ledger?job=${id}`)]).then(
      ([job, told, { entries }]) => { trouble.value = null; read.value = { job, told, lines: entries.reverse() }; },
      (problem) => { trouble.value = problem; });
  }, [id, mark]);
  const going = read.value && !ended(read.value.job);
  useEffect(() => {
    if (!going) return undefined;
    const ticking = setInterval(() => { now.value = new Date().toISOString(); }, TICK_MS);
    return () => clearInterval(ticking);
  }, [going]);
  const job = read.value && (heard && between(read.value.job.updated, heard.updated) >= 0 && !ended(read.value.job)
    ? { ...heard, queue: read.value.job.queue } : read.value.job);
  return html`<main class="room">
    <header><a class="back" href="#/jobs"><${Icon} name="back"/>${t("nav.jobs")}</a>${job && html`<span class="now" role="status"><${Standing} job=${job}/></span>`}
      ${job && html`<h1 class="unseen">${t("jobs.one")}</h1>`}</header>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
    ${job ? html`<${Page} job=${job} lines=${read.value.lines} told=${read.value.told} now=${now.value}/>`
      : !trouble.value && html`<p class="waiting" role="status">${t("waiting")}</p>`}
  </main>`;
}
