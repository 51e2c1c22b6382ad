// A comparison that was asked for: its jobs, in their places. They are all that is kept, in the address and for the next
// visit; whatever else is shown, the jobs tell.

import { api } from "../../base/api.js";
import { asking, go, query, room } from "../../base/address.js";
import { batch, computed, signal } from "../../base/html.js";
import { cancel as end, ended, jobs, learn, token } from "../../works/jobs.js";

const KEPT = "danqing.compared";
const NONE = "-"; // in the place of a cell that was not made
const AT_ONCE = 4;
const AGAIN_MS = 3000;

/** @typedef {{id: string, job: Api.Job|null, asked?: Api.JobRequest, problem?: import("../../base/api.js").Problem, strange?: string[]}} Cell */

/** What is about to be asked for, while the page is open. @type {Signal<Map<number, Omit<Cell, "id"|"job">>>} */
const coming = signal(new Map());
let running = 0; // which comparison is being asked for; another number ends it

const told = computed(() => query.value.get("jobs")?.split("~") ?? []);
/** How many cells are in a row. */
export const across = computed(() => Math.max(Number(query.value.get("across")) || told.value.length, 1));
/** @type {Reading<Cell[]>} */
export const cells = computed(() => {
  const known = new Map(jobs.value.map((job) => [job.id, job]));
  return told.value.map((id, place) => ({ id, job: known.get(id) ?? null, ...coming.value.get(place) }));
});
/** Whether something is still at work or about to be asked for. */
export const busy = computed(() => coming.value.size > 0 && [...coming.value.values()].some(({ problem, strange }) => !problem && !strange)
  || cells.value.some(({ job }) => job && !ended(job)));

/** The address of the comparison before this one, "" for none. */
export const before = () => localStorage.getItem(KEPT) ?? "";

function keep(ids, width, quiet) {
  const place = `compare?across=${width}&jobs=${ids.join("~")}`;
  localStorage.setItem(KEPT, place);
  if (room.value === "compare" && (!quiet || told.value.length)) go(quiet ? asking({ jobs: ids.join("~") }) : place, { quiet });
}

const forget = (place) => {
  const others = new Map(coming.value);
  others.delete(place);
  coming.value = others;
};
const refused = (place, asked, problem) => { coming.value = new Map(coming.value).set(place, { asked, problem }); };
const pause = () => new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });

/** @typedef {{body: Api.JobRequest, cost?: Api.Money, problem?: import("../../base/api.js").Problem, strange?: string[]}} Wanted a cell with what it may cost, or why it cannot be made */

/**
 * One of them, for no more than was told. A limit on how many at once is waited for.
 * @param {Wanted} wanted @param {number} mine
 */
async function ask({ body, cost }, mine) {
  const headers = { "idempotency-key": token(), "x-danqing-max-cost": cost.usd };
  for (;;) {
    try {
      return await api("POST", "/jobs", body, { headers });
    } catch (problem) {
      if (problem.kind !== "busy" || running !== mine) throw problem;
      await pause();
    }
  }
}

/**
 * Have all of it made.
 * @param {Wanted[]} wanted row by row
 * @param {number} width
 */
export async function make(wanted, width) {
  const mine = (running += 1);
  const ids = wanted.map(() => NONE);
  coming.value = new Map(wanted.map(({ body, problem, strange }, place) => [place, { asked: body, problem, strange }]));
  keep(ids, width, false);
  const left = [...wanted.entries()].filter(([, { cost }]) => cost);
  const work = async () => {
    for (let next = left.shift(); next && running === mine; next = left.shift()) {
      const [place, each] = next;
      try {
        const job = await ask(each, mine);
        ids[place] = job.id;
        batch(() => { learn([job]); keep(ids, width, true); if (running === mine) forget(place); });
      } catch (problem) {
        if (running === mine) refused(place, each.body, problem);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Look at another comparison, or at none; what is being asked for goes on no more. */
export function leave() {
  running += 1;
  coming.value = new Map();
}

/** End all that is at work and ask for nothing more. */
export async function cancel() {
  leave();
  await Promise.all(cells.value.map(({ job }) => job && !ended(job) && end(job).catch(() => {})));
}

/** Read the jobs of the address that are not known here, such as after a reload. */
export async function read() {
  const known = new Set(jobs.value.map((job) => job.id));
  const strange = told.value.filter((id) => id !== NONE && !known.has(id));
  learn((await Promise.all(strange.map((id) => api("GET", `/jobs/${id}`).catch(() => null)))).filter(Boolean));
}
