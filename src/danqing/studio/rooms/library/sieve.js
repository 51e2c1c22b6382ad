// How one says what is looked for: words and kinds above, the rest at the side, and everything that counts as chips.

import { html, useEffect, useRef } from "../../base/html.js";
import { Segments } from "../../base/segments.js";
import { Icon, Ratio } from "../../base/shapes.js";
import { day, t } from "../../base/words.js";
import { byId, models, readModels } from "../../desk/catalogue.js";
import { boards } from "../../works/keeping.js";
import { filters, look, lookForAll } from "./filters.js";
import { owners, readOwners, seesOthers } from "./owners.js";

const PAUSE_MS = 250;
const KINDS = ["", "image", "video"];
const RATIOS = ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"];

/** The field for words. */
export function Search() {
  const field = useRef(null);
  const later = useRef(0);
  const said = filters.value.q ?? "";
  useEffect(() => { if (field.current.value.trim() !== said) field.current.value = said; }, [said]);
  useEffect(() => () => clearTimeout(later.current), []);
  const type = () => {
    clearTimeout(later.current);
    later.current = setTimeout(() => look({ q: field.current.value.trim() }, { quiet: true }), PAUSE_MS);
  };
  return html`<div class="seek"><${Icon} name="search"/><input type="search" ref=${field} defaultValue=${said}
    aria-label=${t("library.search")} placeholder=${t("library.search")} onInput=${type}/></div>`;
}

/** Pictures, films or both. */
export const Kinds = () => html`<${Segments} label=${t("library.kind")} value=${filters.value.kind ?? ""} choose=${(value) => look({ kind: value })}
  options=${KINDS.map((value) => ({ value, name: t(`kind.${value || "all"}`) }))}/>`;

/** Only what has a star. */
export const Starred = () => html`<button class="toggle" aria-pressed=${filters.value.starred ? "true" : "false"}
  onClick=${() => look({ starred: filters.value.starred ? null : "true" })}><${Icon} name="star"/><span>${t("library.starred")}</span></button>`;

const Day = ({ name }) => html`<label>${t(`library.${name}`)}<input type="date" value=${filters.value[name] ?? ""}
  onChange=${(event) => look({ [name]: event.target.value })}/></label>`;

const Amount = ({ name }) => html`<label>${t(`library.${name}`)}<span class="amount">$<input type="number" min="0" step="any" inputmode="decimal" value=${filters.value[name] ?? ""}
  onChange=${(event) => look({ [name]: event.target.value })}/></span></label>`;

/** Whose works, for who sees those of others. */
function Whose() {
  useEffect(() => { readOwners().catch(() => {}); }, []);
  const { key = "" } = filters.value;
  return html`<div class="field"><h2>${t("library.key")}</h2><select aria-label=${t("library.key")} value=${key} onChange=${(event) => look({ key: event.target.value })}>
    <option value="" selected=${!key}>${t("kind.all")}</option>
    ${owners.value.map(({ id, name }) => html`<option value=${id} selected=${id === key}>${name}</option>`)}</select></div>`;
}

/** What is looked for more rarely. */
export function Sieve() {
  useEffect(() => { readModels().catch(() => {}); }, []);
  const { model = "", ratio } = filters.value;
  return html`<div class="field"><h2>${t("field.aspect")}</h2>
      <${Segments} kind="ratios" label=${t("field.aspect")} value=${ratio} choose=${(value) => look({ ratio: value === ratio ? null : value })}
        options=${RATIOS.map((value) => ({ value, name: html`<${Ratio} ratio=${value}/>${value}` }))}/></div>
    <div class="field"><h2>${t("create.model")}</h2>
      <select aria-label=${t("create.model")} value=${model} onChange=${(event) => look({ model: event.target.value })}>
        <option value="" selected=${!model}>${t("kind.all")}</option>
        ${models.value.map((row) => html`<option value=${row.id} selected=${row.id === model}>${row.title}</option>`)}</select></div>
    ${seesOthers.value && html`<${Whose}/>`}
    <div class="field days"><h2>${t("recognise.cost")}</h2><${Amount} name="cost_min"/><${Amount} name="cost_max"/></div>
    <div class="field days"><h2>${t("viewer.made")}</h2><${Day} name="since"/><${Day} name="until"/></div>`;
}

const said = {
  q: (value) => `“${value}”`,
  kind: (value) => t(`kind.${value}`),
  model: (value) => byId.value.get(value)?.title ?? value,
  ratio: (value) => value,
  since: (value) => t("library.chip.since", { day: day(value) }),
  until: (value) => t("library.chip.until", { day: day(value) }),
  starred: () => t("library.starred"),
  key: (value) => owners.value.find(({ id }) => id === value)?.name ?? "…",
  cost_min: (value) => t("library.chip.cost_min", { sum: `$${value}` }),
  cost_max: (value) => t("library.chip.cost_max", { sum: `$${value}` }),
  board: (value) => boards.value?.find((board) => board.id === value)?.name ?? "…",
};

/** All that is looked for, each to be taken away. */
export function Chips() {
  const rows = Object.entries(filters.value);
  if (!rows.length) return null;
  return html`<ul class="sought" aria-label=${t("library.chips")}>
    ${rows.map(([name, value]) => html`<li key=${name}><button onClick=${() => look({ [name]: null })} aria-label=${t("library.chip.remove", { what: said[name](value) })}>
      <span>${said[name](value)}</span><${Icon} name="close"/></button></li>`)}
    ${rows.length > 1 && html`<li><button class="bare" onClick=${lookForAll}>${t("library.clear")}</button></li>`}
  </ul>`;
}
