"""Spots: the finer places that a prompt may name within a coarse one, such as a kitchen, a river or a stage."""

from collections.abc import Mapping

LIKE: Mapping[str, str] = {  # what the light, the sounds and the weather of a spot are like
    "kitchen": "room",
    "library": "room",
    "classroom": "room",
    "office": "room",
    "bedroom": "room",
    "restaurant": "room",
    "stage": "room",
    "table": "room",
    "shore": "sea",
    "beach": "sea",
    "river": "meadow",
    "field": "meadow",
    "farm": "meadow",
    "stadium": "meadow",
    "jungle": "forest",
    "bamboo": "forest",
    "lake": "mountain",
    "cave": "mountain",
}
INDOORS = frozenset({"room", "studio"}) | {spot for spot, place in LIKE.items() if place == "room"}
WATERS = frozenset({"river", "lake"})  # with a bank to stand on


def like(view: str) -> str:
    """The coarse place that a view is like; any other view as it is."""
    return LIKE.get(view, view)


def is_seen(spot: str, place: str) -> bool:
    """Whether a spot that a prompt names can be shown at its place: rooms only in a room, the rest under the sky."""
    if spot not in LIKE or place in ("space", "underwater"):
        return False
    return (like(spot) == "room") == (place == "room")
