// What the model takes besides words: beside the prompt bar, or above it where there is no room beside it.

import { doings, fields, give, given, model, quote, wish, wishes } from "../../desk/draft.js";
import { unit } from "../../desk/catalogue.js";
import { inputs } from "../../desk/inputs.js";
import { html } from "../../base/html.js";
import { dollars, t } from "../../base/words.js";
import { ending, maker } from "./facts.js";
import { Field } from "./fields.js";
import { Purse } from "./purse.js";

const Facts = () => {
  const { title, id, prices } = model.value;
  return html`<section class="model"><h2>${title}</h2><code class="quiet small">${id}</code>
    <ul>${prices.slice(0, 3).map(({ per, price }) => html`<li><b>${dollars(price)}</b> ${unit(per)}</li>`)}</ul>
    ${ending(model.value) && html`<p class="gold small">${ending(model.value)}</p>`}
    ${quote.value && html`<p class="small"><span class=${`badge ${quote.value.sketch ? "test" : "live"}`}>${maker(quote.value)}</span></p>`}
  </section>`;
};

/** What begins with a picture may keep its shape. */
const open = (name, field) => (name === "aspect" && inputs.value.length ? { ...field, enum: [null, ...field.enum] } : field);

/** The form. @param {{close: () => void}} props */
export function Form({ close }) {
  return html`<aside aria-label=${t("create.tune")}><button class="tune" onClick=${close}>${t("viewer.close")}</button>
    <${Facts}/>
    ${doings.value.map(([name, field]) => html`<${Field} key=${name} name=${name} field=${field} value=${given.value[name]} choose=${(value) => give(name, value ?? undefined)}/>`)}
    ${fields.value.map(([name, field]) => html`<${Field} key=${name} name=${name} field=${open(name, field)} value=${wishes.value[name]} choose=${(value) => wish(name, value)}/>`)}
    <${Purse}/>
  </aside>`;
}
