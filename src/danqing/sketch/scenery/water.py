"""Water: the sea with its rocking sheets of waves, and the light-shot world below it."""

import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Layer, Stage, place, sheet
from danqing.sketch.craft.palette import Palette, mix, multiply
from danqing.sketch.craft.paper import cut, lit, noise, tint
from danqing.sketch.craft.raster import glyph
from danqing.sketch.scenery.ridge import SHAPES, cut_along
from danqing.sketch.scenery.sky import graded

SEA_LEVEL = 0.56


def _glitter(stage: Stage, colours: Palette, dice: random.Random) -> list[Layer]:
    """Streaks of light on the water."""
    board = Image.new("RGBA", (stage.canvas, stage.height))
    pen = ImageDraw.Draw(board)
    for _ in range(round(26 * stage.canvas / stage.unit)):
        y = stage.height * (SEA_LEVEL + 0.015 + 0.38 * dice.random() ** 1.4)
        near = (y / stage.height - SEA_LEVEL) / 0.4
        half = stage.unit * dice.uniform(0.008, 0.045) * (0.5 + near)
        thick = max(1.0, stage.unit * 0.0024 * (0.6 + near))
        x = dice.random() * stage.canvas
        pen.rounded_rectangle((x - half, y, x + half, y + thick), thick, fill=(*colours.sun, dice.randint(60, 150)))
    layer = sheet(board, 0.4, sway=stage.unit * 0.008)
    return [layer] if layer else []


def sea_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """Open water to the horizon, waves behind the actors, and waves before them."""
    sheets = _waves(stage, colours, (0.64, 0.73, 0.83, 0.92), rng)
    return [*_offing(stage, colours, dice, rng), sheets[0], *_glitter(stage, colours, dice), sheets[1]], sheets[2:]


def shore_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """The sea from a beach: waves that end in foam, sand, and what lies on it."""
    sheets = _waves(stage, colours, (0.62, 0.67), rng)
    sand = multiply((240, 217, 166), colours.ambient)
    dark = mix(colours.sky[0], colours.land[3], 0.5)
    sunk = 0.5 if colours.dark else 0.0
    line = 0.735 * stage.height + SHAPES["rolling"](stage.canvas, stage.unit * 1.5, rng) * stage.unit * 0.02
    foam = cut_along(
        (line - stage.unit * 0.014).astype(np.float32), stage.height,
        (mix((250, 253, 255), dark, sunk), mix(colours.land[0], dark, sunk)), 0.75, rng,
        unit=stage.unit, sway=stage.unit * 0.006,
    )  # fmt: skip
    tones = (mix(sand, dark, sunk), mix(multiply((214, 178, 120), colours.ambient), dark, sunk))
    beach = cut_along(line.astype(np.float32), stage.height, tones, 0.85, rng, unit=stage.unit, rim=0.2)
    behind = [*_offing(stage, colours, dice, rng), sheets[0], *_glitter(stage, colours, dice), sheets[1], foam, beach]
    return [*behind, *_strand(stage, colours, dice)], []


def _offing(stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator) -> list[Layer]:
    """The far water, and now and then a headland."""
    line = np.full(stage.canvas, SEA_LEVEL * stage.height, np.float32)
    tones = (mix(colours.land[0], colours.haze, 0.35), colours.land[1])
    far = cut_along(line, stage.height, tones, 0.1, rng, unit=stage.unit, rim=0.25)
    isle = _isle(stage, colours, dice, rng)
    return [isle, far] if isle else [far]


