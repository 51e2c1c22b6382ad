// A form out of a model's schema: shapes for ratios, steps for numbers, and what has only one value shown as locked.

import { wish, wishes } from "../../desk/draft.js";
import { html } from "../../base/html.js";
import { Segments } from "../../base/segments.js";
import { named, t } from "../../base/words.js";

const SIDE = 20;

const Shape = ({ ratio }) => {
  const [wide, high] = ratio.split(":").map(Number);
  const unit = SIDE / Math.max(wide, high);
  return html`<svg class="ratio" viewBox="0 0 24 24" aria-hidden="true"><rect x=${12 - (wide * unit) / 2} y=${12 - (high * unit) / 2}
    width=${wide * unit} height=${high * unit} rx="2"/></svg>`;
};

const Choice = ({ name, field, label }) => {
  const now = wishes.value[name];
  const shown = (value) => (name === "seconds" ? t("seconds", { n: value }) : named(name, value));
  if (field.enum.length === 1) {
    return html`<p class="locked" title=${t("field.locked")}>${name === "aspect" && html`<${Shape} ratio=${field.enum[0]}/>`}
      <span>${shown(field.enum[0])}</span><small>${t("field.locked")}</small></p>`;
  }
  return html`<${Segments} kind=${name === "aspect" ? "ratios" : "segments"} label=${label} value=${now} choose=${(value) => wish(name, value)}
    options=${field.enum.map((value) => ({ value, name: html`${name === "aspect" && html`<${Shape} ratio=${value}/>`}${shown(value)}` }))}/>`;
};

const Steps = ({ name, field, label }) => {
  const now = wishes.value[name] ?? field.minimum;
  if (field.minimum === field.maximum) return html`<p class="locked"><span>${now}</span><small>${t("field.locked")}</small></p>`;
  return html`<div class="steps" role="group" aria-label=${label}>
    <button type="button" aria-label=${t("field.fewer")} disabled=${now <= field.minimum} onClick=${() => wish(name, now - 1)}>−</button>
    <output>${now}</output>
    <button type="button" aria-label=${t("field.more")} disabled=${now >= field.maximum} onClick=${() => wish(name, now + 1)}>+</button>
  </div>`;
};

const Seed = ({ label }) => html`<input type="number" inputmode="numeric" aria-label=${label} placeholder=${t("field.seed.any")}
  value=${wishes.value.seed ?? ""} onInput=${(event) => wish("seed", event.target.value === "" ? null : Math.trunc(Number(event.target.value)))}/>`;

const Words = ({ name, label }) => html`<input aria-label=${label} value=${wishes.value[name] ?? ""}
  placeholder=${t("field.negative.none")} onInput=${(event) => wish(name, event.target.value)}/>`;

/** One field of the form. */
export function Field({ name, field }) {
  const label = t(`field.${name}`);
  const Control = field.enum ? Choice : name === "seed" ? Seed : field.type === "integer" ? Steps : Words;
  return html`<div class="field"><h3>${label}</h3><${Control} name=${name} field=${field} label=${label}/></div>`;
}
