"""Venues that are built around who is in them: the stage of a theatre, the pitch of a stadium, the mouth of a cave."""

import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch.craft.canvas import Layer, Stage, sheet
from danqing.sketch.craft.palette import Colour, Palette, code, mix, multiply
from danqing.sketch.craft.paper import grain, lifted, noise
from danqing.sketch.craft.raster import raster
from danqing.sketch.scenery.ridge import cut_along

BOARDS = 0.72
PITCH = 0.66
CURTAINS: tuple[Colour, ...] = ((164, 38, 52), (44, 70, 140), (110, 40, 110), (28, 104, 92))


def stage_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """A curtain in folds, spotlights on the boards, and the side curtains before them."""
    cloth, w, h, u = dice.choice(CURTAINS), stage.canvas, stage.height, stage.unit
    floor = h * BOARDS
    backdrop = raster(_folds(w, floor, u * 0.07, mix(cloth, (20, 10, 30), 0.45)), w, h).convert("RGB")
    wood = (mix((196, 132, 84), (40, 20, 40), 0.2), (112, 66, 46))
    boards = cut_along(np.full(w, floor, np.float32), h, wood, 0.85, rng, unit=u, rim=0.2)
    lights = raster(_spotlights(stage, dice), w, h).filter(ImageFilter.GaussianBlur(max(0.6, u * 0.006)))
    wings = "".join(
        f'<g transform="translate({x:.0f} 0) scale({way} 1)">{_folds(w * 0.13, h * 0.93, u * 0.05, cloth)}</g>'
        for x, way in ((0, 1), (w, -1))
    )
    frieze = _folds(w, h * 0.1, u * 0.06, mix(cloth, (255, 220, 160), 0.12))
    frame = lifted(raster(wings + frieze, w, h), max(1.0, u * 0.012), u * 0.008, 0.5)
    pad = (frame.width - w) // 2
    behind = [Layer(grain(backdrop, 2.4, rng), None, 0, 0, 0.5), boards, sheet(lights, 0.9)]
    front = [sheet(frame, 1.1, x=-pad, y=-pad)]
    return [layer for layer in behind if layer], [layer for layer in front if layer]


def _folds(width: float, height: float, step: float, cloth: Colour) -> str:
    """Cloth that hangs in folds, its lower edge scalloped."""
    dark, light = code(mix(cloth, (10, 4, 20), 0.45)), code(mix(cloth, (255, 255, 255), 0.16))
    count = max(2, round(width / step))
    step = width / count
    folds = "".join(
        f'<rect x="{k * step:.1f}" width="{step + 0.5:.1f}" height="{height:.1f}" fill="url(#v)"/>'
        f'<ellipse cx="{(k + 0.5) * step:.1f}" cy="{height:.1f}" rx="{step / 2:.1f}" ry="{step * 0.22:.1f}" '
        f'fill="{code(mix(cloth, (10, 4, 20), 0.15))}"/>'
        for k in range(count)
    )
    return (
        f'<defs><linearGradient id="v"><stop offset="0" stop-color="{dark}"/>'
        f'<stop offset=".45" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></linearGradient></defs>'
        f"{folds}"
    )


def _spotlights(stage: Stage, dice: random.Random) -> str:
    """Three cones of light from above, and the pool where they meet."""
    w, h, u = stage.canvas, stage.height, stage.unit
    warm = dice.choice(("#fff3c4", "#ffe6d0", "#e6f0ff"))
    pool = f'<ellipse cx="{w / 2:.0f}" cy="{h * 0.86:.0f}" rx="{u * 0.42:.0f}" ry="{u * 0.085:.0f}" fill="{warm}" '
    cones = "".join(
        f'<polygon points="{w / 2 + x * u:.0f},{-h * 0.04:.0f} {w / 2 - u * 0.4:.0f},{h * 0.86:.0f} '
        f'{w / 2 + u * 0.4:.0f},{h * 0.86:.0f}" fill="{warm}" opacity=".17"/>'
        for x in (-0.55, 0.0, 0.55)
    )
    return f'{cones}{pool}opacity=".42"/>'


def stadium_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """Full stands under floodlights, and a mown pitch."""
    w, h, u = stage.canvas, stage.height, stage.unit
    stands = Image.new("RGBA", (w, h))
    pen = ImageDraw.Draw(stands)
    night = 0.6 if colours.dark else 0.0
    top, low = h * 0.34, h * PITCH
    for k in range(3):
        y = top + (low - top) * k / 3
        tone = mix(multiply((150, 156, 176), colours.ambient), (20, 22, 50), 0.15 * k + night)
        pen.rectangle((0, y, w, low), fill=tone)
        _crowd(pen, (w, y + u * 0.016, y + (low - top) / 3), u * 0.0125, night, dice)
    for x in (w * 0.14, w * 0.86):
        _floodlight(pen, x, h * 0.1, top, u)
    grass = multiply((92, 172, 84), colours.ambient)
    near, far = mix(grass, (14, 40, 40), night), mix(mix(grass, (20, 80, 40), 0.4), (14, 40, 40), night)
    pitch = cut_along(np.full(w, low, np.float32), h, (near, far), 0.85, rng, unit=u, rim=0.2)
    mown = sheet(raster(_mown(stage), w, h), 0.85)
    board = sheet(stands, 0.4)
    return [layer for layer in (board, pitch, mown) if layer], []


