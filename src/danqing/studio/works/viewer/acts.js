// What one does with a work: go on from it, use what it was made with, keep it, show it to others, take it away.

import { Copy } from "../../base/clipboard.js";
import { html, useEffect, useSignal } from "../../base/html.js";
import { Question } from "../../base/question.js";
import { makes } from "../../base/session.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { readModels } from "../../desk/catalogue.js";
import { showCode } from "../code.js";
import { remove } from "../keeping.js";
import { Onto } from "../onto.js";
import { begin, inputsOf, waysOf } from "../reuse.js";
import { close, leaf, neighbour } from "../showing.js";
import { Sharing } from "./sharing.js";

const ICONS = { vary: "again", edit: "brush", animate: "film", enlarge: "enlarge", extend: "sending", prompt: "rename", sent: "sending", all: "copy", seed: "sprout" };
const ON = ["vary", "edit", "animate", "enlarge", "extend"];

const Ways = ({ ways, label, fail }) => html`<section class="ways" aria-label=${label}><h3>${label}</h3>
  <div>${ways.map(({ name, body }) => html`<button key=${name} onClick=${() => begin(body).catch(fail)}><${Icon} name=${ICONS[name]}/>${t(`reuse.${name}`)}</button>`)}</div></section>`;

/** @param {{story: Api.AssetStory}} props */
export function Acts({ story }) {
  const trouble = useSignal(null);
  const opened = useSignal("");
  const fail = (problem) => { trouble.value = problem; };
  const leave = () => { opened.value = ""; };
  useEffect(() => { leave(); trouble.value = null; readModels().catch(fail); }, [story.file]);
  const ways = waysOf(story);
  const away = async () => {
    const another = neighbour(1) ? 1 : -1;
    const stays = neighbour(another);
    if (stays) leaf(another);
    await remove([story.file]);
    if (!stays) close();
  };
  return html`${makes.value && html`<${Ways} label=${t("reuse.on")} ways=${ways.filter(({ name }) => ON.includes(name))} fail=${fail}/>
      <${Ways} label=${t("reuse.use")} ways=${ways.filter(({ name }) => !ON.includes(name))} fail=${fail}/>
      ${story.sources.length > 0 && !inputsOf(story) && html`<p class="quiet small">${t("reuse.lost")}</p>`}`}
    <div class="acts">
      <a class="button" href=${`/api/files/${story.file}?attach`} download><${Icon} name="save"/>${t("viewer.save")}</a>
      <button onClick=${() => showCode({ job: story.job })}><${Icon} name="code"/>${t("code.show")}</button>
      <${Copy} text=${story.prompt} label=${t("viewer.copy")}/>
      ${makes.value && html`<${Onto} files=${[story.file]} fail=${fail}/><button aria-expanded=${opened.value === "share" ? "true" : "false"} onClick=${() => { opened.value = opened.value === "share" ? "" : "share"; }}><${Icon} name="link"/>${t("share.title")}</button>
        <button onClick=${() => { opened.value = "remove"; }}><${Icon} name="remove"/>${t("library.remove")}</button>`}
    </div>
    ${opened.value === "share" && html`<${Sharing} file=${story.file}/>`}
    ${opened.value === "remove" && html`<${Question} title=${t("library.remove.ask", { n: 1 })} label=${t("library.remove.go")} act=${away} leave=${leave}><p>${t("library.remove.means")}</p></${Question}>`}
    ${trouble.value && html`<p class="trouble small" role="alert">${explained(trouble.value)}</p>`}`;
}
