// What was made and what is being made, as tiles in rows of one height.

import { html } from "../base/html.js";
import { Icon } from "../base/shapes.js";
import { t } from "../base/words.js";
import { ended } from "./jobs.js";
import { Nothing, Running } from "./progress.js";
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

/** A job wherever it stands: at work, delivered, or come to nothing. */
export function Work({ job }) {
  if (!ended(job)) return html`<${Running} job=${job}/>`;
  const { prompt, model, sketch, charged, id } = job;
  const made = job.outputs.filter((output) => output.file && !output.gone);
  if (!made.length) return html`<${Nothing} job=${job}/>`;
  return made.map((output) => html`<${Tile} key=${output.file} work=${{ ...output, prompt, model, sketch, charged, job: id }}/>`);
}
