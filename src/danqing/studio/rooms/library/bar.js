// What is done with all works that are chosen.

import { html, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { addBoard, boards, isStarred, pin, remove, star, unpin } from "../../works/keeping.js";
import { filters } from "./filters.js";
import { chosen, tickAll, tickNone } from "./selection.js";

const PACKED_MAX = 50; // names that GET /api/zip takes

const Onto = ({ files, attempt }) => {
  const put = async (event) => {
    const { value } = event.target;
    event.target.value = "";
    await attempt(async () => pin(value === "new" ? (await addBoard(t("library.board.unnamed", { n: boards.value.length + 1 }))).id : value, files));
  };
  return html`<select aria-label=${t("library.bar.board")} value="" onChange=${put}>
    <option value="" selected>${t("library.bar.board")}</option>
    ${(boards.value ?? []).map((board) => html`<option value=${board.id}>${board.name}</option>`)}
    <option value="new">${t("library.board.new")}</option></select>`;
};

const Pack = ({ files }) => {
  if (files.length > PACKED_MAX) return html`<button disabled title=${t("library.bar.zip.most", { n: PACKED_MAX })}><${Icon} name="save"/>${t("library.bar.zip.most", { n: PACKED_MAX })}</button>`;
  return html`<a class="button" href=${`/api/zip?name=${files.join(",")}`} download><${Icon} name="save"/>${t("library.bar.zip")}</a>`;
};

/** The bar below the works. @param {{mine: boolean}} props `mine`: whether they may be changed */
export function Bar({ mine }) {
  const asking = useSignal(false);
  const trouble = useSignal(null);
  const works = chosen.value;
  const files = works.map((work) => work.file);
  const marked = works.every(isStarred);
  const attempt = async (act) => {
    trouble.value = null;
    try {
      await act();
    } catch (problem) {
      trouble.value = problem;
    }
  };
  if (!works.length) return null;
  return html`<div class="bar" role="toolbar" aria-label=${t("library.bar")}>
    <b role="status">${t("library.bar.count", { n: works.length })}</b>
    <button class="bare" onClick=${tickAll}>${t("library.bar.all")}</button>
    <span class="fill"></span>
    ${mine && html`<${Onto} files=${files} attempt=${attempt}/>
      ${filters.value.board && html`<button onClick=${() => attempt(() => unpin(filters.value.board, files))}><${Icon} name="board"/>${t("library.bar.off")}</button>`}
      <button aria-pressed=${marked ? "true" : "false"} onClick=${() => attempt(() => star(files, !marked))}><${Icon} name="star"/>${t(marked ? "viewer.starred" : "viewer.star")}</button>`}
    <${Pack} files=${files}/>
    ${mine && html`<button onClick=${() => { asking.value = true; }}><${Icon} name="remove"/>${t("library.remove")}</button>`}
    <button class="bare" aria-label=${t("library.bar.none")} onClick=${tickNone}><${Icon} name="close"/></button>
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)}</p>`}
    ${asking.value && html`<${Question} title=${t("library.remove.ask", { n: works.length })} label=${t("library.remove.go")}
      act=${() => remove(files)} leave=${() => { asking.value = false; }}><p>${t("library.remove.means")}</p></${Question}>`}
  </div>`;
}
