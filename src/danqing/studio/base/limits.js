// How far limits are used up: a bar for each, in words and figures.

import { html } from "./html.js";
import { size } from "./sizes.js";
import { date, when } from "./times.js";
import { dollars, t } from "./words.js";

const NEAR = 0.9;

/** @param {Api.Money|number} figure @param {string} limit */
const shown = (figure, limit) => (typeof figure === "object" ? dollars(figure) : limit === "storage" ? size(figure) || "0" : String(figure));

/** @param {Api.Money|number} figure */
const plain = (figure) => (typeof figure === "object" ? figure.nanos : figure);

/**
 * @param {{name: string, used: Api.Money|number, most: Api.Money|number, limit: string, resets?: string|null, ends?: string|null}} props
 *   `ends`: when it is used up if it goes on like this.
 */
export function LimitBar({ name, used, most, limit, resets = null, ends = null }) {
  const part = Math.min(plain(most) ? plain(used) / plain(most) : 1, 1);
  return html`<div class="limit" data-near=${part >= NEAR ? "near" : undefined}>
    <p><span>${name}</span><span class="figures"><b>${shown(used, limit)}</b> / ${shown(most, limit)}</span></p>
    <progress max="1000" value=${Math.round(part * 1000)} aria-label=${name}></progress>
    ${ends && html`<p class="gold small">${t("limit.ends", { day: date(ends) })}</p>`}
    ${resets && html`<p class="quiet small">${t("limit.resets", { at: when(resets) })}</p>`}
  </div>`;
}

/**
 * All limits of a key, those of its project and its account too.
 * @param {{standings: Api.Standing[], outlooks?: Api.Outlook[]}} props
 */
export const Limits = ({ standings, outlooks = [] }) => html`<div class="limits">${standings.filter((row) => row.limit !== "balance").map((row) => html`<${LimitBar}
  key=${`${row.of} ${row.limit}`} name=${t(`limit.of.${row.of}`, { what: t(`limit.${row.limit}`) })} used=${row.used} most=${row.most} limit=${row.limit} resets=${row.resets}
  ends=${outlooks.find((other) => other.of === row.of && other.limit === row.limit)?.used_up}/>`)}</div>`;
