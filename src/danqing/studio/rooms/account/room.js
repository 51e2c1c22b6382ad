// Who is signed in, with how much money, and how the studio looks.

import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { signOut, who } from "../../base/session.js";
import { LanguagePicker, ThemePicker } from "../../base/settings.js";
import { dollars, explained, t } from "../../base/words.js";

const Money = ({ told }) => html`<dl class="facts">
  <dt>${t("account.available")}</dt><dd>${dollars(told.account.available ?? told.account.posted)}</dd>
  <dt>${t("account.held")}</dt><dd>${dollars(told.account.held)}</dd>
  <dt>${t("account.month")}</dt><dd>${dollars(told.forecast.month_so_far)}</dd>
</dl>`;

/** The room of the key itself. */
export function Room() {
  const told = useSignal(null);
  const trouble = useSignal(null);
  const { key, owner } = who.value;
  useEffect(() => {
    if (!owner) api("GET", "/usage").then((usage) => { told.value = usage; }, (problem) => { trouble.value = problem; });
  }, []);
  const kind = owner ? "owner" : key.test ? "test" : "live";
  return html`<main class="room narrow">
    <header><h1>${t("nav.account")}</h1></header>
    <section class=${`panel key ${kind}`}>
      <h2>${t(`key.${kind}`)}${key && html`<code>${key.hint}</code>`}</h2>
      <p class="quiet">${t(`key.${kind}.meaning`)}</p>
      ${told.value && html`<${Money} told=${told.value}/>`}
      ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
      <button onClick=${() => signOut().catch((problem) => { trouble.value = problem; })}>${t("account.signout")}</button>
    </section>
    <section class="panel">
      <h2>${t("settings.language")}</h2><${LanguagePicker}/>
      <h2>${t("settings.theme")}</h2><${ThemePicker}/>
    </section>
    <p class="quiet small">${t("account.young")}</p>
  </main>`;
}
