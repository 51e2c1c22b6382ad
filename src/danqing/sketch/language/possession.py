"""Settles whose parts and contents English words name: keys of pianos, backs of turtles, bowls of fruit, statues."""

from dataclasses import replace

from danqing.sketch.language import kinds
from danqing.sketch.language.signs import ATTRIBUTE, Sign, adjacent
from danqing.sketch.language.words import Facet, Lexicon

FARTHEST_CONTENT = 4
CONTENTS = "5"  # how many a bowl of several is full of
POSSESSIVES = ("'s", "’s")
OWNERS = frozenset({"his", "her", "its", "their", "my", "your"})
STATUE = (Facet("subject", "statue"),)


def contents(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """A bowl of strawberries is full of them."""
    settled = list(signs)
    for at, sign in enumerate(signs[:-1]):
        joint = signs[at + 1]
        if not kinds.is_vessel(sign.value("subject") or "") or not _fills(joint):
            continue
        ahead = range(at + 2, min(at + 2 + FARTHEST_CONTENT, len(signs)))
        content = next((k for k in ahead if signs[k].means("subject") or not signs[k].facets), None)
        while content is not None and content + 1 < len(signs) and _names_more(signs[content], signs[content + 1]):
            content += 1
        if content is not None and kinds.is_served(signs[content].value("subject") or ""):
            settled[at] = replace(sign, facets=(Facet("ignore"),))
            continue
        if content is None or not adjacent(sign, signs[content]) or not signs[content].means("subject"):
            continue
        settled[at + 1] = replace(joint, facets=(Facet("ignore"), Facet("relation", "full of")))
        if signs[content].plural and not any(signs[k].means("number") for k in range(at + 2, content)):
            settled[content] = replace(signs[content], facets=(*signs[content].facets, Facet("number", CONTENTS)))
    return settled


def _fills(joint: Sign) -> bool:
    """Whether a word leads from a bowl to what is in it."""
    return joint.word.casefold() in ("of", "with") or joint.value("relation") == "full of"


def _names_more(sign: Sign, after: Sign) -> bool:
    """Whether the next noun is the one that this one only describes, as in chicken soup."""
    return sign.means("subject") and not sign.plural and adjacent(sign, after) and after.means("subject")


def statues(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """A statue of somebody whom no glyph shows is a statue all the same."""
    settled = list(signs)
    for at, sign in enumerate(signs):
        if not table.knows("likenesses_of", sign.word):
            continue
        ahead = signs[at + 1 : at + 1 + FARTHEST_CONTENT]
        whom = next((one for one in ahead if one.means("subject") or not one.facets), None)
        if whom is not None and not whom.facets and adjacent(sign, whom):
            settled[at] = replace(sign, facets=STATUE)
    return settled


def parts_of_things(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """The keys of a piano open no door: they are drawn with it."""
    things = {sign.value("subject") for sign in signs}
    parts = {part for part, thing in table.pairs("parts") if thing in things}
    return [
        replace(sign, facets=ATTRIBUTE) if sign.means("subject") and _dictionary_form(sign.word) in parts else sign
        for sign in signs
    ]


def _dictionary_form(word: str) -> str:
    return word.casefold().removesuffix("s")


def parts_of_bodies(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """Who sits on a turtle's back sits on a turtle: the owner is drawn, the part goes with it."""
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        owner = settled[-1] if settled and adjacent(settled[-1], sign) else None
        if owner and owner.word.casefold() in OWNERS and table.knows("body_parts", sign.word):
            settled.append(replace(sign, facets=ATTRIBUTE))
            continue
        if owner and not owner.facets and owner.word.endswith(POSSESSIVES) and table.knows("body_parts", sign.word):
            names = (f"{signs[at - 2].word} {owner.word[:-2]}" if at > 1 else "", owner.word[:-2])
            slug = next((facet for name in names for facet in table.facets(name) if facet.kind == "subject"), None)
            if slug and kinds.is_living(slug.value):
                settled[-1] = replace(owner, word=f"{owner.word} {sign.word}", facets=(slug,))
                continue
        settled.append(sign)
    return settled
