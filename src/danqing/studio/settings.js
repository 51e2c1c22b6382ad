// How the studio speaks and how light it is.

import { html } from "./html.js";
import { LANGUAGES, THEMES, language, theme } from "./preferences.js";
import { t } from "./words.js";

const Segments = ({ label, options, chosen }) => html`<div class="segments" role="radiogroup" aria-label=${label}>
  ${options.map(([value, name, lang]) => html`<button type="button" role="radio" lang=${lang}
    aria-checked=${chosen.value === value ? "true" : "false"} onClick=${() => { chosen.value = value; }}>${name}</button>`)}
</div>`;

/** The languages, each in its own words. */
export const LanguagePicker = () => html`<${Segments} label=${t("settings.language")} chosen=${language}
  options=${Object.entries(LANGUAGES).map(([tag, name]) => [tag, name, tag])}/>`;

/** Light, dark, or as the system is. */
export const ThemePicker = () => html`<${Segments} label=${t("settings.theme")} chosen=${theme}
  options=${THEMES.map((value) => [value, t(`theme.${value}`)])}/>`;
