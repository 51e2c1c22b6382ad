"""Open country: meadow, garden, forest, desert, snow and mountains, as bands of cut paper with growing things."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Layer, Stage, place, sheet
from danqing.sketch.craft.materials import leaved
from danqing.sketch.craft.palette import Colour, Palette, mix, multiply, turn
from danqing.sketch.craft.paper import Field, cut, glow, lit, tint
from danqing.sketch.craft.raster import glyph
from danqing.sketch.scenery.ridge import SHAPES, cut_along


@dataclass(frozen=True, slots=True)
class Band:
    """One sheet of land: where its edge runs (fractions), how it is shaped and what stands along it."""

    level: float  # of the height, from the top
    swell: float  # of the unit
    shape: str
    depth: float
    props: tuple[str, ...] = ()
    many: float = 0.0  # props per unit of width
    size: float = 0.2  # of the unit
    scattered: bool = False  # all over the band and not only along its edge
    caps: bool = False
    water: bool = False


@dataclass(frozen=True, slots=True)
class Land:
    """One kind of country."""

    bands: tuple[Band, ...]
    grass: bool = True


WATERLINE = 0.745  # of those who are on a river or a lake
_TREES = ("deciduous-tree", "evergreen-tree")
_FLOWERS = ("tulip", "sunflower", "hibiscus", "rose", "hyacinth", "blossom", "cherry-blossom")
_WILD = ("blossom", "tulip", "herb", "seedling", "four-leaf-clover")

LANDS: dict[str, Land] = {
    "meadow": Land(
        (
            Band(0.50, 0.075, "rolling", 0.30),
            Band(0.60, 0.05, "rolling", 0.50, _TREES, 3.2, 0.17),
            Band(0.72, 0.03, "rolling", 0.80, _WILD, 7.0, 0.085, scattered=True),
        )
    ),
    "garden": Land(
        (
            Band(0.50, 0.06, "rolling", 0.30),
            Band(0.60, 0.035, "rolling", 0.50, ("deciduous-tree", "deciduous-tree", "palm-tree"), 2.6, 0.22),
            Band(0.70, 0.02, "rolling", 0.80, _FLOWERS, 17.0, 0.105, scattered=True),
        )
    ),
    "forest": Land(
        (
            Band(0.42, 0.06, "rolling", 0.25, ("evergreen-tree",), 9.0, 0.17),
            Band(0.54, 0.04, "rolling", 0.45, _TREES, 7.0, 0.29),
            Band(0.66, 0.03, "rolling", 0.65, _TREES, 3.4, 0.46),
            Band(
                0.75,
                0.02,
                "rolling",
                0.85,
                ("mushroom", "herb", "seedling", "brown-mushroom"),
                6.0,
                0.085,
                scattered=True,
            ),
        )
    ),
    "desert": Land(
        (
            Band(0.50, 0.10, "dunes", 0.25),
            Band(0.60, 0.08, "dunes", 0.45, ("cactus",), 1.6, 0.15),
            Band(0.73, 0.06, "dunes", 0.80, ("cactus", "rock", "rock"), 2.6, 0.12, scattered=True),
        ),
        grass=False,
    ),
    "snow": Land(
        (
            Band(0.46, 0.16, "rugged", 0.22, caps=True),
            Band(0.60, 0.06, "rolling", 0.45, ("evergreen-tree",), 5.5, 0.2),
            Band(0.73, 0.03, "rolling", 0.80, ("rock", "evergreen-tree", "evergreen-tree"), 1.8, 0.12, scattered=True),
        ),
        grass=False,
    ),
    "mountain": Land(
        (
            Band(0.36, 0.26, "rugged", 0.16, caps=True),
            Band(0.48, 0.20, "rugged", 0.28, caps=True),
            Band(0.62, 0.07, "rolling", 0.50, ("evergreen-tree",), 7.0, 0.15),
            Band(0.74, 0.03, "rolling", 0.80, ("rock", "seedling", "blossom"), 3.4, 0.08, scattered=True),
        )
    ),
    "river": Land(
        (
            Band(0.47, 0.07, "rolling", 0.25),
            Band(0.55, 0.04, "rolling", 0.45, _TREES, 5.0, 0.2),
            Band(0.635, 0.006, "waves", 0.60, water=True),
            Band(0.80, 0.028, "rolling", 0.85, ("rock", "herb", "blossom", "seedling"), 5.0, 0.075, scattered=True),
        )
    ),
    "lake": Land(
        (
            Band(0.34, 0.24, "rugged", 0.16, caps=True),
            Band(0.46, 0.14, "rugged", 0.28),
            Band(0.55, 0.03, "rolling", 0.45, ("evergreen-tree",), 9.0, 0.12),
            Band(0.60, 0.005, "waves", 0.60, water=True),
            Band(0.82, 0.025, "rolling", 0.85, ("rock", "herb", "seedling"), 4.0, 0.07, scattered=True),
        )
    ),
    "field": Land(
        (
            Band(0.48, 0.06, "rolling", 0.25),
            Band(0.56, 0.03, "rolling", 0.40, ("evergreen-tree", "deciduous-tree"), 3.0, 0.1),
            Band(0.62, 0.012, "rolling", 0.55, ("tulip",), 34.0, 0.04),
            Band(0.67, 0.012, "rolling", 0.65, ("tulip",), 26.0, 0.055),
            Band(0.73, 0.012, "rolling", 0.80, ("tulip", "tulip", "sunflower"), 42.0, 0.075, scattered=True),
        )
    ),
    "farm": Land(
        (
            Band(0.49, 0.07, "rolling", 0.30),
            Band(0.60, 0.03, "rolling", 0.50, ("barn", "haystack", "deciduous-tree", "windmill"), 3.0, 0.19),
            Band(0.68, 0.008, "rolling", 0.70, ("fence",), 10.0, 0.105),
            Band(0.74, 0.02, "rolling", 0.80, _WILD, 5.0, 0.07, scattered=True),
        )
    ),
    "jungle": Land(
        (
            Band(0.38, 0.06, "rolling", 0.25, ("palm-tree", "deciduous-tree"), 9.0, 0.2),
            Band(0.52, 0.04, "rolling", 0.45, ("palm-tree", "deciduous-tree", "palm-tree"), 8.0, 0.34),
            Band(0.66, 0.03, "rolling", 0.65, ("palm-tree", "bamboo", "deciduous-tree"), 4.0, 0.5),
            Band(0.75, 0.02, "rolling", 0.85, ("herb", "hibiscus", "herb", "seedling"), 12.0, 0.1, scattered=True),
        )
    ),
    "bamboo": Land(
        (
            Band(0.46, 0.05, "rolling", 0.25, ("bamboo",), 11.0, 0.34),
            Band(0.58, 0.03, "rolling", 0.45, ("bamboo",), 8.0, 0.5),
            Band(0.70, 0.03, "rolling", 0.65, ("bamboo",), 4.6, 0.66),
            Band(0.77, 0.02, "rolling", 0.85, ("herb", "seedling", "rock"), 6.0, 0.075, scattered=True),
        )
    ),
}

_LUSH = ("deciduous-tree", "evergreen-tree", "palm-tree", "herb", "seedling", "four-leaf-clover")

_LEAFY = frozenset({"deciduous-tree", "herb", "seedling", "four-leaf-clover"})  # they change with the seasons


def grown(slug: str, size: int, colours: Palette, distance: float, dice: random.Random) -> Image.Image:
    """A plant or stone as it looks at a distance (0 near, 1 far) under the palette's light; RGBA, maybe with a halo."""
    seen = glyph(slug, size)
    if dice.random() < 0.5:
        seen = seen.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if slug in _LEAFY and colours.foliage:
        seen = leaved(seen, dice.choice(colours.foliage))
    elif slug in _LUSH:
        seen = tint(seen, turn(colours.land[2], dice.uniform(-0.04, 0.04), 1.1, dice.uniform(0.75, 1.1)), 0.42)
    if size >= 40:
        seen = cut(seen, max(1.0, size * 0.008), 1)
    if colours.time == "neon" and slug not in _LUSH:
        accent = dice.choice(colours.accents)
        return glow(tint(seen, accent, 0.45), max(2.0, size * 0.11), accent, 1.1)
    seen = lit(seen, colours.ambient)
    if distance > 0.05 or colours.dark:
        seen = tint(seen, mix(colours.land[1], colours.haze, 0.3), 0.45 * distance + (0.30 if colours.dark else 0.0))
    return seen


