// Where a work comes from and what came of it, as pictures.

import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { t } from "../../base/words.js";
import { addressOf, show } from "../showing.js";
import { thumbnail } from "../tiles.js";

const JOBS_MAX = 12;

/** The files that were made of a work, newest first. @param {string[]} jobs @returns {Promise<{file: string, prompt: string}[]>} */
async function madeBy(jobs) {
  const told = await Promise.all(jobs.slice(0, JOBS_MAX).map((id) => api("GET", `/jobs/${id}`).catch(() => null)));
  return told.filter(Boolean).flatMap((job) => job.outputs.filter((output) => output.file && !output.gone).map(({ file }) => ({ file, prompt: job.prompt })));
}

const Kin = ({ file, label }) => html`<a href=${addressOf(file)} class="kin" onClick=${(event) => { event.preventDefault(); show(file); }}>
  <img src=${thumbnail(file, 256)} alt=${label} loading="lazy"/></a>`;

/** @param {{story: Api.AssetStory}} props */
export function Lineage({ story }) {
  const made = useSignal([]);
  useEffect(() => {
    let wanted = true;
    made.value = [];
    madeBy(story.used_by).then((works) => { if (wanted) made.value = works; });
    return () => { wanted = false; };
  }, [story.file, story.used_by.join()]);
  const { sources } = story;
  if (!sources.length && !made.value.length) return null;
  return html`<section class="lineage" aria-label=${t("viewer.lineage")}>
    ${sources.length > 0 && html`<h3>${t("viewer.from")}</h3><div>${sources.map(({ file, sha256 }) => (file
      ? html`<${Kin} key=${sha256} file=${file} label=${t("viewer.from")}/>`
      : html`<span key=${sha256} class="kin strange" title=${t("viewer.given")}><${Icon} name="picture"/><span class="unseen">${t("viewer.given")}</span></span>`))}</div>`}
    ${made.value.length > 0 && html`<h3>${t("viewer.became")}</h3><div>${made.value.map(({ file, prompt }) => html`<${Kin} key=${file} file=${file} label=${prompt || t("viewer.became")}/>`)}</div>`}
  </section>`;
}
