// The boards at the side: one looks at one of them, drops works on it, and gives it another name.

import { html, useEffect, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { addBoard, attempt, boards, pin, readBoards, removeBoard, renameBoard } from "../../works/keeping.js";
import { carried, carries } from "./carrying.js";
import { filters, look } from "./filters.js";

const NAME_MAX = 100;

/** A field for a board's name. @param {{value?: string, label: string, give: (name: string) => Promise<unknown>, leave: () => void}} props */
function Name({ value = "", label, give, leave }) {
  const trouble = useSignal(null);
  const send = async (event) => {
    event.preventDefault();
    const name = new FormData(event.target).get("name").toString().trim();
    if (!name || name === value) return leave();
    await give(name).then(leave, (problem) => { trouble.value = problem; });
  };
  return html`<form class="naming" onSubmit=${send}>
    <input name="name" aria-label=${label} placeholder=${label} defaultValue=${value} maxlength=${NAME_MAX} autocomplete="off"
      ref=${(field) => field?.select()} onKeyDown=${(event) => { if (event.key === "Escape") { event.stopPropagation(); leave(); } }}/>
    <button aria-label=${t("library.board.keep")}><${Icon} name="check"/></button>
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)}</p>`}
  </form>`;
}

const Board = ({ board, mine }) => {
  const doing = useSignal("");
  const over = useSignal(false);
  const leave = () => { doing.value = ""; };
  const open = filters.value.board === board.id;
  const drop = (event) => {
    over.value = false;
    const files = carried(event);
    if (!files.length) return;
    event.preventDefault();
    event.stopPropagation();
    attempt(pin(board.id, files));
  };
  if (doing.value === "rename") {
    return html`<li><${Name} value=${board.name} label=${t("library.board.name")} give=${(name) => renameBoard(board.id, name)} leave=${leave}/></li>`;
  }
  return html`<li class=${over.value ? "over" : ""} onDragOver=${(event) => { if (mine && carries(event)) { event.preventDefault(); over.value = true; } }}
      onDragLeave=${() => { over.value = false; }} onDrop=${mine && drop}>
    <button class="board" aria-pressed=${open ? "true" : "false"} onClick=${() => look({ board: open ? null : board.id })}><${Icon} name="board"/>
      <span>${board.name}</span><small>${board.assets}</small></button>
    ${mine && html`<button class="bare" aria-label=${t("library.board.rename", { name: board.name })} onClick=${() => { doing.value = "rename"; }}><${Icon} name="rename"/></button>
      <button class="bare" aria-label=${t("library.board.remove", { name: board.name })} onClick=${() => { doing.value = "remove"; }}><${Icon} name="remove"/></button>`}
    ${doing.value === "remove" && html`<${Question} title=${t("library.board.remove", { name: board.name })} label=${t("library.board.remove.go")} leave=${leave}
      act=${async () => { await removeBoard(board.id); if (open) look({ board: null }); }}><p>${t("library.board.remove.stays", { n: board.assets })}</p></${Question}>`}
  </li>`;
};

/** All boards. @param {{mine: boolean}} props `mine`: whether they may be changed */
export function Boards({ mine }) {
  const adding = useSignal(false);
  useEffect(() => { attempt(readBoards()); }, []);
  return html`<section class="boards" aria-label=${t("library.boards")}><h2>${t("library.boards")}</h2>
    <ul>${(boards.value ?? []).map((board) => html`<${Board} key=${board.id} board=${board} mine=${mine}/>`)}</ul>
    ${mine && (adding.value
      ? html`<${Name} label=${t("library.board.name")} give=${addBoard} leave=${() => { adding.value = false; }}/>`
      : html`<button class="adding" onClick=${() => { adding.value = true; }}><${Icon} name="create"/>${t("library.board.new")}</button>`)}
  </section>`;
}
