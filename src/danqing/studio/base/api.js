// Asks the native API, as every other client does; the browser's session says for whom.

/** What went wrong, in the API's words; `kind` and `code` are for the studio's own. */
export class Problem extends Error {
  /** @param {{kind: string, code: string, message: string, param?: string|null}} error */
  constructor(error) {
    super(error.message);
    this.kind = error.kind;
    this.code = error.code;
    this.param = error.param ?? null;
  }
}

let signedOut = () => {};

/** @param {() => void} tell called whenever the server no longer knows who asks */
export function whenSignedOut(tell) {
  signedOut = tell;
}

/**
 * One call. Rejects with a Problem, also when there is no answer.
 * @template {string} Method
 * @template {string} Path
 * @param {Method} method
 * @param {Path} path below /api
 * @param {Api.Sent<Method, Path>|Blob} [body] sent as JSON; a file as it is
 * @param {{headers?: Record<string, string>, signal?: AbortSignal}} [also]
 * @returns {Promise<Api.Answer<Method, Path>>}
 */
export async function api(method, path, body, also = {}) {
  /** @type {Record<string, string>} */
  const headers = { "danqing-studio": "1", ...also.headers };
  const file = body instanceof Blob ? body : undefined;
  if (body !== undefined) headers["content-type"] = file ? "application/octet-stream" : "application/json";
  const sent = { method, headers, signal: also.signal, body: file ?? (body === undefined ? undefined : JSON.stringify(body)) };
  let answer, told;
  try {
    answer = await fetch(`/api${path}`, sent);
    told = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ kind: "unreachable", code: "unreachable", message: "" });
  }
  if (answer.ok) return told;
  if (answer.status === 401 && path !== "/session") signedOut();
  throw new Problem(told.error);
}