def _along(band: Band, line: Field, stage: Stage, colours: Palette, dice: random.Random) -> Layer | None:
    """Everything that stands on one band, farther things first."""
    props = [slug for slug in band.props if art.has(slug)]
    count = round(band.many * stage.canvas / stage.unit * dice.uniform(0.75, 1.2))
    if not props or not count:
        return None
    spots = []
    for k in range(count):
        x = (k + dice.uniform(0.1, 0.9)) / count * stage.canvas
        floor = float(line[min(len(line) - 1, int(x))])
        deep = dice.random() ** 0.8 if band.scattered else dice.random() * 0.12
        spots.append((floor + deep * (stage.height - floor) * 0.85, x, floor))
    board = Image.new("RGBA", (stage.canvas, stage.height))
    for y, x, floor in sorted(spots):
        nearer = 1 + 0.7 * (y - floor) / max(1.0, stage.height - floor)
        size = max(4, round(stage.unit * band.size * dice.uniform(0.72, 1.2) * nearer / 4) * 4)
        plant = grown(dice.choice(props), size, colours, 1 - band.depth / 0.8, dice)
        pad = (plant.height - size) / 2
        place(board, plant, x - plant.width / 2, y - size * 0.93 - pad)
    return sheet(board, band.depth, lean=stage.unit * 0.005)


