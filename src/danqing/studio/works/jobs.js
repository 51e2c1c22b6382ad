// The key's jobs as they are now. One stream of events for all tabs of a browser: HTTP/1.1 has six connections to a host.

import { api } from "../base/api.js";
import { effect, signal } from "../base/html.js";
import { recall } from "../base/session.js";

const SHOWN = 60;
const PAUSE_MS = 3000;
const ENDED = new Set(["done", "failed", "cancelled", "unknown"]);

/** Newest first. @type {Signal<Api.Job[]>} */
export const jobs = signal([]);
export const live = signal(false);

/** @param {Api.Job} job */
export const ended = (job) => ENDED.has(job.state);

/**
 * Put what was told about jobs in its place; older news of a job does not undo newer.
 * @param {Api.Job[]} told
 */
export function learn(told) {
  const known = new Map(jobs.value.map((job) => [job.id, job]));
  for (const job of told) {
    const before = known.get(job.id);
    if (!before || !(ended(before) && !ended(job)) && job.updated >= before.updated) known.set(job.id, job);
  }
  jobs.value = [...known.values()].sort((a, b) => b.created.localeCompare(a.created) || b.id.localeCompare(a.id));
}

const reread = async () => learn((await api("GET", `/jobs?limit=${SHOWN}`)).jobs);

/** Follow the key's jobs until the function that is returned is called. */
export function follow() {
  const channel = new BroadcastChannel("danqing-jobs");
  /** @type {EventSource} */
  let source = null;
  /** @type {(told?: unknown) => void} */
  let leave = () => {};
  let again = 0;
  const tell = (news) => { channel.postMessage(news); hear(news); };
  const hear = ({ job, open }) => {
    if (job) learn([job]);
    if (open !== undefined) live.value = open;
    if (open) reread().catch(() => {});
  };
  channel.onmessage = (event) => hear(event.data);
  const connect = () => {
    source = new EventSource("/api/events");
    source.onopen = () => tell({ open: true });
    source.onmessage = (event) => tell({ job: JSON.parse(event.data) });
    source.onerror = () => {
      tell({ open: false });
      if (source.readyState !== EventSource.CLOSED) return; // the browser asks again by itself
      recall().catch(() => {}); // the session has ended, perhaps, or the server is starting
      again = setTimeout(connect, PAUSE_MS);
    };
  };
  const listen = () => {
    connect();
    return new Promise((resolve) => { leave = resolve; });
  };
  const ending = new AbortController();
  if (navigator.locks) navigator.locks.request("danqing-jobs", { signal: ending.signal }, listen).catch(() => {});
  else listen(); // pages without TLS elsewhere than on this machine have no locks
  reread().then(() => { live.value = true; }, () => {});
  return () => {
    ending.abort();
    clearTimeout(again);
    source?.close();
    leave();
    channel.close();
    jobs.value = [];
  };
}

/**
 * Have the draft made, for no more than was told; asked twice it is still one job.
 * @param {Api.JobRequest} body
 * @param {Api.Money} cost
 * @returns {Promise<Api.Job>}
 */
export async function make(body, cost) {
  const headers = { "idempotency-key": token(), "x-danqing-max-cost": cost.usd };
  const job = await api("POST", "/jobs", body, { headers });
  learn([job]);
  return job;
}

/** A job when it has ended. @param {Api.Job} job @returns {Promise<Api.Job>} */
export const ending = (job) => new Promise((resolve) => {
  const stop = effect(() => {
    const now = jobs.value.find(({ id }) => id === job.id) ?? job;
    if (!ended(now)) return;
    queueMicrotask(() => stop());
    resolve(now);
  });
});

/** End a job and have its money back. @param {Api.Job} job */
export const cancel = async (job) => learn([await api("POST", `/jobs/${job.id}/cancel`)]);

/** What makes a request known again when it is sent twice. crypto.randomUUID would want TLS. */
export const token = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
