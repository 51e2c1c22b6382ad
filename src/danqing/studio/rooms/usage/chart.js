// Spending by day, drawn: a bar for each day, in it the models one above the other. A bar tells its day when it is pointed
// at or reached with the arrow keys, and leads to its lines of the ledger.

import { html, useRef, useSignal } from "../../base/html.js";
import { money, nanosOf, total } from "../../base/money.js";
import { language } from "../../base/preferences.js";
import { dollars, t } from "../../base/words.js";
import { linesOf } from "./lines.js";

const STEP = 10;
const BAR = 7;
const HIGH = 100;
const HUES = 6; // of models that have a colour of their own
const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/**
 * What was charged on a day, by model.
 * @typedef {{day: string, sum: Api.Money, parts: {model: string, charged: Api.Money}[]}} Day
 */

/**
 * @param {string[]} days
 * @param {Api.Figure[]} figures by day and model
 * @returns {Day[]}
 */
export const byDay = (days, figures) =>
  days.map((day) => {
    const parts = figures.filter((row) => row.day === day).map(({ model, charged }) => ({ model, charged }));
    return { day, sum: total(parts.map((part) => part.charged)), parts };
  });

/** The colour of a model: its place among those that cost the most. @param {string[]} models the dearest first @param {string} model */
export const hue = (models, model) => {
  const place = models.indexOf(model);
  return place >= 0 && place < HUES ? String(place + 1) : "rest";
};

/** @param {string} day */
const inWords = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString(language.value, { dateStyle: "medium", timeZone: "UTC" });
const inShort = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString(language.value, { month: "short", day: "numeric", timeZone: "UTC" });

/** The height of the scale: the next round amount above all days, in nano-dollars. @param {Day[]} told */
function scale(told) {
  const most = Math.max(...told.map((day) => Number(nanosOf(day.sum))), 1);
  const ten = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((times) => times * ten).find((round) => round >= most);
}

const Told = ({ told, models, title }) => html`<div class="reading">
  <p><span>${inWords(told.day)}</span><b>${dollars(told.sum)}</b></p>
  <ul>${told.parts.map((part) => html`<li key=${part.model}><i data-hue=${hue(models, part.model)}></i><span>${title(part.model)}</span><b>${dollars(part.charged)}</b></li>`)}</ul>
</div>`;

const spoken = (told, title) =>
  [`${inWords(told.day)}: ${dollars(told.sum)}`, ...told.parts.map((part) => `${title(part.model)} ${dollars(part.charged)}`)].join("; ");

/** @param {{told: Day, place: number, top: number, models: string[], at: number, reach: (place: number) => void, title: (model: string) => string, chosen: Record<string, string>}} props */
function Bar({ told, place, top, models, at, reach, title, chosen }) {
  let y = HIGH;
  return html`<a href=${linesOf(told.day, chosen)} tabindex=${place === at ? "0" : "-1"} aria-label=${spoken(told, title)} data-day=${told.day}
      onFocus=${() => reach(place)} onPointerEnter=${() => reach(place)}>
    <rect class="hit" x=${place * STEP} width=${STEP} height=${HIGH}/>
    ${told.parts.map((part) => {
      const high = (Number(nanosOf(part.charged)) / top) * HIGH;
      y -= high;
      return html`<rect key=${part.model} data-hue=${hue(models, part.model)} x=${place * STEP + (STEP - BAR) / 2} y=${y} width=${BAR} height=${high}/>`;
    })}
  </a>`;
}

const Table = ({ told, title }) => html`<details class="astable"><summary>${t("usage.table")}</summary>
  <div><table class="ledger"><thead><tr><th scope="col">${t("usage.day")}</th><th scope="col">${t("usage.charged")}</th><th scope="col">${t("jobs.model")}</th></tr></thead>
  <tbody>${told.filter((day) => day.parts.length).map((day) => html`<tr key=${day.day}><th scope="row">${inWords(day.day)}</th><td>${dollars(day.sum)}</td>
    <td>${day.parts.map((part) => `${title(part.model)} ${dollars(part.charged)}`).join(", ")}</td></tr>`)}</tbody></table></div></details>`;

/**
 * @param {{told: Day[], models: string[], title: (model: string) => string, chosen: Record<string, string>}} props
 *   the models with the dearest first; `chosen` is what chooses the lines, besides the days
 */
export function Chart({ told, models, title, chosen }) {
  const at = useSignal(told.length - 1);
  const drawing = useRef(/** @type {SVGElement|null} */ (null));
  const place = Math.min(at.value, told.length - 1);
  const top = scale(told);
  const move = (event) => {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    at.value = Math.min(Math.max(place + MOVES[event.key], 0), told.length - 1);
    drawing.current.querySelectorAll("a")[at.value].focus();
  };
  return html`<figure class="chart">
    <${Told} told=${told[place]} models=${models} title=${title}/>
    <div class="plot">
      <span class="level">${dollars(money(BigInt(top)))}</span>
      <span class="level half">${dollars(money(BigInt(top) / 2n))}</span>
      <svg ref=${drawing} viewBox=${`0 0 ${told.length * STEP} ${HIGH}`} preserveAspectRatio="none" role="group" aria-label=${t("usage.byday")} onKeyDown=${move}>
        ${[0, HIGH / 2, HIGH].map((y) => html`<line class="rule" x1="0" x2=${told.length * STEP} y1=${y} y2=${y}/>`)}
        ${told.map((day, n) => html`<${Bar} key=${day.day} told=${day} place=${n} top=${top} models=${models} at=${place} reach=${(reached) => { at.value = reached; }} title=${title} chosen=${chosen}/>`)}
      </svg>
    </div>
    <p class="axis quiet small"><span>${inShort(told[0].day)}</span><span>${inShort(told[Math.floor(told.length / 2)].day)}</span><span>${inShort(told[told.length - 1].day)}</span></p>
    <${Table} told=${told} title=${title}/>
  </figure>`;
}
