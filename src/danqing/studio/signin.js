// The door: a key is typed once and exchanged for a session.

import { html, useSignal } from "./base/html.js";
import { LanguagePicker } from "./base/settings.js";
import { signIn } from "./base/session.js";
import { Seal } from "./base/shapes.js";
import { explained, t } from "./base/words.js";

/** The page for whoever is not signed in. */
export function SignIn() {
  const key = useSignal("");
  const trouble = useSignal(null);
  const busy = useSignal(false);
  const enter = async (event) => {
    event.preventDefault();
    busy.value = true;
    try {
      await signIn(key.value);
    } catch (problem) {
      trouble.value = problem;
    }
    busy.value = false;
  };
  return html`<main class="door">
    <form class="panel" onSubmit=${enter}>
      <${Seal}/>
      <h1>${t("signin.title")}</h1>
      <p class="quiet">${t("signin.why")}</p>
      <label for="key">${t("signin.key")}</label>
      <input id="key" type="password" autocomplete="off" spellcheck="false" required autofocus
        placeholder="sk-test-…" value=${key} onInput=${(event) => { key.value = event.target.value; }}
        aria-invalid=${trouble.value ? "true" : undefined} aria-describedby="key-where"/>
      <p id="key-where" class="quiet small">${t("signin.where")}</p>
      ${trouble.value && html`<p class="trouble" role="alert">${
        ["unauthenticated", "invalid"].includes(trouble.value.kind) ? t("signin.refused") : explained(trouble.value)
      }</p>`}
      <button class="primary" disabled=${busy.value || !key.value.trim()}>${t("signin.enter")}</button>
    </form>
    <${LanguagePicker}/>
  </main>`;
}
