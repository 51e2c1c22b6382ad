// What was asked for and what became of it: the list, or one job with everything that happened to it.

import { within } from "../../base/address.js";
import { html } from "../../base/html.js";
import { JobPage } from "./job.js";
import { JobList } from "./list.js";

/** The room of the jobs. */
export function Room() {
  return within.value ? html`<${JobPage} key=${within.value} id=${within.value}/>` : html`<${JobList}/>`;
}
