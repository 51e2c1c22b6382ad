"""Reads text written without spaces (Chinese, Japanese): the longest known word first, and what is left is unknown."""

import re

from danqing.sketch.language.signs import REFUSED, Sign
from danqing.sketch.language.wordorder import arranged
from danqing.sketch.language.words import Facet, Lexicon, lexicon

LONGEST = 8
HIRAGANA = re.compile(r"[\u3041-\u309f]+")
# What one character may mean whatever its neighbours are.
TRUSTED_ALONE = frozenset({"ignore", "number", "beyond", "negation", "likeness"})


def read_han(run: str, language: str, clause: int) -> list[Sign]:
    """The signs of one run of Han characters and kana; `language` is "zh" or "ja"."""
    lexicons = [lexicon(code) for code in (("ja", "zh") if language == "ja" else ("zh",))]
    signs = [Sign(word, facets, clause) for word, facets in _Reader(run, lexicons).pieces()]
    return _without_refused(arranged(signs, lexicons))


class _Reader:
    def __init__(self, run: str, lexicons: list[Lexicon]) -> None:
        self.run = run
        self.lexicons = lexicons

    def pieces(self) -> list[tuple[str, tuple[Facet, ...]]]:
        """The run cut into known words and, between them, unknown stretches (with no facets)."""
        pieces: list[tuple[str, tuple[Facet, ...]]] = []
        unknown, at = "", 0
        while at < len(self.run):
            length, facets = self.match(at, after_unknown=bool(unknown))
            if length == 1 and not self.trusted(facets, unknown, following=at + 1):
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

    def match(self, at: int, *, after_unknown: bool = False) -> tuple[int, tuple[Facet, ...]]:
        """The longest known word that begins at a position: its length and meanings; (0, ()) when there is none."""
        for length in range(min(LONGEST, len(self.run) - at), 0, -1):
            word = self.run[at : at + length]
            if after_unknown and self.may_be_a_piece(at, word):
                continue
            for table in self.lexicons:
                facets = table.facets(word)
                if facets:
                    return length, facets
        return 0, ()

    def may_be_a_piece(self, at: int, word: str) -> bool:
        """Whether a hiragana word may belong to the unknown hiragana before it (the crab in the word for "quietly")."""
        if len(word) == 1 or any(word in table.ignore for table in self.lexicons):
            return False
        return bool(HIRAGANA.fullmatch(word) and HIRAGANA.match(self.run[at - 1]))

    def trusted(self, facets: tuple[Facet, ...], unknown: str, *, following: int) -> bool:
        """Whether one character stands for itself, rather than being a piece of an unknown longer word."""
        if not facets or facets[0].kind in TRUSTED_ALONE:
            return bool(facets)
        if unknown and not HIRAGANA.fullmatch(unknown[-1]):
            return False
        return following == len(self.run) or self.match(following)[0] > 0


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
