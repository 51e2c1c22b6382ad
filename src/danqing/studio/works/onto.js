// The way of works onto a board: one that is there, or a new one.

import { html, useEffect } from "../base/html.js";
import { t } from "../base/words.js";
import { addBoard, boards, pin, readBoards } from "./keeping.js";

/** @param {{files: string[], fail: (problem: any) => void}} props */
export function Onto({ files, fail }) {
  useEffect(() => { if (!boards.value) readBoards().catch(fail); }, []);
  const there = boards.value ?? [];
  const put = async (event) => {
    const { value } = event.target;
    event.target.value = "";
    try {
      await pin(value === "new" ? (await addBoard(t("library.board.unnamed", { n: there.length + 1 }))).id : value, files);
    } catch (problem) {
      fail(problem);
    }
  };
  return html`<select class="onto" aria-label=${t("library.bar.board")} value="" onChange=${put}>
    <option value="" selected>${t("library.bar.board")}</option>
    ${there.map((board) => html`<option key=${board.id} value=${board.id}>${board.name}</option>`)}
    <option value="new">${t("library.board.new")}</option></select>`;
}
