// One upstream: for each engine of it whether it is asked, how busy it is, and how it went of late.

import { html } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { lasted } from "../../base/times.js";
import { has, t } from "../../base/words.js";

/** @typedef {import("./room.js").Maker} Maker @typedef {import("./room.js").Route} Route */

/** The words for the states of a breaker. @type {Record<string, {name: string, icon: Parameters<typeof Icon>[0]["name"]}>} */
const GATES = {
  closed: { name: "well", icon: "check" },
  "half open": { name: "trying", icon: "half" },
  open: { name: "resting", icon: "stop" },
};

/** The worst of the engines is how an upstream does. @param {Route[]} routes */
const worst = (routes) => Object.keys(GATES).reverse().find((gate) => routes.some((route) => route.health === gate)) ?? "closed";

/** @param {{gate: string, after?: number}} props */
const Health = ({ gate, after }) => {
  const { name, icon } = GATES[gate];
  return html`<span class="health" data-health=${name}><${Icon} name=${icon}/>${
    name === "resting" && after ? t("health.resting.until", { span: lasted(after * 1000) }) : t(`health.${name}`)}</span>`;
};

/** What went wrong last, in words where there are some. @param {{code: string}} props */
const Wrong = ({ code }) => html`<span class="gold">${t("upstreams.error")} ${has(`problem.${code}`) ? t(`problem.${code}`) : html`<code>${code}</code>`}</span>`;

/** @param {{route: Route, titles: Map<string, string>}} props */
const Engine = ({ route, titles }) => html`<li>
  <p class="engine"><b>${titles.get(route.model) ?? route.model}</b>${titles.has(route.model) && html`<code>${route.model}</code>`}<${Health} gate=${route.health} after=${route.retry_after}/></p>
  <p class="quiet small facts-line">${route.in_flight !== undefined && html`<span>${t("upstreams.busy", { n: route.in_flight })}</span>`}
    ${Boolean(route.asked) && html`<span>${t("upstreams.asked", { n: route.asked, percent: Math.round((route.success ?? 0) * 100) })}</span>`}
    ${route.last_error && html`<${Wrong} code=${route.last_error}/>`}</p>
  ${Boolean(route.asked) && html`<svg class="went" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width=${(route.success ?? 0) * 100} height="4"/></svg>`}
  ${route.serves.length > 0 && html`<details class="small"><summary>${t("upstreams.serves", { n: route.serves.length })}</summary><p class="names">${route.serves.map((id) => html`<span key=${id}>${titles.get(id) ?? id}</span>`)}</p></details>`}
</li>`;

/** @param {{row: Maker, titles: Map<string, string>}} props */
export const Upstream = ({ row, titles }) => html`<li class="panel maker" data-upstream=${row.name}>
  <header><h2>${row.name}</h2><span class="quiet small">${t("upstreams.kind", { kind: row.kind })}</span><${Health} gate=${worst(row.routes)}/></header>
  ${row.keys && row.keys.all > 0 && html`<p class="quiet small">${t("upstreams.keys", { all: row.keys.all, resting: row.keys.resting })}${row.weight === 0 && ` · ${t("upstreams.spare")}`}</p>`}
  <ul class="engines">${row.routes.map((route) => html`<${Engine} key=${route.model} route=${route} titles=${titles}/>`)}</ul>
</li>`;
