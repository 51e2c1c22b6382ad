// Putting a comparison together: prompts, models, what is varied, and the button with the price of all of it.

import { isFilm, isOver, models, offered, unit } from "../../desk/catalogue.js";
import { html, useSignal } from "../../base/html.js";
import { Icon, Ratio } from "../../base/shapes.js";
import { dollars, named, t } from "../../base/words.js";
import { make } from "./made.js";
import { CELLS_MAX, axes, bodies, chosen, columns, prompts, seed, toggled, varied } from "./plan.js";
import { crowded, poor, priceOf, ready, refused, sum } from "./prices.js";

const PROMPTS_MAX = 8;
const GROUPS = ["image", "video", "over"];

const write = (at, words) => { prompts.value = prompts.value.map((before, place) => (place === at ? words : before)); };
const remove = (at) => { prompts.value = prompts.value.filter((_, place) => place !== at); };

/** The prompts, each in a box of its own. */
export const Prompts = () => html`<fieldset class="prompts"><legend><h2>${t("compare.prompts")}</h2></legend>
  ${prompts.value.map((words, at) => html`<div key=${at}>
    <textarea rows="1" aria-label=${t("compare.prompt", { n: at + 1 })} placeholder=${t("create.placeholder")} value=${words}
      onInput=${(event) => write(at, event.target.value)}></textarea>
    ${prompts.value.length > 1 && html`<button type="button" class="bare" aria-label=${t("compare.prompt.remove", { n: at + 1 })} onClick=${() => remove(at)}><${Icon} name="close"/></button>`}
  </div>`)}
  <button type="button" disabled=${prompts.value.length >= PROMPTS_MAX} onClick=${() => { prompts.value = [...prompts.value, ""]; }}>${t("compare.prompt.add")}</button></fieldset>`;

const Pick = ({ row }) => {
  const [{ per, price }] = row.prices;
  return html`<label class="pick"><input type="checkbox" checked=${chosen.value.includes(row.id)} value=${row.id}
    onChange=${() => { chosen.value = toggled(chosen.value, row.id); }}/>
    <span>${row.title}</span><small class="quiet">${dollars(price)} ${unit(per)}</small></label>`;
};

const groupOf = (row) => (isOver(row) ? "over" : isFilm(row) ? "video" : "image");

const Models = () => {
  const words = useSignal("");
  const found = offered(models.value, { words: words.value });
  return html`<fieldset class="models"><legend><h2>${t("compare.models")}</h2></legend>
    <div class="seek"><${Icon} name="search"/><input type="search" aria-label=${t("picker.search")} placeholder=${t("picker.search")}
      value=${words.value} onInput=${(event) => { words.value = event.target.value; }}/></div>
    <div class="picks" tabindex="0" role="group" aria-label=${t("compare.models")}>${GROUPS.map((name) => {
      const rows = found.filter((row) => groupOf(row) === name);
      return rows.length > 0 && html`<h3>${t(`picker.${name}`)}</h3>${rows.map((row) => html`<${Pick} key=${row.id} row=${row}/>`)}`;
    })}</div></fieldset>`;
};

const shown = (name, value) => (name === "seconds" ? t("seconds", { n: value }) : named(name, value));

const Axis = ({ name, values }) => {
  const tried = varied.value[name] ?? [];
  const turn = (value) => { varied.value = { ...varied.value, [name]: toggled(tried, value) }; };
  return html`<div class="field"><h3>${t(`field.${name}`)}</h3><div class=${name === "aspect" ? "ratios" : "toggles"} role="group" aria-label=${t(`field.${name}`)}>
    ${values.map((value) => html`<button type="button" key=${value} aria-pressed=${tried.includes(value) ? "true" : "false"} onClick=${() => turn(value)}>
      ${name === "aspect" && html`<${Ratio} ratio=${value}/>`}${shown(name, value)}</button>`)}</div></div>`;
};

/** Models and what is varied. */
export const Choices = () => html`<${Models}/>
  ${axes.value.map((axis) => html`<${Axis} key=${axis.name} ...${axis}/>`)}
  <div class="field"><h3>${t("field.seed")}</h3><input type="number" inputmode="numeric" aria-label=${t("field.seed")} placeholder=${t("field.seed.any")} value=${seed.value ?? ""}
    onInput=${(event) => { seed.value = event.target.value === "" ? null : Math.trunc(Number(event.target.value)); }}/>
    <p class="quiet small">${t("compare.seed")}</p></div>`;

const hint = () => {
  if (crowded.value) return t("compare.crowded", { n: bodies.value.length, most: CELLS_MAX });
  if (poor.value) return t("problem.no_funds");
  if (refused.value) return t("compare.refused", { n: refused.value });
  return columns.value.length ? "" : t("compare.none");
};

/** The button with the price of all of it on it. */
export function Go() {
  const go = () => make(bodies.value.map((body) => {
    const { quote, ...why } = priceOf(body);
    return { body, cost: quote?.cost, ...why };
  }), columns.value.length);
  return html`<div class="weighing"><p class=${crowded.value || poor.value ? "trouble small" : "quiet small"} role="status">${hint()}</p>
    <button class="primary go" disabled=${!ready.value} onClick=${go}>${t("compare.go", { n: bodies.value.length - refused.value })}<b>${columns.value.length && !crowded.value ? (sum.value ? dollars(sum.value) : "…") : "—"}</b></button></div>`;
}
