// What a work was made by, with what, and for how much; and what of it was not as it was asked for.

import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { size } from "../../base/sizes.js";
import { dollars, moment, named, t } from "../../base/words.js";
import { byId } from "../../desk/catalogue.js";

const TOLD = ["aspect", "size", "person", "negative", "task", "factor"];

const medium = (work) => (work.medium === "video"
  ? [work.seconds && t("seconds", { n: Math.round(work.seconds * 10) / 10 }), work.fps && t("viewer.fps", { n: work.fps }), t(work.audio ? "viewer.sound" : "viewer.silent")].filter(Boolean).join(" · ")
  : "");

/** @param {{story: Api.AssetStory}} props */
function Facts({ story }) {
  const asked = /** @type {Record<string, any>} */ (story.parameters);
  const rows = [
    [t("viewer.model"), byId.value.get(story.model)?.title ?? story.model],
    [t("viewer.by"), story.sketch ? t("model.sketch") : story.served_by.join(", ") || "—"],
    [t("viewer.cost"), html`<a href=${`#/jobs/${story.job}`}>${dollars(story.charged)}</a>`],
    [t("viewer.pixels"), `${story.width} × ${story.height}`],
    story.medium === "video" && [t("viewer.film"), medium(story)],
    ...TOLD.filter((name) => asked[name]).map((name) => [t(`field.${name}`), name === "factor" ? `${asked[name]}×` : named(name, asked[name])]),
    story.seed !== null && [t("field.seed"), html`<code>${story.seed}</code>`],
    [t("viewer.file"), `${story.mime.split("/")[1].toUpperCase()} · ${size(story.bytes)}`],
    [t("viewer.made"), moment(story.created)],
  ].filter(Boolean);
  return html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** What was made in another way than it was asked for, or left out. @param {{story: Api.AssetStory}} props */
const Honestly = ({ story }) => html`
  ${story.changes.map((change) => html`<p class="gold small">${t("create.changed", { what: named("field", change.param), asked: change.asked, made: change.made })}</p>`)}
  ${story.ignored.length > 0 && html`<p class="gold small">${t("viewer.ignored", { what: story.ignored.join(", ") })}</p>`}
  ${story.missing.length > 0 && html`<p class="gold small">${t("viewer.missing", { what: story.missing.join(", ") })}</p>`}`;

/** What the file itself says of where it comes from. @param {{story: Api.AssetStory}} props */
function Provenance({ story }) {
  const told = useSignal(/** @type {Api.Provenance|null} */ (null));
  useEffect(() => {
    told.value = null;
    api("GET", `/assets/${story.file}/provenance`).then((answer) => { told.value = answer; }, () => {});
  }, [story.file]);
  if (!told.value) return null;
  return html`<ul class="provenance small">
    <li>${t(told.value.signed ? "viewer.signed" : "viewer.unsigned")}</li>
    <li>${t(told.value.story ? "viewer.carries" : "viewer.carries.not")}</li></ul>`;
}

/** Everything about it. @param {{story: Api.AssetStory}} props */
export const Told = ({ story }) => html`
  ${story.rewritten && story.rewritten !== story.prompt && html`<details class="sentas"><summary>${t("viewer.sent")}</summary><p>${story.rewritten}</p></details>`}
  ${story.sketch && html`<p class="quiet small">${t("viewer.sketch")}</p>`}
  <${Facts} story=${story}/><${Honestly} story=${story}/><${Provenance} story=${story}/>`;
