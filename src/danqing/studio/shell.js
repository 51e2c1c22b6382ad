// The rooms and the way between them; the address says which one is open, and what in it: #/jobs/ID.

import { room } from "./base/address.js";
import { html, signal, useEffect, useRef } from "./base/html.js";
import { who } from "./base/session.js";
import { Icon, Seal } from "./base/shapes.js";
import { explained, t } from "./base/words.js";
import { follow } from "./works/jobs.js";

// Fetched when they are first entered. An admin is a key as well.
const ROOMS = {
  create: { for: ["key"], load: () => import("./rooms/create/room.js") },
  library: { for: ["key"], load: () => import("./rooms/library/room.js") },
  jobs: { for: ["key"], load: () => import("./rooms/jobs/room.js") },
  compare: { for: ["key"], load: () => import("./rooms/compare/room.js") },
  usage: { for: ["key", "owner"], load: () => import("./rooms/usage/room.js") },
  keys: { for: ["admin", "owner"], load: () => import("./rooms/keys/room.js") },
  upstreams: { for: ["admin", "owner"], load: () => import("./rooms/upstreams/room.js") },
  account: { for: ["key", "owner"], load: () => import("./rooms/account/room.js") },
  above: { for: [], load: () => import("./rooms/above/room.js") },
};

const FIRST = "create";
const AT_HAND = 4; // rooms that a phone shows at once; the others are behind one more button

/** The rooms that were fetched, by name. @type {Signal<Record<string, () => any>>} */
const entered = signal({});
const begun = new Set(); // those that are being fetched, and those that were
const trouble = signal(null);

/** Have all that the page names for a room fetched, at once. @param {string} name */
const furnished = (name) => Promise.all([...document.getElementsByTagName("link")]
  .filter(({ rel, dataset }) => rel === "room" && dataset.rooms.split(" ").includes(name))
  .map((link) => new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
    link.rel = link.as === "style" ? "stylesheet" : "modulepreload";
  })));

async function enter(name) {
  if (begun.has(name)) return;
  begun.add(name);
  try {
    const [{ Room }] = await Promise.all([ROOMS[name].load(), furnished(name)]);
    trouble.value = null;
    entered.value = { ...entered.value, [name]: Room };
  } catch {
    begun.delete(name);
    trouble.value = { kind: "renewed" };
  }
}

enter(room.value in ROOMS ? room.value : FIRST); // while it is asked who is signed in

/** Whose money is spent: play money of a test key, or the real thing. */
export const KeyBadge = () => {
  const { key, owner } = who.value;
  const kind = owner ? "owner" : key.test ? "test" : "live";
  return html`<span class=${`badge ${kind}`} title=${t(`key.${kind}.meaning`)}>${t(`key.${kind}`)}</span>`;
};

const Inside = ({ name }) => {
  const Room = entered.value[name];
  if (Room) return html`<${Room}/>`;
  if (trouble.value) return html`<main class="room"><p class="trouble" role="alert">${explained(trouble.value)}</p></main>`;
  return html`<main class="room waiting" role="status">${t("waiting")}</main>`;
};

const Way = ({ name, open }) => html`<a href=${`#/${name}`} aria-current=${name === open ? "page" : undefined}>
  <${Icon} name=${name}/><span>${t(`nav.${name}`)}</span></a>`;

/** The rooms that have no place at the bottom of a phone. On a wide screen they stand with the others. */
const Rest = ({ names, open }) => {
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  const within = names.includes(open) ? "page" : undefined;
  return html`<button class="others" popovertarget="others" aria-current=${within}><${Icon} name="more"/><span>${t("nav.more")}</span></button>
    <div id="others" popover ref=${list} onClick=${() => list.current.togglePopover(false)}>
      ${names.map((name) => html`<${Way} key=${name} name=${name} open=${open}/>`)}</div>`;
};

/** Who is signed in, in the words of the rooms. */
const whose = () => (who.value.owner ? ["owner"] : ["key", who.value.key.role]);

/** The page for whoever is signed in. */
export function Shell() {
  const { owner } = who.value; // who looks after the server makes nothing, and has nothing in a library
  const rooms = Object.keys(ROOMS).filter((name) => ROOMS[name].for.some((role) => whose().includes(role)));
  const open = rooms.includes(room.value) ? room.value : rooms[0];
  const close = rooms.length > AT_HAND + 1 ? AT_HAND : rooms.length;
  useEffect(() => (owner ? undefined : follow()), [owner]);
  useEffect(() => { enter(open); enter("above"); }, [open]);
  return html`<nav class="rooms" aria-label=${t("nav.label")}>
    <${Seal}/>
    ${rooms.slice(0, close).map((name) => html`<${Way} key=${name} name=${name} open=${open}/>`)}
    ${rooms.length > close && html`<${Rest} names=${rooms.slice(close)} open=${open}/>`}
    <span class="fill"></span>
    <${KeyBadge}/>
  </nav>
  <${Inside} name=${open}/>${entered.value.above && html`<${entered.value.above}/>`}`;
}
