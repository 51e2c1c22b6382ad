"""Prompts as people write them in ten languages, and what is to be understood of each (see prompts/README.md)."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from danqing.sketch.craft import art
from danqing.sketch.language.words import lexicon
from danqing.sketch.planning.plan import Plan, Subject, plan

PROMPTS = Path(__file__).with_name("prompts")
TABLES = sorted(PROMPTS.glob("*.tsv"))
LEAST_RIGHT, MOST_WRONG = 0.9, 0.01
POSE = re.compile(r"-(standing|running|walking|dancing|swimming|facing-right)$")

pytestmark = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")


@dataclass(frozen=True)
class Verdict:
    """How a prompt was understood: "right", "partly" (a fact or a relation is off), "missing" or "wrong", and why."""

    word: str
    why: str = ""


def slug(subject: Subject) -> str:
    """The glyph whatever it is doing."""
    return POSE.sub("", subject.glyph)


def matches(subject: Subject, wanted: str) -> bool:
    """Whether a subject is what "glyph", "glyph*3" or "glyph*3:red" says."""
    name, _, colour = wanted.partition(":")
    name, _, count = name.partition("*")
    shade = lexicon("en").facets(colour)[0].value if colour else None
    return (
        slug(subject) == name and (not count or subject.count == int(count)) and (not shade or subject.colour == shade)
    )


def verdict(made: Plan, expected: str) -> Verdict:
    """Compare a plan with the words of a table's second column."""
    words = re.split(r"(?<!\\) ", expected)
    facts = [word.replace("\\", "").split("=") for word in words if "=" in word]
    ties = [word.split(">") for word in words if ">" in word]
    welcome = {word[1:] for word in words if word.startswith("?")}
    things = [word.split("|") for word in words if not re.search("[=>?]", word)]
    names = [{thing.partition(":")[0].partition("*")[0] for thing in choice} for choice in things]
    drawn = [slug(subject) for subject in made.subjects]
    extra = [glyph for glyph in drawn if glyph not in welcome.union(*names)]
    if extra:
        return Verdict("wrong", f"drew {extra}")
    absent = [choice for choice in names if not choice & set(drawn)]
    if absent:
        return Verdict("missing", f"no {absent}")
    for choice in things:
        if not any(matches(subject, thing) for thing in choice for subject in made.subjects):
            return Verdict("partly", f"{choice}: {[(s.glyph, s.count, s.colour) for s in made.subjects]}")
    for kind, value in facts:
        told = " ".join(made.text) if kind == "text" else getattr(made, kind)
        if told not in value.split("|"):
            return Verdict("partly", f"{kind} is {told!r}, not {value!r}")
    found = [[drawn[tie.one], tie.kind, drawn[tie.other]] for tie in made.relations]
    lost = [tie for tie in ties if tie not in found]
    return Verdict("partly", f"no {lost} in {found}") if lost else Verdict("right")


def verdicts(table: Path) -> list[tuple[str, Verdict, Plan]]:
    with table.open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    read = [(prompt, plan(prompt, seed=1), expected) for prompt, expected in rows]
    return [(prompt, verdict(made, expected), made) for prompt, made, expected in read]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_prompts_are_understood(table: Path) -> None:
    judged = verdicts(table)
    counts = Counter(verdict.word for _prompt, verdict, _plan in judged)
    told = "\n".join(f"{verdict.word}: {prompt} ({verdict.why})" for prompt, verdict, _ in judged if verdict.why)
    assert counts["right"] >= LEAST_RIGHT * len(judged), told
    assert counts["wrong"] <= MOST_WRONG * len(judged), told
