"""Decides in which manner an actor takes part in the action of a plan: a dog runs, a fox hops, a tree sways.

The manners are those of `motion.MANNERS`.
"""

from danqing.sketch.language import kinds
from danqing.sketch.planning import stature

GOING = frozenset({"walk", "run", "chase"})
PLANTS = frozenset(
    {
        "blossom", "bouquet", "cactus", "cherry-blossom", "christmas-tree", "deciduous-tree", "evergreen-tree",
        "hibiscus", "hyacinth", "lotus", "palm-tree", "potted-plant", "rose", "seedling", "sunflower", "tulip",
    }
)  # fmt: skip
# What a gait becomes when it is in a hurry.
HURRIED = {"stride": "run", "hop": "bound", "waddle": "scurry", "crawl": "crawl"}
UNHURRIED = {"stride": "walk", "hop": "hop", "waddle": "waddle", "crawl": "crawl"}
BALLS = {
    "walk": "roll",
    "run": "roll",
    "chase": "roll",
    "roll": "roll",
    "spin": "spin",
    "still": "still",
    "sleep": "still",
}
ALONE = frozenset({"sleep", "spin", "eat", "climb", "wave", "swing"})  # what only the lead or the living do


def manner(action: str, slug: str, role: str, element: str) -> str:
    """One of `motion.MANNERS`; `element` is what the actor is on or in: "ground", "water", "air" or the "deep"."""
    if kinds.is_rooted(slug):
        return "sway" if slug in PLANTS else "stand"
    if role == "extra" and action in ALONE and not kinds.is_living(slug):
        action = "still"
    if stature.is_ball(slug) and element == "ground":
        return "bounce" if role == "ball" else BALLS.get(action, "bounce")
    if element in ("water", "deep"):
        return _in_water(action, slug, "swim" if element == "deep" else "paddle")
    return _in_air(action, slug) if element == "air" else _on_ground(action, slug)


def _on_ground(action: str, slug: str) -> str:
    living = kinds.is_living(slug)
    if action in GOING or (action == "roll" and stature.is_wheeled(slug)):
        if stature.is_wheeled(slug) or slug.endswith("-biking"):
            return "drive"
        return (UNHURRIED if action == "walk" else HURRIED)[stature.gait(slug)]
    if action == "jump":
        return "leap" if kinds.is_animal(slug) and stature.gait(slug) != "waddle" else "jump"
    if action == "launch":
        lifting = "launch" if stature.is_lifting(slug) else "jump"
        return "take-off" if stature.is_flyer(slug) and lifting == "jump" else lifting
    if action in ("fly", "float", "fall") or (action == "sleep" and not living):
        return "still"
    return action


def _in_air(action: str, slug: str) -> str:
    if action in ("launch", "spin", "swing", "dance"):
        return action
    if action == "fall":
        return "fall" if stature.is_falling(slug) else "float"
    carried = stature.is_hovering(slug) or kinds.is_sky(slug) or not stature.is_flyer(slug)
    if action == "fly" and not kinds.is_sky(slug):
        return "fly" if not stature.is_hovering(slug) else "float"
    return "float" if carried or action in ("float", "sleep") else "fly"


def _in_water(action: str, slug: str, swimming: str) -> str:
    if stature.is_boat(slug):
        return action if action in ("dance", "spin") else "sail"
    if action in ("jump", "dance", "spin"):
        return "leap" if action == "jump" else action
    return swimming if stature.is_afloat(slug) and action not in ("float", "sleep") else "float"
