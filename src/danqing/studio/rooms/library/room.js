// All that was delivered, newest first: searched by words, kind and stars, and read on as far as one scrolls.

import { api } from "../../base/api.js";
import { effect, html, signal, useEffect, useRef, useSignal } from "../../base/html.js";
import { Segments } from "../../base/segments.js";
import { Icon } from "../../base/shapes.js";
import { Tile } from "../../works/tiles.js";
import { explained, t } from "../../base/words.js";

const PAGE = 40;
const PAUSE_MS = 250;
const KINDS = ["", "image", "video"];

const words = signal("");
const kind = signal("");
const starred = signal(false);

const asked = (before) => {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (words.value.trim()) query.set("q", words.value.trim());
  if (kind.value) query.set("kind", kind.value);
  if (starred.value) query.set("starred", "true");
  if (before) query.set("before", before);
  return query;
};

const Filters = () => html`<header><h1>${t("nav.library")}</h1>
  <div class="seek"><${Icon} name="search"/><input type="search" aria-label=${t("library.search")} placeholder=${t("library.search")}
    value=${words.value} onInput=${(event) => { words.value = event.target.value; }}/></div>
  <${Segments} label=${t("library.kind")} value=${kind.value} choose=${(value) => { kind.value = value; }}
    options=${KINDS.map((value) => ({ value, name: t(`kind.${value || "all"}`) }))}/>
  <button class="toggle" aria-pressed=${starred.value ? "true" : "false"} onClick=${() => { starred.value = !starred.value; }}><${Icon} name="star"/>${t("library.starred")}</button>
</header>`;

/** The room where everything is kept. */
export function Room() {
  const works = useSignal(null);
  const next = useSignal(null);
  const trouble = useSignal(null);
  const end = useRef(null);
  const reading = useRef(0);
  const read = async (before) => {
    const mine = ++reading.current;
    try {
      const told = await api("GET", `/assets?${asked(before)}`);
      if (mine !== reading.current) return;
      works.value = before ? [...works.value, ...told.assets] : told.assets;
      next.value = told.next;
      trouble.value = null;
    } catch (problem) {
      trouble.value = problem;
    }
  };
  useEffect(() => effect(() => {
    asked();
    const later = setTimeout(() => read(), PAUSE_MS);
    return () => clearTimeout(later);
  }), []);
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry.isIntersecting && next.value && read(next.value), { rootMargin: "600px" });
    if (end.current) seen.observe(end.current);
    return () => seen.disconnect();
  }, [next.value]);
  return html`<main class="room"><${Filters}/>
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
    ${works.value && (works.value.length
      ? html`<div class="tiles">${works.value.map((work) => html`<${Tile} key=${work.file} work=${work}/>`)}</div>`
      : html`<p class="empty quiet">${t("library.empty")}</p>`)}
    <div ref=${end}></div>
  </main>`;
}
