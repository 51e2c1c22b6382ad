// How long work will still take, as far as its progress tells. Pure.

const TELLING = 0.08; // so much has to be done before the eyes of the reader

/** @typedef {{at: number, progress: number}} Glance when it was looked, in milliseconds, and how far it was then */

/**
 * What is left in milliseconds, as it went so far; null when that tells nothing.
 * @param {Glance|undefined} first @param {Glance|undefined} last @param {number} now
 */
export function left(first, last, now) {
  if (!first || !last || last.progress - first.progress < TELLING || last.at <= first.at) return null;
  const whole = ((1 - last.progress) * (last.at - first.at)) / (last.progress - first.progress);
  return Math.max(whole - (now - last.at), 0);
}
