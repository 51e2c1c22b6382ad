// The rooms and the way between them; the address says which one is open.

import { Account } from "./account.js";
import { Create } from "./create.js";
import { html, signal, useEffect } from "./html.js";
import { follow } from "./jobs.js";
import { Library } from "./library.js";
import { who } from "./session.js";
import { Icon, Seal } from "./shapes.js";
import { Viewer } from "./viewer.js";
import { t } from "./words.js";

const ROOMS = { create: Create, library: Library, account: Account };

const asked = () => location.hash.slice(2);
const address = signal(asked());
addEventListener("hashchange", () => { address.value = asked(); });

/** Whose money is spent: play money of a test key, or the real thing. */
export const KeyBadge = () => {
  const { key, owner } = who.value;
  const kind = owner ? "owner" : key.test ? "test" : "live";
  return html`<span class=${`badge ${kind}`} title=${t(`key.${kind}.meaning`)}>${t(`key.${kind}`)}</span>`;
};

/** The page for whoever is signed in. */
export function Shell() {
  const { owner } = who.value; // who looks after the server makes nothing, and has nothing in a library
  const rooms = Object.keys(ROOMS).filter((name) => !owner || name === "account");
  const open = rooms.includes(address.value) ? address.value : rooms[0];
  const Room = ROOMS[open];
  useEffect(() => (owner ? undefined : follow()), [owner]);
  return html`<nav class="rooms" aria-label=${t("nav.label")}>
    <${Seal}/>
    ${rooms.map((name) => html`<a href=${`#/${name}`} aria-current=${name === open ? "page" : undefined}>
      <${Icon} name=${name}/><span>${t(`nav.${name}`)}</span></a>`)}
    <span class="fill"></span>
    <${KeyBadge}/>
  </nav>
  <${Room}/><${Viewer}/>`;
}
