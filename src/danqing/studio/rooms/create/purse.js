// What there is to spend, and what the last thirty days came to, day by day.

import { quote } from "../../desk/draft.js";
import { api } from "../../base/api.js";
import { html, signal, useEffect } from "../../base/html.js";
import { daysOn } from "../../base/times.js";
import { dollars, t } from "../../base/words.js";
import { ended, jobs } from "../../works/jobs.js";

const DAYS = 30;
const WIDE = 6;
const HIGH = 44;
const LEAST = 2; // of a day on which anything was spent, however little

/** What was told last, so that it stands there at once when the room is entered again. */
const told = signal(/** @type {{usage: Api.Usage, days: Map<string, number>}|null} */ (null));

async function read() {
  const today = new Date().toISOString().slice(0, 10);
  const [usage, byDay] = /** @type {[any, any]} */ (await Promise.all([
    api("GET", "/usage"), api("GET", `/usage?by=day&since=${daysOn(today, 1 - DAYS)}`)]));
  told.value = { usage, days: new Map(byDay.figures.map((row) => [row.day, row.charged.nanos])) };
}

const Bars = ({ days }) => {
  const today = new Date().toISOString().slice(0, 10);
  const sums = Array.from({ length: DAYS }, (_, back) => days.get(daysOn(today, back + 1 - DAYS)) ?? 0);
  const most = Math.max(...sums, 1);
  return html`<svg class="bars" viewBox=${`0 0 ${DAYS * WIDE} ${HIGH}`} aria-hidden="true">${sums.map((sum, at) => {
    const high = sum ? Math.max((sum / most) * HIGH, LEAST) : 1;
    return html`<rect key=${at} data-spent=${sum > 0 ? "true" : "false"} x=${at * WIDE} y=${HIGH - high} width=${WIDE - 2} height=${high} rx="1"/>`;
  })}</svg>`;
};

/** The card. */
export function Purse() {
  const over = jobs.value.filter(ended).length;
  useEffect(() => { read().catch(() => {}); }, [over]);
  if (!told.value) return null;
  const { usage, days } = told.value;
  const after = /** @type {Api.Money|undefined} */ (quote.value?.limits.find((row) => row.of === "account" && row.after)?.after);
  return html`<section class="purse" aria-label=${t("purse.label")}>
    <p><span class="quiet">${t("account.month")}</span><b>${dollars(usage.forecast.month_so_far)}</b></p>
    <${Bars} days=${days}/>
    <p><span class="quiet">${t("account.available")}</span><b>${dollars(usage.account.available ?? usage.account.posted)}</b></p>
    ${after && html`<p><span class="quiet">${t("purse.after")}</span><b>${dollars(after)}</b></p>`}
  </section>`;
}
