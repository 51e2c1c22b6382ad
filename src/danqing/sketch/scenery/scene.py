"""Builds the scene of a plan: every sheet of paper behind and before the actors, and the light they stand in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

import numpy as np

from danqing.sketch.craft.canvas import Layer, Stage
from danqing.sketch.craft.palette import Palette, palette
from danqing.sketch.figures.together import carried, vessels
from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.planning.dice import dice, field_dice, turn
from danqing.sketch.planning.plan import Plan
from danqing.sketch.scenery.cosmos import space_air, space_sheets
from danqing.sketch.scenery.interior import ROOMS, room_sheets, studio_sheets, table_sheets
from danqing.sketch.scenery.land import LANDS, land_sheets
from danqing.sketch.scenery.sky import air_sheet, cloud_sheets, rainbow_sheet
from danqing.sketch.scenery.spots import INDOORS, WATERS, is_seen, like
from danqing.sketch.scenery.town import city_sheets, skyline
from danqing.sketch.scenery.venues import cave_sheets, stadium_sheets, stage_sheets
from danqing.sketch.scenery.water import sea_sheets, shore_sheets, underwater_air, underwater_sheets
from danqing.sketch.scenery.weather import Swarm, drift_of, fog_sheet, swarm

Builder = Callable[[Stage, Palette, Random, np.random.Generator], tuple[list[Layer], list[Layer]]]

GROUND: dict[str, float] = {
    "sea": 0.80,
    "shore": 0.90,
    "underwater": 0.93,
    "city": 0.89,
    "space": 0.91,
    "room": 0.88,
    "studio": 0.84,
    "table": 0.9,
    "sky": 0.9,
    "river": 0.91,
    "lake": 0.92,
}
TABLE_SIZE = 0.6  # of a person: what is no larger can lie on a table
GROUND_ELSEWHERE = 0.87
AFLOAT = 0.765  # on a river or a lake
TABLES = frozenset({"table", "desk"})  # shown as the table one looks across, when only small things are on it
_BUILDERS: dict[str, Builder] = {
    "sea": sea_sheets,
    "shore": shore_sheets,
    "underwater": underwater_sheets,
    "city": city_sheets,
    "space": space_sheets,
    "room": room_sheets,
    "table": table_sheets,
    "studio": studio_sheets,
    "stage": stage_sheets,
    "stadium": stadium_sheets,
    "cave": cave_sheets,
    **{kind: partial(room_sheets, kind=kind) for kind in ROOMS},
}
_MOONS = ("full-moon", "crescent-moon", "full-moon-face", "new-moon", "first-quarter-moon")
_SUNS = ("sun", "sun-with-face", "sunrise", "sunset")
SHOWN_LARGE = frozenset({"rainbow", *_MOONS, *_SUNS})  # the scene's own, larger when the picture is of nothing else
_STARS = ("star", "glowing-star", "milky-way", "night-with-stars", "sparkles", "dizzy")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Sheets behind the actors (back to front), sheets before them, what drifts through, and where feet stand."""

    view: str  # the place as it is shown, see `view_of`
    stage: Stage
    colours: Palette
    behind: tuple[Layer, ...]
    front: tuple[Layer, ...]
    drift: Swarm | None
    ground: float
    seen: frozenset[str]  # glyphs that the scene itself already shows
    afloat: bool = False  # whether the actors are on the water


def scene(plan: Plan, stage: Stage) -> Scene:
    """The scene of a plan on a stage."""
    place = view_of(plan)
    chance, rng = dice(plan, "scene"), field_dice(plan, "scene")
    hour = "day" if place == "space" and plan.time != "neon" else plan.time  # no air, no dusk
    home = like(place)
    variant = turn(plan, "palette", 60)
    colours = palette(home, hour, plan.colours, chance, variant, season=plan.season, mood=plan.mood)
    behind = _air(plan, place, stage, colours, chance, rng)
    afloat = is_afloat(plan, place)
    if place in LANDS:
        sheets, front = land_sheets(stage, place, colours, chance, rng, afloat=afloat)
    elif place == "sky":
        sheets, front = _cloud_sea(stage, colours, chance)
    else:
        sheets, front = _BUILDERS[place](stage, colours, chance, rng)
    behind += sheets
    if plan.weather == "fog" and place not in INDOORS:
        behind.append(fog_sheet(stage, colours, 0.6, 0.62, rng))
        front.append(fog_sheet(stage, colours, 1.2, 0.92, rng))
    kind = drift_of(like(place), plan.time, plan.weather, plan.season)
    drift = swarm(kind, stage, colours, chance) if kind else None
    shown = _shown(plan, place, colours)
    ground = AFLOAT if afloat and place in WATERS else GROUND.get(place, GROUND_ELSEWHERE)
    return Scene(place, stage, colours, tuple(behind), tuple(front), drift, ground, shown, afloat)


