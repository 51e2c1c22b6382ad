"""Reads text written without spaces (Chinese, Japanese): the longest known word first, and what is left is unknown."""

import re

from danqing.sketch.signs import REFUSED, Sign
from danqing.sketch.words import Facet, Lexicon, lexicon

LONGEST = 8
KANA_ONLY = re.compile(r"[\u3041-\u309f]+")
# What one character may mean whatever its neighbours are.
TRUSTED_ALONE = frozenset({"ignore", "number", "beyond", "negation", "likeness"})


def read_han(run: str, language: str, clause: int) -> list[Sign]:
    """The signs of one run of Han characters and kana; `language` is "zh" or "ja"."""
    reader = _Reader(run, [lexicon(code) for code in (("ja", "zh") if language == "ja" else ("zh",))])
    return _without_refused([Sign(word, facets, clause) for word, facets in reader.pieces()])


class _Reader:
    def __init__(self, run: str, lexicons: list[Lexicon]) -> None:
        self.run = run
        self.lexicons = lexicons

    def pieces(self) -> list[tuple[str, tuple[Facet, ...]]]:
        """The run cut into known words and, between them, unknown stretches (with no facets)."""
        pieces: list[tuple[str, tuple[Facet, ...]]] = []
        unknown, at = "", 0
        while at < len(self.run):
            length, facets = self.match(at)
            if length == 1 and not self.trusted(facets, after_unknown=bool(unknown), following=at + 1):
                length = 0
            if not length:
                unknown += self.run[at]
                at += 1
                continue
            if unknown:
                pieces.append((unknown, ()))
                unknown = ""
            pieces.append((self.run[at : at + length], facets))
            at += length
        return [*pieces, (unknown, ())] if unknown else pieces

    def match(self, at: int) -> tuple[int, tuple[Facet, ...]]:
        """The longest known word that begins at a position: its length and meanings; (0, ()) when there is none."""
        for length in range(min(LONGEST, len(self.run) - at), 0, -1):
            word = self.run[at : at + length]
            if not self.bounded(at, word):
                continue
            for table in self.lexicons:
                facets = table.facets(word)
                if facets:
                    return length, facets
        return 0, ()

    def bounded(self, at: int, word: str) -> bool:
        """Whether a hiragana word is not a piece of a longer one (the crab in the word for "quietly")."""
        if len(word) == 1 or not KANA_ONLY.fullmatch(word) or any(word in table.ignore for table in self.lexicons):
            return True
        before = self.run[at - 1] if at else ""
        return not before or any(before in table.ignore for table in self.lexicons)

    def trusted(self, facets: tuple[Facet, ...], *, after_unknown: bool, following: int) -> bool:
        """Whether one character stands for itself, rather than being a piece of an unknown longer word."""
        if not facets or facets[0].kind in TRUSTED_ALONE:
            return bool(facets)
        return not after_unknown and (following == len(self.run) or self.match(following)[0] > 0)


def _without_refused(signs: list[Sign]) -> list[Sign]:
    """Mark the first thing after each "without" as refused, with whatever describes it."""
    kept: list[Sign] = []
    refusing = False
    for sign in signs:
        if sign.means("negation"):
            refusing = True
        elif refusing and not sign.means("ignore"):
            kept.append(Sign(sign.word, REFUSED, sign.clause))
            refusing = sign.means("colour") or sign.means("number") or sign.means("material")
        else:
            kept.append(sign)
    return kept
