// How large a picture is seen, and which part of it. Pure: one look in, the next one out.

/** @typedef {{scale: number, x: number, y: number}} Look `scale` 1 shows all of it; x and y are from the middle */
/** @typedef {{width: number, height: number, shown: {width: number, height: number}}} Stage `shown`: the whole picture in it */

/** All of it. @type {Look} */
export const WHOLE = { scale: 1, x: 0, y: 0 };
const MOST = 16;

const within = (value, most) => Math.min(Math.max(value, -most), most);

/** No further than its edges. @param {Look} look @param {Stage} stage @returns {Look} */
const held = ({ scale, x, y }, { width, height, shown }) => ({
  scale,
  x: within(x, Math.max(0, (shown.width * scale - width) / 2)),
  y: within(y, Math.max(0, (shown.height * scale - height) / 2)),
});

/**
 * Nearer or further, so that one point of it stays where it is.
 * @param {Look} look
 * @param {number} factor
 * @param {Stage} stage
 * @param {{x: number, y: number}} [point] from the middle
 * @returns {Look}
 */
export function zoomed(look, factor, stage, point = { x: 0, y: 0 }) {
  const scale = Math.min(Math.max(look.scale * factor, 1), MOST);
  const grown = scale / look.scale;
  return held({ scale, x: point.x - (point.x - look.x) * grown, y: point.y - (point.y - look.y) * grown }, stage);
}

/** Another part of it. @param {Look} look @param {number} x @param {number} y @param {Stage} stage */
export const moved = (look, x, y, stage) => held({ ...look, x: look.x + x, y: look.y + y }, stage);
