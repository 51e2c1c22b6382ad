// Links by which others see a work: made for some time, listed, and revoked.

import { api } from "../../base/api.js";
import { Copy } from "../../base/clipboard.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { explained, moment, t } from "../../base/words.js";

const HOURS = { day: 24, week: 7 * 24, month: 30 * 24, year: 365 * 24 };

/** @param {{file: string}} props */
export function Sharing({ file }) {
  const links = useSignal(/** @type {Api.Share[]} */ ([]));
  const span = useSignal("week");
  const trouble = useSignal(null);
  const read = async () => { links.value = (await api("GET", `/assets/${file}/shares`)).shares; };
  const attempt = (asked) => asked.then(read).catch((problem) => { trouble.value = problem; });
  useEffect(() => { attempt(Promise.resolve()); }, [file]);
  return html`<section class="sharing" aria-label=${t("share.title")}>
    <p class="quiet small">${t("share.what")}</p>
    <div class="acts"><select aria-label=${t("share.span")} onChange=${(event) => { span.value = event.target.value; }}>
        ${Object.keys(HOURS).map((name) => html`<option value=${name} selected=${name === span.value}>${t(`share.${name}`)}</option>`)}</select>
      <button onClick=${() => attempt(api("POST", `/assets/${file}/share`, { hours: HOURS[span.value] }))}><${Icon} name="link"/>${t("share.make")}</button></div>
    <ul>${links.value.map((link) => html`<li key=${link.id}><input readonly value=${link.url} aria-label=${t("share.link")} onFocus=${(event) => event.target.select()}/>
      <span class="quiet small">${t("share.until", { when: moment(link.expires) })}</span>
      <span class="acts"><${Copy} text=${link.url} label=${t("share.copy")}/>
        <button onClick=${() => attempt(api("DELETE", `/shares/${link.id}`))}>${t("share.revoke")}</button></span></li>`)}</ul>
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)}</p>`}
  </section>`;
}
