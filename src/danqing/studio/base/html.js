// What every part of the studio draws with: Preact's elements through htm, its hooks, and signals for what changes.

import htm from "../vendor/htm.js";
import { h } from "../vendor/preact.js";

export const html = htm.bind(h);
export { render } from "../vendor/preact.js";
export { useEffect, useLayoutEffect, useMemo, useRef } from "../vendor/hooks.js";
export { batch, computed, effect, signal, untracked, useSignal } from "../vendor/signals.js";
