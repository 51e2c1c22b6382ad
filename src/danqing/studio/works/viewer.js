// One work, large, with what it was made from.

import { api } from "../base/api.js";
import { html, useEffect, useRef, useSignal } from "../base/html.js";
import { Icon } from "../base/shapes.js";
import { dollars, moment, named, t } from "../base/words.js";
import { showCode } from "./code.js";
import { isStarred, star } from "./keeping.js";
import { close, showing, shown } from "./showing.js";

const Facts = ({ work, story }) => {
  const asked = Object.entries(story?.parameters ?? {}).filter(([name]) => ["aspect", "size", "seconds", "seed", "person", "negative"].includes(name));
  const rows = [
    [t("viewer.model"), work.model],
    story && [t("viewer.cost"), dollars(story.charged)],
    work.width && [t("viewer.pixels"), `${work.width} × ${work.height}`],
    work.seconds && [t("field.seconds"), t("seconds", { n: work.seconds })],
    ...asked.filter(([name]) => name !== "seconds").map(([name, value]) => [t(`field.${name}`), named(name, value)]),
    story && [t("viewer.made"), moment(story.created)],
  ].filter(Boolean);
  return html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
};

/** The dialog; it is there all the time and opens by itself. */
export function Viewer() {
  const dialog = useRef(null);
  const story = useSignal(null);
  const file = showing.value;
  const told = story.value?.file === file ? story.value : null;
  const work = shown.value ?? told;
  useEffect(() => {
    if (!file) return dialog.current.close();
    if (!dialog.current.open) dialog.current.showModal();
    api("GET", `/assets/${file}`).then((answer) => { story.value = answer; }, close);
  }, [file]);
  const starred = work && isStarred(told ?? work);
  const address = work && `/api/files/${work.file}`;
  return html`<dialog class="viewer" ref=${dialog} aria-label=${t("viewer.label")} onClose=${close}
    onClick=${(event) => event.target === dialog.current && dialog.current.close()}>${work && html`
    <figure>${work.medium === "video"
      ? html`<video src=${address} controls autoplay loop playsinline></video>`
      : html`<img src=${address} alt=${work.prompt} width=${work.width} height=${work.height}/>`}</figure>
    <div class="told">
      <button class="bare" aria-label=${t("viewer.close")} onClick=${() => dialog.current.close()}><${Icon} name="close"/></button>
      ${work.sketch && html`<p class="badge test">${t("tile.sketch")}</p>`}
      <p class="said">${work.prompt}</p>
      ${work.sketch && html`<p class="quiet small">${t("viewer.sketch")}</p>`}
      <${Facts} work=${work} story=${told}/>
      <div class="acts">
        <a class="button" href=${`${address}?attach`} download><${Icon} name="save"/>${t("viewer.save")}</a>
        <button onClick=${() => showCode({ job: work.job })}><${Icon} name="code"/>${t("code.show")}</button>
        <button aria-pressed=${starred ? "true" : "false"} onClick=${() => star([file], !starred)}><${Icon} name="star"/>${t(starred ? "viewer.starred" : "viewer.star")}</button>
      </div>
    </div>`}</dialog>`;
}
