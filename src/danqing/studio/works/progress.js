// A job at work, with what is known of how long it will take, and one that came to nothing, with what can be done about it.

import { api } from "../base/api.js";
import { html, useEffect, useRef, useSignal } from "../base/html.js";
import { Icon } from "../base/shapes.js";
import { lasted } from "../base/times.js";
import { dollars, explained, has, t } from "../base/words.js";
import { byId } from "../desk/catalogue.js";
import { made } from "./anew.js";
import { cancel, learn } from "./jobs.js";
import { left } from "./pace.js";
import { Standing } from "./standing.js";
import { canTell, isAwaited, tellOf } from "./telling.js";

const TICK_MS = 1000;
const LOOKED_MS = 3000;
const LONG_MS = 8000; // what takes longer may be waited for elsewhere

const COARSE_MS = 5000; // nobody knows better what is left

/** The time, as it passes. */
function useNow() {
  const now = useSignal(Date.now());
  useEffect(() => {
    const ticking = setInterval(() => { now.value = Date.now(); }, TICK_MS);
    return () => clearInterval(ticking);
  }, []);
  return now.value;
}

/** What is left of a job in milliseconds, or null. @param {Api.Job} job @param {number} now */
function useLeft(job, now) {
  const first = useRef(/** @type {import("./pace.js").Glance|undefined} */ (undefined));
  const last = useRef(/** @type {import("./pace.js").Glance|undefined} */ (undefined));
  if (job.progress && last.current?.progress !== job.progress) {
    last.current = { at: Date.now(), progress: job.progress };
    first.current ??= last.current;
  }
  return left(first.current, last.current, now);
}

/** Where a job stands that waits; only who asks about one job is told. @param {Api.Job} job */
function useQueue(job) {
  useEffect(() => {
    if (job.state !== "queued") return undefined;
    const look = () => api("GET", `/jobs/${job.id}`).then((told) => learn([told]), () => {});
    const looking = setInterval(look, LOOKED_MS);
    return () => clearInterval(looking);
  }, [job.state]);
}

const waits = ({ position, seconds }) =>
  (seconds === null ? t("jobs.place", { n: position }) : t("jobs.place.in", { n: position, span: lasted(seconds * 1000) }));

/** A time that goes by: whole seconds. @param {number} ms */
const ticked = (ms) => (ms < 60 * TICK_MS ? t("span.s", { s: Math.floor(ms / TICK_MS) }) : lasted(ms));

const Title = ({ job }) => html`<p class="asked"><a href=${`#/jobs/${job.id}`}>${job.prompt || t("jobs.wordless")}</a></p>
  <p class="quiet small">${byId.value.get(job.model)?.title ?? job.model}${job.sketch && html` · ${t("tile.sketch")}`}</p>`;

/** A job that is waited for. @param {{job: Api.Job}} props */
export const Running = ({ job }) => {
  const busy = useSignal(false);
  const now = useNow();
  const remaining = useLeft(job, now);
  useQueue(job);
  const percent = Math.round(job.progress * 100);
  const elapsed = now - new Date(job.created).getTime();
  const stop = async () => {
    busy.value = true;
    await cancel(job).catch(() => {});
    busy.value = false;
  };
  return html`<article class="tile running" data-job=${job.id}>
    <${Title} job=${job}/>
    <progress max="100" value=${percent} aria-label=${t("tile.progress")}></progress>
    <p class="row"><span role="status">${t(has(`stage.${job.stage}`) ? `stage.${job.stage}` : `stage.${job.state}`)}${percent > 0 && ` ${percent}%`}</span>
      <span>${elapsed >= TICK_MS && ticked(elapsed)}</span></p>
    ${job.queue && job.state === "queued" && html`<p class="quiet small">${waits(job.queue)}</p>`}
    ${remaining !== null && html`<p class="quiet small">${t("tile.left", { span: ticked(Math.ceil(remaining / COARSE_MS) * COARSE_MS) })}</p>`}
    ${job.rewritten && job.rewritten !== job.prompt && html`<p class="quiet small">${t("tile.sentas", { words: job.rewritten })}</p>`}
    <p class="acts"><span class="quiet small">${t("tile.held", { sum: dollars(job.held) })}</span><span class="fill"></span>
      ${elapsed > LONG_MS && canTell() && html`<button aria-pressed=${isAwaited(job) ? "true" : "false"} disabled=${isAwaited(job)} onClick=${() => tellOf(job)}><${Icon} name="bell"/>${t(`telling.${isAwaited(job) ? "awaited" : "tell"}`)}</button>`}
      <button disabled=${busy.value} onClick=${stop}>${t("tile.cancel")}</button></p>
  </article>`;
};

const why = (job) => {
  if (job.state === "unknown") return t("tile.unknown");
  return job.error ? explained(job.error) : t("tile.nothing");
};

/** A job that came to nothing. @param {{job: Api.Job}} props */
export const Nothing = ({ job }) => {
  const trouble = useSignal(null);
  const busy = useSignal(false);
  const again = async () => {
    busy.value = true;
    trouble.value = null;
    try {
      await made(job, "retry", job.held);
    } catch (problem) {
      trouble.value = problem;
    }
    busy.value = false;
  };
  return html`<article class="tile nothing" data-job=${job.id}>
    <${Title} job=${job}/>
    <p><${Standing} job=${job}/></p>
    ${job.state !== "cancelled" && html`<p class="trouble">${why(job)}</p>`}
    <p class="quiet small">${t("tile.released", { held: dollars(job.held), sum: dollars(job.charged) })}</p>
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`}
    <p class="acts"><button class="priced" disabled=${busy.value} onClick=${again}><span>${t("tile.retry")}</span><b>${dollars(job.held)}</b></button>
      <a href=${`#/jobs/${job.id}`}>${t("tile.why")}</a></p>
  </article>`;
};
