// The figures: what is left, where it goes, day by day, by model, and for the owner by key and by project.

import { query, refine } from "../../base/address.js";
import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Limits } from "../../base/limits.js";
import { nanosOf, total } from "../../base/money.js";
import { Segments } from "../../base/segments.js";
import { keepsBooks, who } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { dollars, explained, roughly, t } from "../../base/words.js";
import { Chart, byDay, hue } from "./chart.js";
import { linesBehind } from "./lines.js";
import { anyLive, keyName, modelTitle, projectName, readNames } from "./names.js";
import { PeriodPicker, days, period, range } from "./period.js";

const ACCOUNTS = ["live", "test"]; // real money, and play money

/** @param {Record<string, string>} also @returns {string} */
const asked = (also) => String(new URLSearchParams(also));

/** @param {Record<string, string>} chosen @param {boolean} everybody */
async function read(chosen, everybody) {
  const by = async (what) => /** @type {Api.Figures} */ (await api("GET", `/usage?${asked({ ...chosen, by: what })}`)).figures;
  const [dayly, model, key, project] = await Promise.all([by("day,model"), by("model"), everybody ? by("key") : [], everybody ? by("project") : []]);
  return { dayly, model, key, project };
}

const dearest = (figures) => [...figures].sort((a, b) => Number(nanosOf(b.charged) - nanosOf(a.charged)));

const Sums = ({ told, sum }) => html`<section class="sums">
  ${told ? html`<div class="panel sum"><h2>${t("account.available")}</h2><p>${dollars(told.account.available ?? told.account.posted)}</p></div>
    <div class="panel sum"><h2>${t("account.held")}</h2><p>${dollars(told.account.held)}</p></div>
    <div class="panel sum"><h2>${t("account.month")}</h2><p>${dollars(told.forecast.month_so_far)}</p>
      <small class="quiet">${t("usage.forecast", { month: roughly(told.forecast.month), day: roughly(told.forecast.by_day) })}</small></div>` : null}
  <div class="panel sum"><h2>${t("usage.sum")}</h2><p>${dollars(sum)}</p></div>
</section>`;

/** @param {{title: string, figures: Api.Figure[], name: (figure: Api.Figure) => Drawn, models?: string[]}} props */
const Shares = ({ title, figures, name, models }) => {
  const most = Math.max(...figures.map((row) => row.charged.nanos), 1);
  return html`<section class="panel shares"><h2>${title}</h2><ul>${dearest(figures).map((row) => html`<li key=${row.ledger}><a href=${linesBehind(row)}>
    <span class="name">${name(row)}</span><span class="jobcount quiet">${t("usage.jobs", { n: row.jobs })}</span><b>${dollars(row.charged)}</b>
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect data-hue=${models ? hue(models, row.model) : "1"} width=${(row.charged.nanos / most) * 100} height="4"/></svg></a></li>`)}</ul></section>`;
};

const Everything = ({ read: told, when, everybody, whose }) => {
  const models = dearest(told.model).map((row) => row.model);
  if (!told.model.length) return html`<p class="empty quiet">${t("usage.nothing")}</p>`;
  return html`<section class="panel"><h2>${t("usage.byday")}</h2><${Chart} told=${byDay(days(when), told.dayly)} models=${models} title=${modelTitle} chosen=${whose}/></section>
    <div class="sides"><${Shares} title=${t("usage.bymodel")} figures=${told.model} name=${(row) => modelTitle(row.model)} models=${models}/>
    ${everybody && html`<${Shares} title=${t("usage.bykey")} figures=${told.key} name=${(row) => keyName(row.key)}/>
      <${Shares} title=${t("usage.byproject")} figures=${told.project} name=${(row) => projectName(row.project)}/>`}</div>`;
};

/** The page of the figures. */
export function Figures() {
  const { owner } = who.value;
  /** @type {Signal<Awaited<ReturnType<typeof read>>|null>} */
  const told = useSignal(null);
  /** @type {Signal<Api.Usage|null>} */
  const own = useSignal(null);
  const trouble = useSignal(null);
  const when = period();
  const everybody = keepsBooks.value;
  const key = everybody ? query.value.get("key") ?? "" : "";
  const account = everybody ? query.value.get("account") ?? (anyLive.value ? "live" : "test") : "";
  const whose = { ...(account && { account }), ...(key && { key }) };
  const chosen = { ...range(when), ...whose };
  const fail = (problem) => { trouble.value = problem; };
  useEffect(() => { readNames(everybody).catch(fail); }, []);
  useEffect(() => { if (!owner) api("GET", "/usage").then((usage) => { own.value = /** @type {Api.Usage} */ (usage); }, fail); }, []);
  useEffect(() => {
    let wanted = true;
    read(chosen, everybody).then((figures) => { if (wanted) { told.value = figures; trouble.value = null; } }, fail);
    return () => { wanted = false; };
  }, [asked(chosen)]);
  return html`<main class="room usage">
    <header><h1>${t("nav.usage")}</h1><${PeriodPicker} told=${when}/>
      ${everybody && html`<${Segments} label=${t("usage.account")} value=${account} choose=${(value) => refine({ account: value })}
        options=${ACCOUNTS.map((value) => ({ value, name: t(`usage.account.${value}`) }))}/>`}
      ${key && html`<button class="toggle" onClick=${() => refine({ key: "" })}>${keyName(key)}<${Icon} name="close"/></button>`}
      <span class="fill"></span>
      <a class="button" href=${`#/usage/ledger?${asked(chosen)}`}><${Icon} name="jobs"/>${t("usage.ledger")}</a>
      <a class="button" href=${`/api/usage?${asked({ ...chosen, by: everybody ? "day,model,key" : "day,model", format: "csv" })}`} download><${Icon} name="save"/>${t("usage.csv")}</a></header>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`}
    ${told.value && html`<${Sums} told=${own.value} sum=${total(told.value.model.map((row) => row.charged))}/>
      ${own.value?.limits.some((row) => row.limit !== "balance") && html`<section class="panel"><h2>${t("usage.limits")}</h2>
        <${Limits} standings=${own.value.limits} outlooks=${own.value.forecast.limits}/></section>`}
      <${Everything} read=${told.value} when=${when} everybody=${everybody} whose=${whose}/>
      <p class="quiet small">${t("usage.utc")}</p>`}
    ${!told.value && !trouble.value && html`<p class="waiting" role="status">${t("waiting")}</p>`}
  </main>`;
}
