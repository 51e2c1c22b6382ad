// One project: keys that share limits.

import { html, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { date } from "../../base/times.js";
import { dollars, t } from "../../base/words.js";
import { LimitBars, LimitFields, changed, saidOf } from "./limits.js";
import { changeProject, chargedOf, createProject, keys } from "./office.js";

/** A new project. @param {{leave: () => void}} props */
export function ProjectForm({ leave }) {
  const name = useSignal("");
  const limits = useSignal(saidOf());
  const make = () => createProject(/** @type {any} */ ({ name: name.value, ...changed(saidOf(), limits.value) }));
  return html`<${Question} title=${t("keys.project.new")} label=${t("keys.create")} act=${make} leave=${leave}>
    <label>${t("keys.name")}<input required maxlength="100" autofocus autocomplete="off" value=${name.value} onInput=${(event) => { name.value = event.target.value; }}/></label>
    <${LimitFields} said=${limits}/>
  </${Question}>`;
}

/** @param {{row: Api.Project, leave: () => void}} props */
function ChangeForm({ row, leave }) {
  const limits = useSignal(saidOf(row.limits));
  return html`<${Question} title=${row.name} label=${t("keys.save")} act=${() => changeProject(row.id, changed(saidOf(row.limits), limits.value))} leave=${leave}>
    <${LimitFields} said=${limits}/></${Question}>`;
}

/** A project in the list. @param {{row: Api.Project}} props */
export function ProjectRow({ row }) {
  const asking = useSignal(false);
  const members = keys.value.filter((key) => key.project === row.id && !key.revoked);
  return html`<li class="panel project" data-project=${row.id}>
    <header><h3>${row.name}</h3></header>
    <p class="quiet small">${[members.map((key) => key.name).join(", ") || t("keys.project.empty"), t("keys.created", { day: date(row.created) })].join(" · ")}</p>
    <p><b>${dollars(chargedOf("monthly", row.id))}</b> <span class="quiet">${t("keys.month")}</span></p>
    <${LimitBars} id=${row.id} limits=${row.limits}/>
    <div class="acts"><button onClick=${() => { asking.value = true; }}>${t("keys.change")}</button><a class="button" href=${`#/usage/ledger?project=${row.id}`}>${t("usage.ledger")}</a></div>
    ${asking.value && html`<${ChangeForm} row=${row} leave=${() => { asking.value = false; }}/>`}
  </li>`;
}
