"""Finds names by their form alone: InferEra, RX-78, Vincent van Gogh, and what is Latin in a text that is not."""

import re
from collections.abc import Iterator

from danqing.domain.prompts.scripts import LATIN, weigh

_UPPER = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĻŁŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽƠƯ"
_LOWER = r"a-zß-öø-ÿăąćčďđēęěğģīįıķļłńņňōőœřśşšţťūůűųźżžơưạ-ỹ"
_START, _STOP = rf"(?<![{LATIN}0-9'’])", rf"(?![{LATIN}0-9-])"
_WORD = re.compile(rf"[{LATIN}0-9][{LATIN}0-9'’&+-]*")
_BRAND = rf"{_START}(?:[{_LOWER}]{{1,3}}[{_UPPER}]|[{_UPPER}][{_LOWER}]+[{_UPPER}])[{LATIN}0-9]*[{LATIN}0-9]"
_MAKE = rf"{_START}(?:[A-Z]{{1,4}}-?\d[A-Z0-9-]*|\d[A-Z][A-Z0-9]*){_STOP}"
_CODED = re.compile(f"{_BRAND}|{_MAKE}")
_CAPITAL = rf"(?:[{_UPPER}][{_LOWER}'’-]+[{LATIN}]*|[{_UPPER}]\.)"
_PARTICLE = r"(?:d[aeiu]|d[eo]s|del|della|l[aeo]|van|von|der|den|ten|zu|al|el|bin|ibn|y)"
_FULL = re.compile(rf"{_START}{_CAPITAL}(?:\s(?:{_PARTICLE}\s){{0,2}}{_CAPITAL}(?![{LATIN}0-9])){{1,4}}")
_CAPITALS = re.compile(rf"{_START}[{_UPPER}][{LATIN}0-9'’&-]*(?:\s[{_UPPER}0-9][{LATIN}0-9'’&-]*){{0,4}}")
# What stands before a name with a capital of its own: an article, or the first word of a sentence and its "of".
_ARTICLE = r"(?:An?|The|Un[ea]?|Uno|El|L[aeo]s?|Les|De[rst]|Die|Das|Eine?|Il|Gli|Os?|As?|Uma?|Een|Het)\s"
_LEAD = re.compile(rf"{_ARTICLE}|(?:^|(?<=[.!?]\s))[{_UPPER}]\w+\s(?:d[aeiou]|de[ils]|dell[ao]|d[aeo]s)\s")


def find(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where each name starts and ends; some may overlap.

    Two capitals in a row show a name in a text written in Latin letters, but not in a German one, where every noun has
    a capital, nor in one that is Written Like a Headline.
    """
    yield from (match.span() for match in _CODED.finditer(text))
    if next(iter(weigh(text)), "Latin") != "Latin":
        yield from (match.span() for match in _CAPITALS.finditer(text))
    elif language != "de" and not _is_headline(text):
        yield from _full_names(text)


def _full_names(text: str) -> Iterator[tuple[int, int]]:
    for match in _FULL.finditer(text):
        start, stop = match.span()
        while lead := _LEAD.match(text, start, stop):
            start = lead.end()
        if " " in text[start:stop]:
            yield start, stop


def _is_headline(text: str) -> bool:
    words: list[str] = _WORD.findall(text)
    return sum(word[0].isupper() for word in words) * 2 > len(words)
