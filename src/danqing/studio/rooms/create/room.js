// Asking for something: words, a model, what it takes, and the price on the button; above, what came of it.

import { fields, model, open } from "../../desk/draft.js";
import { html, signal, useEffect, useSignal } from "../../base/html.js";
import { makes } from "../../base/session.js";
import { Segments } from "../../base/segments.js";
import { explained, t } from "../../base/words.js";
import { jobs, live } from "../../works/jobs.js";
import { Work } from "../../works/tiles.js";
import { Composer } from "./composer.js";
import { Examples } from "./examples.js";
import { Form } from "./form.js";
import { hovering, useIntake } from "./intake.js";

const KINDS = ["", "image", "video"];
/** Of what kind the works are that are shown; the room remembers it. */
const kind = signal("");

const Header = () => html`<header><h1>${t("nav.create")}</h1>
  <${Segments} label=${t("library.kind")} value=${kind.value} choose=${(value) => { kind.value = value; }}
    options=${KINDS.map((value) => ({ value, name: t(`kind.${value || "all"}`) }))}/>
  <span class="fill"></span>
  <span class=${live.value ? "link" : "link away"} role="status">${t(live.value ? "create.live" : "create.away")}</span></header>`;

const Made = () => {
  const shown = jobs.value.filter((job) => !job.parameters.words_only).filter((job) => !kind.value || job.parameters.wants.some((wanted) => wanted === kind.value));
  if (shown.length) {
    return html`<div class="tiles">${shown.map((job) => html`<${Work} key=${job.id} job=${job}/>`)}
      <p class="older quiet small"><a href="#/library">${t("create.older")}</a></p></div>`;
  }
  return jobs.value.length ? html`<p class="empty quiet">${t("library.empty")}</p>` : html`<${Examples}/>`;
};

const Desk = () => {
  const tuned = useSignal(false);
  useIntake();
  return html`<main class=${`room desk ${tuned.value ? "tuned" : ""}`}>
    <div class="made">
      <${Header}/><${Made}/>
      <${Composer} tuned=${tuned}/>
    </div>
    <${Form} close=${() => { tuned.value = false; }}/>
    ${hovering.value && html`<div class="landing">${t("place.drop")}</div>`}
  </main>`;
};

/** Who may only look sees what comes, and why nothing can be asked for. */
const Window = () => html`<main class="room made">
  <${Header}/><p class="panel quiet">${t("create.viewer")}</p>
  ${jobs.value.length > 0 && html`<${Made}/>`}</main>`;

/** The room where things are made. */
export function Room() {
  const trouble = useSignal(null);
  useEffect(() => { open().catch((problem) => { trouble.value = problem; }); }, []);
  if (trouble.value) return html`<main class="room"><p class="trouble" role="alert">${explained(trouble.value)}</p></main>`;
  if (!model.value || !fields.value.length) return html`<main class="room waiting">${t("waiting")}</main>`;
  return makes.value ? html`<${Desk}/>` : html`<${Window}/>`;
}
