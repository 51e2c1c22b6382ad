"""Reads text written with spaces: the longest known phrase first, and proper names whole or not at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from danqing.sketch.language import english, romance
from danqing.sketch.language.inflection import meaning
from danqing.sketch.language.signs import Sign
from danqing.sketch.language.wordorder import arranged
from danqing.sketch.language.words import IGNORED, Lexicon, lexicon

WORD = re.compile(r"[^\W_]+(?:['’-]{1,2}[^\W_]+)*['’]?")
PAUSE = re.compile(r"[.,;:!?()\[\]\"“”«»\n…—–]| - ")
LONGEST = 5
TITLE_LENGTH, TITLE_SHARE = 5, 0.6
TITLED = re.compile(r"[A-Z][a-z].*")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    clause: int


def read_spaced(run: str, language: str, clause: int) -> list[Sign]:
    """The signs of one run of words in a language of `words.LANGUAGES`; clauses are numbered from `clause` on."""
    table = lexicon(language)
    tokens = list(_tokens(run, clause, table))
    ends = _name_ends(tokens, table)
    signs: list[Sign] = []
    at = 0
    while at < len(tokens):
        length, sign = _longest(tokens, at, ends.get(at, at), table)
        signs.append(sign)
        at += length
    if language == "en":
        return english.settle(signs, table)
    if "colours_follow" in table.grammar:
        return romance.settle(signs, table)
    return arranged(signs, [table])


def _tokens(run: str, clause: int, table: Lexicon) -> Iterator[_Token]:
    """The words, with what is elided before a vowel ("l'", "nell'") as a word of its own."""
    end = 0
    for match in WORD.finditer(run):
        gap = run[end : match.start()]
        if end and PAUSE.search(gap):
            clause += 1
        text = match.group().rstrip("'’")
        article, apostrophe, noun = text.replace("’", "'").partition("'")
        if noun and table.knows("elisions", article + apostrophe):
            yield _Token(article + apostrophe, clause)
            text = noun
        yield _Token(text, clause)
        end = match.end()


def _longest(tokens: list[_Token], at: int, name_end: int, table: Lexicon) -> tuple[int, Sign]:
    """The longest known phrase from a position, and how many words it takes. Proper names are not taken apart."""
    clause = tokens[at].clause
    for length in range(min(LONGEST, len(tokens) - at), 0, -1):
        words = tokens[at : at + length]
        if words[-1].clause != clause or at + length < name_end:
            continue
        word, facets, plural = meaning(_phrase(words), table)
        if facets:
            return length, Sign(word, facets, clause, plural)
    length = max(1, name_end - at)
    return length, Sign(_phrase(tokens[at : at + length]), (), clause)


def _phrase(tokens: list[_Token]) -> str:
    return " ".join(token.text for token in tokens).replace("' ", "'")


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
        if len(names) > 1 and not all(meaning(token.text, table)[1] for token in names):
            ends |= dict.fromkeys(range(start, at), at)
        start = at if at < len(tokens) and _may_be_named(tokens[at], table) else min(at + 1, len(tokens) - 1)
    return ends


def _is_title(tokens: list[_Token]) -> bool:
    """Whether The Whole Prompt Is Written Like This, so that capitals tell nothing."""
    return len(tokens) >= TITLE_LENGTH and sum(token.text[0].isupper() for token in tokens) > TITLE_SHARE * len(tokens)


def _may_be_named(token: _Token, table: Lexicon) -> bool:
    return bool(TITLED.fullmatch(token.text)) and IGNORED[0] not in table.facets(token.text)
