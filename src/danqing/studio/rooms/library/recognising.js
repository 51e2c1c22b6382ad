// A file from anywhere is dropped, or chosen, and tells how it was made, if Danqing made it: this one or another.

import { api } from "../../base/api.js";
import { html, signal, useEffect, useRef } from "../../base/html.js";
import { makes } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { explained, moment, named, t } from "../../base/words.js";
import { byId } from "../../desk/catalogue.js";
import { ACCEPTED, bring } from "../../desk/inputs.js";
import { begin } from "../../works/reuse.js";
import { show } from "../../works/showing.js";
import { carries } from "./carrying.js";

const BYTES_MAX = 64 << 20;
const TOLD = ["aspect", "size", "seconds", "seed", "person", "negative"];

/** @typedef {{file: File, look: string, told?: Api.Recognised, trouble?: any}} Asked */
/** The file that is asked about. @type {Signal<Asked|null>} */
const asked = signal(null);
/** Whether a file is held over the room. */
export const held = signal(false);

/** Ask a file how it was made. @param {File} file */
async function recognise(file) {
  const mine = { file, look: ACCEPTED.split(",").includes(file.type) ? URL.createObjectURL(file) : "" };
  asked.value = mine;
  let answer;
  try {
    answer = file.size > BYTES_MAX ? { trouble: { kind: "too_large" } } : { told: await api("POST", "/recognise", file) };
  } catch (trouble) {
    answer = { trouble };
  }
  if (asked.value === mine) asked.value = { ...mine, ...answer };
}

function leave() {
  URL.revokeObjectURL(asked.value?.look);
  asked.value = null;
}

const holdsFile = (event) => event.dataTransfer.types.includes("Files") && !carries(event);

const HEARD = {
  dragover: (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    held.value = true;
  },
  dragleave: (event) => { if (!event.relatedTarget) held.value = false; },
  drop: (event) => {
    held.value = false;
    if (!holdsFile(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) recognise(file);
  },
};

/** Listen for files as long as the room is open. */
export function useDropped() {
  useEffect(() => {
    for (const [name, hear] of Object.entries(HEARD)) document.addEventListener(name, hear);
    return () => Object.entries(HEARD).forEach(([name, hear]) => document.removeEventListener(name, hear));
  }, []);
}

/** The way to it without a pointer. */
export function Ask() {
  const chooser = useRef(null);
  const chosen = (event) => {
    const [file] = event.target.files;
    if (file) recognise(file);
    event.target.value = "";
  };
  return html`<section class="asking"><h2>${t("recognise.title")}</h2><p class="quiet small">${t("recognise.what")}</p>
    <button class="adding" onClick=${() => chooser.current.click()}><${Icon} name="search"/>${t("recognise.choose")}</button>
    <input ref=${chooser} type="file" hidden accept=${ACCEPTED} aria-label=${t("recognise.choose")} onChange=${chosen}/></section>`;
}

/** What a file says of itself. @param {{story: Record<string, any>}} props */
const Story = ({ story }) => {
  const given = story.parameters ?? {};
  const rows = [
    [t("viewer.model"), byId.value.get(story.model)?.title ?? story.model],
    ...TOLD.filter((name) => given[name]).map((name) => [t(`field.${name}`), name === "seconds" ? t("seconds", { n: given[name] }) : named(name, given[name])]),
    story.cost_usd && [t("recognise.cost"), `$${story.cost_usd}`],
    story.made && !Number.isNaN(Date.parse(story.made)) && [t("viewer.made"), moment(story.made)],
  ].filter((row) => row && row[1]);
  return html`${story.sketch && html`<p class="badge test">${t("tile.sketch")}</p>`}
    <p class="said">${story.prompt}</p>
    <dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`)}</dl>`;
};

const away = (act) => () => { leave(); return act(); };

const Answer = ({ told, file }) => {
  const { recipe, story, asset } = told;
  if (!told.recognised) {
    return html`<p>${t("recognise.unknown")}</p>
      ${makes.value && html`<div class="answers"><button onClick=${away(() => begin({}).then(() => bring([file])))}>${t("recognise.begin")}</button></div>`}`;
  }
  return html`${story ? html`<${Story} story=${story}/>` : html`<p class="said">${asset.prompt}</p>`}
    <p class="quiet small">${t(asset ? "recognise.mine" : "recognise.claims")}</p>
    <div class="answers">${asset && html`<button onClick=${away(() => show(asset.file))}>${t("recognise.open")}</button>`}
      ${makes.value && recipe && html`<button onClick=${away(() => begin({ prompt: recipe.prompt }))}>${t("reuse.prompt")}</button>
        <button class="primary" onClick=${away(() => begin(recipe))}>${t("recognised.recipe")}</button>`}</div>`;
};

/** The card of the file that is asked about. */
export function Recognised() {
  const dialog = useRef(/** @type {HTMLDialogElement|null} */ (null));
  useEffect(() => { if (asked.value) dialog.current.showModal(); }, [asked.value?.file]);
  if (!asked.value) return null;
  const { file, look, told, trouble } = asked.value;
  const closed = () => { if (asked.value?.file === file) leave(); }; // a browser says so a moment later
  return html`<dialog class="question told-of" key=${look || file.name} ref=${dialog} aria-label=${t("recognise.title")} onClose=${closed}>
    <header><h2>${file.name}</h2><button class="bare" aria-label=${t("viewer.close")} onClick=${leave}><${Icon} name="close"/></button></header>
    ${look && (file.type.startsWith("video") ? html`<video src=${look} muted controls></video>` : html`<img src=${look} alt=""/>`)}
    <div aria-live="polite">${trouble ? html`<p class="trouble" role="alert">${explained(trouble)}</p>`
      : told ? html`<${Answer} told=${told} file=${file}/>` : html`<p class="quiet">${t("waiting")}</p>`}</div>
  </dialog>`;
}