def view_of(plan: Plan) -> str:
    """The place as it is shown: the sea from the "shore" when someone has to stand there, a table for small things."""
    if plan.spot == "table" and not _only_small(plan):
        return "room" if plan.place == "room" else view_of(replace(plan, spot=""))
    if any(stature.is_tabletop(plan.subjects[carrier].glyph) for carrier in vessels(plan)):
        return "table"
    furniture = ROOMS[plan.spot].slugs if plan.spot in ROOMS else frozenset()
    doubled = any(one.glyph in furniture for one in plan.subjects)  # a bed in a bedroom is one bed
    if (
        is_seen(plan.spot, plan.place)
        and not doubled
        and not (plan.spot in ("river", "lake") and plan.action == "swim")
    ):
        room = plan.spot in ROOMS and plan.action == "still" and _only_small(plan)
        return "table" if room else "shore" if plan.spot == "beach" else plan.spot
    afloat = _all_keep_up(plan)
    if plan.place == "sea":
        dry = plan.action in ("walk", "run", "chase", "dance", "sleep", "play", "climb", "launch", "roll")
        return "sea" if plan.action == "swim" or (afloat and not dry) else "shore"
    if plan.place == "sky" and not afloat:
        return "meadow"
    if plan.place == "room" and plan.action == "still":
        return "table" if _only_small(plan) else "room"
    if plan.season == "winter" and plan.place in ("meadow", "garden", "studio"):
        return "snow"
    if plan.season and plan.place == "studio":
        return "meadow"
    return plan.place if plan.place in _BUILDERS or plan.place in LANDS or plan.place == "sky" else "meadow"


def is_afloat(plan: Plan, view: str) -> bool:
    """Whether the actors of a plan are on the water in this view of it."""
    return view == "sea" or (view in WATERS and bool(plan.subjects) and _all_keep_up(plan))


def _only_small(plan: Plan) -> bool:
    """Whether there is nothing but what one puts on a table to look at."""
    lying = [one.glyph for one in plan.subjects if one.glyph not in TABLES]
    if plan.spot == "table":
        return bool(lying) and all(stature.size(slug) <= TABLE_SIZE and not kinds.is_living(slug) for slug in lying)
    return bool(lying) and all(stature.is_tabletop(slug) for slug in lying)


def _all_keep_up(plan: Plan) -> bool:
    """Whether nobody needs ground who is not carried by another."""
    resting = carried(plan)
    return all(_keeps_up(one.glyph) for number, one in enumerate(plan.subjects) if number not in resting)


def _keeps_up(slug: str) -> bool:
    """Whether it needs no ground: it swims, flies or hangs in the sky."""
    return stature.is_afloat(slug) or stature.is_flyer(slug) or kinds.is_sky(slug)


def _air(
    plan: Plan, place: str, stage: Stage, colours: Palette, chance: Random, rng: np.random.Generator
) -> list[Layer]:
    """Whatever is farther away than the land."""
    if place in INDOORS:
        return []
    if place == "space":
        return [space_air(stage, chance, rng)]
    if place == "underwater":
        return [underwater_air(stage, colours, chance, rng)]
    weather = "rain" if plan.mood == "gloomy" and plan.weather == "clear" else plan.weather  # no sun shines on gloom
    lead = plan.subjects[0].glyph if plan.subjects else ""
    crescent = any(subject.glyph == "crescent-moon" for subject in plan.subjects)
    layers = [
        air_sheet(
            stage, colours, weather, chance, rng, swell=2.0 if lead in (*_MOONS, *_SUNS) else 1.0, crescent=crescent
        )
    ]
    if any(subject.glyph == "rainbow" for subject in plan.subjects):
        bow = rainbow_sheet(stage, 0.5)
        layers += [bow] if bow else []
    layers += cloud_sheets(stage, colours, weather, chance, low=0.30 if place != "sky" else 0.6)
    if plan.time == "neon" and place in LANDS:
        layers += skyline(stage, colours, chance, floor=0.60)
    return layers


def _cloud_sea(stage: Stage, colours: Palette, chance: Random) -> tuple[list[Layer], list[Layer]]:
    """The sky seen from above the clouds: banks of them below and one before the actors."""
    behind: list[Layer] = []
    for _ in range(2):
        behind += [_lowered(layer, stage, 0.55) for layer in cloud_sheets(stage, colours, "clear", chance, low=0.36)]
    front = [_lowered(layer, stage, 0.78) for layer in cloud_sheets(stage, colours, "clear", chance, low=0.2)[-1:]]
    return behind, front


def _lowered(layer: Layer, stage: Stage, by: float) -> Layer:
    y, depth = layer.y + round(stage.height * by), layer.depth + 0.4
    return replace(layer, y=y, depth=depth, sway=stage.unit * 0.01, drift=layer.drift * 1.6)


def _shown(plan: Plan, place: str, colours: Palette) -> frozenset[str]:
    """Glyphs that need no figure of their own, as the scene has the thing in it."""
    if place in INDOORS and place != "studio":  # the sky is outside its window
        return frozenset({*_MOONS, *_SUNS, *_STARS, "cloud", "rainbow"}) | (TABLES if place == "table" else frozenset())
    if place in INDOORS or place in ("underwater", "space"):
        return frozenset()
    shown = {"rainbow"}
    if plan.weather not in ("rain", "fog", "snow"):
        shown |= set(_MOONS) if plan.time == "night" else set(_SUNS)
        shown |= set(_STARS) if colours.dark else set()
    if plan.weather != "fog" and plan.time != "neon":
        shown.add("cloud")
    return frozenset(
        shown | {"fog", "cloud-with-rain", "cloud-with-snow", "snowflake", "wind-face"}
        if plan.weather != "clear"
        else shown
    )
