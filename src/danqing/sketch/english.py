"""Settles what English words mean in their company: verbs, modifiers, fruit, and what is refused or likened."""

from dataclasses import replace

from danqing.sketch import kinds
from danqing.sketch.signs import REFUSED, Sign
from danqing.sketch.words import Facet, Lexicon

DESCRIBING = ("colour", "material", "number")
FARTHEST_DETERMINER = 3
LINKS_ON = frozenset({"or", "nor"})
SMALL_WORDS = frozenset({"of", "with", "and"})


def settle(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """The same signs with every meaning taken away that the words around them rule out."""
    for rule in (_fruit, _verbs_are_not_nouns, _modifiers, _refusals, _likenesses):
        signs = rule(signs, table)
    return signs


def _neighbour(signs: list[Sign], at: int) -> Sign | None:
    """The sign at a position when there is one."""
    return signs[at] if 0 <= at < len(signs) else None


def _adjacent(sign: Sign, after: Sign | None) -> bool:
    """Whether the second sign follows the first with no punctuation between."""
    return after is not None and after.clause == sign.clause


def _fruit(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """An orange is a fruit where no noun follows it; otherwise it is a colour."""
    fruits = table.fruit
    settled = list(signs)
    for at, sign in enumerate(signs):
        singular = next((word for word in fruits if sign.word.casefold() in (word, word + "s")), None)
        before, after = _neighbour(signs, at - 1), _neighbour(signs, at + 1)
        if singular is None or (after and _adjacent(sign, after) and not after.means("ignore")):
            continue
        counted = before is not None and (before.means("number") or table.knows("determiners", before.word))
        if sign.plural or counted:
            settled[at] = replace(sign, facets=(Facet("subject", fruits[singular]),))
    return settled


def _verbs_are_not_nouns(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """Take the noun's meaning from words such as "fly" and "watch" where nothing shows that they are nouns."""
    alone = len([sign for sign in signs if not sign.means("ignore")]) == 1
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        before = _neighbour(signs, at - 1)
        doubtful = sign.means("subject") and _singular_of(sign, table) is not None
        if doubtful and not alone:
            ruled_out = "action" if _is_noun_here(sign, before, table) else "subject"
            sign = replace(sign, facets=tuple(facet for facet in sign.facets if facet.kind != ruled_out))
        settled.append(sign)
    return settled


def _singular_of(sign: Sign, table: Lexicon) -> str | None:
    word = sign.word.casefold()
    forms = (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y")
    return next((form for form in forms if table.knows("verb_like", form)), None)


def _is_noun_here(sign: Sign, before: Sign | None, table: Lexicon) -> bool:
    if before is None or before.clause != sign.clause:
        return True
    if sign.plural:
        return not (before.means("subject") or table.knows("pronouns", before.word))
    describes = any(before.means(kind) for kind in DESCRIBING) or not before.facets
    small = before.word.casefold() in SMALL_WORDS
    return describes or small or any(table.knows(role, before.word) for role in ("adjectives", "determiners"))


def _modifiers(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """In "fire hydrant" nobody wants fire: a noun right before another noun only describes it."""
    settled: list[Sign] = []
    at = 0
    while at < len(signs):
        sign, after = signs[at], _neighbour(signs, at + 1)
        if not (sign.means("subject") and not sign.plural and after and _adjacent(sign, after)):
            settled.append(sign)
        elif not after.facets and not _is_verb(signs, at + 1, table):
            settled.append(Sign(f"{sign.word} {after.word}", (), sign.clause))
            at += 1
        elif after.value("subject") == sign.value("subject"):
            settled.append(replace(after, word=f"{sign.word} {after.word}"))
            at += 1
        elif after.means("subject") and not _both_wanted(sign, after):
            settled.append(replace(sign, facets=()))
        else:
            settled.append(sign)
        at += 1
    return settled


def _both_wanted(sign: Sign, after: Sign) -> bool:
    """A panda astronaut is a panda and an astronaut; a tiger shark is no tiger."""
    return kinds.is_animal(sign.value("subject") or "") and kinds.is_person(after.value("subject") or "")


def _is_verb(signs: list[Sign], at: int, table: Lexicon) -> bool:
    """Whether an unknown word after a noun reads as a verb or an adverb rather than as the noun's head."""
    word = signs[at].word.casefold()
    if word.endswith(("'s", "’s")):
        return False
    if word.endswith(("ing", "ed", "ly")) or table.knows("past", word):
        return True
    if not word.endswith("s") or word.endswith("ss"):
        return False
    stems = (word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y")
    return _is_one(signs, at - 1, table) or any(table.knows("verbs", stem) for stem in stems)


def _is_one(signs: list[Sign], noun: int, table: Lexicon) -> bool:
    """Whether the phrase that ends at a noun opens with a singular determiner, which no plural head could follow."""
    for sign in reversed(signs[max(0, noun - FARTHEST_DETERMINER) : noun]):
        if table.knows("determiners", sign.word) or table.knows("singular", sign.word):
            return table.knows("singular", sign.word)
    return False


def _refusals(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """What follows "no" or "without" is refused: not drawn, and not counted as missing either."""
    settled: list[Sign] = []
    refusing = False
    for at, sign in enumerate(signs):
        if sign.means("negation"):
            refusing = True
            continue
        if not refusing or sign.means("ignore"):
            settled.append(sign)
            continue
        settled.append(replace(sign, facets=REFUSED))
        describes = any(sign.means(kind) for kind in DESCRIBING)
        after = _neighbour(signs, at + 1)
        refusing = describes or (after is not None and after.word.casefold() in LINKS_ON)
    return settled


def _likenesses(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """What a thing is only compared with is not drawn, and neither is the manner of a master."""
    settled: list[Sign] = []
    comparing, compared, manner_of = False, False, -1
    for sign in signs:
        if compared and sign.means("ignore"):
            comparing = compared = False
        if sign.means("likeness"):
            comparing = True
        elif sign.means("manner"):
            manner_of = sign.clause
        elif sign.clause == manner_of and not sign.means("style") and not sign.means("ignore"):
            sign = replace(sign, facets=())
        elif comparing and not sign.means("ignore") and not any(sign.means(kind) for kind in DESCRIBING):
            sign = replace(sign, facets=())
            compared = True
        settled.append(sign)
    return settled
