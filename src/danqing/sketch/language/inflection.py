"""Finds the dictionary forms that an inflected word may have: singulars, nominatives, masculines, bare Korean nouns.

The endings are data of each lexicon. A form is only ever a candidate: it means something when the lexicon knows it.
"""

from collections.abc import Iterator

from danqing.sketch.language.words import Endings, Facet, Lexicon

SHORTEST_STEM = 2
NOUNS = frozenset(
    {"subject", "place", "time", "weather", "season", "style", "camera", "material", "colour", "beyond", "paraphrase"}
)
ADJECTIVES = frozenset({"colour", "material", "size", "mood", "time", "weather", "season", "style"})


def meaning(phrase: str, table: Lexicon) -> tuple[str, tuple[Facet, ...], bool]:
    """The word as the lexicon has it, what it means (nothing, if it is not known) and whether it is a plural."""
    for word in _bare(phrase, table):
        facets = table.facets(word)
        if facets:
            return word, facets, False
        for form, kinds, plural in _forms(word, table):
            facets = tuple(facet for facet in table.facets(form) if facet.kind in kinds)
            if facets:
                return word, facets, plural
    return phrase, (), False


def _bare(phrase: str, table: Lexicon) -> Iterator[str]:
    """The phrase, then (in Korean) the phrase without each particle that may follow it, the longest particle first."""
    yield phrase
    for particle in sorted(table.grammar.get("particles", ()), key=len, reverse=True):
        if phrase.endswith(particle) and len(phrase) > len(particle):
            yield phrase.removesuffix(particle)


def _forms(phrase: str, table: Lexicon) -> Iterator[tuple[str, frozenset[str], bool]]:
    """What the last word of a phrase may be a form of, as which parts of speech, and whether that form is a plural."""
    head, _, last = phrase.casefold().rpartition(" ")
    irregular = table.irregular.get(last)
    if irregular:
        yield f"{head} {irregular}".strip(), NOUNS, True
    for endings, kinds, plural in (
        (table.cases, NOUNS, False),
        (table.plurals, NOUNS, True),
        (table.agreements, ADJECTIVES, False),
    ):
        for stem in _replaced(last, endings):
            yield f"{head} {stem}".strip(), kinds, plural


def _replaced(word: str, endings: Endings) -> Iterator[str]:
    for old, new in endings:
        if word.endswith(old) and len(word) - len(old) >= SHORTEST_STEM:
            yield word[: len(word) - len(old)] + new
