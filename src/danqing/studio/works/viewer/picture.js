// A picture on the stage: zoomed by wheel, keys or two fingers, and drawn about.

import { html, useEffect, useRef, useSignal } from "../../base/html.js";
import { leaf } from "../showing.js";
import { thumbnail } from "../tiles.js";
import { moved, WHOLE, zoomed } from "./zooming.js";

const STEP = 1.4;
const SWIPE_PX = 60;

/** @typedef {{x: number, y: number}} Point */
/** @param {Point[]} fingers */
const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
/** @param {Point[]} fingers */
const apart = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);

/** @param {{work: import("../showing.js").Work, hands: {current: Record<string, any>}}} props `hands`: what keys do to it */
export function Picture({ work, hands }) {
  const stage = useRef(null);
  const picture = useRef(null);
  const look = useSignal(WHOLE);
  const there = useSignal(false);
  const fingers = useRef(new Map());
  const swept = useRef(0);
  const room = () => ({
    width: stage.current.clientWidth, height: stage.current.clientHeight,
    shown: { width: picture.current.offsetWidth, height: picture.current.offsetHeight },
  });
  const from = (event) => {
    const { left, top, width, height } = stage.current.getBoundingClientRect();
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  };
  const zoom = (factor, point) => { look.value = zoomed(look.value, factor, room(), point); };
  useEffect(() => {
    look.value = WHOLE;
    hands.current = { nearer: () => zoom(STEP), further: () => zoom(1 / STEP), whole: () => { look.value = WHOLE; } };
    return () => { hands.current = {}; };
  }, [work.file]);
  const wheel = (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), from(event));
  };
  const down = (event) => {
    fingers.current.set(event.pointerId, from(event));
    swept.current = 0;
    stage.current.setPointerCapture(event.pointerId);
  };
  const move = (event) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const were = [...fingers.current.values()];
    const now = from(event);
    fingers.current.set(event.pointerId, now);
    if (were.length === 2) {
      const are = [...fingers.current.values()];
      zoom(apart(are) / apart(were), middle(are));
    } else if (look.value.scale > 1) look.value = moved(look.value, now.x - before.x, now.y - before.y, room());
    else swept.current += now.x - before.x;
  };
  const up = (event) => {
    fingers.current.delete(event.pointerId);
    if (event.pointerType === "touch" && look.value.scale === 1 && Math.abs(swept.current) > SWIPE_PX) leaf(swept.current < 0 ? 1 : -1);
    swept.current = 0;
  };
  const { scale, x, y } = look.value;
  return html`<div class=${`stage ${scale > 1 ? "near" : ""}`} ref=${stage} onWheel=${wheel} onPointerDown=${down} onPointerMove=${move}
      onPointerUp=${up} onPointerCancel=${up} onDblClick=${(event) => (scale > 1 ? look.value = WHOLE : zoom(STEP * STEP, from(event)))}>
    <img ref=${picture} src=${`/api/files/${work.file}`} alt=${work.prompt} width=${work.width} height=${work.height} draggable="false" key=${work.file}
      style=${{ transform: `translate(${x}px, ${y}px) scale(${scale})`, "--wide": `${work.width}px`, "--ratio": String(work.width / work.height), backgroundImage: there.value ? "none" : `url("${thumbnail(work.file)}")` }}
      onLoad=${() => { there.value = true; }}/></div>`;
}
