// The secret of a key that was just made. It is shown this once and kept nowhere.

import { html, useEffect, useRef, useSignal } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { t } from "../../base/words.js";
import { secret } from "./office.js";

/** The dialog; it forgets the secret when it is closed. */
export function Secret() {
  const dialog = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const shown = useRef(/** @type {HTMLInputElement|null} */ (null));
  const copied = useSignal(false);
  useEffect(() => { dialog.current.showModal(); }, []);
  const copy = async () => {
    shown.current.select();
    // Pages without TLS elsewhere than on this machine have no clipboard; what is selected is copied by hand.
    copied.value = await (navigator.clipboard?.writeText(secret.value.secret).then(() => true, () => false) ?? false);
  };
  return html`<dialog class="question" ref=${dialog} aria-labelledby="secret-of" onClose=${() => { secret.value = null; }}>
    <form method="dialog">
      <h2 id="secret-of">${t("keys.secret.of", { name: secret.value.name })}</h2>
      <p class="gold">${t("keys.secret.once")}</p>
      <div class="secret"><input ref=${shown} readonly aria-label=${t("keys.secret")} value=${secret.value.secret} onFocus=${(event) => event.target.select()}/>
        <button type="button" onClick=${copy}><${Icon} name="library"/>${t("keys.copy")}</button></div>
      <p class="small quiet" role="status">${copied.value && t("keys.copied")}</p>
      <div class="answers"><button class="primary">${t("keys.secret.kept")}</button></div>
    </form>
  </dialog>`;
}
