// The same words on the way from a free sketch to what is wanted: which requests that are. Pure.

import { isFilm, isOver } from "./catalogue.js";
import { inputsOf, unplaced } from "./places.js";

/** @typedef {{name: "sketch"|"cheap"|"one"|"whole", body: Api.JobRequest}} Rung */

const least = (numbers) => (numbers.length ? Math.min(...numbers) : undefined);

/** What one piece costs in nano-dollars, as short as can be; what is told by tokens alone cannot be compared. @param {Api.Model} row */
function price(row) {
  const rates = new Map(row.prices.map((told) => [told.per, told.price.nanos]));
  const seconds = rates.get("second") && rates.get("second") * (least(row.ability.seconds) ?? 1);
  return rates.get("picture") ?? seconds ?? rates.get("film") ?? Infinity;
}

/** One piece of it, as short as the model makes it, without what another model does not know. @param {Api.JobRequest} body @param {Api.Model} row @returns {Api.JobRequest} */
function one(body, row) {
  const { ability } = row;
  const known = { aspect: ability.aspects, size: ability.sizes, person: ability.persons };
  const others = Object.entries(body).filter(([name, value]) => !(name in known) || known[name].includes(value));
  const seconds = least(ability.seconds);
  return /** @type {Api.JobRequest} */ ({ ...Object.fromEntries(others), model: row.id, count: 1, ...(seconds ? { seconds } : {}) });
}

/** The model that costs least and can do it, of those that are alive and that somebody makes. @param {Api.JobRequest} body @param {Api.Model} chosen @param {Api.Model[]} rows */
function cheapest(body, chosen, rows) {
  const able = rows.filter((row) => row.ability.anew && !isOver(row) && isFilm(row) === isFilm(chosen)
    && !unplaced(row.ability, inputsOf(body)).length && (!body.task || row.ability.tasks.includes(body.task)));
  return able.sort((a, b) => price(a) - price(b))[0] ?? chosen;
}

/**
 * The rungs, each once, the last of them what is on the desk.
 * @param {Api.JobRequest} body @param {Api.Model} chosen @param {Api.Model[]} rows those that can be asked
 * @returns {Rung[]}
 */
export function rungs(body, chosen, rows) {
  /** @type {Rung[]} */
  const all = [
    { name: "sketch", body: { ...one(body, chosen), sketch: true } },
    { name: "cheap", body: one(body, cheapest(body, chosen, rows)) },
    { name: "one", body: one(body, chosen) },
    { name: "whole", body },
  ];
  const told = all.map((rung) => JSON.stringify(Object.entries(rung.body).sort()));
  return all.filter((_, at) => told.lastIndexOf(told[at]) === at);
}
