// Works in rows that all are as wide as the room. A row that is full stays as it is, whatever is read behind it; only the
// rows near to what is seen are there.

import { html, useLayoutEffect, useMemo, useRef, useSignal } from "../../base/html.js";

const GAP = 10;
const NARROWEST = 0.5;
const WIDEST = 2.4;
const AHEAD_PX = 1400;
const STRIDE_PX = 350; // how far one scrolls before other rows are there

const ratio = (work) => Math.min(Math.max((work.width || 4) / (work.height || 3), NARROWEST), WIDEST);

/**
 * @template {{width: number|null, height: number|null}} Work
 * @param {Work[]} works
 * @param {number} width of the room, in pixels
 * @param {number} height that a row should have
 * @returns {{top: number, height: number, works: {work: Work, width: number}[]}[]}
 */
export function inRows(works, width, height) {
  const rows = [];
  let row = [];
  let wide = 0;
  let top = 0;
  const end = (high) => {
    rows.push({ top, height: high, works: row.map((work) => ({ work, width: ratio(work) * high })) });
    top += high + GAP;
    row = [];
    wide = 0;
  };
  for (const work of works) {
    row.push(work);
    wide += ratio(work);
    const room = width - GAP * (row.length - 1);
    if (wide * height >= room) end(room / wide);
  }
  if (row.length) end(height);
  return rows;
}

/** @template {{top: number, height: number}} Row @param {Row[]} rows @param {number} at how far one has scrolled @param {number} seen */
export const near = (rows, at, seen) => rows.filter(({ top, height }) => top < at + seen + AHEAD_PX && top + height > at - AHEAD_PX);

/**
 * The rows, as wide as there is room.
 * @param {{works: Api.Asset[], draw: (work: Api.Asset, style: Record<string, string>) => Drawn}} props
 */
export function Rows({ works, draw }) {
  const room = useRef(null);
  const size = useSignal(null);
  const at = useSignal(0);
  useLayoutEffect(() => {
    const measure = () => {
      const { clientWidth } = room.current;
      if (clientWidth) size.value = { width: clientWidth, height: parseFloat(getComputedStyle(room.current).getPropertyValue("--row")) };
    };
    const follow = () => { at.value = Math.round(-room.current.getBoundingClientRect().top / STRIDE_PX) * STRIDE_PX; };
    const watch = new ResizeObserver(measure);
    measure();
    follow();
    watch.observe(room.current);
    addEventListener("scroll", follow, { passive: true });
    return () => {
      watch.disconnect();
      removeEventListener("scroll", follow);
    };
  }, []);
  const width = size.value?.width;
  const rows = useMemo(() => (width ? inRows(works, width, size.value.height) : []), [works, width, size.value?.height]);
  const last = rows.at(-1);
  return html`<div class="rows" ref=${room} style=${{ height: `${last ? last.top + last.height : 0}px` }}>${near(rows, at.value, innerHeight).map((row) => html`
    <div class="strip" key=${row.works[0].work.file} style=${{ top: `${row.top}px`, height: `${row.height}px` }}>${
    row.works.map((one) => draw(one.work, { width: `${one.width}px` }))}</div>`)}</div>`;
}
