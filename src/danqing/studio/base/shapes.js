// Small drawings: the seal and the icons, as strokes in the colour of their text.

import { html } from "./html.js";

const STROKES = {
  create: "M12 4v16M4 12h16",
  library: "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500a7.500 7.500 0 0 1 15 0",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L20 20",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.010",
  down: "M7 10l5 5 5-5",
  clip: "M19 11.500l-7.500 7.500a4.500 4.500 0 0 1-6.400-6.400l8-8a3 3 0 0 1 4.300 4.300l-8 8a1.500 1.500 0 0 1-2.100-2.100l7.200-7.200",
  past: "M4 12a8 8 0 1 0 2.600-5.900L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.800",
  rungs: "M7 4v16M17 4v16M7 8h10M7 12.500h10M7 17h10",
  film: "M8 5.500v13l11-6.500z",
  star: "M12 4l2.500 5.200 5.700.7-4.200 3.900 1.100 5.700L12 16.700 6.900 19.500 8 13.800 3.800 9.900l5.700-.7z",
};

/** @param {{name: keyof typeof STROKES}} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${STROKES[name]}/></svg>`;

/** Danqing's seal: a sun and mountains in cinnabar. */
export const Seal = () => html`<svg class="seal" viewBox="0 0 32 32" aria-hidden="true">
  <rect width="32" height="32" rx="8"/><circle cx="21.500" cy="10.500" r="3.500"/>
  <path d="M3.500 25c3.500-1 5.500-9.500 8.500-9.500 2.800 0 3.600 5.500 6 5.500 1.800 0 2.600-2.500 4.500-2.500 2.400 0 3.600 5 6 6.500"/>
</svg>`;
