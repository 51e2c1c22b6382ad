"""Puts Chinese, Japanese and Korean words in the order that a plan reads: numbers before nouns, wearers before hats."""

from dataclasses import replace

from danqing.sketch.language import kinds
from danqing.sketch.language.signs import Sign
from danqing.sketch.language.words import IGNORED, Lexicon

CARRYING = ("wearing", "holding", "riding")


def arranged(signs: list[Sign], tables: list[Lexicon]) -> list[Sign]:
    """The same signs in that order."""
    return _counted(_headed(signs, tables), tables)


def _headed(signs: list[Sign], tables: list[Lexicon]) -> list[Sign]:
    """Every "wearing a hat (link) fox" made "fox wearing a hat"."""
    order: list[Sign] = []
    rest = list(signs)
    while rest:
        clause = _relative_clause(rest, tables) if rest[0].value("relation") in CARRYING else None
        if clause:
            link, head = clause
            rest = [*rest[link + 1 : head + 1], *rest[:link], *rest[head + 1 :]]
            order += rest[: head - link]
            rest = rest[head - link :]
        order.append(rest.pop(0))
    return order


def _relative_clause(signs: list[Sign], tables: list[Lexicon]) -> tuple[int, int] | None:
    """Where a clause that opens with a verb of carrying ends, and where its head is; None when it is no such clause."""
    thing = next((at for at, sign in enumerate(signs) if sign.means("subject")), len(signs))
    link = next((at for at in range(thing, len(signs)) if _has_part("links", signs[at], tables)), len(signs))
    head = next((at for at in range(link + 1, len(signs)) if _stands_for_itself(signs[at])), None)
    owned = any(kinds.is_person(sign.value("subject") or "") for sign in signs[:link])
    if head is None or owned or not kinds.is_living(signs[head].value("subject") or ""):
        return None
    return link, head


def _stands_for_itself(sign: Sign) -> bool:
    """Whether the sign is no description of the noun that follows."""
    return sign.means("subject") or not any(sign.means(kind) for kind in ("ignore", "colour", "material", "size"))


def _counted(signs: list[Sign], tables: list[Lexicon]) -> list[Sign]:
    """Every "noun, number, counter" made "number, noun" where the number counts that noun."""
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