def grass_sheet(stage: Stage, colour: Colour, depth: float, reach: float, dice: random.Random) -> Layer | None:
    """Blades of grass along the lower edge of the frame, nearer than the actors and a little out of focus."""
    deep = max(4, round(stage.unit * reach))
    board = Image.new("RGBA", (stage.canvas, deep))
    pen = ImageDraw.Draw(board)
    x = -deep * 0.2
    clump = dice.uniform(0, 6)
    while x < stage.canvas:
        thick = 0.55 + 0.45 * float(np.sin(x / stage.unit * 5 + clump))
        tall = deep * dice.uniform(0.35, 1.0) * (0.25 + 0.75 * thick)
        lean, wide = dice.uniform(-0.45, 0.45) * tall, deep * dice.uniform(0.05, 0.1)
        tone = turn(colour, dice.uniform(-0.02, 0.02), 1.0, dice.uniform(0.7, 1.15))
        pen.polygon([(x - wide, deep), (x + lean, deep - tall), (x + wide, deep)], fill=tone)
        x += deep * dice.uniform(0.04, 0.13)
    soft = board.filter(ImageFilter.GaussianBlur(max(0.5, stage.unit * 0.0022)))
    return sheet(soft, depth, y=stage.height - deep, lean=stage.unit * 0.009)


def land_sheets(
    stage: Stage,
    place_name: str,
    colours: Palette,
    dice: random.Random,
    rng: np.random.Generator,
    *,
    afloat: bool = False,
) -> tuple[list[Layer], list[Layer]]:
    """The sheets behind the actors, back to front, and those before them; `afloat`: the actors are on the water."""
    land = LANDS[place_name]
    last = len(land.bands) - 1
    behind: list[Layer] = []
    front: list[Layer] = []
    sheets = behind
    rise = dice.uniform(-0.07, 0.03)
    for k, band in enumerate(land.bands):
        line = _edge(band, rise * (1 - 0.7 * k / last), stage, dice, rng)
        tones = _water(colours, band.depth) if band.water else _tones(colours, k / last)
        snow = multiply((250, 252, 255), colours.ambient) if band.caps else None
        sheets.append(cut_along(line, stage.height, tones, band.depth, rng, unit=stage.unit, caps=snow))
        standing = _along(band, line, stage, colours, dice)
        if standing:
            sheets.append(standing)
        if band.water and afloat:
            sheets = front
            crest = _edge(replace(band, level=WATERLINE, swell=0.008), 0.0, stage, dice, rng)
            near = (tones[1], mix(tones[1], (16, 40, 80), 0.2))
            sheets.append(cut_along(crest, stage.height, near, 0.9, rng, unit=stage.unit, sway=stage.unit * 0.01))
    grass = grass_sheet(stage, mix(colours.land[3], colours.land[2], 0.25), 1.35, 0.13, dice) if land.grass else None
    return behind, [*front, *([grass] if grass else [])]


def _edge(band: Band, rise: float, stage: Stage, dice: random.Random, rng: np.random.Generator) -> Field:
    level = band.level + rise + dice.uniform(-0.02, 0.015)
    shape = SHAPES[band.shape](stage.canvas, stage.unit * dice.uniform(0.9, 1.6), rng)
    return np.asarray(level * stage.height + shape * band.swell * stage.unit, dtype=np.float32)


def _water(colours: Palette, depth: float) -> tuple[Colour, Colour]:
    """Fresh water: the sky in it, deeper towards us."""
    blue = multiply((70, 158, 214), colours.ambient)
    far = mix(mix(blue, colours.sky[1], 0.3), colours.sky[0], 0.3 if colours.dark else 0.0)
    return far, mix(mix(blue, colours.sky[0], 0.2), (16, 40, 80), 0.3 * depth + (0.3 if colours.dark else 0.0))


def _tones(colours: Palette, nearness: float) -> tuple[Colour, Colour]:
    """Edge and foot colour of a band, from the farthest (0) to the nearest (1)."""
    steps: Sequence[Colour] = colours.land
    at = nearness * 2
    k = min(1, int(at))
    edge = mix(steps[k], steps[k + 1], at - k)
    foot = mix(steps[k + 1], steps[min(3, k + 2)], at - k)
    return mix(edge, colours.haze, 0.28 * (1 - nearness)), mix(foot, colours.haze, 0.42 * (1 - nearness))
