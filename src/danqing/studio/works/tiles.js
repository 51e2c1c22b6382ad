// What was made and what is being made, as tiles in rows of one height.

import { computed, html, useSignal } from "../base/html.js";
import { Icon } from "../base/shapes.js";
import { t } from "../base/words.js";
import { ended, jobs } from "./jobs.js";
import { gone } from "./keeping.js";
import { Nothing, Running } from "./progress.js";
import { addressOf, show } from "./showing.js";

const place = (wide, high) => {
  const ratio = Math.min(Math.max((wide || 4) / (high || 3), 0.5), 2.4);
  return { "--ratio": String(ratio) };
};

/** The address of a small picture of a file. @param {string} file @param {256|512} [size] */
export const thumbnail = (file, size = 512) => `/api/assets/${file}/thumbnail?size=${size}`;

const still = matchMedia("(prefers-reduced-motion: reduce)");

const plain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

/**
 * A file that was delivered: a link to it, and what else one does with it there.
 * @param {{work: import("./showing.js").Work, sequence?: import("./showing.js").Sequence, style?: Record<string, string>,
 *   class?: string, whose?: string, pick?: (event: MouseEvent) => boolean, children?: Drawn}} props
 *   `pick` is told of a click first, and whether it was meant for it
 */
export function Tile({ work, sequence, style, class: kind = "", whose = "", pick, children, ...others }) {
  const film = work.medium === "video";
  const moving = useSignal(false);
  const hover = (event) => { moving.value = film && event.type === "pointerenter" && event.pointerType === "mouse" && !still.matches; };
  const enter = (event) => {
    if (pick?.(event)) event.preventDefault();
    else if (plain(event)) {
      event.preventDefault();
      show(work.file, sequence);
    }
  };
  return html`<article class=${`tile ${kind}`} style=${style ?? place(work.width, work.height)} onPointerEnter=${hover} onPointerLeave=${hover} ...${others}>
    <a href=${addressOf(work.file)} onClick=${enter} onDragStart=${(event) => event.dataTransfer.setData("text/uri-list", `${location.origin}/api/files/${work.file}`)}>
      ${moving.value && html`<video src=${`/api/files/${work.file}`} muted loop autoplay playsinline aria-hidden="true"></video>`}
      <img src=${thumbnail(work.file)} alt=${work.prompt} width=${work.width} height=${work.height} loading="lazy" decoding="async" draggable="false"/></a>
    <span class="marks">${work.sketch && html`<i>${t("tile.sketch")}</i>`}
      ${film && html`<i><${Icon} name="film"/>${t("seconds", { n: Math.round(work.seconds) })}</i>`}</span>
    <span class="legend" aria-hidden="true"><b>${work.prompt}</b><span>${work.model}${whose && ` · ${whose}`}</span></span>
    ${children}
  </article>`;
}

/** The files of a job that are there. @param {Api.Job} job @returns {import("./showing.js").Work[]} */
export const delivered = ({ outputs, prompt, model, sketch, charged, id }) =>
  outputs.filter((output) => output.file && !output.gone && !gone.value.has(output.file)).map((output) => ({ ...output, prompt, model, sketch, charged, job: id }));

const all = { works: computed(() => jobs.value.flatMap(delivered)) };

/**
 * A job wherever it stands: at work, delivered, or come to nothing.
 * @param {{job: Api.Job, sequence?: import("./showing.js").Sequence}} props
 */
export function Work({ job, sequence = all }) {
  if (!ended(job)) return html`<${Running} job=${job}/>`;
  const works = delivered(job);
  if (!works.length) return html`<${Nothing} job=${job}/>`;
  return works.map((work) => html`<${Tile} key=${work.file} work=${work} sequence=${sequence}/>`);
}
