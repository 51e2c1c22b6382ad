// How the studio speaks and how light it is.

import { html } from "./html.js";
import { LANGUAGES, THEMES, language, theme } from "./preferences.js";
import { Segments } from "./segments.js";
import { t } from "./words.js";

/** The languages, each in its own words. */
export const LanguagePicker = () => html`<${Segments} label=${t("settings.language")} value=${language.value}
  choose=${(tag) => { language.value = tag; }} options=${Object.entries(LANGUAGES).map(([tag, name]) => ({ value: tag, name, lang: tag }))}/>`;

/** Light, dark, or as the system is. */
export const ThemePicker = () => html`<${Segments} label=${t("settings.theme")} value=${theme.value}
  choose=${(value) => { theme.value = value; }} options=${THEMES.map((value) => ({ value, name: t(`theme.${value}`) }))}/>`;
