"""Which languages a prompt is written in, and which of them a model does not understand."""

from collections.abc import Collection
from dataclasses import dataclass

UNDETERMINED = "und"  # BCP 47's code for what has no language: numbers, marks, a row of emoji


@dataclass(frozen=True, slots=True)
class Languages:
    """`main` and the `others` beside it as BCP 47 codes: "en", "zh-Hant", "ja-Latn" for Japanese in Latin letters."""

    main: str
    others: tuple[str, ...] = ()

    def beyond(self, understood: Collection[str]) -> tuple[str, ...]:
        """Those that are not understood; none when `understood` is empty, which is every language.

        Who understands "zh" understands it in both scripts, and nobody is asked to read Latin letters for it.
        """
        if not understood:
            return ()
        return tuple(code for code in (self.main, *self.others) if not _among(code, understood))


def _among(code: str, understood: Collection[str]) -> bool:
    language, _, script = code.partition("-")
    return code == UNDETERMINED or code in understood or (language in understood and script != "Latn")
