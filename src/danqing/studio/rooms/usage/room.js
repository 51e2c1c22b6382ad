// Where the money went: figures by day, model, key and project, and below each the lines of the ledger that it is made of.

import { within } from "../../base/address.js";
import { html } from "../../base/html.js";
import { Figures } from "./figures.js";
import { Ledger } from "./ledger.js";

/** The room of the money. */
export function Room() {
  return within.value === "ledger" ? html`<${Ledger}/>` : html`<${Figures}/>`;
}
