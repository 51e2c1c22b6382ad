// The way of works onto a board: one that is there, or a new one.

import { html, useEffect, useSignal } from "../base/html.js";
import { t } from "../base/words.js";
import { addBoard, boards, pin, readBoards } from "./keeping.js";

/** @param {{files: string[], fail: (problem: any) => void}} props */
export function Onto({ files, fail }) {
  useEffect(() => { if (!boards.value) readBoards().catch(fail); }, []);
  const there = boards.value ?? [];
  const done = useSignal("");
  const put = async (event) => {
    const { value } = event.target;
    event.target.value = "";
    try {
      const board = value === "new" ? await addBoard(t("library.board.unnamed", { n: there.length + 1 })) : there.find(({ id }) => id === value);
      await pin(board.id, files);
      done.value = board.name;
    } catch (problem) {
      fail(problem);
    }
  };
  useEffect(() => { done.value = ""; }, [files.join()]);
  return html`<select class="onto" aria-label=${t("library.bar.board")} value="" onChange=${put}>
    <option value="" selected>${t("library.bar.board")}</option>
    ${there.map((board) => html`<option key=${board.id} value=${board.id}>${board.name}</option>`)}
    <option value="new">${t("library.board.new")}</option></select>
    <span class="small quiet" role="status">${done.value && t("library.bar.on", { name: done.value })}</span>`;
}
