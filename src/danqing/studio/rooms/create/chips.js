// What the draft begins with, as small pictures that say what they are there for.

import { choose, model, take } from "../../desk/draft.js";
import { arriving, forget, homeless, host, inputs, isMoving, look, move, recognised, remove, useAsInput } from "../../desk/inputs.js";
import { placesOf } from "../../desk/places.js";
import { api } from "../../base/api.js";
import { html } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { explained, t } from "../../base/words.js";
import { recipeOf } from "../../works/reuse.js";

const Seen = ({ address }) => (isMoving(address)
  ? html`<video src=${look(address)} muted playsinline preload="metadata"></video>`
  : html`<img src=${look(address)} alt=""/>`);

const Place = ({ input }) => {
  const places = placesOf(model.value.ability, input.place === "film");
  const told = places.includes(input.place) ? places : [input.place, ...places];
  if (told.length < 2) return html`<span class="place">${t(`place.${input.place}`)}</span>`;
  return html`<select class="place" aria-label=${t("place.label")} value=${input.place} onChange=${(event) => move(input, event.target.value)}>
    ${told.map((place) => html`<option key=${place} value=${place} selected=${place === input.place}>${t(`place.${place}`)}</option>`)}</select>`;
};

const Chip = ({ input }) => html`<li class=${homeless.value.includes(input) ? "chip strange" : "chip"}><${Seen} address=${input.address}/><${Place} input=${input}/>
  <button type="button" class="bare" aria-label=${t("place.remove")} onClick=${() => remove(input)}><${Icon} name="close"/></button></li>`;

const Arrival = ({ arrival }) => html`<li class=${arrival.trouble ? "chip strange" : "chip"}>
  ${arrival.look && (arrival.film ? html`<video src=${arrival.look} muted></video>` : html`<img src=${arrival.look} alt=""/>`)}
  ${arrival.trouble
    ? html`<span class="trouble" role="alert"><b>${arrival.name}</b> ${explained(arrival.trouble)} <span lang="en">${arrival.trouble.message}</span></span>`
    : html`<span role="status">${t("place.sending")}</span>`}
  ${arrival.trouble && html`<button type="button" class="bare" aria-label=${t("place.remove")} onClick=${() => forget(arrival)}><${Icon} name="close"/></button>`}</li>`;

/** A file that Danqing made can give back how it was made. */
const Recognised = () => {
  const { look: seen, file, told } = recognised.value;
  const film = file.type.startsWith("video");
  const again = async () => {
    recognised.value = null;
    // What a work of one's own was made from is known, and is part of it.
    const story = told.asset && await api("GET", `/assets/${told.asset.file}`).catch(() => null);
    await take(/** @type {any} */ (story ? recipeOf(story) : told.recipe));
  };
  return html`<div class="recognised" role="group" aria-label=${t("recognised.title")}>
    ${film ? html`<video src=${seen} muted></video>` : html`<img src=${seen} alt=""/>`}
    <div><b>${t("recognised.title")}</b><p class="quiet small">${told.recipe.prompt}</p>
      <p class="acts"><button type="button" class="primary" onClick=${again}>${t("recognised.recipe")}</button>
        <button type="button" onClick=${useAsInput}>${t(film ? "recognised.film" : "recognised.picture")}</button>
        <button type="button" onClick=${() => { recognised.value = null; }}>${t("recognised.neither")}</button></p></div></div>`;
};

const Homeless = () => html`<p class="advice" role="status"><span class="gold">${t("place.homeless", { model: model.value.title })}</span>
  ${host.value
    ? html`<button type="button" onClick=${() => choose(host.value.id)}>${t("place.ask", { model: host.value.title })}</button>`
    : html`<span class="quiet">${t("place.nobody")}</span>`}</p>`;

/** All of it, above the words. */
export function Chips() {
  return html`${recognised.value && html`<${Recognised}/>`}
    ${inputs.value.length + arriving.value.length > 0 && html`<ul class="chips" aria-label=${t("place.all")}>
      ${inputs.value.map((input) => html`<${Chip} key=${input.address} input=${input}/>`)}
      ${arriving.value.map((arrival) => html`<${Arrival} arrival=${arrival}/>`)}</ul>`}
    ${homeless.value.length > 0 && html`<${Homeless}/>`}`;
}
