"""Reads text written with spaces: the longest known phrase first, and proper names whole or not at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from danqing.sketch.english import settle
from danqing.sketch.signs import Sign
from danqing.sketch.words import IGNORED, Facet, Lexicon, lexicon

WORD = re.compile(r"[^\W_]+(?:['’-]{1,2}[^\W_]+)*['’]?")
PAUSE = re.compile(r"[.,;:!?()\[\]\"“”«»\n…—–]| - ")
LONGEST = 5
HAVE_PLURALS = ("subject", "place", "colour", "beyond", "paraphrase")
TITLE_LENGTH, TITLE_SHARE = 5, 0.6
TITLED = re.compile(r"[A-Z][a-z].*")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    clause: int


def read_spaced(run: str, language: str, clause: int) -> list[Sign]:
    """The signs of one run of words in a language of `words.LANGUAGES`; clauses are numbered from `clause` on."""
    tokens = list(_tokens(run, clause))
    table = lexicon(language)
    ends = _name_ends(tokens, table)
    signs: list[Sign] = []
    at = 0
    while at < len(tokens):
        length, sign = _longest(tokens, at, ends.get(at, at), table)
        signs.append(sign)
        at += length
    return settle(signs, table) if language == "en" else signs


def _tokens(run: str, clause: int) -> Iterator[_Token]:
    end = 0
    for match in WORD.finditer(run):
        gap = run[end : match.start()]
        if end and PAUSE.search(gap):
            clause += 1
        yield _Token(match.group().rstrip("'’"), clause)
        end = match.end()


def _longest(tokens: list[_Token], at: int, name_end: int, table: Lexicon) -> tuple[int, Sign]:
    """The longest known phrase from a position, and how many words it takes. Proper names are not taken apart."""
    clause = tokens[at].clause
    for length in range(min(LONGEST, len(tokens) - at), 0, -1):
        words = tokens[at : at + length]
        if words[-1].clause != clause or at + length < name_end:
            continue
        phrase = " ".join(token.text for token in words)
        for word in _stems(phrase, table):
            facets, plural = _facets(word, table)
            if facets:
                return length, Sign(word, facets, clause, plural)
    length = max(1, name_end - at)
    return length, Sign(" ".join(token.text for token in tokens[at : at + length]), (), clause)


def _facets(phrase: str, table: Lexicon) -> tuple[tuple[Facet, ...], bool]:
    exact = table.facets(phrase)
    if exact:
        return exact, False
    for singular in _singulars(phrase, table):
        facets = tuple(facet for facet in table.facets(singular) if facet.kind in HAVE_PLURALS)
        if facets:
            return facets, True
    return (), False


def _singulars(phrase: str, table: Lexicon) -> Iterator[str]:
    """What the last word of a phrase may be the plural of."""
    head, _, last = phrase.casefold().rpartition(" ")
    irregular = table.irregular.get(last)
    endings = (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")) if table.language != "ru" else ()
    singulars = [last[: -len(old)] + new for old, new in endings if last.endswith(old) and len(last) - len(old) >= 2]
    for singular in ([irregular] if irregular else []) + singulars:
        yield f"{head} {singular}".strip()


def _stems(phrase: str, table: Lexicon) -> Iterator[str]:
    """The phrase, then (in Korean) the phrase without each particle that may follow it, the longest particle first."""
    yield phrase
    for particle in sorted(table.grammar.get("particles", ()), key=len, reverse=True):
        if phrase.endswith(particle) and len(phrase) > len(particle):
            yield phrase.removesuffix(particle)


def _name_ends(tokens: list[_Token], table: Lexicon) -> dict[int, int]:
    """Where each proper name ends, for every position inside one ("Golden Gate" is neither gold nor a gate).

    A proper name is two capitalised words or more with an unknown one among them.
    """
    if table.language == "de" or _is_title(tokens):
        return {}
    ends: dict[int, int] = {}
    start = 0
    for at in range(len(tokens) + 1):
        if at < len(tokens) and _may_be_named(tokens[at], table) and tokens[at].clause == tokens[start].clause:
            continue
        names = tokens[start:at]
        if len(names) > 1 and not all(_facets(token.text, table)[0] for token in names):
            ends |= dict.fromkeys(range(start, at), at)
        start = at if at < len(tokens) and _may_be_named(tokens[at], table) else min(at + 1, len(tokens) - 1)
    return ends


def _is_title(tokens: list[_Token]) -> bool:
    """Whether The Whole Prompt Is Written Like This, so that capitals tell nothing."""
    return len(tokens) >= TITLE_LENGTH and sum(token.text[0].isupper() for token in tokens) > TITLE_SHARE * len(tokens)


def _may_be_named(token: _Token, table: Lexicon) -> bool:
    return bool(TITLED.fullmatch(token.text)) and IGNORED[0] not in table.facets(token.text)
