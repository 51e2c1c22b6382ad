// Who is signed in, with how much money and up to which limits, and how the studio looks.

import { api } from "../../base/api.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Limits } from "../../base/limits.js";
import { signOut, who } from "../../base/session.js";
import { LanguagePicker, ThemePicker } from "../../base/settings.js";
import { dollars, explained, moment, t } from "../../base/words.js";

/** @param {{told: Api.Usage}} props */
const Money = ({ told }) => html`<dl class="facts">
  <dt>${t("account.available")}</dt><dd>${dollars(told.account.available ?? told.account.posted)}</dd>
  <dt>${t("account.held")}</dt><dd>${dollars(told.account.held)}</dd>
  <dt>${t("account.month")}</dt><dd>${dollars(told.forecast.month_so_far)}</dd>
</dl>
${told.limits.some((row) => row.limit !== "balance") && html`<${Limits} standings=${told.limits} outlooks=${told.forecast.limits}/>`}`;

/** The room of the key itself. */
export function Room() {
  /** @type {Signal<Api.Usage|null>} */
  const told = useSignal(null);
  const ends = useSignal(who.value.ends);
  const trouble = useSignal(null);
  const { key, owner } = who.value;
  const fail = (problem) => { trouble.value = problem; };
  useEffect(() => {
    if (!owner) api("GET", "/usage").then((usage) => { told.value = /** @type {Api.Usage} */ (usage); }, fail);
    api("GET", "/session").then((session) => { ends.value = session.ends; }, fail);
  }, []);
  const kind = owner ? "owner" : key.test ? "test" : "live";
  return html`<main class="room narrow">
    <header><h1>${t("nav.account")}</h1></header>
    <section class=${`panel key ${kind}`}>
      <h2>${key ? key.name : t("key.owner")}<span class=${`badge ${kind}`}>${t(`key.${kind}`)}</span>${key && html`<code>${key.hint}</code>`}</h2>
      <p class="quiet">${t(`key.${kind}.meaning`)}${key && key.role !== "member" && html` ${t(`keys.role.${key.role}.meaning`)}`}</p>
      ${told.value && html`<${Money} told=${told.value}/>`}
      ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
      <p class="leaving"><button onClick=${() => signOut().catch(fail)}>${t("account.signout")}</button>
        ${ends.value && html`<span class="quiet small">${t("account.until", { at: moment(ends.value) })}</span>`}</p>
    </section>
    <section class="panel">
      <h2>${t("settings.language")}</h2><${LanguagePicker}/>
      <h2>${t("settings.theme")}</h2><${ThemePicker}/>
    </section>
    <p class="quiet small">${t("account.more")} <a href="/docs">${t("account.docs")}</a></p>
  </main>`;
}
