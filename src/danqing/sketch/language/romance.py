"""Settles which words of the Romance languages are nouns here, and which are the adjectives of a noun beside them."""

from dataclasses import replace

from danqing.sketch.language.signs import Sign
from danqing.sketch.language.words import IGNORED, Lexicon


def settle(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """The same signs: a rose right after another noun is its colour, and an old one beside a noun is no person."""
    padded = [None, *signs, None]
    return [
        _settled(sign, before, after, table) for before, sign, after in zip(padded, signs, padded[2:], strict=False)
    ]


def _settled(sign: Sign, before: Sign | None, after: Sign | None, table: Lexicon) -> Sign:
    follows = before is not None and before.clause == sign.clause and _is_noun(before)
    if follows and sign.means("subject") and sign.means("colour"):
        return replace(sign, facets=tuple(facet for facet in sign.facets if facet.kind != "subject"))
    leads = after is not None and after.clause == sign.clause and _is_noun(after)
    if (follows or leads) and table.knows("epithets", sign.word):
        return replace(sign, facets=IGNORED)
    return sign


def _is_noun(sign: Sign) -> bool:
    """Whether a sign names something; an unknown word is taken to."""
    return sign.means("subject") or sign.means("place") or not sign.facets
