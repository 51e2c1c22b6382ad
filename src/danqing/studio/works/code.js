// A draft or a job as code, in four dialects, each to be copied and run as it stands.

import { api } from "../base/api.js";
import { copy } from "../base/clipboard.js";
import { html, signal, useEffect, useRef, useSignal } from "../base/html.js";
import { language } from "../base/preferences.js";
import { Segments } from "../base/segments.js";
import { Icon } from "../base/shapes.js";
import { dollars, explained, named, t } from "../base/words.js";

/** @typedef {{job?: string, draft?: Api.JobRequest}} Source a job by its id, or what POST /api/jobs would be sent */

const DIALECTS = { google_genai: "google-genai", openai: "openai", curl: "curl", cli: "danqing" };
const REMEMBERED = "danqing.dialect";
const COPIED_MS = 2400;
const PIECES = /(#.*$)|("(?:[^"\\\n]|\\.)*"|'[^'\n]*')/gm;

const dialect = signal(localStorage.getItem(REMEMBERED) ?? "google_genai");
/** What the sheet shows, or null. @type {Signal<Source|null>} */
const asked = signal(null);

/** Open the sheet with the code of something. @param {Source} source */
export const showCode = (source) => { asked.value = source; };

const listed = (names) => new Intl.ListFormat(language.value).format(names);

function choose(name) {
  dialect.value = name;
  localStorage.setItem(REMEMBERED, name);
}

/** Remarks and strings in colours of their own. @param {string} code */
function tinted(code) {
  const drawn = [];
  let from = 0;
  for (const found of code.matchAll(PIECES)) {
    drawn.push(code.slice(from, found.index), html`<span class=${found[1] ? "remark" : "string"}>${found[0]}</span>`);
    from = found.index + found[0].length;
  }
  return [...drawn, code.slice(from)];
}

const Copy = ({ code }) => {
  const done = useSignal(false);
  useEffect(() => {
    if (!done.value) return undefined;
    const later = setTimeout(() => { done.value = false; }, COPIED_MS);
    return () => clearTimeout(later);
  }, [done.value]);
  useEffect(() => { done.value = false; }, [code]);
  return html`<button type="button" class="button" onClick=${() => copy(code).then(() => { done.value = true; })}>
    <${Icon} name=${done.value ? "check" : "copy"}/>${t("code.copy")}</button>
    <span role="status" class="small quiet">${done.value ? t("code.copied") : ""}</span>`;
};

const Snippet = ({ told }) => {
  const { code, lacks } = told[dialect.value];
  const name = DIALECTS[dialect.value];
  if (!code) return html`<p class="lacking">${t("code.lacks", { name, what: listed(lacks.map((lack) => named("field", lack))) })}</p>`;
  return html`${told.files.length > 0 && html`<p class="gold small">${t("code.files", { files: listed(told.files) })}</p>`}
    <pre lang="en" tabindex="0" role="region" aria-label=${t("code.of", { name })}><code>${tinted(code)}</code></pre>
    <div class="below"><${Copy} code=${code}/><span class="fill"></span>
      <span class="quiet small">${t("code.most", { sum: dollars(told.cost) })}${dialect.value !== "cli" && html` ${t("code.once")}`}</span></div>`;
};

/**
 * The code, with the dialects to choose from.
 * @param {Source} props
 */
export function CodePanel({ job, draft }) {
  const told = useSignal(/** @type {Api.Answer<"POST", "/code">|null} */ (null));
  const trouble = useSignal(null);
  useEffect(() => {
    let meant = true; // an answer to what was asked for before comes too late
    const answer = job ? api("GET", `/jobs/${job}/code`) : api("POST", "/code", draft);
    answer.then((code) => { if (meant) told.value = code; }, (problem) => { if (meant) trouble.value = problem; });
    return () => { meant = false; told.value = null; trouble.value = null; };
  }, [job ?? JSON.stringify(draft)]);
  return html`<div class="code">
    <${Segments} label=${t("code.dialect")} value=${dialect.value} choose=${choose}
      options=${Object.entries(DIALECTS).map(([value, name]) => ({ value, name, lang: "en" }))}/>
    ${told.value ? html`<${Snippet} told=${told.value}/>`
      : trouble.value ? html`<p class="trouble" role="alert">${explained(trouble.value)} <span lang="en">${trouble.value.message}</span></p>`
        : html`<p class="quiet" role="status">${t("waiting")}</p>`}
  </div>`;
}

const Sheet = ({ source }) => {
  const dialog = useRef(null);
  const close = () => dialog.current.close();
  useEffect(() => { dialog.current.showModal(); }, []);
  return html`<dialog class="sheet" ref=${dialog} aria-labelledby="code-title" onClose=${() => { asked.value = null; }}
    onClick=${(event) => event.target === dialog.current && close()}>
    <header><h2 id="code-title">${t(source.job ? "code.job" : "code.draft")}</h2><span class="fill"></span>
      <button class="bare" aria-label=${t("viewer.close")} onClick=${close}><${Icon} name="close"/></button></header>
    <${CodePanel} ...${source}/></dialog>`;
};

/** The sheet; nothing is there until something is to be shown. */
export const CodeSheet = () => asked.value && html`<${Sheet} source=${asked.value}/>`;
