// The limits of a key or a project: as bars, and as a form that says only what is to be changed.

import { html } from "../../base/html.js";
import { LimitBar } from "../../base/limits.js";
import { t } from "../../base/words.js";
import { chargedOf } from "./office.js";

/** The fields of a form, by the names of the API, with the limit that each sets. */
const MONEY = { budget_usd: "total", monthly_usd: "monthly", daily_usd: "daily" };
const COUNTS = { per_minute: "per_minute", concurrent: "concurrent" };

/** What a form says: texts by the names of the API, "" for no limit. @typedef {Record<string, string>} Said */

/** @param {Api.Limits} [limits] @returns {Said} */
export const saidOf = (limits) => Object.fromEntries([
  ...Object.entries(MONEY).map(([name, limit]) => [name, limits?.[limit]?.usd ?? ""]),
  ...Object.entries(COUNTS).map(([name, limit]) => [name, limits?.[limit] ? String(limits[limit]) : ""]),
]);

/** The body that makes `before` into `after`: null takes a limit away. @param {Said} before @param {Said} after */
export const changed = (before, after) => Object.fromEntries(
  Object.keys(before).filter((name) => before[name] !== after[name]).map((name) =>
    [name, after[name].trim() === "" ? null : name in COUNTS ? Number(after[name]) : after[name].trim()]));

/** @param {{said: Signal<Said>}} props */
export const LimitFields = ({ said }) => html`<fieldset class="limitfields"><legend>${t("keys.limits")} <span class="quiet">${t("keys.limits.none")}</span></legend>
  ${Object.entries({ ...MONEY, ...COUNTS }).map(([name, limit]) => html`<label key=${name}>${t(`limit.${limit}`)}
    <span class=${name in MONEY ? "dollars" : ""}><input inputmode="decimal" pattern=${name in MONEY ? "[0-9]+([.][0-9]{1,9})?" : "[1-9][0-9]*"} autocomplete="off"
      value=${said.value[name]} onInput=${(event) => { said.value = { ...said.value, [name]: event.target.value }; }}/></span></label>`)}
</fieldset>`;

/** How far the limits are used up by what was charged. @param {{id: string, limits: Api.Limits}} props */
export function LimitBars({ id, limits }) {
  const money = Object.values(MONEY).filter((limit) => limits[limit]);
  const counts = Object.values(COUNTS).filter((limit) => limits[limit]);
  if (!money.length && !counts.length) return html`<p class="quiet small">${t("keys.unlimited")}</p>`;
  return html`<div class="limitbars">${money.map((limit) => html`<${LimitBar} key=${limit} name=${t(`limit.${limit}`)} limit=${limit}
    used=${chargedOf(/** @type {"total"|"monthly"|"daily"} */ (limit), id)} most=${limits[limit]}/>`)}
    ${counts.length > 0 && html`<p class="quiet small">${counts.map((limit) => t("keys.count", { what: t(`limit.${limit}`), n: limits[limit] })).join(" · ")}</p>`}</div>`;
}
