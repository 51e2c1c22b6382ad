// The deprecation clock: how many days a model has left, who follows it, what is lost, and who used it of late.

import { html } from "../../base/html.js";
import { date } from "../../base/times.js";
import { t } from "../../base/words.js";

/** @typedef {import("./room.js").Maker} Maker @typedef {{row: Api.Model, makers: Maker[], titles: Map<string, string>}} Props */

const WHOLE_DAYS = 180; // a full ring
const SOON_DAYS = 30;

/** The days that are left, as a ring that empties. @param {{left: number}} props */
const Ring = ({ left }) => html`<svg class="ring" viewBox="0 0 72 72" role="img" aria-label=${t("clock.left", { n: left })} data-soon=${left <= SOON_DAYS ? "soon" : undefined}>
  <circle cx="36" cy="36" r="31"/><circle class="left" cx="36" cy="36" r="31" pathLength="100" stroke-dasharray=${`${Math.max((Math.min(left, WHOLE_DAYS) / WHOLE_DAYS) * 100, 1)} 100`}/>
  <text x="36" y="42" text-anchor="middle">${left}</text></svg>`;

/** Who answers for a model now. @param {Props} props */
const Answering = ({ row, makers, titles }) => {
  const found = makers.flatMap((maker) => maker.routes.filter((route) => route.serves.includes(row.id)).map((route) => ({ maker, route })));
  if (!found.length) return html`<p class="small quiet">${t("clock.nobody")}</p>`;
  return html`<p class="small">${t("clock.answered")} ${found.map(({ maker, route }, place) => html`${place > 0 && ", "}<b>${titles.get(route.model) ?? route.model}</b> <span class="quiet">(${maker.name})</span>`)}</p>`;
};

/** @param {{row: Api.Model}} props */
const Users = ({ row }) => (row.used_by.length
  ? html`<ul class="users">${row.used_by.map((use) => html`<li key=${use.key}><span class=${`badge ${use.test ? "test" : "live"}`}>${t(`clock.${use.test ? "test" : "live"}`)}</span>
      <span>${use.name}</span><span class="quiet small">${t("clock.use", { n: use.jobs, day: date(use.last) })}</span></li>`)}</ul>`
  : html`<p class="small quiet">${t("clock.unused")}</p>`);

const Loses = ({ row }) => row.lifecycle.loses.length > 0 && html`<details class="small"><summary>${t("clock.loses", { n: row.lifecycle.loses.length })}</summary>
  <ul lang="en">${row.lifecycle.loses.map((what) => html`<li key=${what}>${what}</li>`)}</ul></details>`;

const follower = (row, titles) => titles.get(row.lifecycle.successor) ?? row.lifecycle.successor;

/** A model that has days left. @param {Props} props */
export const Ending = ({ row, makers, titles }) => html`<li class="panel" data-model=${row.id}>
  <${Ring} left=${row.left}/>
  <div><h3>${row.title}</h3><code class="quiet small">${row.id}</code>
    <p>${t("clock.ends", { day: date(row.lifecycle.shutdown) })}${row.lifecycle.successor && html` <span class="quiet">${t("clock.follows", { who: follower(row, titles) })}</span>`}</p>
    <${Answering} row=${row} makers=${makers} titles=${titles}/><${Loses} row=${row}/><${Users} row=${row}/></div>
</li>`;

/** A model that is switched off, and goes on answering here. @param {Props} props */
export const Gone = ({ row, makers, titles }) => html`<li data-model=${row.id}>
  <p class="engine"><b>${row.title}</b><code>${row.id}</code><span class="quiet small since">${t("clock.since", { day: date(row.lifecycle.shutdown), n: -row.left })}</span></p>
  ${row.lifecycle.successor && html`<p class="small quiet">${t("clock.follows", { who: follower(row, titles) })}</p>`}
  <${Answering} row=${row} makers=${makers} titles=${titles}/>${row.used_by.length > 0 && html`<${Users} row=${row}/>`}<${Loses} row=${row}/>
</li>`;
