// The lines of the ledger behind a figure, newest first, read on by scrolling.

import { query, refine } from "../../base/address.js";
import { api } from "../../base/api.js";
import { html, useEffect } from "../../base/html.js";
import { total } from "../../base/money.js";
import { usePages } from "../../base/pages.js";
import { keepsBooks, who } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { clock, date, daysOn } from "../../base/times.js";
import { dollars, explained, has, t } from "../../base/words.js";
import { keyName, modelTitle, projectName, readNames } from "./names.js";

const PAGE = 100;
const TABLE_MAX = 1000; // lines of a table, as many as the API gives at once
const CHOSEN = ["since", "until", "account", "model", "key", "project", "job"];

/** What chooses the lines, as the address says it; "" is no project. */
const asked = () => Object.fromEntries(CHOSEN.filter((name) => query.value.has(name)).map((name) => [name, query.value.get(name)]));

const day = (moment) => moment.slice(0, 10);

/** @param {string} name @param {string} value */
const inWords = (name, value) => {
  switch (name) {
    case "since": return t("ledger.since", { day: day(value) });
    case "until": return t("ledger.until", { day: daysOn(day(value), -1) });
    case "account": return has(`usage.account.${value}`) ? t(`usage.account.${value}`) : value;
    case "model": return modelTitle(value);
    case "key": return keyName(value);
    case "project": return projectName(value);
    default: return t("ledger.job");
  }
};

const Line = ({ line, owner, everybody }) => html`<tr>
  <td><time datetime=${line.at}><b>${date(line.at)}</b> <span class="quiet">${clock(line.at)}</span></time></td>
  <td><span class="phase" data-phase=${line.phase}>${t(`phase.${line.phase}`)}</span></td>
  <td>${line.job ? html`${owner ? modelTitle(line.model) : html`<a href=${`#/jobs/${line.job}`}>${modelTitle(line.model)}</a>`}` : "—"}
    ${everybody && line.key && html`<small class="quiet">${keyName(line.key)}${line.project && ` · ${projectName(line.project)}`}</small>`}</td>
  <td class="sum">${dollars(line.amount)}</td>
  <td class="sum quiet">${line.held.nanos ? dollars(line.held) : "—"}</td>
  <td class="sum"><b>${line.charged.nanos ? dollars(line.charged) : "—"}</b></td>
</tr>`;

/** The page of the lines. */
export function Ledger() {
  const { owner } = who.value; // who looks after the server has no jobs to look into
  const everybody = keepsBooks.value;
  const chosen = asked();
  const { rows, trouble, end } = usePages(async (before) => {
    const told = await api("GET", `/ledger?${new URLSearchParams({ ...chosen, limit: String(PAGE), ...(before && { before }) })}`);
    return { rows: told.entries, next: told.next };
  }, chosen);
  useEffect(() => { readNames(everybody).catch(() => {}); }, []);
  const table = new URLSearchParams({ ...chosen, limit: String(TABLE_MAX), format: "csv" });
  return html`<main class="room usage">
    <header><a class="back" href="#/usage"><${Icon} name="back"/>${t("nav.usage")}</a><h1>${t("usage.ledger")}</h1>
      ${Object.entries(chosen).map(([name, value]) => html`<button class="toggle" key=${name} aria-label=${t("ledger.without", { what: inWords(name, value) })}
        onClick=${() => refine({ [name]: "" })}>${inWords(name, value)}<${Icon} name="close"/></button>`)}
      <span class="fill"></span>
      <a class="button" href=${`/api/ledger?${table}`} download><${Icon} name="save"/>${t("usage.csv")}</a></header>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`}
    ${rows.value && (rows.value.length ? html`<p class="quiet small">${t("ledger.seen", { n: rows.value.length, sum: dollars(total(rows.value.map((line) => line.charged))) })}</p>
      <div class="wide panel" tabindex="0" role="region" aria-label=${t("usage.ledger")}><table class="ledger"><thead><tr>${["at", "what", "about", "amount", "held", "charged"].map((name) => html`<th scope="col" key=${name}
        class=${["amount", "held", "charged"].includes(name) ? "sum" : ""}>${t(`ledger.${name}`)}</th>`)}</tr></thead>
      <tbody>${rows.value.map((line) => html`<${Line} key=${line.id} line=${line} owner=${owner} everybody=${everybody}/>`)}</tbody></table></div>` : html`<p class="empty quiet">${t("ledger.empty")}</p>`)}
    ${!rows.value && !trouble.value && html`<p class="waiting" role="status">${t("waiting")}</p>`}
    ${end}
  </main>`;
}
