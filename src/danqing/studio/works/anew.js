// A job that is made once more, or asked for once more, for the price that was told before.

import { api } from "../base/api.js";
import { learn, token } from "./jobs.js";

/**
 * `retry`: what came to nothing is asked for under the same terms; `same` and `fresh`: it is made anew, from the same
 * seed or from another.
 * @typedef {"retry"|"same"|"fresh"} Way
 */

/** @param {Api.Job} job @param {Way} way @returns {[string, object|undefined]} */
const asked = (job, way) =>
  (way === "retry" ? [`/jobs/${job.id}/retry`, undefined] : [`/jobs/${job.id}/again`, way === "same" ? { seed: "same" } : {}]);

/**
 * What it would cost at the most; nothing is made.
 * @param {Api.Job} job
 * @param {Way} way
 * @returns {Promise<Api.Quote>}
 */
export async function priced(job, way) {
  const [path, body] = asked(job, way);
  return /** @type {any} */ (await api("POST", path, body, { headers: { "danqing-dry-run": "true" } }));
}

/**
 * Have it made, for no more than was told; the new job.
 * @param {Api.Job} job
 * @param {Way} way
 * @param {Api.Money} cost
 * @returns {Promise<Api.Job>}
 */
export async function made(job, way, cost) {
  const [path, body] = asked(job, way);
  const guard = { "x-danqing-max-cost": cost.usd, ...(way !== "retry" && { "idempotency-key": token() }) }; // a retry is one job by itself
  const anew = /** @type {any} */ (await api("POST", path, body, { headers: guard }));
  learn([anew]);
  return anew;
}
