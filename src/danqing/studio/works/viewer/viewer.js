// One work, as large as the screen, with its story beside it; the others are a key away.

import { html, useEffect, useRef, useSignal } from "../../base/html.js";
import { telling } from "../../base/preferences.js";
import { makes, who } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { isStarred, star } from "../keeping.js";
import { close, leaf, neighbour, position, showing, shown, total } from "../showing.js";
import { readStory, storyOf } from "../stories.js";
import { Acts } from "./acts.js";
import { Told } from "./facts.js";
import { Film } from "./film.js";
import { Lineage } from "./lineage.js";
import { Picture } from "./picture.js";

const busy = (target) => target.closest("input, select, textarea, [role=radio], dialog:not(.viewer)");

/** Have what one looks at next ready. @param {number} step */
function prefetch(step) {
  const work = neighbour(step);
  if (work?.medium === "image") new Image().src = `/api/files/${work.file}`;
}

const toggleTelling = () => { telling.value = telling.value === "on" ? "off" : "on"; };

function fill(stage) {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.().catch(() => {});
}

const Step = ({ step, name }) => neighbour(step) && html`<button class=${step < 0 ? "step" : "step on"} aria-label=${t(`viewer.${name}`)} title=${t(`viewer.${name}`)} onClick=${() => leaf(step)}><${Icon} name=${name}/></button>`;

const Top = ({ work, mark, whole }) => {
  const on = telling.value === "on";
  const starred = isStarred(work);
  return html`<header>
    <button class="tool" aria-label=${t("viewer.close")} title=${t("viewer.close")} onClick=${close}><${Icon} name="close"/></button>
    ${total.value > 1 && position.value > 0 && html`<span class="quiet small" role="status">${t("viewer.place", { n: position.value, all: total.value })}</span>`}
    <span class="fill"></span>
    ${makes.value && html`<button class="tool" aria-pressed=${starred ? "true" : "false"} aria-label=${t(starred ? "viewer.starred" : "viewer.star")} title=${t(starred ? "viewer.starred" : "viewer.star")} onClick=${mark}><${Icon} name="star"/></button>`}
    <button class="tool" aria-label=${t("viewer.whole")} title=${t("viewer.whole")} onClick=${whole}><${Icon} name="whole"/></button>
    <button class="tool" aria-pressed=${on ? "true" : "false"} aria-label=${t("viewer.told")} title=${t("viewer.told")} onClick=${toggleTelling}><${Icon} name="told"/></button>
  </header>`;
};

/** The dialog; it is there all the time and opens by itself. */
export function Viewer() {
  const dialog = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const stage = useRef(/** @type {HTMLElement|null} */ (null));
  const hands = useRef(/** @type {Record<string, any>} */ ({}));
  const trouble = useSignal(null);
  const file = showing.value;
  const story = file ? storyOf(file).value : null;
  const work = shown.value ?? story;
  useEffect(() => {
    trouble.value = null;
    if (!file) return dialog.current.close();
    if (!dialog.current.open) dialog.current.showModal();
    readStory(file).catch((problem) => { trouble.value = problem; });
    [1, -1].forEach(prefetch);
  }, [file]);
  const mark = () => work && star([file], !isStarred(story ?? work)).catch((problem) => { trouble.value = problem; });
  const whole = () => fill(stage.current);
  const keys = {
    ArrowLeft: () => leaf(-1), ArrowRight: () => leaf(1), s: () => makes.value && mark(), f: whole, i: toggleTelling,
    "+": () => hands.current.nearer?.(), "=": () => hands.current.nearer?.(), "-": () => hands.current.further?.(), 0: () => hands.current.whole?.(),
    " ": () => hands.current.toggle?.(), ",": () => hands.current.step?.(-1), ".": () => hands.current.step?.(1),
  };
  const press = (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in keys) || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    if (key === " " && event.target.closest("button, a, summary")) return;
    event.preventDefault();
    keys[key]();
  };
  const Kind = work?.medium === "video" ? Film : Picture;
  return html`<dialog class=${`viewer ${telling.value === "on" ? "telling" : ""}`} ref=${dialog} aria-label=${t("viewer.label")} onClose=${close} onKeyDown=${press}>
    ${work && html`<${Top} work=${story ?? work} mark=${mark} whole=${whole}/>
      <figure ref=${stage}><${Kind} key=${file} work=${work} hands=${hands}/><${Step} step=${-1} name="back"/><${Step} step=${1} name="after"/></figure>
      ${telling.value === "on" && html`<div class="told" tabindex="0" aria-label=${t("viewer.told")} role="region">
        ${work.sketch && html`<p class="badge test">${t("tile.sketch")}</p>`}
        <p class="said">${work.prompt}</p>
        ${story && html`${who.value?.key?.role !== "member" && html`<p class="quiet small">${t("viewer.whose", { who: story.key.name })}</p>`}
          <${Lineage} story=${story}/><${Acts} story=${story}/><${Told} story=${story}/>`}
      </div>`}`}
    ${trouble.value && html`<div class="lost"><p class="trouble" role="alert">${explained(trouble.value)}</p><button onClick=${close}>${t("viewer.close")}</button></div>`}
  </dialog>`;
}
