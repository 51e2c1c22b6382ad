"""Finds the quoted text of a prompt in the quotation marks of every script, and tells an apostrophe from a mark."""

import json
import re
from collections.abc import Iterator

QUOTE_CHARACTERS_MAX = 500  # a mark that is not closed within so many was none
# Alphabets that put spaces between words: within a word of theirs, a mark is an apostrophe or an abbreviation (צה"ל).
_SPACED = r"A-Za-z0-9\u00c0-\u024f\u0370-\u06ff\u0900-\u0dff\u1e00-\u1fff"
_IN_WORD = re.compile(f"[{_SPACED}]")
_CLOSING = {
    opener: re.compile(closer)
    for opener, closer in {
        "“": "”",
        "„": "[“”]",
        "‘": rf"(?<!\s)’(?![{_SPACED}])",
        "‚": "[‘’]",
        "「": "」",
        "『": "』",
        "《": "》",
        "«": "»",
        "»": "«",
        "‹": "›",
        "〝": "[〞〟]",
        "＂": "＂",
        '"': r'(?<!\s)"',
        "'": rf"(?<!\s)'(?![{_SPACED}])",
    }.items()
}
_OPENERS = re.compile(f"[{''.join(_CLOSING)}]")
_ALWAYS_OPEN = "「『«‹〝„"
_APOSTROPHES = "'\"‘‚»"
_ELISION = re.compile(r"['’‘](?:tis|twas|em|til|cause|n|\d\ds)\b", re.IGNORECASE)
# A title in 《》 is a work to be understood, unless something just before says that its words are to be set.
_LETTERING = re.compile(r"(?:[寫写]著?着?|[題题]|[標标][題题]|文字|字[樣样]|印[著着有]?|刻[著着有]?)[為为是:： ]{0,2}$")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where each quotation starts and ends, its marks included, from left to right, the outermost alone.

    A prompt that is quoted as a whole quotes nothing, and the marks of a JSON object are not the author's.
    """
    if _is_object(text):
        return
    whole = (len(text) - len(text.lstrip()), len(text.rstrip()))
    at = 0
    while found := _OPENERS.search(text, at):
        start = found.start()
        end = _end(text, start)
        if end is not None and (start, end) != whole:
            yield start, end
        at = end or start + 1


def _end(text: str, start: int) -> int | None:
    """Just after the mark that closes the one at `start`; None when that one opens nothing."""
    if not _opens(text, start):
        return None
    closing = _CLOSING[text[start]].search(text, start + 1, start + QUOTE_CHARACTERS_MAX + 2)
    if closing is None or not text[start + 1 : closing.start()].strip():
        return None
    return None if "\n\n" in text[start : closing.end()] else closing.end()


def _opens(text: str, at: int) -> bool:
    mark, before, after = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark == "《":
        return _LETTERING.search(text[max(0, at - 8) : at]) is not None
    if mark in _ALWAYS_OPEN:
        return True
    if not after or after.isspace() or (mark in _APOSTROPHES and _IN_WORD.match(before)):
        return False
    return not _ELISION.match(text, at)


def _is_object(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
