// What there is to know of a model before it is asked, in words.

import { byId, hands, isOver } from "../../desk/catalogue.js";
import { who } from "../../base/session.js";
import { spoken, t } from "../../base/words.js";

/** "3–10" where nothing is left out, else "4, 6, 8". @param {number[]} numbers */
function lengths(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const whole = sorted.length > 2 && sorted.at(-1) - sorted[0] === sorted.length - 1;
  return whole ? `${sorted[0]}–${sorted.at(-1)}` : sorted.join(", ");
}

/** What it can do, in short. @param {Api.Model} row @returns {string[]} */
export function limits({ ability }) {
  const film = ability.makes.includes("video");
  return [
    ability.seconds.length && t("seconds", { n: lengths(ability.seconds) }),
    ability.sizes.join(", "),
    film && t(ability.audio ? "model.sound" : "model.silent"),
    ability.count.max > 1 && t("model.most", { n: ability.count.max }),
    ability.pictures_max && t("model.pictures", { n: ability.pictures_max }),
    ability.frames && t("model.frames"),
    ability.languages.length && t("model.reads", { languages: ability.languages.map(spoken).join(", ") }),
  ].filter(Boolean);
}

/** Until when there is such a model, or who makes its work now; "" when nothing is known. @param {Api.Model} row */
export function ending(row) {
  const { shutdown: day, successor } = row.lifecycle;
  if (!day) return "";
  const heir = byId.value.get(successor)?.title;
  if (!isOver(row)) return t("model.ends", { day });
  return heir ? t("model.heir", { day, heir }) : t("model.over", { day });
}

/** Who would make it for this key: the Sketch engine, upstreams, or nobody. @param {Api.Model} row */
export function hand(row) {
  if (who.value?.key?.test) return { kind: "test", name: t("tile.sketch") };
  const names = hands.value.get(row.id);
  return names ? { kind: "live", name: names.join(", ") } : { kind: "none", name: t("model.nobody") };
}

/** Who makes what was quoted, and with which model where that is another one. @param {Api.Quote} told */
export function maker(told) {
  if (told.sketch) return t("model.sketch");
  const other = told.upstream && told.upstream !== told.model ? ` · ${told.upstream}` : "";
  return t("model.real", { who: told.provider + other });
}
