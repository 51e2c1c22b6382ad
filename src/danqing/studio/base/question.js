// A question before something is done that cannot be undone, or that needs to be told how.

import { html, useEffect, useRef, useSignal } from "./html.js";
import { explained, t } from "./words.js";

/**
 * @param {{title: string, label: string, act: () => Promise<unknown>, leave: () => void, children?: Drawn}} props
 *   `label` is what the button that does it says; `leave` is called when it is done, or not to be
 */
export function Question({ title, label, act, leave, children }) {
  const dialog = useRef(/** @type {any} */ (null));
  const trouble = useSignal(/** @type {import("./api.js").Problem|null} */ (null));
  const busy = useSignal(false);
  useEffect(() => { dialog.current.showModal(); }, []);
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    busy.value = true;
    try {
      await act();
      dialog.current.close();
    } catch (problem) {
      trouble.value = /** @type {any} */ (problem);
    }
    busy.value = false;
  };
  return html`<dialog class="question" ref=${dialog} aria-label=${title} onClose=${leave}>
    <form onSubmit=${go}>
      <h2>${title}</h2>
      ${children}
      ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)} <span class="small" lang="en">${trouble.value.message}</span></p>`}
      <div class="answers"><button type="button" autofocus onClick=${() => dialog.current.close()}>${t("question.leave")}</button>
        <button class="primary" disabled=${busy.value}>${label}</button></div>
    </form>
  </dialog>`;
}
