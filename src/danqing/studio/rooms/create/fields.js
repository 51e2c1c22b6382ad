// A form out of a model's schema: shapes for ratios, steps for numbers, and what has only one value shown as locked.

import { html } from "../../base/html.js";
import { Segments } from "../../base/segments.js";
import { Ratio } from "../../base/shapes.js";
import { named, t } from "../../base/words.js";

const shown = (name, value) => {
  if (value === null) return t(`field.${name}.open`);
  if (name === "seconds") return t("seconds", { n: value });
  return name === "factor" ? `${value}×` : named(name, value);
};

const Choice = ({ name, field, label, value, choose }) => {
  if (field.enum.length === 1) {
    const [only] = field.enum;
    return html`<p class="locked" title=${t("field.locked")}>${name === "aspect" && html`<${Ratio} ratio=${only}/>`}
      <span>${shown(name, only)}</span><small>${t("field.locked")}</small></p>`;
  }
  const options = field.enum.map((one) => ({ value: one, name: html`${name === "aspect" && html`<${Ratio} ratio=${one}/>`}${shown(name, one)}` }));
  return html`<${Segments} kind=${name === "aspect" ? "ratios" : "segments"} label=${label} value=${value ?? null} choose=${choose} options=${options}/>`;
};

const Steps = ({ field, label, value, choose }) => {
  const now = value ?? field.minimum;
  if (field.minimum === field.maximum) return html`<p class="locked"><span>${now}</span><small>${t("field.locked")}</small></p>`;
  return html`<div class="steps" role="group" aria-label=${label}>
    <button type="button" aria-label=${t("field.fewer")} disabled=${now <= field.minimum} onClick=${() => choose(now - 1)}>−</button>
    <output>${now}</output>
    <button type="button" aria-label=${t("field.more")} disabled=${now >= field.maximum} onClick=${() => choose(now + 1)}>+</button>
  </div>`;
};

const Seed = ({ label, value, choose }) => html`<input type="number" inputmode="numeric" aria-label=${label} placeholder=${t("field.seed.any")}
  value=${value ?? ""} onInput=${(event) => choose(event.target.value === "" ? null : Math.trunc(Number(event.target.value)))}/>`;

const Words = ({ label, value, choose }) => html`<input aria-label=${label} value=${value ?? ""}
  placeholder=${t("field.negative.none")} onInput=${(event) => choose(event.target.value)}/>`;

/** One field of the form. @param {{name: string, field: any, value: any, choose: (value: any) => void}} props */
export function Field({ name, field, value, choose }) {
  const label = t(`field.${name}`);
  const Control = field.enum ? Choice : name === "seed" ? Seed : field.type === "integer" ? Steps : Words;
  return html`<div class="field"><h3>${label}</h3><${Control} name=${name} field=${field} label=${label} value=${value} choose=${choose}/></div>`;
}
