// Works in rows that all are as wide as the room. A row that is full stays as it is, whatever is read behind it.

import { html, useLayoutEffect, useRef, useSignal } from "../../base/html.js";

const GAP = 10;
const NARROWEST = 0.5;
const WIDEST = 2.4;

const ratio = (work) => Math.min(Math.max((work.width || 4) / (work.height || 3), NARROWEST), WIDEST);

/**
 * @template {{width: number|null, height: number|null}} Work
 * @param {Work[]} works
 * @param {number} width of the room, in pixels
 * @param {number} height that a row should have
 * @returns {{height: number, works: {work: Work, width: number}[]}[]}
 */
export function inRows(works, width, height) {
  const rows = [];
  let row = [];
  let wide = 0;
  const end = (high) => {
    rows.push({ height: high, works: row.map((work) => ({ work, width: ratio(work) * high })) });
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

/**
 * The rows, as wide as there is room.
 * @param {{works: Api.Asset[], draw: (work: Api.Asset, style: Record<string, string>) => Drawn}} props
 */
export function Rows({ works, draw }) {
  const room = useRef(null);
  const size = useSignal(null);
  useLayoutEffect(() => {
    const measure = () => {
      const { clientWidth } = room.current;
      if (clientWidth) size.value = { width: clientWidth, height: parseFloat(getComputedStyle(room.current).getPropertyValue("--row")) };
    };
    const watch = new ResizeObserver(measure);
    measure();
    watch.observe(room.current);
    return () => watch.disconnect();
  }, []);
  const rows = size.value ? inRows(works, size.value.width, size.value.height) : [];
  return html`<div class="rows" ref=${room}>${rows.map((row) => html`<div class="strip" key=${row.works[0].work.file} style=${{ height: `${row.height}px` }}>${
    row.works.map(({ work, width }) => draw(work, { width: `${width}px` }))}</div>`)}</div>`;
}
