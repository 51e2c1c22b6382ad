"""Colours for the Sketch engine: what sky, land, light and shadow look like at a place and a time of day.

A palette is chosen by seed from a few variants per time and place and then nudged in hue, so that two seeds of
one request differ in light and not only in shape. Everything here is plain data and arithmetic on 8-bit sRGB.
"""

import colorsys
import random
from dataclasses import dataclass

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
INK: Colour = (20, 33, 61)


def rgb(code: str) -> Colour:
    """The colour of a `#rrggbb` code."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def code(colour: Colour) -> str:
    """The `#rrggbb` code of a colour, as SVG wants it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` (0..1) of `second` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def multiply(first: Colour, second: Colour) -> Colour:
    """The colour of a surface `first` under a light `second`."""
    red, green, blue = (a * b // 255 for a, b in zip(first, second, strict=True))
    return red, green, blue


def turn(colour: Colour, hue: float = 0.0, saturation: float = 1.0, value: float = 1.0) -> Colour:
    """The colour moved by `hue` (fraction of the wheel), with saturation and brightness scaled."""
    h, s, v = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    red, green, blue = colorsys.hsv_to_rgb((h + hue) % 1.0, min(1.0, s * saturation), min(1.0, v * value))
    return round(red * 255), round(green * 255), round(blue * 255)


def luminance(colour: Colour) -> float:
    """Perceived brightness, 0 (black) to 1 (white)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


@dataclass(frozen=True, slots=True)
class Hour:
    """What a time of day does to everything in sight."""

    skies: tuple[tuple[str, str, str], ...]  # zenith, middle, horizon
    suns: tuple[str, ...]
    ambient: str  # light that falls on things; they are multiplied by it
    tone: str  # colour the land sinks into
    depth: float  # how far it sinks
    height: tuple[float, float]  # range of the sun's height, fraction of the frame from the top


HOURS: dict[str, Hour] = {
    "day": Hour(
        (
            ("#5cb8f2", "#bfe6fb", "#fff4dc"),
            ("#f4b06a", "#ffdca6", "#fff3d6"),
            ("#2f97e0", "#8fd2f5", "#f1fbff"),
            ("#9aa4ee", "#d3d6fb", "#ffe6ee"),
            ("#5fc4cf", "#bfeee4", "#fff0c4"),
        ),
        ("#ffd75e", "#ffe27a", "#ffcf4a"),
        "#ffffff",
        "#ffffff",
        0.0,
        (0.13, 0.22),
    ),
    "dawn": Hour(
        (
            ("#6f8fe0", "#f4b3a4", "#ffe6bd"),
            ("#8fb0ea", "#fac9d2", "#fff0d4"),
            ("#5674bf", "#e79fb6", "#ffd9a0"),
            ("#7fc0c4", "#f7d2a8", "#ffe9d2"),
        ),
        ("#fff0b8", "#ffe3a0", "#fff6d8"),
        "#ffeae4",
        "#9a8fd0",
        0.26,
        (0.36, 0.44),
    ),
    "dusk": Hour(
        (
            ("#3b2f7f", "#d9537a", "#ffb469"),
            ("#2b3f8c", "#c86a8c", "#ffc88a"),
            ("#53307a", "#e3644f", "#ffcf70"),
            ("#1f4a78", "#7f7fb8", "#ffb38a"),
        ),
        ("#ffe08a", "#ffd06a", "#fff0b0"),
        "#f0b4b0",
        "#5a2f70",
        0.5,
        (0.38, 0.47),
    ),
    "night": Hour(
        (
            ("#0a0f2c", "#1a2858", "#3f5296"),
            ("#081a2e", "#14395e", "#2f6f8c"),
            ("#150d33", "#2c1f5c", "#584a9a"),
            ("#0d1a24", "#20404a", "#5a7f7a"),
        ),
        ("#f6f2dc", "#eef3ff", "#fff3cf"),
        "#7c8cd0",
        "#17224f",
        0.68,
        (0.14, 0.24),
    ),
    "neon": Hour(
        (
            ("#0b0626", "#2a0f57", "#a0309a"),
            ("#040f2e", "#123a6b", "#12a5ad"),
            ("#160328", "#520f62", "#ff5c8a"),
            ("#07122e", "#2a2f88", "#ff7ac8"),
        ),
        ("#ff6ad5", "#7df9ff", "#ffb14a"),
        "#a08ae0",
        "#1d1250",
        0.82,
        (0.16, 0.26),
    ),
}

LANDS: dict[str, tuple[tuple[str, str, str, str], ...]] = {  # far, middle, near, ground
    "meadow": (
        ("#a9d6c0", "#7cc48d", "#4aa868", "#2f8552"),
        ("#bcdcae", "#97cc7d", "#66b058", "#3f8a47"),
        ("#a7d3cf", "#72bfa2", "#45a37d", "#2b7a5c"),
    ),
    "garden": (
        ("#b4dcc9", "#86c99a", "#57b070", "#348a53"),
        ("#c6dfb8", "#a3cf8a", "#74b566", "#4a8f4b"),
        ("#b6d7d6", "#83c4b4", "#52a98d", "#33806a"),
    ),
    "forest": (
        ("#9cc4b4", "#5f9e83", "#35775c", "#1f5641"),
        ("#b4cda0", "#729f66", "#467b46", "#2c5832"),
        ("#e0cba2", "#cf9a58", "#9b6c3a", "#6a4e2c"),
    ),
    "desert": (
        ("#f6dcab", "#eabf7d", "#d89d57", "#b87740"),
        ("#f5d0b4", "#e3a680", "#c87d5a", "#a05d40"),
        ("#f7e6bf", "#ecd08e", "#d9b264", "#b98d47"),
    ),
    "snow": (
        ("#c3d6ec", "#d7e5f4", "#e8f1fa", "#cfdff0"),
        ("#c9d3ea", "#dce3f4", "#eef2fb", "#d2dcf0"),
        ("#bfdce4", "#d5eaef", "#eaf6f8", "#cbe4ea"),
    ),
    "mountain": (
        ("#9fb4cf", "#7f9ab5", "#5d8f7a", "#3c7052"),
        ("#b3b5d1", "#8a8fb8", "#6a8a8f", "#47685f"),
        ("#b7c3c4", "#8ea5a2", "#7a9a6c", "#55784a"),
    ),
    "city": (("#b9c7de", "#8fa3c4", "#6f7f9f", "#59617a"), ("#d9c7c0", "#b99c98", "#8d7480", "#5f5868")),
    "sea": (("#8fd0e2", "#58b2d2", "#2f8dbb", "#1d6c9c"), ("#9adcd6", "#5cc3bf", "#2ea0a6", "#1b7b87")),
    "underwater": (("#7fd6de", "#3fa9c4", "#e6d3a0", "#c9b27a"), ("#8ee0c8", "#37a59f", "#e4cfae", "#bda079")),
    "space": (("#9aa0b8", "#7c829c", "#666b86", "#4b5069"), ("#c49a86", "#a67764", "#87584b", "#5f3d37")),
    "room": (
        ("#f6e7d0", "#eecfa9", "#c58b5b", "#a36c43"),
        ("#dfeaf0", "#bdd3df", "#b98d66", "#8f6747"),
        ("#e6efd9", "#c9dcb4", "#c7986a", "#9a6f49"),
        ("#f6dcd8", "#ecbfb8", "#b9805c", "#8d5c41"),
    ),
    "studio": (
        ("#fbe1d8", "#f6c1b4", "#ee9f90", "#d97c72"),
        ("#dceaf8", "#bcd8f0", "#92bde3", "#6a9cd0"),
        ("#e4f0da", "#cfe3c2", "#a9cd97", "#7fb06f"),
        ("#efe2f6", "#e4d0ef", "#cdabe0", "#a983c4"),
        ("#fbefcf", "#f5dfa6", "#edc76e", "#d3a648"),
        ("#d8efec", "#b7e0da", "#86c8be", "#5aa79d"),
    ),
}

ACCENTS: tuple[str, ...] = ("#ff6b6b", "#ffb14a", "#ffe066", "#8ce99a", "#66d9e8", "#748ffc", "#da77f2", "#f783ac")
NEON_ACCENTS: tuple[str, ...] = ("#7df9ff", "#ff6ad5", "#b4ff9f", "#ffd75e", "#a98bff")


@dataclass(frozen=True, slots=True)
class Grade:
    """How a mood or a season colours everything: `share` of a tone, then saturation and brightness scaled."""

    tone: str
    share: float
    saturation: float = 1.0
    value: float = 1.0


MOODS: dict[str, Grade] = {
    "calm": Grade("#cfe6ee", 0.22, 0.8),
    "joyful": Grade("#ffe27a", 0.12, 1.25, 1.05),
    "gloomy": Grade("#565f70", 0.58, 0.6, 0.8),
    "dramatic": Grade("#3a1030", 0.22, 1.3, 0.78),
    "romantic": Grade("#ff9fb8", 0.36, 1.05),
    "mysterious": Grade("#2b2f6b", 0.45, 0.9, 0.75),
}
SEASONS: dict[str, Grade] = {  # what becomes of the land
    "spring": Grade("#bfe87a", 0.3, 1.05, 1.04),
    "summer": Grade("#5fb83a", 0.12, 1.15),
    "autumn": Grade("#cf8f3c", 0.58),
    "winter": Grade("#eef4fb", 0.72, 0.8),
}
FOLIAGE: dict[str, tuple[str, ...]] = {  # trees and bushes
    "spring": ("#ffb3cc", "#f7cfe0", "#ff9dbf", "#a8d86a"),
    "autumn": ("#e8862e", "#d9542e", "#f2b63a", "#b5472f", "#c9962f"),
    "winter": ("#f2f6fb", "#dfe9f3", "#cfdcea"),
}
SEASONAL_PLACES = frozenset({"meadow", "garden", "forest", "mountain", "city"})


def graded(colour: Colour, grade: Grade | None) -> Colour:
    """The colour under a grade; unchanged without one."""
    if grade is None:
        return colour
    return turn(mix(colour, rgb(grade.tone), grade.share), 0, grade.saturation, grade.value)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture."""

    time: str
    sky: tuple[Colour, Colour, Colour]
    land: tuple[Colour, Colour, Colour, Colour]
    sun: Colour
    sun_height: float
    ambient: Colour
    accents: tuple[Colour, ...]
    foliage: tuple[Colour, ...] = ()  # what the season makes of leaves; green when empty

    @property
    def dark(self) -> bool:
        """Whether lamps and stars can be seen."""
        return self.time in ("night", "neon")

    @property
    def haze(self) -> Colour:
        """What distance fades into."""
        return self.sky[2] if not self.dark else self.sky[1]

    @property
    def shade(self) -> Colour:
        """The colour of cast shadows: the land's hue, nearly black."""
        return turn(self.land[3], saturation=0.7, value=0.22)


def palette(
    place: str,
    time: str,
    colours: tuple[str, ...],
    rng: random.Random,
    variant: int,
    *,
    season: str = "",
    mood: str = "",
) -> Palette:
    """The palette of a place at a time; `colours` named in the prompt become the accents.

    `variant` picks among the palettes there are; neighbouring numbers differ. `season` and `mood` may be empty.
    """
    hour = HOURS.get(time, HOURS["day"])
    nudge = rng.uniform(-0.025, 0.025)
    feeling = MOODS.get(mood)
    year = SEASONS.get(season) if place in SEASONAL_PLACES else None
    lands = LANDS.get(place, LANDS["meadow"])
    land = [graded(turn(rgb(part), nudge), year) for part in lands[variant % len(lands)]]
    ambient = graded(rgb(hour.ambient), Grade(feeling.tone, feeling.share * 0.5) if feeling else None)
    sky = [graded(turn(rgb(part), nudge), feeling) for part in hour.skies[variant % len(hour.skies)]]
    sunk = [mix(multiply(part, rgb(hour.ambient)), rgb(hour.tone), hour.depth * 0.8) for part in land]
    sunk = [graded(part, feeling) for part in sunk]
    usual = NEON_ACCENTS if time == "neon" else ACCENTS
    return Palette(
        time=time,
        sky=(sky[0], sky[1], sky[2]),
        land=(sunk[0], sunk[1], sunk[2], sunk[3]),
        sun=rgb(hour.suns[variant % len(hour.suns)]),
        sun_height=rng.uniform(*hour.height),
        ambient=ambient,
        accents=tuple(rgb(part) for part in (colours or usual)),
        foliage=tuple(rgb(part) for part in FOLIAGE.get(season, ())),
    )
