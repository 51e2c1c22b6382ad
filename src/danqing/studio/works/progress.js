// A job at work, and one that came to nothing.

import { html, useSignal } from "../base/html.js";
import { dollars, explained, has, t } from "../base/words.js";
import { cancel } from "./jobs.js";

/** A job that is waited for. @param {{job: Api.Job}} props */
export const Running = ({ job }) => {
  const busy = useSignal(false);
  const percent = Math.round(job.progress * 100);
  const stop = async () => {
    busy.value = true;
    await cancel(job).catch(() => {});
    busy.value = false;
  };
  return html`<article class="tile running" data-job=${job.id}>
    <p>${job.prompt}</p>
    <progress max="100" value=${percent} aria-label=${t("tile.progress")}></progress>
    <p class="row"><span role="status">${t(has(`stage.${job.stage}`) ? `stage.${job.stage}` : `stage.${job.state}`)}${percent > 0 && ` ${percent}%`}</span>
      <span>${t("tile.held", { sum: dollars(job.held) })}</span></p>
    <button disabled=${busy.value} onClick=${stop}>${t("tile.cancel")}</button>
  </article>`;
};

/** A job that came to nothing. @param {{job: Api.Job}} props */
export const Nothing = ({ job }) => html`<article class="tile nothing" data-job=${job.id}>
  <p>${job.prompt}</p>
  <p class="trouble">${job.state === "cancelled" ? t("tile.cancelled") : job.error ? explained(job.error) : t("tile.nothing")}</p>
  ${job.error && job.state !== "cancelled" && html`<p class="quiet small" lang="en">${job.error.message}</p>`}
  <p class="quiet small">${t("tile.charged", { sum: dollars(job.charged) })}</p>
</article>`;
