// Who makes the work of live keys and how each does, and the models that end: when, what follows, and whom it concerns.

import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { explained, t } from "../../base/words.js";
import { Ending, Gone } from "./clock.js";
import { Upstream } from "./upstream.js";

const AGAIN_MS = 10_000;

/**
 * An engine for a model, as its upstream has it.
 * @typedef {{model: string, serves: string[], health: string, retry_after?: number, in_flight?: number, asked?: number, success?: number|null, last_error?: string|null}} Route
 * @typedef {{name: string, kind: string, routes: Route[], weight?: number, keys?: {all: number, resting: number}}} Maker
 */

/** @param {{rows: Api.Model[], makers: Maker[], titles: Map<string, string>}} props */
const Clock = ({ rows, makers, titles }) => {
  const ending = rows.filter((row) => row.left >= 0);
  const used = (row) => (row.used_by.length ? 0 : 1);
  const gone = rows.filter((row) => row.left < 0).sort((a, b) => used(a) - used(b) || b.left - a.left);
  return html`<h2 class="part">${t("clock.title")}</h2>
    <p class="quiet">${t("clock.what")}</p>
    ${ending.length > 0 && html`<ul class="ending">${ending.map((row) => html`<${Ending} key=${row.id} row=${row} makers=${makers} titles=${titles}/>`)}</ul>`}
    ${gone.length > 0 && html`<h2 class="part">${t("clock.gone")}</h2><ul class="gonelist">${gone.map((row) => html`<${Gone} key=${row.id} row=${row} makers=${makers} titles=${titles}/>`)}</ul>`}`;
};

/** The room of the upstreams. */
export function Room() {
  const makers = useSignal(/** @type {Maker[]|null} */ (null));
  const models = useSignal(/** @type {Api.Model[]} */ ([]));
  const retiring = useSignal(/** @type {Api.Model[]|null} */ (null));
  const trouble = useSignal(null);
  const fail = (problem) => { trouble.value = problem; };
  const look = () => api("GET", "/upstreams").then((told) => { makers.value = /** @type {any} */ (told.upstreams); trouble.value = null; }, fail);
  useEffect(() => {
    look();
    api("GET", "/models").then((told) => { models.value = told.models; }, fail);
    api("GET", "/models?retiring").then((told) => { retiring.value = told.models; }, fail);
    const again = setInterval(() => document.visibilityState === "visible" && look(), AGAIN_MS);
    return () => clearInterval(again);
  }, []);
  const titles = new Map(models.value.map((row) => [row.id, row.title]));
  return html`<main class="room upstreams">
    <header><h1>${t("upstreams.title")}</h1></header>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
    ${makers.value && (makers.value.length ? html`<ul class="makers">${makers.value.map((row) => html`<${Upstream} key=${row.name} row=${row} titles=${titles}/>`)}</ul>`
      : html`<section class="panel"><h2>${t("upstreams.none")}</h2><p class="quiet">${t("upstreams.none.what")}</p></section>`)}
    ${retiring.value && html`<${Clock} rows=${retiring.value} makers=${makers.value ?? []} titles=${titles}/>`}
    ${!makers.value && !trouble.value && html`<p class="waiting" role="status">${t("waiting")}</p>`}
  </main>`;
}