def _waves(stage: Stage, colours: Palette, levels: tuple[float, ...], rng: np.random.Generator) -> list[Layer]:
    """Sheets of waves, nearer ones larger and darker, rocking against each other."""
    sheets = []
    for k, level in enumerate(levels):
        crest = SHAPES["waves"](stage.canvas, stage.unit * (0.5 + 0.22 * k), rng)
        line = level * stage.height + crest * stage.unit * (0.010 + 0.007 * k)
        upper = mix(colours.land[0], colours.land[3], 0.22 + 0.22 * k)
        lower = mix(colours.land[1], colours.land[3], 0.4 + 0.2 * k)
        sway = stage.unit * (0.012 + 0.008 * k) * (-1) ** k
        depth = 0.35 + 0.25 * k
        sheets.append(
            cut_along(
                line.astype(np.float32), stage.height, (upper, lower), depth, rng, unit=stage.unit, rim=0.55, sway=sway
            )
        )
    return sheets


def _strand(stage: Stage, colours: Palette, dice: random.Random) -> list[Layer]:
    """Shells and stones on the sand, and a palm at one side."""
    board = Image.new("RGBA", (stage.canvas, stage.height))
    if art.has("palm-tree"):
        size = max(8, round(stage.unit * dice.uniform(0.4, 0.52)))
        palm = cut(lit(glyph("palm-tree", size), colours.ambient), max(1.0, size * 0.006), 1)
        x = stage.margin + stage.width * dice.choice((dice.uniform(0.0, 0.1), dice.uniform(0.9, 1.0)))
        place(board, palm, x - size / 2, stage.height * 0.80 - size)
    kinds = [slug for slug in ("spiral-shell", "spiral-shell", "rock", "coconut") if art.has(slug)]
    for _ in range(round(3 * stage.canvas / stage.unit) if kinds else 0):
        size = max(4, round(stage.unit * dice.uniform(0.03, 0.06)))
        thing = lit(glyph(dice.choice(kinds), size), colours.ambient)
        place(board, thing, dice.random() * stage.canvas, stage.height * dice.uniform(0.79, 0.94))
    layer = sheet(board, 0.85)
    return [layer] if layer else []


def _isle(stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator) -> Layer | None:
    """Now and then a far headland on the horizon."""
    if dice.random() < 0.35:
        return None
    x = np.arange(stage.canvas, dtype=np.float32) / stage.canvas
    middle, spread = dice.choice((0.12, 0.85)) + dice.uniform(-0.08, 0.08), dice.uniform(0.10, 0.22)
    hump = np.exp(-(((x - middle) / spread) ** 2))
    rough = SHAPES["rugged"](stage.canvas, stage.unit * 0.8, rng)
    line = stage.height * SEA_LEVEL - hump * stage.unit * 0.12 * (1 + 0.35 * rough) + stage.unit * 0.012
    tone = mix(mix(colours.land[2], colours.sky[0], 0.4), colours.haze, 0.45)
    return cut_along(
        line.astype(np.float32),
        round(stage.height * (SEA_LEVEL + 0.02)),
        (tone, mix(tone, colours.haze, 0.4)),
        0.08,
        rng,
        unit=stage.unit,
        rim=0.2,
    )


def underwater_air(stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator) -> Layer:
    """Blue depth under a bright surface, with beams coming down."""
    top, low = colours.land[0], colours.land[1]
    deep = mix(low, (8, 30, 70), 0.72)
    water = graded(stage, (mix(top, (235, 255, 250), 0.45 if not colours.dark else 0.1), low, deep), 0.42)
    down = np.linspace(0, 1, stage.height, dtype=np.float32)[:, None]
    across = np.arange(stage.canvas, dtype=np.float32)[None, :] / stage.unit
    slant = across - down * dice.uniform(-0.5, 0.5) * stage.height / stage.unit
    fan = np.clip(np.sin(slant * 6 + dice.uniform(0, 6)) + 0.7 * np.sin(slant * 14.3), 0, None)
    light = (fan * 0.16 * np.clip(1 - down * 1.15, 0, 1) ** 1.2)[..., None]
    water += (np.array((235, 255, 250), np.float32) - water) * light
    water += noise(stage.canvas, stage.height, 2.2, rng)[..., None] * 2.2
    return Layer(Image.fromarray(np.clip(water, 0, 255).astype(np.uint8)), None, 0, 0, 0.0)


