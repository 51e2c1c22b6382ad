"""Settles what English words mean in their company: verbs, modifiers, fruit, and what is refused or likened."""

from dataclasses import replace

from danqing.sketch.language import kinds, possession
from danqing.sketch.language.signs import ATTRIBUTE, REFUSED, Sign, adjacent, neighbour
from danqing.sketch.language.words import Facet, Lexicon

DESCRIBING = ("colour", "material", "number")
FARTHEST_DETERMINER = 3
FARTHEST_AND = 4
EVERYMAN = ("man", "woman", "person")
LINKS_ON = frozenset({"or", "nor"})
SMALL_WORDS = frozenset({"of", "with", "and"})


def settle(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """The same signs with every meaning taken away that the words around them rule out."""
    for rule in (
        _fruit,
        _verbs_with_objects,
        _verbs_are_not_nouns,
        possession.contents,
        possession.parts_of_things,
        possession.statues,
        possession.parts_of_bodies,
        _shapes,
        _paraphrases,
        _companies,
        _clients,
        _modifiers,
        _attributes,
        _refusals,
        _likenesses,
    ):
        signs = rule(signs, table)
    return signs


def _fruit(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """An orange is a fruit where no noun follows it; otherwise it is a colour."""
    fruits = table.fruit
    settled = list(signs)
    for at, sign in enumerate(signs):
        singular = next((word for word in fruits if sign.word.casefold() in (word, word + "s")), None)
        before, after = neighbour(signs, at - 1), neighbour(signs, at + 1)
        if singular is None or (after and adjacent(sign, after) and not after.means("ignore")):
            continue
        counted = before is not None and (before.means("number") or table.knows("determiners", before.word))
        if sign.plural or counted:
            settled[at] = replace(sign, facets=(Facet("subject", fruits[singular]),))
    return settled


def _verbs_with_objects(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """Nobody who builds a sandcastle or parks a car shows a building or a park: a noun is not followed by "a"."""
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        before, after = neighbour(signs, at - 1), neighbour(signs, at + 1)
        object_follows = after is not None and adjacent(sign, after) and table.knows("determiners", after.word)
        if object_follows and _singular_of(sign, table) is not None and _opens_a_sentence(sign, before, table):
            sign = replace(sign, facets=tuple(one for one in sign.facets if one.kind not in ("subject", "place")))
        settled.append(sign)
    return settled


def _opens_a_sentence(sign: Sign, before: Sign | None, table: Lexicon) -> bool:
    """Whether a word stands where a verb may: first of all, or after the one who does it."""
    if before is None or before.clause != sign.clause or before.means("subject"):
        return True
    unknown = not before.facets and sign.plural
    return unknown or before.word.casefold() in ("to", "and") or table.knows("pronouns", before.word)


def _verbs_are_not_nouns(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """Take the noun's meaning from words such as "fly" and "watch" where nothing shows that they are nouns."""
    alone = len([sign for sign in signs if not sign.means("ignore")]) == 1
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        before = neighbour(signs, at - 1)
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
    last = before.word.casefold().split()[-1]  # of "playing the"
    small = before.word.casefold() in SMALL_WORDS
    return describes or small or any(table.knows(role, last) for role in ("adjectives", "determiners"))


def _shapes(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """In "a square blue box" there is no square, only a box of that shape."""
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        ahead = at + 1
        while ahead < len(signs) and any(signs[ahead].means(kind) for kind in DESCRIBING):
            ahead += 1
        after = neighbour(signs, ahead)
        described = ahead > at + 1 and adjacent(sign, after) and after is not None and after.means("subject")
        if described and table.knows("shapes", sign.word):
            sign = replace(sign, facets=())
        settled.append(sign)
    return settled


def _paraphrases(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """A violinist is a person who holds a violin, a panda violinist a panda who does, a violin case neither."""
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        person, *belongings = (sign.value("paraphrase") or "").split("|")
        after = neighbour(signs, at + 1)
        kin = bool(settled) and adjacent(settled[-1], sign) and kinds.is_animal(settled[-1].value("subject") or "")
        if not person or (kin and table.knows("young", sign.word)):
            settled.append(sign)
        elif after and adjacent(sign, after) and _is_thing(signs, at + 1, table):
            settled.append(replace(sign, facets=ATTRIBUTE))
        else:
            before = settled[-1] if settled and adjacent(settled[-1], sign) else None
            if before is None or not kinds.is_living(before.value("subject") or ""):
                settled.append(replace(sign, facets=table.facets(person)))
            settled += [Sign(word, table.facets(word), sign.clause) for word in belongings]
    return settled


def _is_thing(signs: list[Sign], at: int, table: Lexicon) -> bool:
    """Whether a word can be the noun that the word before it describes."""
    return (
        signs[at].means("subject")
        or signs[at].means("place")
        or (not signs[at].facets and not _is_verb(signs, at, table))
    )


def _company(word: str, table: Lexicon) -> str | None:
    """How many a "pack" or a "herd" is, when the word is the name of a company at all."""
    return next((facet.value for facet in table.facets(f"{word} of") if facet.kind == "number"), None)


def _clients(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """A logo for a team or a coffee shop shows neither people nor rooms, but perhaps what is sold there."""
    if not any(sign.value("style") == "logo" for sign in signs):
        return signs
    settled: list[Sign] = []
    client, symbols = -1, 0
    for sign in signs:
        symbols += client != sign.clause and sign.means("subject")
        if sign.word.casefold() == "for":
            client = sign.clause
        elif sign.means("relation") or sign.word.casefold() in SMALL_WORDS:
            client = -1
        whom = sign.means("place") or kinds.is_person(sign.value("subject") or "")
        if sign.clause == client and (whom or (symbols and sign.means("subject"))):
            sign = replace(sign, facets=() if symbols else _ware(sign.word, table))
        elif sign.clause != client and not sign.means("subject"):
            sign = replace(sign, facets=_ware(sign.word, table, named=False) or sign.facets)
        settled.append(sign)
    return settled


def _ware(client: str, table: Lexicon, *, named: bool = True) -> tuple[Facet, ...]:
    """What stands for a coffee shop or a mountain in a logo: the thing in its name, or the one that it is known for."""
    known = next((symbol for name, symbol in table.pairs("symbols") if name == client.casefold()), None)
    first, *more = client.split()
    things = [facet for facet in table.facets(first) if facet.kind == "subject" and not kinds.is_person(facet.value)]
    return (Facet("subject", known),) if known else tuple(things) if named and more else ()


def _attributes(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """An unknown word right before a known thing describes it, as in "three gothic churches" or "a red lacquer box"."""
    settled: list[Sign] = []
    for at, sign in enumerate(signs):
        ahead = at + 1
        while ahead < len(signs) and any(signs[ahead].means(kind) for kind in DESCRIBING):
            ahead += 1
        before, after = neighbour(signs, at - 1), neighbour(signs, ahead)
        free = before is None or not before.means("subject")  # after a noun it may be a verb
        unknown = not sign.facets and (free or not _is_verb(signs, at, table))
        if unknown and after and adjacent(sign, after) and after.means("subject"):
            sign = replace(sign, facets=ATTRIBUTE)
        settled.append(sign)
    return settled


def _companies(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """An owl family is several owls and no people."""
    settled: list[Sign] = []
    for sign in signs:
        before = settled[-1] if settled and adjacent(settled[-1], sign) else None
        number = sign.value("number") if sign.means("subject") else _company(sign.word, table)
        if before and number and not before.plural and kinds.is_animal(before.value("subject") or ""):
            settled[-1] = replace(
                before, word=f"{before.word} {sign.word}", facets=(*before.facets, Facet("number", number))
            )
        else:
            settled.append(sign)
    return settled


def _modifiers(signs: list[Sign], table: Lexicon) -> list[Sign]:
    """In "fire hydrant" nobody wants fire: a noun right before another noun only describes it."""
    settled: list[Sign] = []
    at = 0
    while at < len(signs):
        sign, after = signs[at], neighbour(signs, at + 1)
        if not (sign.means("subject") and not sign.plural and after and adjacent(sign, after)):
            settled.append(sign)
        elif _same_with(sign, after, table):
            settled.append(replace(sign, word=f"{sign.word} {after.word}", plural=after.plural))
            at += 1
        elif not after.facets and table.knows("enterprises", after.word):
            settled.append(sign)
            at += 1
        elif not after.facets and not _is_verb(signs, at + 1, table):
            settled.append(Sign(f"{sign.word} {after.word}", (), sign.clause))
            at += 1
        elif after.value("subject") == sign.value("subject"):
            settled.append(replace(after, word=f"{sign.word} {after.word}"))
            at += 1
        elif _plays(sign, after):
            settled += [sign, replace(after, facets=ATTRIBUTE)]
            at += 1
        elif after.means("subject") and not _both_wanted(sign, after):
            settled.append(replace(sign, facets=()))
        else:
            settled.append(sign)
        at += 1
    return settled


def _same_with(sign: Sign, after: Sign, table: Lexicon) -> bool:
    """Whether the two words still mean the first: a fox cub is a fox, a pizza emoji a pizza."""
    if table.knows("young", after.word):
        return kinds.is_animal(sign.value("subject") or "")
    return table.knows("depictions", after.word)


def _plays(sign: Sign, after: Sign) -> bool:
    """A penguin waiter is a penguin; no glyph shows the waiter in it."""
    return kinds.is_animal(sign.value("subject") or "") and after.value("subject") in EVERYMAN


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
    if table.knows("verbs", word) and any(sign.word == "and" for sign in signs[max(0, at - FARTHEST_AND) : at]):
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
        after = neighbour(signs, at + 1)
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
