"""Knows what a word or phrase means to a picture: from a hand-checked lexicon, then from the glyphs' own names."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from danqing.sketch.craft import art
from danqing.sketch.language import kinds
from danqing.sketch.language.script import to_simplified

LANGUAGES = ("en", "zh", "ja", "ko", "de", "fr", "es", "pt", "it", "ru")
SECTIONS = (
    "subject",
    "place",
    "time",
    "weather",
    "style",
    "action",
    "camera",
    "colour",
    "material",
    "number",
    "shape",
    "wish",
    "season",
    "pose",
    "paraphrase",
    "spot",
)
# Words that say how things stand to each other or how they are; they name nothing that could be missing.
MODIFYING = ("relation", "postposition", "size", "mood")
PICTURELESS = ("ignore", "adjectives", "counters", "elisions")  # words of these roles show nothing by themselves
GRAMMAR = ("negation", "likeness", "manner", "made_of")


@dataclass(frozen=True, slots=True)
class Facet:
    """One meaning of a word: its kind (a section, a part of the grammar, "ignore" or "beyond") and the value it has."""

    kind: str
    value: str = ""


Endings = tuple[tuple[str, str], ...]  # an ending, and what stands in its place in the dictionary form
PLURALS = ("ies y", "ves f", "es", "s")  # where a lexicon has none of its own
IGNORED = (Facet("ignore"),)
BEYOND = (Facet("beyond"),)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the words of one language mean. Phrases are looked up whole; `longest` is the longest one, in words."""

    language: str
    entries: Mapping[str, tuple[Facet, ...]]
    ignore: frozenset[str]
    beyond: frozenset[str]
    grammar: Mapping[str, frozenset[str]]
    irregular: Mapping[str, str]
    plurals: Endings  # of nouns
    cases: Endings  # of nouns in the singular
    agreements: Endings  # of adjectives
    fruit: Mapping[str, str]
    labels: Mapping[tuple[str, str], str]

    def facets(self, phrase: str) -> tuple[Facet, ...]:
        """Every meaning of a phrase; () when it is not known. Case and Chinese script do not matter."""
        key = _key(phrase)
        if key in self.entries:
            return self.entries[key]
        if key in self.beyond:
            return BEYOND
        if key in self.ignore:
            return IGNORED
        return self._named(phrase)

    def knows(self, role: str, phrase: str) -> bool:
        """Whether a phrase has a part in the grammar of the language, such as "determiners" or "negations"."""
        return _key(phrase) in self.grammar.get(role, frozenset())

    def pairs(self, role: str) -> list[tuple[str, str]]:
        """A role of the grammar whose lines are each a word and what goes with it."""
        return [(line.split()[0], line.split()[1]) for line in sorted(self.grammar.get(role, ()))]

    def label(self, kind: str, value: str) -> str:
        """The first word listed for a meaning (the "place" that is a "garden"); the value itself if there is none."""
        return self.labels.get((kind, value), value)

    def _named(self, phrase: str) -> tuple[Facet, ...]:
        if len(phrase) == 1:  # the names of one character ("up", "new") are pieces of other words
            return ()
        tables = ("zh-Hant", "zh-Hans") if self.language == "zh" else (self.language,)
        for table in tables:
            slug = art.find(phrase, table)
            if slug and kinds.is_nameable(slug):
                return (Facet("subject", slug),)
        return ()


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one of LANGUAGES."""
    source = files("danqing.sketch").joinpath("lexicon", f"{language}.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    grammar = table["grammar"]
    return Lexicon(
        language=language,
        entries=_entries(table),
        ignore=frozenset(word for role in PICTURELESS for word in map(_key, _words(grammar.get(role, "")))),
        beyond=frozenset(_key(" ".join(phrase.split())) for phrase in grammar.get("beyond", "").split(";")) - {""},
        grammar={role: frozenset(map(_key, _words(listed))) for role, listed in grammar.items()},
        irregular=dict(_key(pair).split() for pair in grammar.get("irregular", [])),
        plurals=_endings(grammar.get("plurals", PLURALS)),
        cases=_endings(grammar.get("cases", ())),
        agreements=_endings(grammar.get("agreements", ())),
        fruit=dict(pair.split() for pair in grammar.get("fruit", [])),
        labels={
            (kind, value): words[0]
            for kind in (*SECTIONS, *MODIFYING)
            for value, words in table.get(kind, {}).items()
            if words
        },
    )


def _words(listed: str | list[str]) -> list[str]:
    return listed.split() if isinstance(listed, str) else listed


def _endings(listed: Iterable[str]) -> Endings:
    """From "ies y": the ending "ies" is "y" in the dictionary; from "s": it is nothing there."""
    pairs = (_key(line).split() for line in listed)
    return tuple((old, "".join(new)) for old, *new in pairs)


def _entries(table: Mapping[str, Mapping[str, list[str]]]) -> dict[str, tuple[Facet, ...]]:
    entries: dict[str, tuple[Facet, ...]] = {}
    meanings = [(Facet(kind, value), words) for kind in SECTIONS for value, words in table.get(kind, {}).items()]
    meanings += [(Facet(kind, kind), table["grammar"].get(kind, [])) for kind in GRAMMAR]
    for facet, words in meanings:
        for word in words:
            key = _key(word)
            entries[key] = (*entries.get(key, ()), facet)
    for kind in MODIFYING:
        for value, words in table.get(kind, {}).items():
            for key in map(_key, words):
                entries[key] = (*(entries.get(key) or IGNORED), Facet(kind, value))
    return entries


def _key(phrase: str) -> str:
    return to_simplified(phrase.replace("’", "'").casefold().replace("ё", "е"))
