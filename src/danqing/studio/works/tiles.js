// What was made and what is being made, as tiles in rows of one height.

import { html, useSignal } from "../base/html.js";
import { cancel, ended } from "./jobs.js";
import { Icon } from "../base/shapes.js";
import { dollars, explained, has, t } from "../base/words.js";
import { open } from "./viewer.js";

const place = (wide, high) => {
  const ratio = Math.min(Math.max((wide || 4) / (high || 3), 0.5), 2.4);
  return { "--ratio": String(ratio) };
};

const thumbnail = (file) => `/api/assets/${file}/thumbnail?size=512`;

/** A file that was delivered. @param {{work: import("./viewer.js").Work}} props */
export function Tile({ work }) {
  const film = work.medium === "video";
  return html`<button class="tile" style=${place(work.width, work.height)} onClick=${() => { open.value = work; }}>
    <img src=${thumbnail(work.file)} alt=${work.prompt} width=${work.width} height=${work.height} loading="lazy" decoding="async"/>
    <span class="marks">${work.sketch && html`<i>${t("tile.sketch")}</i>`}
      ${film && html`<i><${Icon} name="film"/>${t("seconds", { n: Math.round(work.seconds) })}</i>`}</span>
    <span class="legend"><b>${work.prompt}</b><span>${work.model}</span></span>
  </button>`;
}

const Running = ({ job }) => {
  const busy = useSignal(false);
  const percent = Math.round(job.progress * 100);
  const stop = async () => {
    busy.value = true;
    await cancel(job).catch(() => {});
    busy.value = false;
  };
  return html`<article class="tile running" style=${place(4, 3)} data-job=${job.id}>
    <p>${job.prompt}</p>
    <progress max="100" value=${percent} aria-label=${t("tile.progress")}></progress>
    <p class="row"><span role="status">${t(has(`stage.${job.stage}`) ? `stage.${job.stage}` : `stage.${job.state}`)}${percent > 0 && ` ${percent}%`}</span>
      <span>${t("tile.held", { sum: dollars(job.held) })}</span></p>
    <button disabled=${busy.value} onClick=${stop}>${t("tile.cancel")}</button>
  </article>`;
};

const Nothing = ({ job }) => html`<article class="tile nothing" style=${place(4, 3)} data-job=${job.id}>
  <p>${job.prompt}</p>
  <p class="trouble">${job.state === "cancelled" ? t("tile.cancelled") : job.error ? explained(job.error) : t("tile.nothing")}</p>
  ${job.error && job.state !== "cancelled" && html`<p class="quiet small" lang="en">${job.error.message}</p>`}
  <p class="quiet small">${t("tile.charged", { sum: dollars(job.charged) })}</p>
</article>`;

/** A job wherever it stands: at work, delivered, or come to nothing. */
export function Work({ job }) {
  if (!ended(job)) return html`<${Running} job=${job}/>`;
  const { prompt, model, sketch, charged, id } = job;
  const made = job.outputs.filter((output) => output.file && !output.gone);
  if (!made.length) return html`<${Nothing} job=${job}/>`;
  return made.map((output) => html`<${Tile} key=${output.file} work=${{ ...output, prompt, model, sketch, charged, job: id }}/>`);
}
