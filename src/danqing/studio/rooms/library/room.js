// All that was delivered, newest first: looked for, chosen, put on boards, and read on as far as one scrolls.

import { html, untracked, useEffect, useRef, useSignal } from "../../base/html.js";
import { makes } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { ended, jobs } from "../../works/jobs.js";
import { attempt, failure, isStarred, pinned, star } from "../../works/keeping.js";
import { Tile } from "../../works/tiles.js";
import { Bar } from "./bar.js";
import { Boards } from "./boards.js";
import { carry } from "./carrying.js";
import { filters, lookForAll, wanted } from "./filters.js";
import { askAgain, find, fresh, lookAgain, more, readOn, trouble, welcome, works } from "./found.js";
import { useKeys } from "./keys.js";
import { seesOthers } from "./owners.js";
import { Ask, held, Recognised, useDropped } from "./recognising.js";
import { Rows } from "./rows.js";
import { choosing, chosen, isChosen, picking, tick, tickNone } from "./selection.js";
import { Chips, Kinds, Search, Sieve, Starred } from "./sieve.js";

const AHEAD = "1200px";

const leafed = { works, more: readOn };

const pick = (work) => (event) => {
  if (!(choosing.value || event.shiftKey || event.ctrlKey || event.metaKey)) return false;
  tick(work.file, { stretch: event.shiftKey });
  return true;
};

const drag = (work) => (event) => carry(event, isChosen(work.file) ? chosen.value.map(({ file }) => file) : [work.file]);

/** A work with what is done to it here. */
const Kept = ({ work, style, mine }) => html`<${Tile} work=${work} style=${style} sequence=${leafed} pick=${pick(work)}
    whose=${seesOthers.value ? work.key.name : ""} class=${isChosen(work.file) ? "ticked" : ""} data-file=${work.file} draggable="true" onDragStart=${drag(work)}>
  <label class="tick"><input type="checkbox" aria-label=${t("library.tick", { what: work.prompt })} checked=${isChosen(work.file)}
    onClick=${(event) => tick(work.file, { stretch: event.shiftKey })}/></label>
  ${mine && html`<button class="mark" aria-pressed=${isStarred(work) ? "true" : "false"} aria-label=${t("viewer.star")}
    onClick=${() => attempt(star([work.file], !isStarred(work)))}><${Icon} name="star"/></button>`}
</${Tile}>`;

const Fresh = () => {
  const { count, many } = fresh.value;
  const go = async () => {
    await welcome();
    scrollTo({ top: 0 });
  };
  return html`<div class="fresh" role="status">${count > 0 && html`<button class="primary" onClick=${go}>${t(many ? "library.fresh.many" : "library.fresh", { n: count })}</button>`}</div>`;
};

const Nothing = () => {
  const all = !Object.keys(filters.value).length;
  return html`<section class="empty"><p>${t(all ? "library.empty" : "library.nothing")}</p>
    ${all ? html`<a class="button" href="#/create">${t("library.make")}</a>` : html`<button onClick=${lookForAll}>${t("library.clear")}</button>`}</section>`;
};

/** What was found stays when no more can be had. */
const Trouble = () => trouble.value && html`<div class="empty"><p class="trouble" role="alert">${explained(trouble.value)}</p>
  ${trouble.value.kind === "invalid" ? html`<button onClick=${lookForAll}>${t("library.clear")}</button>` : html`<button onClick=${askAgain}>${t("library.again")}</button>`}</div>`;

const End = () => {
  const end = useRef(null);
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => { if (entry.isIntersecting) readOn(); }, { rootMargin: AHEAD });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [more.value]);
  return html`<div ref=${end}></div>`;
};

/** The room where everything is kept. */
export function Room() {
  const open = useSignal(false);
  const mine = makes.value;
  const delivered = jobs.value.filter((job) => ended(job) && job.outputs.length).length;
  useEffect(() => { tickNone(); find(wanted.value); }, [wanted.value]);
  useEffect(() => { if (filters.value.board) find(wanted.value); }, [pinned.value]);
  useEffect(() => { untracked(lookAgain).catch(() => {}); }, [delivered]);
  useDropped();
  useKeys();
  return html`<main class=${`room shelves ${open.value ? "open" : ""}`}>
    <div class=${`kept ${choosing.value ? "choosing" : ""}`}>
      <header><h1>${t("nav.library")}</h1><${Search}/><${Kinds}/><${Starred}/>
        <button class="toggle picking" aria-pressed=${choosing.value ? "true" : "false"} onClick=${() => (choosing.value ? tickNone() : picking.value = true)}><${Icon} name="check"/><span>${t("library.pick")}</span></button>
        <button class="toggle sieving" aria-expanded=${open.value ? "true" : "false"} onClick=${() => { open.value = !open.value; }}><${Icon} name="filters"/><span>${t("library.more")}</span></button></header>
      <${Chips}/><${Fresh}/>
      ${failure.value && html`<p class="trouble failed" role="alert">${explained(failure.value)} <span class="small" lang="en">${failure.value.message}</span></p>`}
      ${works.value && (works.value.length
        ? html`<${Rows} works=${works.value} draw=${(work, style) => html`<${Kept} key=${work.file} work=${work} style=${style} mine=${mine}/>`}/>`
        : html`<${Nothing}/>`)}
      <${Trouble}/><${End}/>
      <${Bar} mine=${mine}/>
    </div>
    <aside aria-label=${t("library.more")}><button class="sieving" onClick=${() => { open.value = false; }}>${t("viewer.close")}</button><${Boards} mine=${mine}/><${Sieve}/><${Ask}/></aside>
    ${held.value && html`<p class="dropping" aria-hidden="true">${t("recognise.drop")}</p>`}<${Recognised}/>
  </main>`;
}
