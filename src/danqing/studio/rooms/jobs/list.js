// All jobs, newest first, chosen by where they stand, what they make, who makes it and when; what changes is seen at once.

import { query, refine } from "../../base/address.js";
import { api } from "../../base/api.js";
import { html, useEffect } from "../../base/html.js";
import { usePages } from "../../base/pages.js";
import { Segments } from "../../base/segments.js";
import { keepsBooks } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { between, dawn, daysOn, lasted, when } from "../../base/times.js";
import { dollars, explained, t } from "../../base/words.js";
import { byId, models, readModels } from "../../desk/catalogue.js";
import { ended, jobs } from "../../works/jobs.js";
import { Glimpse, Standing } from "../../works/standing.js";

const PAGE = 40;
const STATES = { all: "", going: "queued,submitting,running", done: "done", nothing: "failed,cancelled,unknown" };
const KINDS = ["", "image", "video"];

/** What is looked for, as the address says it. */
const asked = () => {
  const told = query.value;
  const said = (name) => told.get(name) ?? "";
  return { state: said("state"), kind: said("kind"), model: said("model"), key: said("key"), since: said("since"), until: said("until") };
};

/** @typedef {ReturnType<typeof asked>} Wanted */

/** @param {Wanted} wanted @param {string|null} before */
async function read(wanted, before) {
  const { since, until, ...others } = wanted;
  const limits = { since: since && dawn(since), until: until && dawn(daysOn(until, 1)), before: before ?? "" };
  const said = Object.entries({ limit: String(PAGE), ...others, ...limits }).filter(([, value]) => value);
  const told = await api("GET", `/jobs?${new URLSearchParams(said)}`);
  return { rows: told.jobs, next: told.next };
}

/** @param {Api.Job} job @param {Wanted} wanted */
const meant = (job, { state, kind, model, key, since, until }) =>
  (!state || state.split(",").includes(job.state)) &&
  (!kind || job.parameters.wants.some((wanted) => wanted === kind)) &&
  (!model || job.model === model) &&
  (!key || job.key?.id === key) &&
  (!since || job.created >= dawn(since)) &&
  (!until || job.created < dawn(daysOn(until, 1)));

/** What was read, in the light of what was heard since. @param {Api.Job[]} rows @param {Wanted} wanted */
function merged(rows, wanted) {
  const known = new Map(rows.map((job) => [job.id, job]));
  const last = rows.at(-1)?.created ?? "";
  for (const job of jobs.value) {
    const before = known.get(job.id);
    if (before ? job.updated >= before.updated : job.created >= last) known.set(job.id, job);
  }
  return [...known.values()].filter((job) => meant(job, wanted)).sort((a, b) => b.created.localeCompare(a.created) || b.id.localeCompare(a.id));
}

/** Whose jobs are seen, where that was asked for. @param {{wanted: Wanted, shown: Api.Job[]|null}} props */
const Whose = ({ wanted, shown }) => {
  const name = shown?.find((job) => job.key?.id === wanted.key)?.key.name ?? t("jobs.key");
  return wanted.key && html`<button class="toggle" aria-label=${t("ledger.without", { what: name })} onClick=${() => refine({ key: "" })}>${name}<${Icon} name="close"/></button>`;
};

const Filters = ({ wanted, shown }) => {
  const chosen = Object.keys(STATES).find((name) => STATES[name] === wanted.state) ?? "";
  return html`<header><h1>${t("nav.jobs")}</h1>
    <${Segments} label=${t("jobs.state")} value=${chosen} choose=${(name) => refine({ state: STATES[name] })}
      options=${Object.keys(STATES).map((value) => ({ value, name: t(`jobs.state.${value}`) }))}/>
    <${Segments} label=${t("jobs.kind")} value=${wanted.kind} choose=${(kind) => refine({ kind })}
      options=${KINDS.map((value) => ({ value, name: t(`kind.${value || "all"}`) }))}/>
    <${Whose} wanted=${wanted} shown=${shown}/>
    <div class="when">
      <select aria-label=${t("jobs.model")} value=${wanted.model} onChange=${(event) => refine({ model: event.target.value })}>
        <option value="">${t("jobs.model.all")}</option>
        ${models.value.map((row) => html`<option value=${row.id} selected=${row.id === wanted.model}>${row.title}</option>`)}
      </select>
      <label>${t("jobs.since")}<input type="date" value=${wanted.since} max=${wanted.until} onChange=${(event) => refine({ since: event.target.value })}/></label>
      <label>${t("jobs.until")}<input type="date" value=${wanted.until} min=${wanted.since} onChange=${(event) => refine({ until: event.target.value })}/></label>
    </div>
  </header>`;
};

const Row = ({ job }) => {
  const over = ended(job);
  const percent = Math.round(job.progress * 100);
  return html`<li class="job" data-job=${job.id}><a href=${`#/jobs/${job.id}`}>
    <${Glimpse} job=${job}/>
    <span class="asked"><b>${job.prompt || t("jobs.wordless")}</b><small>${byId.value.get(job.model)?.title ?? job.model}${job.sketch && html` · ${t("tile.sketch")}`}${keepsBooks.value && job.key && html` · ${job.key.name}`}</small></span>
    <span class="stood"><${Standing} job=${job}/>${!over && percent > 0 && html`<progress max="100" value=${percent} aria-label=${t("tile.progress")}></progress>`}</span>
    <span class="time"><time datetime=${job.created}>${when(job.created)}</time>${over && html`<small>${t("jobs.took", { span: lasted(between(job.created, job.updated)) })}</small>`}</span>
    <span class="paid"><b>${dollars(over ? job.charged : job.held)}</b><small>${t(over ? "jobs.charged" : "jobs.held")}</small></span>
  </a></li>`;
};

/** The list. */
export function JobList() {
  const wanted = asked();
  const { rows, trouble, end } = usePages((before) => read(wanted, before), wanted);
  useEffect(() => { readModels().catch(() => {}); }, []);
  const shown = rows.value && merged(rows.value, wanted);
  return html`<main class="room jobs"><${Filters} wanted=${wanted} shown=${shown}/>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
    ${shown && (shown.length
      ? html`<ul class="joblist">${shown.map((job) => html`<${Row} key=${job.id} job=${job}/>`)}</ul>`
      : html`<p class="empty quiet">${t("jobs.empty")}</p>`)}
    ${!shown && !trouble.value && html`<p class="waiting" role="status">${t("waiting")}</p>`}
    ${end}
  </main>`;
}
