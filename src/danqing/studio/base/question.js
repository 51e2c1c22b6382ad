// A question before something is done that cannot be undone.

import { html, useEffect, useRef, useSignal } from "./html.js";
import { explained, t } from "./words.js";

/**
 * @param {{title: string, label: string, act: () => Promise<unknown>, leave: () => void, children?: Drawn}} props
 *   `label` is what the button that does it says; `leave` is called when it is done, or not to be
 */
export function Question({ title, label, act, leave, children }) {
  const dialog = useRef(null);
  const trouble = useSignal(null);
  const busy = useSignal(false);
  useEffect(() => { dialog.current.showModal(); }, []);
  const go = async () => {
    busy.value = true;
    try {
      await act();
      dialog.current.close();
    } catch (problem) {
      trouble.value = problem;
    }
    busy.value = false;
  };
  return html`<dialog class="question" ref=${dialog} aria-label=${title} onClose=${leave}>
    <h2>${title}</h2>
    ${children}
    ${trouble.value && html`<p class="trouble" role="alert">${explained(trouble.value)}</p>`}
    <div class="answers"><button type="button" autofocus onClick=${() => dialog.current.close()}>${t("question.leave")}</button>
      <button type="button" class="primary" disabled=${busy.value} onClick=${go}>${label}</button></div>
  </dialog>`;
}
