// The draft ladder: the same words from a free sketch to the whole, with all prices side by side; one click makes a rung.

import { byId, hands, models } from "../../desk/catalogue.js";
import { draft, model } from "../../desk/draft.js";
import { rungs } from "../../desk/ladder.js";
import { api } from "../../base/api.js";
import { html, useEffect, useRef, useSignal } from "../../base/html.js";
import { who } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { dollars, explained, t } from "../../base/words.js";
import { make } from "../../works/jobs.js";
import { maker } from "./facts.js";

const shape = ({ parameters }) => [
  `${parameters.count ?? 1} ×`,
  parameters.size,
  parameters.seconds && t("seconds", { n: parameters.seconds }),
  parameters.aspect,
].filter(Boolean).join(" ");

/** @param {{rung: import("../../desk/ladder.js").Rung, close: () => void}} props */
const Rung = ({ rung, close }) => {
  const quote = useSignal(/** @type {Api.Quote|null} */ (null));
  const trouble = useSignal(null);
  const busy = useSignal(false);
  useEffect(() => {
    api("POST", "/quote", rung.body).then((told) => { quote.value = told; }, (problem) => { trouble.value = problem; });
  }, []);
  const go = async () => {
    busy.value = true;
    try {
      await make(rung.body, quote.value.cost);
      close();
    } catch (problem) {
      trouble.value = problem;
    }
    busy.value = false;
  };
  const told = quote.value;
  return html`<li><h3>${t(`ladder.${rung.name}`)}</h3><b>${byId.value.get(rung.body.model).title}</b>
    <span class="quiet small">${told ? shape(told) : t("create.pricing")}</span>
    ${told && html`<span class=${`badge ${told.sketch ? "test" : "live"}`}>${maker(told)}</span>`}
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`}
    <button type="button" class="primary go" disabled=${!told?.affordable || busy.value} onClick=${go}>${t("create.go")}<b>${told ? dollars(told.cost) : "…"}</b></button></li>`;
};

/** The dialog. @param {{shown: boolean, close: () => void}} props */
export function Ladder({ shown, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement|null} */ (null));
  useEffect(() => (shown ? dialog.current.showModal() : dialog.current.close()), [shown]);
  const test = who.value?.key?.test;
  const able = models.value.filter((row) => test || hands.value.has(row.id));
  return html`<dialog class="ladder" ref=${dialog} aria-label=${t("ladder.label")} onClose=${close}
    onClick=${(event) => event.target === dialog.current && close()}>${shown && html`
    <header><h2>${t("ladder.label")}</h2><span class="fill"></span>
      <button type="button" class="bare" aria-label=${t("viewer.close")} onClick=${close}><${Icon} name="close"/></button></header>
    <p class="words">${draft.value.prompt}</p>
    <ol>${rungs(draft.value, model.value, able).map((rung) => html`<${Rung} key=${rung.name} rung=${rung} close=${close}/>`)}</ol>
    <p class="quiet small">${t(test ? "ladder.test" : "ladder.live")}</p>`}</dialog>`;
}