def _crowd(
    pen: ImageDraw.ImageDraw, band: tuple[float, float, float], dot: float, night: float, dice: random.Random
) -> None:
    """Heads in rows: the width of the stand, its upper and its lower edge."""
    width, y, low = band
    shirts = ((229, 72, 77), (61, 126, 255), (255, 210, 90), (247, 247, 247), (63, 166, 107), (245, 160, 80))
    while y < low - dot:
        x = dice.uniform(0, dot * 2)
        while x < width:
            shirt = mix(dice.choice(shirts), (26, 24, 60), night * 0.8)
            pen.ellipse((x - dot * 0.8, y, x + dot * 0.8, y + dot * 1.8), fill=shirt)
            head = mix((250, 205, 120), (26, 24, 60), night * 0.8)
            pen.ellipse((x - dot * 0.45, y - dot * 0.7, x + dot * 0.45, y + dot * 0.2), fill=head)
            x += dot * dice.uniform(2.0, 2.7)
        y += dot * 2.6


def _floodlight(pen: ImageDraw.ImageDraw, x: float, y: float, foot: float, unit: int) -> None:
    wide = unit * 0.07
    pen.rectangle((x - unit * 0.006, y, x + unit * 0.006, foot), fill=(70, 74, 96))
    pen.rounded_rectangle((x - wide, y - unit * 0.04, x + wide, y + unit * 0.04), unit * 0.008, fill=(70, 74, 96))
    for row in (-1, 1):
        for k in range(4):
            cx, cy, r = x + (k - 1.5) * wide * 0.46, y + row * unit * 0.018, unit * 0.012
            pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=(255, 250, 220))


def _mown(stage: Stage) -> str:
    """Lighter stripes that run away from us, and the white lines."""
    w, h, u = stage.canvas, stage.height, stage.unit
    low, middle, step = h * PITCH, stage.canvas / 2, stage.unit * 0.2
    stripes = "".join(
        f'<polygon points="{middle + k * step * 0.6:.0f},{low:.0f} {middle + (k + 1) * step * 0.6:.0f},{low:.0f} '
        f'{middle + (k + 1) * step * 2:.0f},{h} {middle + k * step * 2:.0f},{h}" fill="#fff" opacity=".09"/>'
        for k in range(-int(w / step) - 2, int(w / step) + 2, 2)
    )
    lines = (
        f'<path d="M0 {low + u * 0.03:.0f}H{w}" stroke="#fff" stroke-width="{u * 0.006:.1f}" opacity=".8"/>'
        f'<ellipse cx="{middle:.0f}" cy="{h * 0.88:.0f}" rx="{u * 0.46:.0f}" ry="{u * 0.1:.0f}" fill="none" '
        f'stroke="#fff" stroke-width="{u * 0.007:.1f}" opacity=".7"/>'
    )
    return stripes + lines


def cave_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """Walls of rock around a mouth that lets the day in, and a floor of stone."""
    w, h, u = stage.canvas, stage.height, stage.unit
    x = np.arange(w, dtype=np.float32)[None, :] - w / 2
    y = np.arange(h, dtype=np.float32)[:, None] - h * 0.5
    behind: list[Layer] = []
    for k, reach in enumerate((1.0, 1.22, 1.5)):
        rough = noise(w, h, u * 0.12, rng) * 0.16 + noise(w, h, u * 0.035, rng) * 0.06
        distance = np.sqrt((x / (u * 0.27)) ** 2 + (y / (u * 0.34)) ** 2) / reach + rough
        rock = mix(multiply((126, 112, 120), colours.ambient), (22, 16, 34), 0.34 + 0.22 * k)
        paint = Image.new("RGB", (w, h), rock)
        mask = Image.fromarray((np.clip((distance - 1) * u * 0.07, 0, 1) * 255).astype(np.uint8))
        shade = Image.fromarray((np.clip((distance - 0.9) * 4, 0, 1) * 120).astype(np.uint8))
        behind += [
            Layer(Image.new("RGB", (w, h), (10, 6, 20)), shade, 0, 0, 0.3 + 0.15 * k),
            Layer(grain(paint, 5.0, rng), mask, 0, 0, 0.3 + 0.15 * k),
        ]
    stone = mix(multiply((140, 122, 120), colours.ambient), (24, 16, 34), 0.35)
    line = h * 0.76 + noise(w, 1, u * 0.16, rng)[0] * u * 0.02
    floor = cut_along(line.astype(np.float32), h, (stone, mix(stone, (16, 10, 26), 0.6)), 0.85, rng, unit=u)
    return [*behind, floor], [layer for layer in (_stalactites(stage, dice),) if layer]


def _stalactites(stage: Stage, dice: random.Random) -> Layer | None:
    """Teeth of stone that hang into the frame."""
    board = Image.new("RGBA", (stage.canvas, stage.height))
    pen = ImageDraw.Draw(board)
    x = -stage.unit * 0.05
    while x < stage.canvas:
        wide, deep = stage.unit * dice.uniform(0.03, 0.09), stage.unit * dice.uniform(0.04, 0.2)
        pen.polygon([(x, 0), (x + wide * 0.55, deep), (x + wide, 0)], fill=(30, 24, 42))
        x += wide * dice.uniform(0.8, 1.6)
    return sheet(board.filter(ImageFilter.GaussianBlur(max(0.5, stage.unit * 0.0015))), 1.25)
