// The rooms and the way between them; the address says which one is open.

import { Account } from "./account.js";
import { html, signal } from "./html.js";
import { who } from "./session.js";
import { Icon, Seal } from "./shapes.js";
import { t } from "./words.js";

const ROOMS = { account: Account };
const usual = "account";

const named = () => {
  const name = location.hash.slice(2);
  return name in ROOMS ? name : usual;
};
const open = signal(named());
addEventListener("hashchange", () => { open.value = named(); });

/** Whose money is spent: play money of a test key, or the real thing. */
export const KeyBadge = () => {
  const { key, owner } = who.value;
  const kind = owner ? "owner" : key.test ? "test" : "live";
  return html`<span class=${`badge ${kind}`} title=${t(`key.${kind}.meaning`)}>${t(`key.${kind}`)}</span>`;
};

/** The page for whoever is signed in. */
export function Shell() {
  const Room = ROOMS[open.value];
  return html`<nav class="rooms" aria-label=${t("nav.label")}>
    <${Seal}/>
    ${Object.keys(ROOMS).map((name) => html`<a href=${`#/${name}`} aria-current=${name === open.value ? "page" : undefined}>
      <${Icon} name=${name}/><span>${t(`nav.${name}`)}</span></a>`)}
    <span class="fill"></span>
    <${KeyBadge}/>
  </nav>
  <${Room}/>`;
}