def _weeds(stage: Stage, colours: Palette, level: float, depth: float, dice: random.Random) -> Layer | None:
    """Ribbons of weed growing from the bed."""
    board = Image.new("RGBA", (stage.canvas, stage.height))
    pen = ImageDraw.Draw(board)
    for _ in range(round(5 * stage.canvas / stage.unit)):
        x, base = dice.random() * stage.canvas, stage.height * (level + dice.uniform(0.02, 0.14))
        tall, wide = stage.unit * dice.uniform(0.14, 0.42), stage.unit * dice.uniform(0.008, 0.016)
        phase, bends = dice.uniform(0, 6), dice.uniform(1.0, 2.0)
        tone = mix(dice.choice(((46, 160, 110), (30, 130, 120), (120, 170, 80), (170, 80, 110))), colours.land[1], 0.3)
        middle = [
            (x + math.sin(phase + k / 14 * bends * 6.28) * wide * 2.2 * k / 14, base - tall * k / 14) for k in range(15)
        ]
        half = [wide * (1 - k / 15) for k in range(15)]
        outline = [(px - w, py) for (px, py), w in zip(middle, half, strict=True)]
        outline += [(px + w, py) for (px, py), w in zip(reversed(middle), reversed(half), strict=True)]
        pen.polygon(outline, fill=tone)
    return sheet(board.filter(ImageFilter.GaussianBlur(max(0.5, stage.unit * 0.001))), depth, sway=stage.unit * 0.006)


def _reef(stage: Stage, colours: Palette, level: float, depth: float, dice: random.Random) -> Layer | None:
    kinds = [slug for slug in ("coral", "coral", "rock", "spiral-shell", "herb") if art.has(slug)]
    board = Image.new("RGBA", (stage.canvas, stage.height))
    for _ in range(round(4.5 * stage.canvas / stage.unit) if kinds else 0):
        slug = dice.choice(kinds)
        size = max(4, round(stage.unit * dice.uniform(0.09, 0.2) * (0.5 if slug == "spiral-shell" else 1)))
        thing = tint(lit(glyph(slug, size), colours.ambient), dice.choice((*colours.accents[:4], colours.land[1])), 0.3)
        place(
            board,
            thing,
            dice.random() * stage.canvas - size / 2,
            stage.height * (level + dice.uniform(0.04, 0.15)) - size * 0.9,
        )
    return sheet(board, depth)


def _shoal(stage: Stage, colours: Palette, dice: random.Random) -> Layer | None:
    """Small far fish, all going the same way."""
    if not art.has("fish"):
        return None
    board = Image.new("RGBA", (stage.canvas, stage.height))
    size = max(4, round(stage.unit * 0.05))
    fish = tint(glyph("fish", size), mix(colours.land[1], (10, 40, 80), 0.35), 0.75)
    x, y = dice.uniform(0.15, 0.75) * stage.canvas, dice.uniform(0.18, 0.4) * stage.height
    for _ in range(dice.randint(5, 9)):
        place(board, fish, x + dice.gauss(0, 1.6) * size, y + dice.gauss(0, 0.9) * size)
    return sheet(board, 0.2, sway=stage.unit * 0.02)


def underwater_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """Reef, weed and sand."""
    behind: list[Layer | None] = [_shoal(stage, colours, dice)]
    for level, depth, share in ((0.70, 0.3, 0.55), (0.82, 0.75, 0.12)):
        line = level * stage.height + SHAPES["rolling"](stage.canvas, stage.unit * 1.2, rng) * stage.unit * 0.045
        tones = (mix(colours.land[2], colours.land[1], share), mix(colours.land[3], (10, 50, 90), share + 0.1))
        behind.append(_weeds(stage, colours, level, depth - 0.05, dice))
        behind.append(cut_along(line.astype(np.float32), stage.height, tones, depth, rng, unit=stage.unit))
        behind.append(_reef(stage, colours, level, depth, dice))
    front = _weeds(stage, colours, 1.0, 1.3, dice)
    return [layer for layer in behind if layer], [front] if front else []
