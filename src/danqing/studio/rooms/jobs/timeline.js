// The life of a job, drawn: how long it waited, was asked and worked, and every step with its time.

import { html } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { between, clock, lasted } from "../../base/times.js";
import { explained, has, t } from "../../base/words.js";
import { size } from "../../base/sizes.js";

/** @type {Record<string, Parameters<typeof Icon>[0]["name"]>} */
const DRAWN = {
  admitted: "money",
  rewritten: "draft",
  submitting: "sending",
  turned_away: "again",
  running: "brush",
  produced: "check",
  withheld: "shield",
  done: "check",
  failed: "close",
  cancelled: "stop",
  unknown: "question",
};
const WORKING = new Set(["running", "produced", "withheld"]);
const WAITING = new Set(["admitted", "turned_away", "rewritten"]);
const SENT = new Set(["running", "produced", "withheld", "failed", "unknown", "done"]);
const SEEN = 0.004; // of the whole width

/**
 * What a job did between two steps. Where nothing else is told between admission and work, it was sent at once.
 * @param {string} from
 * @param {string} to "" while it goes on
 * @param {string} state
 */
function doing(from, to, state) {
  if (WORKING.has(from)) return "working";
  if (from === "submitting") return "asking";
  if (to === "rewritten") return "wording";
  if (WAITING.has(from) && (to ? SENT.has(to) : state !== "queued")) return "asking";
  return "waiting";
}

/**
 * The spans between the steps, in milliseconds.
 * @param {Api.Moment[]} moments
 * @param {string} state
 * @param {string} now
 */
export function spans(moments, state, now) {
  return moments.map((moment, place) => {
    const next = moments[place + 1];
    const over = !next && ["done", "failed", "cancelled", "unknown"].includes(moment.what);
    return over ? null : { doing: doing(moment.what, next?.what ?? "", state), ms: between(moment.at, next?.at ?? now) };
  }).filter(Boolean);
}

/** Where the time went: one bar, and what its colours mean. @param {{moments: Api.Moment[], state: string, now: string}} props */
export function Spent({ moments, state, now }) {
  const told = spans(moments, state, now);
  const whole = told.reduce((sum, span) => sum + span.ms, 0) || 1;
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const span of told) sums.set(span.doing, (sums.get(span.doing) ?? 0) + span.ms);
  let x = 0;
  return html`<figure class="spent">
    <svg viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">${told.map((span) => {
      const width = Math.max(span.ms / whole, SEEN) * 1000;
      const from = x;
      x += (span.ms / whole) * 1000;
      return html`<rect data-doing=${span.doing} x=${from} width=${width} height="14"/>`;
    })}</svg>
    <figcaption>${[...sums].filter(([, ms]) => ms > 0).map(([what, ms]) => html`<span key=${what}><i data-doing=${what}></i>${t(`jobs.doing.${what}`)} <b>${lasted(ms)}</b></span>`)}
      <span class="whole">${t("jobs.whole")} <b>${lasted(whole)}</b></span></figcaption>
  </figure>`;
}

/** Where it stands in the queue. @param {Api.Place} queue */
const stands = ({ position, seconds }) => {
  const foreseen = seconds !== null;
  return t(foreseen ? "jobs.place.in" : "jobs.place", { n: position, span: lasted((seconds ?? 0) * 1000) });
};

/** @param {{moment: Api.Moment, output: Api.Output|undefined, job: Api.Job}} props */
const Told = ({ moment, output, job }) => html`<div class="told">
  <p><b>${t(`jobs.step.${moment.what}`)}</b>${moment.by && html` <code>${moment.by}</code>`}<time datetime=${moment.at}>${clock(moment.at)}</time></p>
  ${moment.what === "admitted" && job.queue && html`<p class="quiet small">${stands(job.queue)}</p>`}
  ${moment.error && html`${moment.what === "turned_away" && html`<p class="small trouble">${explained(moment.error)}</p>`}<p class="small quiet" lang="en">${moment.error.message}</p>`}
  ${output && (output.file || output.gone) && html`<p class="quiet small delivered">${output.file && !output.gone && html`<img src=${`/api/assets/${output.file}/thumbnail?size=256`} alt="" loading="lazy"/>`}
    <span>${output.gone ? t("jobs.gone") : [size(output.bytes), output.width && `${output.width} × ${output.height}`, output.seconds && t("seconds", { n: output.seconds })].filter(Boolean).join(" · ")}</span></p>`}
</div>`;

/**
 * Every step on a drawn line, with the time between.
 * @param {{told: Api.Timeline, job: Api.Job, now: string}} props
 */
export function Line({ told, job, now }) {
  const { timeline, state } = told;
  const gaps = spans(timeline, state, now);
  let delivered = 0;
  return html`<ol class="line">${timeline.map((moment, place) => {
    const output = moment.what === "produced" ? job.outputs[delivered++] : undefined;
    const span = gaps[place];
    return html`<li key=${place} class="happened" data-what=${moment.what} data-doing=${span?.doing}>
      <span class="dot"><${Icon} name=${DRAWN[moment.what] ?? "clock"}/></span>
      <${Told} moment=${moment} output=${output} job=${job}/>
      ${span && html`<p class="gap">${t(`jobs.doing.${span.doing}`)} ${lasted(span.ms)}${!timeline[place + 1] && "…"}</p>`}
    </li>`;
  })}</ol>`;
}

/** Why nothing was delivered, where a word in the reader's language says more. @param {{job: Api.Job}} props */
export const Plainly = ({ job }) => {
  const name = `jobs.plainly.${job.outcome ?? job.state}`;
  return has(name) && html`<p class="plainly">${t(name)}</p>`;
};
