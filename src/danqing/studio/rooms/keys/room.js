// Keys and the projects that they share limits in: who may ask, for how much, and what was used of it.

import { html, useEffect, useSignal } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { KeyForm, KeyRow } from "./key.js";
import { ProjectForm, ProjectRow } from "./project.js";
import { Secret } from "./secret.js";
import { keys, projects, readOffice, secret } from "./office.js";

const ORDER = { live: 0, test: 1 };

/** @param {Api.Key[]} rows live ones first, as they spend real money */
const sorted = (rows) => [...rows].sort((a, b) => ORDER[a.test ? "test" : "live"] - ORDER[b.test ? "test" : "live"]);

const Keys = ({ rows }) => html`<ul class="cards">${sorted(rows).map((row) => html`<${KeyRow} key=${row.id} row=${row}/>`)}</ul>`;

/** The room of the keys. */
export function Room() {
  const trouble = useSignal(null);
  const begun = useSignal("");
  useEffect(() => { readOffice().catch((problem) => { trouble.value = problem; }); }, []);
  const leave = () => { begun.value = ""; };
  const revoked = keys.value?.filter((row) => row.revoked) ?? [];
  return html`<main class="room keys">
    <header><h1>${t("keys.title")}</h1><span class="fill"></span>
      <button class="button" onClick=${() => { begun.value = "project"; }}><${Icon} name="create"/>${t("keys.project.new")}</button>
      <button class="primary button" onClick=${() => { begun.value = "key"; }}><${Icon} name="create"/>${t("keys.new")}</button></header>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
    ${keys.value ? html`<${Keys} rows=${keys.value.filter((row) => !row.revoked)}/>
      ${revoked.length > 0 && html`<details class="revoked"><summary>${t("keys.revoked.all", { n: revoked.length })}</summary><${Keys} rows=${revoked}/></details>`}
      <h2 class="part">${t("keys.projects")}</h2>
      ${projects.value.length ? html`<ul class="cards">${projects.value.map((row) => html`<${ProjectRow} key=${row.id} row=${row}/>`)}</ul>`
        : html`<p class="quiet">${t("keys.projects.none")}</p>`}`
    : !trouble.value && html`<p class="waiting" role="status">${t("waiting")}</p>`}
    ${begun.value === "key" && html`<${KeyForm} leave=${leave}/>`}
    ${begun.value === "project" && html`<${ProjectForm} leave=${leave}/>`}
    ${secret.value && html`<${Secret}/>`}
  </main>`;
}
