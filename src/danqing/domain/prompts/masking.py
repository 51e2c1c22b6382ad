"""Puts marks that a translator copies in the place of what must be kept, and puts that back byte for byte."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from danqing.domain.errors import Kind, Problem
from danqing.domain.prompts.spans import Span, kept

_ENDS_IN_WORD = re.compile(r"[A-Za-z0-9]\Z")
_WORD, _WORD_OR_SIGN = re.compile(r"[A-Za-z0-9]"), re.compile(r"[A-Za-z0-9@#]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose kept stretches were taken out. `letters` are in no other place of it, in upper or lower case."""

    text: str
    kept: tuple[str, ...]
    letters: str

    @property
    def marks(self) -> tuple[str, ...]:
        """What stands in the text for each kept stretch, in order."""
        return tuple(_mark(self.letters, number) for number in range(1, len(self.kept) + 1))

    def restore(self, translation: str) -> str:
        """The translation with every kept stretch in the place of its mark, in whatever order they have come.

        Raises Problem(UPSTREAM, kept_text_lost) when a mark is missing, doubled or made up: what the author wanted kept
        would be lost.
        """
        pattern = re.compile(rf"{self.letters}\s?(\d{{1,6}})\s?{self.letters[0]}", re.IGNORECASE)
        found = [int(match[1]) for match in pattern.finditer(translation)]
        if sorted(found) != list(range(1, len(self.kept) + 1)):
            message = "The translation lost or changed something that must stay as it was written, such as quoted text."
            raise Problem(Kind.UPSTREAM, message, param="prompt", code="kept_text_lost")
        return "".join(_pieces(translation, [*pattern.finditer(translation)], self.kept))


def mask(text: str, language: str = "") -> Masked:
    """Take out what `spans.kept` finds."""
    spans = kept(text, language)
    letters = "XQ"
    while letters.casefold() in text.casefold():
        letters += "Q"
    return Masked(_masked(text, spans, letters), tuple(text[span.start : span.stop] for span in spans), letters)


def _masked(text: str, spans: Sequence[Span], letters: str) -> str:
    pieces, end = [], 0
    for number, span in enumerate(spans, 1):
        pieces += [text[end : span.start], _mark(letters, number)]
        end = span.stop
    return "".join([*pieces, text[end:]])


def _mark(letters: str, number: int) -> str:
    return f"{letters}{number}{letters[0]}"


def _pieces(translation: str, marks: Sequence[re.Match[str]], kept: Sequence[str]) -> Iterator[str]:
    """What stands between the marks and what they stand for. A handle or a number never grows into a word beside it."""
    end, last = 0, ""
    for match in marks:
        stretch = kept[int(match[1]) - 1]
        between = translation[end : match.start()]
        yield _apart(last, between, _WORD)
        yield _apart(between, stretch, _WORD_OR_SIGN) if between else stretch
        end, last = match.end(), stretch
    yield _apart(last, translation[end:], _WORD)


def _apart(before: str, after: str, goes_on: re.Pattern[str]) -> str:
    """`after` with a space in front where it would go on a word that `before` ends with."""
    return f" {after}" if _ENDS_IN_WORD.search(before) and goes_on.match(after) else after
