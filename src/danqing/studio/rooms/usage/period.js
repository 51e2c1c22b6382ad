// Which days are looked at. Money is counted by the days of UTC, in the ledger as on this page.

import { query, refine } from "../../base/address.js";
import { html } from "../../base/html.js";
import { Segments } from "../../base/segments.js";
import { daysOn } from "../../base/times.js";
import { t } from "../../base/words.js";

const PERIODS = ["7", "30", "month", "own"];
const DAYS_MAX = 400;

const today = () => new Date().toISOString().slice(0, 10);

/** @returns {{name: string, first: string, last: string}} as the address says it; days such as "2026-11-26" */
export function period() {
  const told = query.value;
  const last = today();
  if (told.get("since")) {
    const [first, end] = [told.get("since"), told.get("until") || last].sort();
    return { name: "own", first: daysOn(end, -DAYS_MAX) > first ? daysOn(end, -DAYS_MAX) : first, last: end };
  }
  const name = PERIODS.includes(told.get("period")) ? told.get("period") : "30";
  if (name === "month") return { name, first: `${last.slice(0, 8)}01`, last };
  return { name, first: daysOn(last, 1 - Number(name === "own" ? 30 : name)), last };
}

/** All days from the first to the last. @param {{first: string, last: string}} told */
export function days({ first, last }) {
  const all = [];
  for (let day = first; day <= last; day = daysOn(day, 1)) all.push(day);
  return all;
}

/** The part of a query that chooses these days. @param {{first: string, last: string}} told */
export const range = ({ first, last }) => ({ since: first, until: daysOn(last, 1) });

/** @param {{told: ReturnType<typeof period>}} props */
export const PeriodPicker = ({ told }) => {
  const own = (changes) => refine({ period: "", since: told.first, until: told.last, ...changes });
  const choose = (name) => (name === "own" ? own({}) : refine({ period: name, since: "", until: "" }));
  return html`<${Segments} label=${t("usage.period")} value=${told.name} choose=${choose}
      options=${PERIODS.map((value) => ({ value, name: t(`usage.period.${value}`) }))}/>
    ${told.name === "own" && html`<div class="when">
      <label>${t("jobs.since")}<input type="date" value=${told.first} max=${told.last} onChange=${(event) => event.target.value && own({ since: event.target.value })}/></label>
      <label>${t("jobs.until")}<input type="date" value=${told.last} min=${told.first} onChange=${(event) => event.target.value && own({ until: event.target.value })}/></label>
    </div>`}`;
};
