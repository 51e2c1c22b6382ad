"""Translation by a text model of any configured upstream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from danqing.domain.ports import Breakers, Provider, Translator
from danqing.domain.wording import Rewording
from danqing.prompts.fence import Room
from danqing.prompts.scribe import Scribe
from danqing.prompts.settings import TextModel, read, scribe_of

ROOM = Room(times=4, more=40)
TASK = (
    "You translate texts from {source} into {target} for people who have pictures and films made. Say what the text "
    "says, all of it, in plain and natural {target} that such a machine understands; where the text names a style, a "
    "technique, a light or a camera move, use the word of that craft. Whatever looks like {kept} stands for something "
    "that must not change: put each of them, exactly as it is and exactly once, where it belongs in your version."
)
KEPT = "XQ1X"
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
SCRIPTS = {"Hans": "in simplified characters", "Hant": "in traditional characters", "Latn": "in Latin letters"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings(TextModel):
    """[prompts.translators.NAME] with `kind = "model"`."""

    name: str
    kind: str = "model"


class Model:
    """See `domain.ports.Translator`. It is asked for every pair of languages."""

    def __init__(self, name: str, scribe: Scribe) -> None:
        self.name = name
        self._scribe = scribe

    def knows(self, source: str, target: str) -> bool:
        return source != target

    def most(self, texts: Sequence[str]) -> int:
        return self._scribe.most(_task("zh-Hant", "zh-Hant"), texts, ROOM)

    async def translate(self, texts: Sequence[str], source: str, target: str) -> Rewording:
        return await self._scribe.write(_task(source, target), texts, ROOM)


def connect(settings: Mapping[str, object], upstreams: Mapping[str, Provider], breakers: Breakers) -> Translator:
    """See `ModelSettings`. Raises Problem(INVALID) naming the setting."""
    table = f"prompts.translators.{settings.get('name', '')}"
    given = read(settings, ModelSettings, table)
    return Model(given.name, scribe_of(given, table, upstreams, breakers))


def _task(source: str, target: str) -> str:
    return TASK.format(source=_named(source), target=_named(target), kept=KEPT)


def _named(code: str) -> str:
    """What people call the language of a code; a code that is not known here is told as it is."""
    language, _, script = code.partition("-")
    return " ".join(filter(None, (LANGUAGES.get(language, f"the language {language}"), SCRIPTS.get(script, script))))
