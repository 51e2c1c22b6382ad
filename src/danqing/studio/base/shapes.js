// Small drawings: the seal and the icons, as strokes in the colour of their text.

import { html } from "./html.js";

const STROKES = {
  create: "M12 4v16M4 12h16",
  library: "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500a7.500 7.500 0 0 1 15 0",
  jobs: "M4 6.500h3M4 12h3M4 17.500h3M11 6.500h9M11 12h9M11 17.500h9",
  usage: "M4 20V10.500M9.300 20V4M14.700 20v-7M20 20V8",
  keys: "M8 15.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11.500 10.500L20 10.500M20 10.500v4M16 10.500v3",
  upstreams: "M12 20V9M7.500 13.500L12 9l4.500 4.500M5 4.500h14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  back: "M14.500 5.500L8 12l6.500 6.500",
  clock: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7.500V12l3 2",
  sending: "M5 12h13M12.500 6.500L18 12l-5.500 5.500",
  brush: "M19.500 4.500c-4 1.500-8 5-10 8.500M9.500 13a3.500 3.500 0 0 0-3.700 2.600c-.4 1.900-1.300 2.900-2.300 3.400 3.600 1 7.500 0 8.500-3z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  half: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 3.500v17",
  shield: "M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6z",
  stop: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM6 6l12 12",
  question: "M8.500 9.500a3.500 3.500 0 1 1 5 3.200c-1 .5-1.500 1.200-1.500 2.300M12 18.500v.01",
  again: "M19.500 12a7.500 7.500 0 1 1-2.300-5.400M19.500 4v4.500H15",
  draft: "M5 19l1-4.500L15.500 5l3.500 3.500L9.500 18zM13.500 7l3.500 3.500",
  remove: "M5 7h14M9.500 7V4.500h5V7M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
  money: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM14.500 9.300c-.4-1-1.400-1.500-2.500-1.500-1.400 0-2.500.8-2.500 2s1 1.800 2.500 2.100c1.500.3 2.600.9 2.600 2.200s-1.200 2.100-2.600 2.100c-1.200 0-2.200-.6-2.600-1.600M12 6.300v1.500M12 16.200v1.500",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L20 20",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.010",
  down: "M7 10l5 5 5-5",
  clip: "M19 11.500l-7.500 7.500a4.500 4.500 0 0 1-6.400-6.400l8-8a3 3 0 0 1 4.300 4.300l-8 8a1.500 1.500 0 0 1-2.100-2.100l7.200-7.200",
  past: "M4 12a8 8 0 1 0 2.600-5.900L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.800",
  rungs: "M7 4v16M17 4v16M7 8h10M7 12.500h10M7 17h10",
  bell: "M12 4a5.500 5.500 0 0 0-5.500 5.500c0 5-2 6.500-2 6.500h15s-2-1.500-2-6.500A5.500 5.500 0 0 0 12 4zM10 19.500a2.200 2.200 0 0 0 4 0",
  film: "M8 5.500v13l11-6.500z",
  filters: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.500v5M8 14.500v5",
  board: "M5 4h14v16l-7-4.500L5 20z",
  rename: "M4 20l1-4.500L16 4.500 19.500 8 8.500 19zM13.500 7l3.500 3.500",
  link: "M10 14a4 4 0 0 0 5.700.3l3-3a4 4 0 0 0-5.700-5.700l-1.200 1.200M14 10a4 4 0 0 0-5.700-.3l-3 3a4 4 0 0 0 5.700 5.700l1.200-1.200",
  code: "M8.500 7.500L4 12l4.500 4.500M15.500 7.500L20 12l-4.500 4.500",
  copy: "M8.500 8.500h11v11h-11zM4.500 15.500v-11h11",
  after: "M9.500 5l7 7-7 7",
  told: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 11v5.500M12 7.500v.1",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  pause: "M8.500 5.500v13M15.500 5.500v13",
  stepback: "M17.500 6v12l-8-6zM6.500 6v12",
  stepon: "M6.500 6v12l8-6zM17.500 6v12",
  sound: "M4 9.500h3.500L12 5.500v13l-4.500-4H4zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  mute: "M4 9.500h3.500L12 5.500v13l-4.500-4H4zM15.500 9.500l5 5M20.500 9.500l-5 5",
  vary: "M4 7h3.500l9 10H20M4 17h3.500l2.500-3M14 9.500L16.500 7H20M17.500 4.500L20 7l-2.500 2.500M17.500 14.500L20 17l-2.500 2.500",
  enlarge: "M13 4h7v7M20 4l-8 8M11 20H4v-7",
  star: "M12 4l2.500 5.200 5.700.7-4.200 3.900 1.100 5.700L12 16.700 6.900 19.500 8 13.800 3.800 9.900l5.700-.7z",
};

/** @param {{name: keyof typeof STROKES}} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${STROKES[name]}/></svg>`;

const SIDE = 20; // of 24

/** A ratio as its shape. @param {{ratio: string|null}} props such as "16:9"; null is left open */
export function Ratio({ ratio }) {
  if (!ratio) return html`<svg class="ratio open" viewBox="0 0 24 24" aria-hidden="true"><rect x="2" y="4" width="20" height="16" rx="2"/></svg>`;
  const [wide, high] = ratio.split(":").map(Number);
  const unit = SIDE / Math.max(wide, high);
  return html`<svg class="ratio" viewBox="0 0 24 24" aria-hidden="true"><rect x=${12 - (wide * unit) / 2} y=${12 - (high * unit) / 2}
    width=${wide * unit} height=${high * unit} rx="2"/></svg>`;
}

/** Danqing's seal: a sun and mountains in cinnabar. */
export const Seal = () => html`<svg class="seal" viewBox="0 0 32 32" aria-hidden="true">
  <rect width="32" height="32" rx="8"/><circle cx="21.500" cy="10.500" r="3.500"/>
  <path d="M3.500 25c3.500-1 5.500-9.500 8.500-9.500 2.800 0 3.600 5.500 6 5.500 1.800 0 2.600-2.500 4.500-2.500 2.400 0 3.600 5 6 6.500"/>
</svg>`;
