// What is done with all works that are chosen.

import { html, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { isStarred, remove, star, unpin } from "../../works/keeping.js";
import { Onto } from "../../works/onto.js";
import { thumbnail } from "../../works/tiles.js";
import { filters } from "./filters.js";
import { chosen, tickAll, tickNone } from "./selection.js";

const SEEN_MAX = 9; // of what is about to be deleted
const PACKED_MAX = 50; // names that GET /api/zip takes

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
    ${mine && html`<${Onto} files=${files} fail=${(problem) => { trouble.value = problem; }}/>
      ${filters.value.board && html`<button onClick=${() => attempt(() => unpin(filters.value.board, files))}><${Icon} name="board"/>${t("library.bar.off")}</button>`}
      <button aria-pressed=${marked ? "true" : "false"} onClick=${() => attempt(() => star(files, !marked))}><${Icon} name="star"/>${t(marked ? "viewer.starred" : "viewer.star")}</button>`}
    <${Pack} files=${files}/>
    ${mine && html`<button onClick=${() => { asking.value = true; }}><${Icon} name="remove"/>${t("library.remove")}</button>`}
    <button class="bare" aria-label=${t("library.bar.none")} onClick=${tickNone}><${Icon} name="close"/></button>
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)}</p>`}
    ${asking.value && html`<${Question} title=${t("library.remove.ask", { n: works.length })} label=${t("library.remove.go")}
      act=${() => remove(files)} leave=${() => { asking.value = false; }}>
      <p class="going">${files.slice(0, SEEN_MAX).map((file) => html`<img key=${file} src=${thumbnail(file, 256)} alt=""/>`)}${files.length > SEEN_MAX && html`<span>+${files.length - SEEN_MAX}</span>`}</p>
      <p>${t("library.remove.means")}</p></${Question}>`}
  </div>`;
}
