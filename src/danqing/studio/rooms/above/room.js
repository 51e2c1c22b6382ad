// What opens above every room: a work, large, and code.

import { html } from "../../base/html.js";
import { CodeSheet } from "../../works/code.js";
import { Viewer } from "../../works/viewer/viewer.js";

/** It is there all the time, and shows itself when there is something to be shown. */
export const Room = () => html`<${Viewer}/><${CodeSheet}/>`;
