// One key: what it is, what it may do, what it used, and what is done with it.

import { html, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { Segments } from "../../base/segments.js";
import { who } from "../../base/session.js";
import { date, when } from "../../base/times.js";
import { dollars, t } from "../../base/words.js";
import { LimitBars, LimitFields, changed, saidOf } from "./limits.js";
import { changeKey, chargedOf, createKey, projects, revokeKey, rotateKey } from "./office.js";

const ROLES = ["member", "viewer", "admin"];
const TRANSLATE = ["", "auto", "require", "off"];
const GRACE_HOURS = [0, 1, 24, 168];

const field = (signal, name) => (event) => { signal.value = { ...signal.value, [name]: event.target.value }; };

const Named = ({ said }) => html`<label>${t("keys.name")}<input required maxlength="100" autofocus autocomplete="off" value=${said.value.name} onInput=${field(said, "name")}/></label>`;

const Roles = ({ said, project }) => html`<div class="choice"><h3>${t("keys.role")}</h3><${Segments} label=${t("keys.role")} value=${said.value.role}
    choose=${(role) => { said.value = { ...said.value, role }; }} options=${ROLES.map((value) => ({ value, name: t(`keys.role.${value}`) }))}/>
  <p class="quiet small">${t(`keys.role.${said.value.role}.meaning`)}</p>
  ${said.value.role === "viewer" && !project && html`<p class="gold small">${t("keys.role.viewer.project")}</p>`}
  ${said.value.role === "admin" && project && html`<p class="gold small">${t("keys.role.admin.project")}</p>`}</div>`;

const Translating = ({ said }) => html`<label>${t("keys.translate")}<select value=${said.value.translate} onChange=${field(said, "translate")}>
  ${TRANSLATE.map((value) => html`<option value=${value} selected=${value === said.value.translate}>${t(`keys.translate.${value || "server"}`)}</option>`)}</select></label>`;

/** A new key. @param {{leave: () => void}} props */
export function KeyForm({ leave }) {
  const said = useSignal({ name: "", kind: "test", role: "member", project: "", translate: "" });
  const limits = useSignal(saidOf());
  const make = () => {
    const { name, kind, role, project, translate } = said.value;
    return createKey(/** @type {any} */ ({ name, test: kind === "test", role, ...(project && { project }), ...(translate && { translate }), ...changed(saidOf(), limits.value) }));
  };
  return html`<${Question} title=${t("keys.new")} label=${t("keys.create")} act=${make} leave=${leave}>
    <${Named} said=${said}/>
    <div class="choice"><h3>${t("keys.kind")}</h3><${Segments} label=${t("keys.kind")} value=${said.value.kind} choose=${(kind) => { said.value = { ...said.value, kind }; }}
      options=${["test", "live"].map((value) => ({ value, name: t(`key.${value}`) }))}/><p class="quiet small">${t(`key.${said.value.kind}.meaning`)}</p></div>
    <label>${t("keys.project")}<select value=${said.value.project} onChange=${field(said, "project")}><option value="">${t("usage.noproject")}</option>
      ${projects.value.map((row) => html`<option value=${row.id} selected=${row.id === said.value.project}>${row.name}</option>`)}</select></label>
    <${Roles} said=${said} project=${said.value.project}/>
    <${Translating} said=${said}/>
    <${LimitFields} said=${limits}/>
  </${Question}>`;
}

/** @param {{row: Api.Key, leave: () => void}} props */
function ChangeForm({ row, leave }) {
  const said = useSignal({ name: row.name, role: row.role, translate: row.translate ?? "" });
  const limits = useSignal(saidOf(row.limits));
  const save = () => {
    const { name, role, translate } = said.value;
    const told = { ...(name !== row.name && { name }), ...(role !== row.role && { role }), ...(translate !== (row.translate ?? "") && { translate: translate || null }) };
    return changeKey(row.id, /** @type {any} */ ({ ...told, ...changed(saidOf(row.limits), limits.value) }));
  };
  return html`<${Question} title=${t("keys.change")} label=${t("keys.save")} act=${save} leave=${leave}>
    <${Named} said=${said}/><${Roles} said=${said} project=${row.project}/><${Translating} said=${said}/><${LimitFields} said=${limits}/>
  </${Question}>`;
}

/** @param {{row: Api.Key, leave: () => void}} props */
function RotateForm({ row, leave }) {
  const hours = useSignal(0);
  return html`<${Question} title=${t("keys.rotate.sure", { name: row.name })} label=${t("keys.rotate")} act=${() => rotateKey(row.id, hours.value)} leave=${leave}>
    <p class="quiet">${t("keys.rotate.what")}</p>
    <${Segments} label=${t("keys.grace")} value=${hours.value} choose=${(value) => { hours.value = value; }}
      options=${GRACE_HOURS.map((value) => ({ value, name: t(`keys.grace.${value}`) }))}/>
  </${Question}>`;
}

const FORMS = {
  change: ChangeForm,
  rotate: RotateForm,
  revoke: ({ row, leave }) => html`<${Question} title=${t("keys.revoke.sure", { name: row.name })} label=${t("keys.revoke")} act=${() => revokeKey(row.id)} leave=${leave}>
    <p class="quiet">${t("keys.revoke.what")}</p></${Question}>`,
};

/** What it spent, of the money that it spends. @param {Api.Key} row */
const usageOf = (row) => `#/usage?${new URLSearchParams({ key: row.id, account: row.account })}`;

/** A key in the list. @param {{row: Api.Key}} props */
export function KeyRow({ row }) {
  const asking = useSignal("");
  const Form = FORMS[asking.value];
  const kind = row.test ? "test" : "live";
  const project = projects.value.find((other) => other.id === row.project);
  return html`<li class=${`panel key ${kind}`} data-key=${row.id}>
    <header><h2>${row.name}</h2><span class=${`badge ${kind}`}>${t(`key.${kind}`)}</span>${row.role !== "member" && html`<span class="badge role">${t(`keys.role.${row.role}`)}</span>`}<code>${row.hint}</code></header>
    <p class="quiet small">${[project && project.name, t("keys.created", { day: date(row.created) }), row.last_used ? t("keys.used", { at: when(row.last_used) }) : t("keys.unused")].filter(Boolean).join(" · ")}</p>
    <p><b>${dollars(chargedOf("monthly", row.id))}</b> <span class="quiet">${t("keys.month")}</span></p>
    <${LimitBars} id=${row.id} limits=${row.limits}/>
    ${row.former_until && new Date(row.former_until) > new Date() && html`<p class="gold small">${t("keys.former", { at: when(row.former_until) })}</p>`}
    ${row.revoked ? html`<p class="trouble small">${t("keys.revoked", { day: date(row.revoked) })}</p>`
      : html`<div class="acts">${Object.keys(FORMS).map((name) => html`<button key=${name} onClick=${() => { asking.value = name; }}>${t(`keys.${name}`)}</button>`)}
        <a class="button" href=${usageOf(row)}>${t("nav.usage")}</a>
        ${who.value.key && html`<a class="button" href=${`#/jobs?key=${row.id}`}>${t("nav.jobs")}</a>`}</div>`}
    ${Form && html`<${Form} row=${row} leave=${() => { asking.value = ""; }}/>`}
  </li>`;
}
