// Starts the studio: who is signed in decides between the door and the rooms.

import { html, render } from "./html.js";
import { recall, who } from "./session.js";
import { Shell } from "./shell.js";
import { SignIn } from "./signin.js";
import { t } from "./words.js";

/** Everything that is seen. */
function Studio() {
  if (who.value === undefined) return html`<p class="waiting" role="status">${t("waiting")}</p>`;
  return who.value ? html`<${Shell}/>` : html`<${SignIn}/>`;
}

render(html`<${Studio}/>`, document.getElementById("studio"));
recall().catch(() => { who.value = null; });
