// What the draft would cost, and how it comes to that.

import { unit } from "../../desk/catalogue.js";
import { model, quote, refusal } from "../../desk/draft.js";
import { homeless } from "../../desk/inputs.js";
import { html } from "../../base/html.js";
import { dollars, explained, named, t } from "../../base/words.js";

/** "4 × $0.04", where that is just what it costs. */
const sum = ({ parameters, cost }) => {
  const [{ per, price }] = model.value.prices;
  const units = { picture: parameters.count ?? 1, film: parameters.count ?? 1, second: (parameters.count ?? 1) * (parameters.seconds ?? 0) }[per];
  return units && units * price.nanos === cost.nanos ? `${units} × ${dollars(price)} ${unit(per)}` : "";
};

/** The line below the composer. */
export function Price() {
  if (homeless.value.length) return null; // what is to be done about it stands above the words
  if (refusal.value) return html`<p class="price trouble" role="alert">${explained(refusal.value)} <span lang="en">${refusal.value.message}</span></p>`;
  const told = quote.value;
  if (!told) return html`<p class="price quiet">${t("create.pricing")}</p>`;
  return html`<p class="price quiet">
    ${sum(told) && html`<span>${sum(told)}</span>`}
    ${!told.affordable && html`<span class="trouble">${t("problem.no_funds")}</span>`}
    ${told.changes.map((change) => html`<span class="gold">${
      t("create.changed", { what: named("field", change.param), asked: change.asked, made: change.made })}</span>`)}
  </p>`;
}
