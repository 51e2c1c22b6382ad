"""Tells how large the thing of a glyph is beside others, and whether it flies, rolls, or lies on the sea bed."""

import tomllib
from functools import cache
from importlib.resources import files

SIZES: dict[str, float] = {"balls": 0.40, "small": 0.55, "large": 1.3, "huge": 1.8, "tabletop": 0.6}


def size(slug: str) -> float:
    """The height of the thing, where a person's is 1; compressed, so that a mouse can be seen beside an elephant."""
    return next((share for kind, share in SIZES.items() if slug in _lists()[kind]), 1.0)


def is_ball(slug: str) -> bool:
    """Whether it is a toy that bounces or rolls."""
    return slug in _lists()["balls"]


def is_flyer(slug: str) -> bool:
    """Whether it is in the air by itself."""
    return slug in _lists()["flyers"]


def is_bottom(slug: str) -> bool:
    """Whether it lies on the ground when it is under water."""
    return slug in _lists()["bottom"]


def is_tabletop(slug: str) -> bool:
    """Whether one would put it on a table to look at it."""
    return slug in _lists()["tabletop"]


def is_afloat(slug: str) -> bool:
    """Whether it can be in open water."""
    return slug in _lists()["afloat"]


def is_wheeled(slug: str) -> bool:
    """Whether it rolls where others walk."""
    return slug in _lists()["wheels"]


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files("danqing.sketch").joinpath("lexicon", "stature.toml").read_text(encoding="utf-8")
    return {kind: frozenset(slugs.split()) for kind, slugs in tomllib.loads(text).items()}
