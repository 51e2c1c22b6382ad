"""Puts a number that follows its noun before it: Chinese, Japanese and Korean also say "cats, three of them"."""

from dataclasses import replace

from danqing.sketch.signs import Sign
from danqing.sketch.words import IGNORED, Lexicon


def counted(signs: list[Sign], tables: list[Lexicon]) -> list[Sign]:
    """The signs with every "noun, number, counter" made "number, counter, noun" where the number counts that noun."""
    order = list(signs)
    for at in range(1, len(order)):
        noun = _noun_before(order, at, tables)
        if noun is None or not order[at].means("number") or order[at].means("subject"):
            continue
        end = at + 1
        if end < len(order) and _has_part("counters", order[end], tables):
            end += 1
        elif not _counts_alone(order[at]):
            continue
        if end == len(order) or order[end].clause != order[at].clause or not _counts_next(order[end], tables):
            counters = [replace(sign, facets=IGNORED) for sign in order[at + 1 : end]]
            order[noun:end] = [order[at], *order[noun:at], *counters]
    return order


def _noun_before(signs: list[Sign], at: int, tables: list[Lexicon]) -> int | None:
    """Where the noun stands that a number at a position may follow, perhaps with a particle between."""
    for noun in (at - 1, at - 2):
        if noun < 0 or signs[noun].clause != signs[at].clause:
            return None
        if signs[noun].means("subject"):
            return None if noun and signs[noun - 1].means("number") else noun
        if not _has_part("markers", signs[noun], tables):
            return None
    return None


def _counts_next(after: Sign, tables: list[Lexicon]) -> bool:
    """Whether a counted number belongs to what comes after it."""
    follows = any("counters_follow" in table.grammar for table in tables)
    return _has_part("links", after, tables) or (after.means("subject") and not follows)


def _counts_alone(sign: Sign) -> bool:
    """Whether the number has its counter in it, as the Japanese for "three (small things)" has."""
    return len(sign.word) > 1


def _has_part(role: str, sign: Sign, tables: list[Lexicon]) -> bool:
    return any(table.knows(role, sign.word) for table in tables)
