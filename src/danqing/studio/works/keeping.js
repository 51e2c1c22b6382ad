// What a reader does with works: mark them, put them on boards, take them away. Every list learns of it at once.

import { api } from "../base/api.js";
import { signal } from "../base/html.js";

/** Marks that were set or taken away since a list was read, by file. @type {Signal<Map<string, boolean>>} */
const marks = signal(new Map());
/** Files that were taken away. @type {Signal<Set<string>>} */
export const gone = signal(new Set());
/** The key's boards by name; null until they are read. @type {Signal<Api.Board[]|null>} */
export const boards = signal(null);
/** Counts changes of what is on which board. */
export const pinned = signal(0);

/** Why the last of these could not be done. @type {Signal<import("../base/api.js").Problem|null>} */
export const failure = signal(null);

/** Do one of these, and have it told if it cannot be done. @param {Promise<unknown>} done */
export const attempt = (done) => done.then(() => { failure.value = null; }, (problem) => { failure.value = problem; });

/** @param {{file: string, starred?: string|null}} work */
export const isStarred = (work) => marks.value.get(work.file) ?? Boolean(work.starred);

/** @param {string[]} files @param {boolean} on */
export async function star(files, on) {
  for (const file of files) {
    const told = await api(on ? "PUT" : "DELETE", `/assets/${file}/star`);
    marks.value = new Map(marks.value).set(file, Boolean(told.starred));
  }
}

/** Take files away for good; their jobs and bills stay. @param {string[]} files */
export async function remove(files) {
  for (const file of files) {
    await api("DELETE", `/assets/${file}`).catch((problem) => { if (problem.kind !== "not_found") throw problem; });
    gone.value = new Set(gone.value).add(file);
  }
  if (boards.value) await readBoards();
}

/** Read which boards there are. */
export async function readBoards() {
  boards.value = (await api("GET", "/boards")).boards;
}

/** @param {string} name @returns {Promise<Api.Board>} the new one */
export async function addBoard(name) {
  const board = await api("POST", "/boards", { name });
  await readBoards();
  return board;
}

/** @param {string} id @param {string} name */
export async function renameBoard(id, name) {
  await api("PATCH", `/boards/${id}`, { name });
  await readBoards();
}

/** Take a board down; what was on it stays. @param {string} id */
export async function removeBoard(id) {
  await api("DELETE", `/boards/${id}`);
  await readBoards();
}

/** @param {string} id @param {string[]} files */
export async function pin(id, files) {
  await api("POST", `/boards/${id}/assets`, { assets: files });
  await readBoards();
  pinned.value += 1;
}

/** @param {string} id @param {string[]} files */
export async function unpin(id, files) {
  for (const file of files) await api("DELETE", `/boards/${id}/assets/${file}`);
  await readBoards();
  pinned.value += 1;
}
