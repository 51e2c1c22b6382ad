"""Space: nebulae and stars, planets, and the ground of a small moon to stand on."""

import random

import numpy as np
from PIL import Image, ImageDraw

from danqing.sketch.craft.canvas import Layer, Stage, sheet
from danqing.sketch.craft.palette import Colour, Palette, code, mix, rgb, turn
from danqing.sketch.craft.paper import clouds, lifted
from danqing.sketch.craft.raster import raster
from danqing.sketch.scenery.ridge import SHAPES, cut_along
from danqing.sketch.scenery.sky import graded

NEBULAE: tuple[tuple[str, str, str], ...] = (
    ("#070b24", "#5b2a86", "#1f6f8c"),
    ("#090618", "#8a2a5f", "#3a3f9e"),
    ("#04121f", "#14657a", "#5c4a9a"),
    ("#0d0a1e", "#a34a3c", "#5a2f70"),
)
WORLDS = ("#e8a15c", "#6fb0e8", "#d46a8a", "#8fd0a0", "#b59ae8", "#e8d08a")


def space_air(stage: Stage, dice: random.Random, rng: np.random.Generator) -> Layer:
    """Darkness with clouds of light and many stars."""
    dark, first, second = (rgb(tone) for tone in dice.choice(NEBULAE))
    air = graded(stage, (dark, mix(dark, first, 0.25), mix(dark, second, 0.45)), 0.55)
    for tone, cell in ((first, 0.7), (second, 0.5)):
        veil = np.clip(clouds(stage.canvas, stage.height, stage.unit * cell, rng) * 1.25, 0, 1)[..., None] * 0.8
        air += (np.array(tone, np.float32) - air) * veil
    picture = Image.fromarray(np.clip(air, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture, "RGBA")
    for _ in range(round(240 * stage.canvas / max(stage.unit, stage.height) + 120)):
        x, y = dice.random() * stage.canvas, dice.random() * stage.height
        r = max(0.5, stage.unit * 0.0011 * (0.5 + 2.4 * dice.random() ** 4))
        tone = dice.choice(((255, 255, 255), (255, 240, 200), (190, 220, 255)))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(*tone, dice.randint(70, 255)))
        if r > stage.unit * 0.0028:
            pen.line((x - r * 4, y, x + r * 4, y), fill=(*tone, 90))
            pen.line((x, y - r * 4, x, y + r * 4), fill=(*tone, 90))
    return Layer(picture, None, 0, 0, 0.0)


def planet(size: int, colour: Colour, dice: random.Random, *, ringed: bool) -> Image.Image:
    """A banded world, lit from the left, in a 100-unit box that leaves room for a ring."""
    bands = "".join(
        f'<ellipse cx="{dice.uniform(35, 60):.0f}" cy="{y}" rx="{dice.uniform(18, 34):.0f}"'
        f' ry="{dice.uniform(1.6, 4.2):.1f}" '
        f'fill="{code(turn(colour, dice.uniform(-0.05, 0.05), 1.0, dice.uniform(0.8, 1.15)))}" opacity=".65"/>'
        for y in range(28, 74, 8)
    )
    ring = f'stroke="{code(mix(colour, (255, 240, 220), 0.55))}" stroke-width="4.5" fill="none" opacity=".9"'
    body = (
        '<defs><clipPath id="p"><circle cx="50" cy="50" r="28"/></clipPath>'
        '<radialGradient id="s" cx=".3" cy=".28" r=".85">'
        '<stop offset="0" stop-color="#fff" stop-opacity=".45"/>'
        '<stop offset=".45" stop-color="#fff" stop-opacity="0"/>'
        f'<stop offset="1" stop-color="#05030f" stop-opacity=".75"/></radialGradient></defs>'
        f'<circle cx="50" cy="50" r="28" fill="{code(colour)}"/><g clip-path="url(#p)">{bands}</g>'
        f'<circle cx="50" cy="50" r="28" fill="url(#s)"/>'
    )
    if ringed:
        body += f'<g transform="rotate(-18 50 50)"><path d="M22.5 47A46 11 0 1 0 77.5 47" {ring}/></g>'
    return lifted(raster(body, size, size, box=(0, 0, 100, 100)), max(1.0, size * 0.01), 2, 0.4, (0, 0, 0))


def space_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """Planets in the sky and a cratered ground below."""
    layers: list[Layer | None] = []
    worlds = dice.sample(WORLDS, 2)
    sides = dice.choice(((0.2, 0.82), (0.8, 0.16)))
    for k, (tone, across) in enumerate(zip(worlds, sides, strict=True)):
        size = max(8, round(stage.unit * dice.uniform(*((0.42, 0.62), (0.14, 0.22))[k])))
        world = planet(size, rgb(tone), dice, ringed=k == 0 and dice.random() < 0.7)
        x = stage.margin + stage.width * across - world.width / 2
        y = stage.height * dice.uniform(0.12, 0.3) - world.height / 2 + size * 0.2
        layers.append(sheet(world, 0.06 + 0.05 * k, x=round(x), y=round(max(-size * 0.2, y))))
    for level, depth, share in ((0.74, 0.45, 0.3), (0.80, 0.85, 0.0)):
        line = level * stage.height + SHAPES["rolling"](stage.canvas, stage.unit * 1.4, rng) * stage.unit * 0.035
        tones = (mix(colours.land[1], (20, 16, 50), 0.25 + share), mix(colours.land[3], (12, 10, 36), 0.45 + share))
        layers.append(cut_along(line.astype(np.float32), stage.height, tones, depth, rng, unit=stage.unit))
    layers.append(_craters(stage, colours, dice))
    return [layer for layer in layers if layer], []


def _craters(stage: Stage, colours: Palette, dice: random.Random) -> Layer | None:
    board = Image.new("RGBA", (stage.canvas, stage.height))
    pen = ImageDraw.Draw(board)
    dark = mix(colours.land[3], (10, 8, 30), 0.55)
    for _ in range(round(7 * stage.canvas / stage.unit)):
        y = dice.uniform(0.855, 0.98) * stage.height
        wide = stage.unit * dice.uniform(0.02, 0.075) * (0.5 + (y / stage.height - 0.8) * 4)
        x, high = dice.random() * stage.canvas, wide * 0.28
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=(*dark, 190))
        pen.arc(
            (x - wide, y - high, x + wide, y + high),
            20,
            160,
            fill=(255, 255, 255, 70),
            width=max(1, round(wide * 0.05)),
        )
    return sheet(board, 0.85)
