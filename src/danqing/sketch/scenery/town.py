"""The city: rows of paper houses with lit windows, and a street before them."""

import random

import numpy as np

from danqing.sketch.craft.canvas import Layer, Stage, sheet
from danqing.sketch.craft.palette import Colour, Palette, code, mix, multiply, rgb
from danqing.sketch.craft.raster import raster
from danqing.sketch.scenery.ridge import cut_along

WALLS = ("#e8c9b0", "#d98f77", "#c9d6df", "#a8bfa8", "#e5d38f", "#b7a6c9", "#8fb3c9", "#cf9fa0")
STREET = 0.74


def _wall(colours: Palette, distance: float, dice: random.Random) -> Colour:
    paint = mix(rgb(dice.choice(WALLS)), colours.land[1], 0.35)
    tone = multiply(paint, colours.ambient)
    sunk = {"day": 0.0, "dawn": 0.25, "dusk": 0.5, "night": 0.66, "neon": 0.66}[colours.time]
    tone = mix(tone, mix(colours.sky[1], colours.sky[2], 0.1 if colours.time != "neon" else 0.3), sunk * 0.92)
    return mix(tone, colours.haze, 0.55 * distance)


def _windows(x: float, y: float, w: float, h: float, colours: Palette, dice: random.Random) -> str:
    """A grid of windows within a wall; some of them lit after dark."""
    lamps = [code(c) for c in colours.accents] if colours.time == "neon" else ["#ffe38a", "#ffd27a", "#fff1c2"]
    across = max(1, int(w / 15))
    step = (w - 8) / across
    chance = {"day": 0.0, "dawn": 0.12, "dusk": 0.5, "night": 0.55, "neon": 0.6}[colours.time]
    dull = code(mix(colours.sky[1], (40, 50, 80), 0.45 if not colours.dark else 0.75))
    panes = []
    for row in range(int((h - 12) / 19)):
        for column in range(across):
            lamp = dice.random() < chance
            if not lamp and colours.time == "neon" and dice.random() < 0.6:
                continue
            fill, shown = (dice.choice(lamps), dice.uniform(0.65, 1)) if lamp else (dull, 0.55)
            panes.append(
                f'<rect x="{x + 4 + column * step + step * 0.22:.1f}" y="{y + 10 + row * 19:.1f}" '
                f'width="{step * 0.56:.1f}" height="10" rx="1" fill="{fill}" opacity="{shown:.2f}"/>'
            )
    return "".join(panes)


def _roof(kind: str, x: float, y: float, w: float, fill: str) -> str:
    middle = x + w / 2
    shapes = {
        "flat": f'<rect x="{x - 2:.1f}" y="{y - 4:.1f}" width="{w + 4:.1f}" height="6" fill="{fill}"/>',
        "gable": f'<path d="M{x - 3:.1f} {y + 1:.1f}L{middle:.1f} {y - w * 0.45:.1f}L{x + w + 3:.1f} {y + 1:.1f}'
        f'Z" fill="{fill}"/>',
        "dome": f'<path d="M{x:.1f} {y + 1:.1f}a{w / 2:.1f} {w * 0.42:.1f} 0 0 1 {w:.1f} 0Z" fill="{fill}"/>',
        "mast": (
            f'<rect x="{x + w * 0.2:.1f}" y="{y - 14:.1f}" width="{w * 0.6:.1f}" height="16" fill="{fill}"/>'
            f'<rect x="{middle - 1:.1f}" y="{y - 44:.1f}" width="2" height="32" fill="{fill}"/>'
        ),
    }
    return shapes[kind]


def _row(
    stage: Stage, colours: Palette, tall: tuple[float, float], distance: float, floor: float, dice: random.Random
) -> Layer | None:
    """One row of buildings standing on `floor` (fraction of the height); measures inside are on a 720-unit scale."""
    scale = 720 / stage.unit
    width, height = stage.canvas * scale, floor * stage.height * scale
    body = ""
    x = -dice.uniform(0, 50)
    while x < width:
        w = dice.uniform(52, 108)
        h = dice.uniform(*tall) * 720
        y = height - h
        wall = _wall(colours, distance, dice)
        roof = code(mix(wall, (30, 25, 60), 0.28))
        body += _roof(dice.choice(("flat", "flat", "gable", "dome", "mast")), x, y, w, roof)
        body += f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{code(wall)}"/>'
        body += f'<rect x="{x:.1f}" y="{y:.1f}" width="{w * 0.12:.1f}" height="{h:.1f}" fill="#fff" opacity=".10"/>'
        shaded = f'x="{x + w * 0.9:.1f}" y="{y:.1f}" width="{w * 0.1:.1f}" height="{h:.1f}"'
        body += f'<rect {shaded} fill="#0a0628" opacity=".14"/>'
        body += _windows(x, y, w, h, colours, dice)
        x += w + dice.choice((0, 0, 4, 14))
    top = max(0.0, height - tall[1] * 720 - 60)
    pixels = max(2, round((height - top) / scale))
    drawn = raster(body, stage.canvas, pixels, box=(0, top, width, height - top))
    return sheet(drawn, 0.18 + 0.3 * (1 - distance), y=round(top / scale))


def skyline(stage: Stage, colours: Palette, dice: random.Random, *, floor: float) -> list[Layer]:
    """Two far rows of towers, as a backdrop for other places."""
    rows = [
        _row(stage, colours, (0.2, 0.42), 0.75, floor, dice),
        _row(stage, colours, (0.1, 0.3), 0.35, floor + 0.02, dice),
    ]
    return [row for row in rows if row]


def _street(stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator) -> list[Layer]:
    """Pavement, kerb and a road with a dashed line."""
    edge = np.full(stage.canvas, stage.height * STREET, np.float32)
    stone = mix(multiply((196, 192, 196), colours.ambient), colours.sky[0], 0.72 if colours.dark else 0.08)
    asphalt = mix(multiply((92, 94, 108), colours.ambient), colours.sky[0], 0.72 if colours.dark else 0.0)
    road = np.full(stage.canvas, stage.height * (STREET + 0.15), np.float32)
    sheets = [
        cut_along(edge, stage.height, (stone, mix(stone, asphalt, 0.3)), 0.85, rng, unit=stage.unit, rim=0.3),
        cut_along(road, stage.height, (asphalt, mix(asphalt, (20, 20, 40), 0.3)), 1.0, rng, unit=stage.unit, rim=0.15),
    ]
    dash, y = stage.unit * 0.11, stage.height * (STREET + 0.215)
    paint = "#ffe38a" if not colours.dark else code(colours.accents[0])
    start = dice.uniform(-1, 0) * dash
    dashes = "".join(
        f'<rect x="{start + k * dash * 1.9:.1f}" y="{y:.1f}" width="{dash:.1f}" height="{stage.unit * 0.012:.1f}" '
        f'rx="2" fill="{paint}" opacity=".8"/>'
        for k in range(int(stage.canvas / (dash * 1.9)) + 2)
    )
    line = sheet(raster(dashes, stage.canvas, stage.height), 1.0)
    return [*sheets, *([line] if line else [])]


def city_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """Three rows of buildings and the street."""
    rows = [
        _row(stage, colours, (0.34, 0.60), 0.9, STREET - 0.01, dice),
        _row(stage, colours, (0.24, 0.46), 0.5, STREET, dice),
        _row(stage, colours, (0.12, 0.30), 0.1, STREET + 0.01, dice),
    ]
    return [*(row for row in rows if row), *_street(stage, colours, dice, rng)], []
