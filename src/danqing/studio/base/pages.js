// Lists that are read page by page, as far as one scrolls.

import { html, useEffect, useRef, useSignal } from "./html.js";

const AHEAD = "600px";

/**
 * The rows that were read so far, read on when the end comes into sight, and begun anew whenever `on` changes.
 * @template Row
 * @param {(before: string|null) => Promise<{rows: Row[], next: string|null}>} read
 * @param {unknown} on what the list depends on
 * `rows` is null before there are any; `end` is drawn below them
 */
export function usePages(read, on) {
  /** @type {Signal<Row[]|null>} */
  const rows = useSignal(null);
  /** @type {Signal<string|null>} */
  const next = useSignal(null);
  const trouble = useSignal(null);
  const reading = useRef(0);
  const end = useRef(null);
  const anew = JSON.stringify(on);
  /** @param {string|null} before */
  const more = async (before) => {
    const mine = ++reading.current;
    try {
      const told = await read(before);
      if (mine !== reading.current) return;
      rows.value = before ? [...(rows.value ?? []), ...told.rows] : told.rows;
      next.value = told.next;
      trouble.value = null;
    } catch (problem) {
      if (mine === reading.current) trouble.value = problem;
    }
  };
  useEffect(() => { next.value = null; more(null); }, [anew]);
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry.isIntersecting && next.value && more(next.value), { rootMargin: AHEAD });
    if (end.current) seen.observe(end.current);
    return () => seen.disconnect();
  }, [next.value, anew]);
  return { rows, trouble, end: html`<div ref=${end}></div>` };
}
