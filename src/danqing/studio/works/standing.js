// Where a job stands and what it came to: one word, one colour and one small drawing for each.

import { html } from "../base/html.js";
import { Icon } from "../base/shapes.js";
import { t } from "../base/words.js";

/** @type {Record<string, Parameters<typeof Icon>[0]["name"]>} */
const DRAWN = {
  queued: "clock",
  submitting: "sending",
  running: "brush",
  ok: "check",
  partial: "half",
  filtered: "shield",
  failed: "close",
  cancelled: "stop",
  unknown: "question",
};

/** What it came to, or where it stands while it goes on. @param {Api.Job} job */
export const standing = (job) => job.outcome ?? job.state;

/** @param {{job: Api.Job}} props */
export const Standing = ({ job }) => html`<span class="standing" data-standing=${standing(job)}><${Icon} name=${DRAWN[standing(job)]}/>${
  t(`standing.${standing(job)}`)}</span>`;

/** The first thing that can be seen of a job, or where it stands. @param {{job: Api.Job}} props */
export function Glimpse({ job }) {
  const seen = job.outputs.find((output) => output.file && !output.gone);
  if (seen) return html`<img class="glimpse" src=${`/api/assets/${seen.file}/thumbnail?size=256`} alt="" loading="lazy" decoding="async"/>`;
  return html`<span class="glimpse" data-standing=${standing(job)}><${Icon} name=${DRAWN[standing(job)]}/></span>`;
}
