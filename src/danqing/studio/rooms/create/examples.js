// What to begin with when nothing was made yet: what the models were shown with when they were introduced.

import { byId, isFilm } from "../../desk/catalogue.js";
import { take } from "../../desk/draft.js";
import { html } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { t } from "../../base/words.js";

const SHOWN = [
  { name: "logo", model: "imagen-3.0-generate-002", count: 1 },
  { name: "landscape", model: "gemini-2.0-flash-preview-image-generation" },
  { name: "kitten", model: "veo-2.0-generate-001", count: 1 },
  { name: "cat", model: "veo-3.0-generate-preview", count: 1 },
  { name: "butterfly", model: "imagen-4.0-generate-preview-05-20", count: 2, aspect: "16:9" },
];

/** Prompts that one click puts on the desk. */
export function Examples() {
  const shown = SHOWN.filter(({ model }) => byId.value.has(model));
  return html`<section class="examples"><h2>${t("create.empty")}</h2>
    <ul>${shown.map(({ name, ...wishes }) => html`<li key=${name}><button onClick=${() => take({ ...wishes, prompt: t(`example.${name}`) })}>
      <${Icon} name=${isFilm(byId.value.get(wishes.model)) ? "film" : "picture"}/><span class="words">${t(`example.${name}`)}</span>
      <small class="quiet">${byId.value.get(wishes.model).title}</small></button></li>`)}</ul></section>`;
}
