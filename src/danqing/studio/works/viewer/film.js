// A film on the stage, with quiet controls: frame by frame, again and again, as fast and as loud as the reader had the one before.

import { html, useEffect, useRef, useSignal } from "../../base/html.js";
import { loop, sound } from "../../base/preferences.js";
import { Icon } from "../../base/shapes.js";
import { t } from "../../base/words.js";

const USUAL_FPS = 24;
const INSIDE_S = 0.001; // a frame is shown from its very beginning on
const SPEEDS = [0.25, 0.5, 1, 1.5, 2];

const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

/** When a film shows the frame that is so many further. @param {number} now @param {number} frames @param {number} fps @param {number} end */
const framed = (now, frames, fps, end) => {
  const frame = Math.floor(now * fps + INSIDE_S) + frames;
  return Math.min(Math.max(frame, 0) / fps + INSIDE_S, end);
};

/** Begin to play, without sound where the browser allows no other. @param {HTMLVideoElement} film */
const start = (film) => film.play().catch((problem) => {
  if (problem.name !== "NotAllowedError") return;
  film.muted = true;
  film.play().catch(() => {});
});

/** @param {{work: import("../showing.js").Work, hands: {current: Record<string, any>}}} props `hands`: what keys do to it */
export function Film({ work, hands }) {
  const film = useRef(/** @type {HTMLVideoElement|null} */ (null));
  const now = useSignal(0);
  const end = useSignal(work.seconds ?? 0);
  const playing = useSignal(false);
  const speed = useSignal(1);
  const silent = sound.value === "off";
  const hearing = !work.audio ? "none" : silent ? "unmute" : "mute";
  const toggle = () => (film.current.paused ? start(film.current) : film.current.pause());
  const run = () => {
    if (!film.current || film.current.paused) return;
    now.value = film.current.currentTime;
    requestAnimationFrame(run);
  };
  const follow = (event) => { now.value = event.target.currentTime; };
  const step = (frames) => {
    film.current.pause();
    film.current.currentTime = framed(film.current.currentTime, frames, work.fps || USUAL_FPS, end.value);
  };
  useEffect(() => {
    hands.current = { toggle, step };
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) start(film.current);
    return () => { hands.current = {}; };
  }, [work.file]);
  return html`<div class="stage"><video ref=${film} src=${`/api/files/${work.file}`} poster=${`/api/assets/${work.file}/thumbnail?size=512`} playsinline preload="auto"
      width=${work.width} height=${work.height} loop=${loop.value === "on"} muted=${silent} aria-label=${work.prompt} key=${work.file} onClick=${toggle}
      onPlay=${() => { playing.value = true; run(); }} onPause=${() => { playing.value = false; }} onLoadedMetadata=${(event) => { end.value = event.target.duration; event.target.playbackRate = speed.value; }}
      onTimeUpdate=${follow} onSeeking=${follow}></video></div>
    <div class="playing" role="group" aria-label=${t("film.controls")}>
      <button class="tool" aria-label=${t("film.back")} title=${t("film.back")} onClick=${() => step(-1)}><${Icon} name="stepback"/></button>
      <button class="tool" aria-label=${t(playing.value ? "film.pause" : "film.play")} onClick=${toggle}><${Icon} name=${playing.value ? "pause" : "film"}/></button>
      <button class="tool" aria-label=${t("film.on")} title=${t("film.on")} onClick=${() => step(1)}><${Icon} name="stepon"/></button>
      <input type="range" min="0" max=${end.value} step="0.01" value=${now.value} aria-label=${t("film.place")} aria-valuetext=${clock(now.value)} style=${{ "--at": `${(100 * now.value) / (end.value || 1)}%` }}
        onInput=${(event) => { film.current.currentTime = Number(event.target.value); }}/>
      <span class="quiet small"><time>${clock(now.value)}</time> / ${clock(end.value)}</span>
      <select aria-label=${t("film.speed")} onChange=${(event) => { speed.value = Number(event.target.value); film.current.playbackRate = speed.value; }}>
        ${SPEEDS.map((value) => html`<option value=${value} selected=${value === speed.value}>${value}×</option>`)}</select>
      <button class="tool" aria-pressed=${loop.value === "on" ? "true" : "false"} aria-label=${t("film.loop")} title=${t("film.loop")}
        onClick=${() => { loop.value = loop.value === "on" ? "off" : "on"; }}><${Icon} name="again"/></button>
      <button class="tool" disabled=${!work.audio} aria-label=${t(`film.${hearing}`)} title=${t(`film.${hearing}`)}
        onClick=${() => { sound.value = silent ? "on" : "off"; film.current.muted = !silent; }}><${Icon} name=${silent || !work.audio ? "mute" : "sound"}/></button>
    </div>`;
}
