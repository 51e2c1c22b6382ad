"""Makes a short poem that fits a plan: a regulated Chinese quatrain, or an English one."""

import hashlib
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from danqing.sketch.craft import art
from danqing.sketch.language.script import to_simplified
from danqing.sketch.planning.plan import Plan

SEVEN = ("七言", "七絕", "七绝", "七律")
MOODS = ("rain", "snow")  # weather that a couplet is about
HOURS = ("dawn", "dusk", "night")


def quatrain(plan: Plan) -> str:
    """Four lines that fit the plan's place, hour and weather: Chinese in the prompt's script, English otherwise."""
    if plan.language == "zh-Hant":
        return _chinese(plan)
    if plan.language == "zh-Hans":
        return to_simplified(_chinese(plan))
    return _english(plan)


def _chinese(plan: Plan) -> str:
    tables = _verses()["chinese"]
    opening = _choose(_fitting(tables["opening"], plan), plan, "opening")
    closings = [verse for verse in _fitting(tables["closing"], plan) if verse[-1] != opening[-1]]
    closings = [verse for verse in closings if not set(verse) & set(opening) - {" "}] or closings
    closing = _choose(closings or tables["closing"]["mountain"], plan, "closing")
    lines = [*opening.split(), *closing.split()]
    if any(mark in plan.prompt for mark in SEVEN):
        lines = [head + line for head, line in zip(tables["seven"]["heads"], lines, strict=True)]
    return f"{lines[0]}，{lines[1]}。\n{lines[2]}，{lines[3]}。"


def _fitting(couplets: dict[str, list[str]], plan: Plan) -> list[str]:
    """The couplets about the plan's weather or hour, when it has one that verse can speak of, and about its place."""
    special = [plan.weather] if plan.weather in MOODS else [plan.time] if plan.time in HOURS else []
    keys = [key for key in (*special, plan.place) if key in couplets]
    return [couplet for key in keys for couplet in couplets[key]]


def _english(plan: Plan) -> str:
    tables = _verses()["english"]
    opening = _choose(tables["place"][plan.place], plan, "opening")
    closing = _choose(tables["closing"][plan.action], plan, "closing")
    lines = f"{opening}/{closing.format(subject=_heroine(plan))}".split("/")
    return "\n".join(line[0].upper() + line[1:] for line in lines)


def _heroine(plan: Plan) -> str:
    """What the closing couplet is about, as one English noun that takes a singular verb."""
    if not plan.subjects:
        return "a little light"
    subject = plan.subjects[0]
    own_word = plan.language == "en" and subject.count == 1
    return f"the {subject.word.lower() if own_word else art.name_of(subject.glyph, 'en')}"


def _choose(options: Sequence[str], plan: Plan, purpose: str) -> str:
    """The option that this seed and prompt always get."""
    digest = hashlib.sha256(f"{purpose}|{plan.seed}|{plan.prompt}".encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]


@cache
def _verses() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = files("danqing.sketch").joinpath("lexicon", "verses.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
