// Choosing a model: all of them with what they cost and can do, found by typing and taken with Enter.

import { isFilm, isOver, models, offered, unit, vendorOf } from "../../desk/catalogue.js";
import { chosen, choose, model } from "../../desk/draft.js";
import { inputs } from "../../desk/inputs.js";
import { html, useEffect, useLayoutEffect, useRef, useSignal } from "../../base/html.js";
import { Segments } from "../../base/segments.js";
import { Icon } from "../../base/shapes.js";
import { dollars, t } from "../../base/words.js";
import { jobs } from "../../works/jobs.js";
import { ending, hand, limits } from "./facts.js";

const GROUPS = ["image", "video", "over", "away"];
const groupOf = (row) => {
  if (hand(row).kind === "none") return "away";
  if (isOver(row)) return "over";
  return isFilm(row) ? "video" : "image";
};

/** The newest work of a model, which shows best what it does. */
const portrait = (id) => {
  const made = jobs.value.find((job) => job.model === id && job.outputs.some((output) => output.file && !output.gone));
  return made?.outputs.find((output) => output.file && !output.gone).file;
};

const Face = ({ row }) => {
  const file = portrait(row.id);
  return html`<span class="face">${file
    ? html`<img src=${`/api/assets/${file}/thumbnail?size=256`} alt="" loading="lazy"/>`
    : html`<${Icon} name=${isFilm(row) ? "film" : "picture"}/>`}</span>`;
};

const Row = ({ row, at, take }) => {
  const { kind, name } = hand(row);
  const [{ per, price }] = row.prices;
  return html`<div role="option" class="option" id=${`model-${row.id}`} aria-selected=${at ? "true" : "false"} onClick=${take}>
    <${Face} row=${row}/>
    <span class="about"><b>${row.title}</b> <span class="quiet">${vendorOf(row)}</span>
      <small class="quiet">${limits(row).join(" · ")}</small>
      ${ending(row) && html`<small class=${isOver(row) ? "quiet" : "gold"}>${ending(row)}</small>`}</span>
    <span class="cost"><b>${dollars(price)}</b><small class="quiet">${unit(per)}</small>
      <small class=${`badge ${kind}`}>${name}</small></span>
  </div>`;
};

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };

/** The dialog. @param {{shown: boolean, close: () => void}} props */
export function Picker({ shown, close }) {
  const dialog = useRef(null);
  const words = useSignal("");
  const kind = useSignal("");
  const at = useSignal("");
  useLayoutEffect(() => {
    if (!shown) return dialog.current.close();
    words.value = "";
    kind.value = model.value && isFilm(model.value) ? "video" : "image";
    at.value = chosen.value;
    dialog.current.showModal();
  }, [shown]);
  useEffect(() => { document.getElementById(`model-${at.value}`)?.scrollIntoView({ block: words.value ? "nearest" : "center" }); }, [at.value, shown]);
  const find = () => { // anew for each key, which may come before what was typed is drawn
    const found = offered(models.value, { words: words.value, given: inputs.value.length > 0 })
      .filter((row) => !kind.value || isFilm(row) === (kind.value === "video"));
    const groups = GROUPS.map((name) => ({ name, rows: found.filter((row) => groupOf(row) === name) }));
    const order = groups.flatMap(({ rows }) => rows.map((row) => row.id));
    return { groups, order, now: order.includes(at.value) ? at.value : order[0] ?? "" };
  };
  const { groups, order, now } = find();
  const take = (id) => { if (id) choose(id); close(); };
  const seek = (said) => { // whoever knows the name need not say what kind it is of
    words.value = said;
    if (said) kind.value = "";
  };
  const keys = (event) => {
    const step = STEPS[event.key];
    const { order, now } = find();
    if (step) at.value = order[Math.min(Math.max(order.indexOf(now) + step, 0), order.length - 1)];
    else if (event.key === "Enter") take(now);
    else return;
    event.preventDefault();
  };
  return html`<dialog class="picker" ref=${dialog} aria-label=${t("create.model")} onClose=${close}
    onClick=${(event) => event.target === dialog.current && close()}>${shown && html`
    <header><div class="seek"><${Icon} name="search"/><input type="search" role="combobox" autofocus aria-label=${t("picker.search")}
        placeholder=${t("picker.search")} aria-expanded="true" aria-controls="models" aria-activedescendant=${now && `model-${now}`}
        value=${words.value} onInput=${(event) => seek(event.target.value)} onKeyDown=${keys}/></div>
      <${Segments} label=${t("library.kind")} value=${kind.value} choose=${(value) => { kind.value = value; }}
        options=${["image", "video", ""].map((value) => ({ value, name: t(`kind.${value || "all"}`) }))}/>
      <button class="bare" aria-label=${t("viewer.close")} onClick=${close}><${Icon} name="close"/></button></header>
    <div role="listbox" id="models" aria-label=${t("create.model")} tabindex="-1">${groups.map(({ name, rows }) => rows.length > 0 && html`<div role="group" key=${name} aria-label=${t(`picker.${name}`)}>
      <h3 aria-hidden="true">${t(`picker.${name}`)}</h3>
      ${rows.map((row) => html`<${Row} key=${row.id} row=${row} at=${row.id === now} take=${() => take(row.id)}/>`)}</div>`)}</div>
    ${!order.length && html`<p class="quiet" role="status">${t("picker.none")}</p>`}`}</dialog>`;
}
