"""Tells how large the thing of a glyph is beside others, and how it goes: flies, rolls, hops, or lies still."""

import tomllib
from functools import cache
from importlib.resources import files

from danqing.sketch.language import kinds

SIZES: dict[str, float] = {
    "balls": 0.40,
    "little": 0.42,
    "small": 0.55,
    "young": 0.72,
    "large": 1.3,
    "huge": 1.8,
    "tabletop": 0.6,
}


def size(slug: str) -> float:
    """The height of the thing, where a person's is 1; compressed, so that a mouse can be seen beside an elephant."""
    return next((share for kind, share in SIZES.items() if slug in _lists()[kind]), 1.0)


def is_small(slug: str) -> bool:
    """Whether a hand or a paw can hold it."""
    return any(slug in _lists()[kind] for kind in ("little", "small", "tabletop"))


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


def is_boat(slug: str) -> bool:
    """Whether it goes on the water and stays level there."""
    return slug in _lists()["boats"]


def is_winged(slug: str) -> bool:
    """Whether it beats its wings when it flies."""
    return slug in _lists()["winged"]


def is_hovering(slug: str) -> bool:
    """Whether the air carries it, so that it goes nowhere by itself."""
    return slug in _lists()["hovering"]


def is_falling(slug: str) -> bool:
    """Whether it is a thing that one sees come down: a leaf, a coin, a flake of snow."""
    return slug in _lists()["falling"]


def has_engine(slug: str) -> bool:
    """Whether one hears a motor when it moves."""
    return slug in _lists()["engines"]


def gait(slug: str) -> str:
    """How it walks: "stride", or "hop", "waddle" and "crawl" for figures whose legs cannot be seen to step."""
    named = {"hop": "hoppers", "waddle": "waddlers", "crawl": "crawlers"}
    known = next((way for way, kind in named.items() if slug in _lists()[kind]), None)
    if known:
        return known
    stepping = slug.endswith(("-walking", "-running", "-dancing")) or slug == "horse-racing"
    return "stride" if kinds.is_animal(slug) or stepping else "waddle"


def facing(slug: str) -> int:
    """Where the glyph looks: -1 to the left, as most do, 1 to the right."""
    return 1 if slug in _lists()["rightward"] else -1


def slant(slug: str) -> float:
    """How far, in degrees, its nose points above the horizon."""
    lists = _lists()
    return 45.0 if slug in lists["aslant"] else 90.0 if slug in lists["upright"] else 0.0


def is_lifting(slug: str) -> bool:
    """Whether it leaves the ground straight upwards."""
    return slug in _lists()["lifting"]


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files("danqing.sketch").joinpath("lexicon", "stature.toml").read_text(encoding="utf-8")
    return {kind: frozenset(slugs.split()) for kind, slugs in tomllib.loads(text).items()}
