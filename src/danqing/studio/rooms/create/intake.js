// Files come in by being chosen, dropped anywhere in the room, or pasted; a work of one's own by being dragged to the words.

import { ACCEPTED, bring, put } from "../../desk/inputs.js";
import { html, signal, useEffect, useRef } from "../../base/html.js";
import { Icon } from "../../base/shapes.js";
import { t } from "../../base/words.js";
import { jobs } from "../../works/jobs.js";

const OWN = /\/api\/(?:assets|files)\/([a-z0-9]{1,64})/;
/** Whether something is held over the room that may be dropped. */
export const hovering = signal(false);

/** @param {string} file one of the key's */
const isFilm = (file) => jobs.value.some((job) => job.outputs.some((output) => output.file === file && output.medium === "video"));

/** @param {DataTransfer} held */
const carries = (held) => [...held.types].some((type) => type === "Files" || type === "text/uri-list");

function drop(event) {
  hovering.value = false;
  if (!carries(event.dataTransfer)) return;
  event.preventDefault();
  const own = OWN.exec(event.dataTransfer.getData("text/uri-list"));
  if (own) put(`files/${own[1]}`, isFilm(own[1]));
  else if (event.dataTransfer.files.length) bring([...event.dataTransfer.files]);
}

function over(event) {
  if (!carries(event.dataTransfer)) return;
  event.preventDefault();
  hovering.value = true;
}

function paste(event) {
  const files = [...event.clipboardData.files];
  if (!files.length) return; // words go where the caret is
  event.preventDefault();
  bring(files);
}

const leave = (event) => { if (!event.relatedTarget) hovering.value = false; };
const end = () => { hovering.value = false; };

/** Listen as long as the room is open. */
export function useIntake() {
  useEffect(() => {
    const heard = Object.entries({ drop, dragover: over, dragleave: leave, dragend: end, paste });
    for (const [name, hear] of heard) document.addEventListener(name, hear);
    return () => heard.forEach(([name, hear]) => document.removeEventListener(name, hear));
  }, []);
}

/** The button that opens the file chooser. */
export function Choose() {
  const chooser = useRef(null);
  const chosen = (event) => {
    bring([...event.target.files]);
    event.target.value = ""; // the same file may be chosen again
  };
  return html`<button type="button" class="tool" aria-label=${t("place.add")} title=${t("place.add")} onClick=${() => chooser.current.click()}><${Icon} name="clip"/></button>
    <input ref=${chooser} type="file" hidden multiple accept=${ACCEPTED} aria-label=${t("place.add")} onChange=${chosen}/>`;
}
