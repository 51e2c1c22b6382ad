// What can be done with a job: end it, ask again, make it once more, begin a draft with it, take its files away.

import { go } from "../../base/address.js";
import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { makes } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { dollars, explained, t } from "../../base/words.js";
import { made, priced } from "../../works/anew.js";
import { showCode } from "../../works/code.js";
import { cancel, ended, learn } from "../../works/jobs.js";
import { begin, recipeOf } from "../../works/reuse.js";

/** @typedef {import("../../works/anew.js").Way} Way */

/** @param {Api.Job} job @returns {Way[]} what was delivered is made anew, what came to nothing is asked for once more */
const ways = (job) => (job.state === "done" ? ["same", "fresh"] : ["retry", "fresh"]);

/**
 * A button with the price on it, which is asked for first.
 * @param {{job: Api.Job, way: Way, fail: (problem: any) => void}} props
 */
function Anew({ job, way, fail }) {
  const quote = useSignal(/** @type {Api.Quote|null} */ (null));
  const refusal = useSignal(null);
  const busy = useSignal(false);
  useEffect(() => {
    priced(job, way).then((told) => { quote.value = told; }, (problem) => { refusal.value = problem; });
  }, [job.id, way]);
  const ask = async () => {
    busy.value = true;
    try {
      const anew = await made(job, way, quote.value.cost);
      go(`jobs/${anew.id}`);
    } catch (problem) {
      fail(problem);
    }
    busy.value = false;
  };
  const ready = quote.value?.affordable && !busy.value;
  return html`<button class=${way === "fresh" ? "anew" : "anew primary"} disabled=${!ready} onClick=${ask}><span>${t(`jobs.anew.${way}`)}</span>
      <b>${quote.value ? dollars(quote.value.cost) : refusal.value ? "—" : "…"}</b></button>
    ${refusal.value && html`<p class="small quiet">${explained(refusal.value)} <span lang="en">${refusal.value.message}</span></p>`}
    ${quote.value && !quote.value.affordable && html`<p class="small trouble">${t("problem.no_funds")}</p>`}`;
}

const INPUTS = ["pictures", "first_frame", "last_frame", "mask", "film"];

/** The files of it that are there. @param {Api.Job} job */
const files = (job) => job.outputs.filter((output) => output.file && !output.gone).map((output) => output.file);

/** Whether what it was given cannot be named any more, as only what was delivered remembers it. @param {Api.Job} job */
const isBare = (job) => INPUTS.some((name) => job.parameters[name]) && !files(job).length;

/** The body of the draft that asks for the same. @param {Api.Job} job */
async function recipe(job) {
  const [file] = files(job);
  if (file) return recipeOf(await api("GET", `/assets/${file}`));
  const { wants, roles, pictures, first_frame, last_frame, mask, film, task, area, factor, knobs, ...told } = job.parameters;
  return { model: job.model, prompt: job.prompt, ...told };
}

/** @param {{job: Api.Job}} props */
function Deleting({ job }) {
  const sure = useSignal(false);
  const there = files(job).length;
  if (!there) return null;
  const remove = async () => learn([await api("DELETE", `/jobs/${job.id}`)]);
  return html`<button class="plain" onClick=${() => { sure.value = true; }}><${Icon} name="remove"/>${t("jobs.delete")}</button>
    ${sure.value && html`<${Question} title=${t("jobs.delete.sure", { n: there })} label=${t("jobs.delete")} act=${remove}
      leave=${() => { sure.value = false; }}><p class="quiet">${t("jobs.delete.what")}</p></${Question}>`}`;
}

/** Nothing for viewers, who only look. @param {{job: Api.Job}} props */
export function Acts({ job }) {
  const trouble = useSignal(null);
  const busy = useSignal(false);
  const fail = (problem) => { trouble.value = problem; };
  const stop = async () => {
    busy.value = true;
    await cancel(job).catch(fail);
    busy.value = false;
  };
  if (!makes.value) return null;
  const draft = () => recipe(job).then(begin).catch(fail);
  return html`<section class="acting" aria-label=${t("jobs.acts")}>
    ${ended(job) ? ways(job).map((way) => html`<${Anew} key=${way} job=${job} way=${way} fail=${fail}/>`)
      : html`<button class="plain" disabled=${busy.value} onClick=${stop}><${Icon} name="stop"/>${t("jobs.cancel", { sum: dollars(job.held) })}</button>`}
    <button class="plain" onClick=${draft}><${Icon} name="draft"/>${t("jobs.draft")}</button>
    ${isBare(job) && html`<p class="small quiet">${t("jobs.draft.bare")}</p>`}
    <button class="plain" onClick=${() => showCode({ job: job.id })}><${Icon} name="code"/>${t("code.show")}</button>
    ${ended(job) && html`<${Deleting} job=${job}/>`}
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)} <span class="small" lang="en">${trouble.value.message}</span></p>`}
  </section>`;
}
