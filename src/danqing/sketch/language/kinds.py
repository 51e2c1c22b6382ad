"""Tells what a glyph of the pack is: a person, a child, an animal, a thing of the sky, and where it is at home."""

import tomllib
from functools import cache
from importlib.resources import files


def is_person(slug: str) -> bool:
    """Whether the glyph shows a human face, body or part of one, whatever the age or profession."""
    return slug in _set("people") | _set("faces") | _set("body") or slug.startswith(_affixes("people", "prefixes"))


def is_child(slug: str) -> bool:
    """Whether the glyph shows anyone under age."""
    return slug in _set("children")


def is_animal(slug: str) -> bool:
    """Whether the glyph shows an animal, real or fabled."""
    return slug in _set("animals")


def is_living(slug: str) -> bool:
    """Whether the glyph can wear, hold or ride something: a person, an animal, a robot."""
    return is_person(slug) or is_animal(slug) or slug in _set("alive")


def is_whole(slug: str) -> bool:
    """Whether the glyph shows all there is of a person who is doing something, or a part that stands for itself."""
    return slug in _set("body") or slug in _set("whole") or slug.endswith(_affixes("whole", "suffixes"))


def is_wearable(slug: str) -> bool:
    """Whether one wears the glyph."""
    return slug in _set("wearable")


def is_instrument(slug: str) -> bool:
    """Whether one holds the glyph to make music or noise with it."""
    return slug in _set("instruments")


def is_container(slug: str) -> bool:
    """Whether something else can be inside the glyph and still be seen."""
    return slug in _set("containers")


def is_vessel(slug: str) -> bool:
    """Whether the glyph is what a "bowl of" or a "basket of" something else may be full of."""
    return slug in _set("vessels")


def is_served(slug: str) -> bool:
    """Whether the glyph shows a dish or a drink together with its bowl, plate or glass."""
    return slug in _set("served")


def is_sky(slug: str) -> bool:
    """Whether the glyph hangs in the sky, so that it makes a background rather than a main subject."""
    return slug in _set("sky")


def is_rooted(slug: str) -> bool:
    """Whether the glyph stays where it is (a tree, a house), so that it is the setting of whatever moves."""
    return slug in _set("rooted")


def is_nameable(slug: str) -> bool:
    """Whether the glyph's own name, met in a prompt, really means the glyph (a cat does, an OK button does not)."""
    if slug in _set("signs") | _set("faces") | _set("body"):
        return False
    return not (slug.endswith(_affixes("signs", "suffixes")) or slug.startswith(_affixes("signs", "prefixes")))


def habitat(slug: str) -> str | None:
    """The place where the glyph is at home, one of the plan's places; None when it fits anywhere."""
    return _habitats().get(slug)


def substance_colour(slug: str) -> str | None:
    """The colour, "#rrggbb", of what is made of the thing; None when nobody could tell by the colour."""
    return next((colour for colour, slugs in _tables()["substance"].items() if slug in str(slugs).split()), None)


@cache
def _tables() -> dict[str, dict[str, str | list[str]]]:
    text = files("danqing.sketch").joinpath("lexicon", "kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _set(kind: str) -> frozenset[str]:
    slugs = _tables()[kind]["slugs"]
    return frozenset(slugs.split() if isinstance(slugs, str) else slugs)


@cache
def _affixes(kind: str, which: str) -> tuple[str, ...]:
    return tuple(_tables()[kind][which])


@cache
def _habitats() -> dict[str, str]:
    homes: dict[str, str] = {}
    for place, slugs in _tables()["habitat"].items():
        for slug in str(slugs).split():
            homes.setdefault(slug, place)
    return homes
