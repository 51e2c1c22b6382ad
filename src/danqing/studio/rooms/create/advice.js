// What there is to say of the words before they are paid for, each with what puts it right where one click can.

import { byId, hands, isFilm, isOver, models } from "../../desk/catalogue.js";
import { choose, draft, give, given, model, prompt, quote, settled, take, wish } from "../../desk/draft.js";
import { batch, html, useSignal } from "../../base/html.js";
import { who } from "../../base/session.js";
import { dollars, explained, named, spoken, t, told } from "../../base/words.js";
import { ending, make } from "../../works/jobs.js";

const NUMBERS = ["seed", "seconds", "count"];

/** What puts older words right would undo the newer ones, so that it waits for them. @param {Api.Fix} fix */
function apply({ prompt: words, field, value }) {
  batch(() => {
    prompt.value = words;
    if (field) wish(field, NUMBERS.includes(field) ? Number(value) : value);
  });
}

/** What a click would do. @param {Api.Fix} fix */
function remedy({ field, value }) {
  if (field) return t("fix.field", { field: t(`field.${field}`), value: named(field, value) });
  return value ? t("fix.word", { word: value }) : t("fix.leave");
}

/** A model of the same kind that reads every language, the one that costs least of those that are alive. */
function reader() {
  const able = models.value.filter((row) => row.ability.anew && !isOver(row) && !row.ability.languages.length
    && isFilm(row) === isFilm(model.value) && (!hands.value.size || hands.value.has(row.id)));
  return able.sort((a, b) => a.prices[0].price.nanos - b.prices[0].price.nanos)[0] ?? null;
}

/** @param {{finding: Api.Finding}} props */
const Finding = ({ finding }) => {
  const { fix, code } = finding;
  const other = code === "other_language" ? reader() : null;
  return html`<li><span class="gold" lang=${told(`finding.${code}`) ? undefined : "en"}>${told(`finding.${code}`) ?? `${finding.sentence} ${finding.suggestion}`}</span>
    ${fix && html`<button type="button" disabled=${!settled.value} onClick=${() => apply(fix)}>${remedy(fix)}</button>`}
    ${other && html`<button type="button" onClick=${() => choose(other.id)}>${t("place.ask", { model: other.title })}</button>`}</li>`;
};

/** The words as they would be sent, for what that costs: they begin a draft, to be read and changed before anything is made of them. */
const See = ({ most }) => {
  const busy = useSignal(false);
  const trouble = useSignal(/** @type {{kind: string, code: string, message: string}|null} */ (null));
  const see = async () => {
    busy.value = true;
    trouble.value = null;
    const body = draft.value;
    try {
      const job = await ending(await make({ ...body, words_only: true }, most));
      if (job.error) trouble.value = job.error;
      else await take({ ...body, prompt: job.outputs[0].text });
    } catch (problem) {
      trouble.value = problem;
    }
    busy.value = false;
  };
  return html`<button type="button" disabled=${busy.value || !settled.value} onClick=${see}>${t("translation.see")} <b>${dollars(most)}</b></button>
    ${trouble.value && html`<span class="trouble" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></span>`}`;
};

/** Whether the words are translated on their way, and who wants it otherwise. @param {{wording: Api.Wording}} props */
const Translation = ({ wording }) => {
  const off = given.value.translate === "off";
  if (who.value?.key?.test) return html`<li class="quiet">${t("translation.test")}</li>`;
  if (!wording.translated && !off) return html`<li class="quiet" lang="en">${wording.trouble}</li>`;
  const way = wording.translated && { from: spoken(wording.translated.from), to: spoken(wording.translated.to), sum: dollars(wording.most) };
  return html`<li>${way && html`<span class="quiet">${t("translation.on", way)}</span><${See} most=${wording.most}/>`}
    <button type="button" onClick=${() => give("translate", off ? undefined : "off")}>${t(`translation.${off ? "do" : "leave"}`)}</button></li>`;
};

/** All of it, as calm lines below the words. */
export function Advice() {
  const wording = quote.value?.wording;
  if (!wording || !prompt.value.trim()) return null;
  const foreign = wording.translated || wording.trouble || given.value.translate === "off";
  if (!wording.findings.length && !foreign) return null;
  return html`<ul class="findings" aria-live="polite" aria-label=${t("finding.label")}>
    ${wording.findings.map((finding) => html`<${Finding} key=${finding.code + finding.sentence} finding=${finding}/>`)}
    ${foreign && html`<${Translation} wording=${wording}/>`}</ul>`;
}
