// Starts the studio: who is signed in decides between the door and the rooms.

import { html, render } from "./base/html.js";
import { recall, who } from "./base/session.js";
import { speaking, t } from "./base/words.js";
import { Shell } from "./shell.js";
import { SignIn } from "./signin.js";

/** Everything that is seen. */
function Studio() {
  if (!speaking.value) return null;
  if (who.value === undefined) return html`<p class="waiting" role="status">${t("waiting")}</p>`;
  return who.value ? html`<${Shell}/>` : html`<${SignIn}/>`;
}

render(html`<${Studio}/>`, document.getElementById("studio"));
recall().catch(() => { who.value = null; });
