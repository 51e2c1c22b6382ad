"""Skies: graded air, sun or moon with their glow, beams, stars, paper clouds and rainbows."""

import math
import random

import numpy as np
from PIL import Image, ImageDraw

from danqing.sketch.craft.canvas import Layer, Stage, place, sheet
from danqing.sketch.craft.palette import Colour, Palette, code, mix, turn
from danqing.sketch.craft.paper import Field, lifted, noise
from danqing.sketch.craft.raster import raster


def graded(stage: Stage, colours: tuple[Colour, Colour, Colour], middle: float) -> Field:
    """Air from zenith to horizon: float RGB of shape (height, canvas, 3); the second colour stands at `middle`."""
    rows = np.linspace(0, 1, stage.height, dtype=np.float32)
    stops = (0.0, middle, 1.0)
    column = np.stack([np.interp(rows, stops, [c[k] for c in colours]) for k in range(3)], axis=-1)
    return np.repeat(column[:, None, :], stage.canvas, axis=1).astype(np.float32)


def shine(air: Field, x: float, y: float, radius: float, colour: Colour, *, beams: float, phase: float) -> Field:
    """Add the glow of a light at (`x`, `y`) and, by `beams` (0..1), soft beams around it."""
    height, width = air.shape[:2]
    across = (np.arange(width, dtype=np.float32) - x)[None, :]
    down = (np.arange(height, dtype=np.float32) - y)[:, None]
    distance = np.sqrt(across**2 + down**2)
    halo = 0.75 * np.exp(-distance / (radius * 1.5)) + 0.35 * np.exp(-distance / (radius * 6))
    if beams:
        angle = np.arctan2(down, across)
        fan = np.clip(np.sin(angle * 9 + phase) + 0.6 * np.sin(angle * 5 - phase * 2), 0, None)
        halo = halo + beams * 0.11 * fan * np.exp(-distance / (radius * 9))
    light = np.clip(halo, 0, 1)[..., None]
    return np.asarray(air + (np.array(colour, np.float32) - air) * light, dtype=np.float32)


def disc(air: Field, x: float, y: float, radius: float, colours: tuple[Colour, Colour]) -> Field:
    """Set a round sheet into the air, shaded from the first colour (top) to the second."""
    height, width = air.shape[:2]
    across = (np.arange(width, dtype=np.float32) - x)[None, :]
    down = (np.arange(height, dtype=np.float32) - y)[:, None]
    inside = np.clip(radius - np.sqrt(across**2 + down**2) + 0.5, 0, 1)[..., None]
    blend = np.clip((down / radius + 1) / 2, 0, 1)[..., None]
    upper, lower = (np.array(colour, np.float32) for colour in colours)
    return np.asarray(air * (1 - inside) + (upper * (1 - blend) + lower * blend) * inside, dtype=np.float32)


def _craters(picture: Image.Image, x: float, y: float, radius: float, rng: random.Random) -> None:
    pen = ImageDraw.Draw(picture, "RGBA")
    for across, down, size in ((-0.3, -0.25, 0.2), (0.28, 0.1, 0.26), (-0.12, 0.42, 0.15), (0.32, -0.42, 0.11)):
        r = radius * size * rng.uniform(0.85, 1.15)
        cx, cy = x + radius * across, y + radius * down
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=(120, 125, 160, 60))


def _bars(picture: Image.Image, x: float, y: float, radius: float, colour: Colour) -> None:
    """The slots of a neon sun, clipped to its disc."""
    pen = ImageDraw.Draw(picture)
    for k in range(5):
        at = radius * (0.08 + 0.2 * k)
        half = math.sqrt(max(0.0, radius**2 - at**2)) + 1
        pen.rectangle((x - half, y + at, x + half, y + at + radius * (0.035 + 0.014 * k)), fill=colour)


def _stars(picture: Image.Image, stage: Stage, rng: random.Random, share: float) -> None:
    pen = ImageDraw.Draw(picture, "RGBA")
    count = int(150 * max(1.0, stage.canvas / max(1, stage.height)) * share)
    for _ in range(count):
        x, y = rng.random() * stage.canvas, rng.random() ** 1.3 * stage.height * 0.75
        r = max(0.5, stage.unit * 0.0011 * (0.5 + 2 * rng.random() ** 3))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(255, 255, 255, rng.randint(70, 240)))


def air_sheet(
    stage: Stage,
    colours: Palette,
    weather: str,
    dice: random.Random,
    rng: np.random.Generator,
    *,
    swell: float = 1.0,
    crescent: bool = False,
) -> Layer:
    """The backmost sheet: air, light and stars; `swell` makes sun or moon larger, `crescent` leaves the moon a rim."""
    overcast = weather in ("rain", "fog", "snow")
    tones = colours.sky
    if overcast:
        grey = mix(mix(tones[0], tones[2], 0.5), (150, 160, 176), 0.6 if not colours.dark else 0.15)
        tones = (mix(tones[0], grey, 0.7), mix(tones[1], grey, 0.7), mix(tones[2], grey, 0.5))
    air = graded(stage, tones, 0.5)
    x = stage.margin + stage.width * dice.choice((dice.uniform(0.14, 0.3), dice.uniform(0.7, 0.86)))
    y = stage.height * colours.sun_height
    radius = stage.unit * dice.uniform(0.075, 0.105) * (1.25 if colours.time == "neon" else 1) * swell
    y = max(y, radius * 1.25)
    if not overcast:
        air = shine(air, x, y, radius, colours.sun, beams=0.0 if colours.dark else 1.0, phase=dice.uniform(0, 6))
        lower = turn(colours.sun, hue=-0.03 if colours.time != "neon" else 0.12, value=0.97)
        dim = air
        air = disc(air, x, y, radius, (colours.sun, lower))
        if crescent and colours.time == "night":
            air = _eclipsed(air, graded(stage, tones, 0.5) * 0.4 + dim * 0.6, (x, y), radius)
    air += noise(stage.canvas, stage.height, 2.2, rng)[..., None] * 2.2
    picture = Image.fromarray(np.clip(air, 0, 255).astype(np.uint8))
    if colours.dark and not overcast:
        _stars(picture, stage, dice, 1.0)
    if colours.time == "night" and not overcast and not crescent:
        _craters(picture, x, y, radius, dice)
    if colours.time == "neon" and not overcast:
        _bars(picture, x, y, radius, mix(colours.sky[1], colours.sky[2], 0.25))
    return Layer(picture, None, 0, 0, 0.0)


def _eclipsed(air: Field, dark: Field, middle: tuple[float, float], radius: float) -> Field:
    """The sky with most of the moon in shadow, so that a crescent is left on one side of it."""
    x, y = middle
    across, down = (
        np.arange(air.shape[1], dtype=np.float32)[None, :],
        np.arange(air.shape[0], dtype=np.float32)[:, None],
    )
    shadow = np.clip(radius * 0.96 - np.hypot(across - x - radius * 0.5, down - y + radius * 0.2) + 0.5, 0, 1)
    moon = np.clip(radius - np.hypot(across - x, down - y) + 2, 0, 1)
    shade = (shadow * moon)[..., None]
    return np.asarray(air * (1 - shade) + dark * shade, dtype=np.float32)


def _puffs(width: float, floor: float, swell: float, dice: random.Random) -> str:
    """Circles in a row, larger in the middle."""
    puffs = ""
    count = dice.randint(4, 5)
    for k in range(count):
        at = 38 + (width - 76) * k / (count - 1)
        arch = math.sin(math.pi * (k + 0.6) / (count + 0.2))
        r = (15 + 21 * arch + dice.uniform(-3, 4)) * swell
        puffs += f'<circle cx="{at + dice.uniform(-4, 4):.1f}" cy="{floor - 22 - r * 0.35:.1f}" r="{r:.1f}"/>'
    return puffs


def cloud(width: int, colours: tuple[Colour, Colour], dice: random.Random) -> Image.Image:
    """One cloud of two sheets of card, `width` pixels wide: RGBA, shadowed."""
    w, h = 200.0, 90.0
    upper, lower = colours
    sheets = ""
    for name, tone, swell, lift in (("back", mix(lower, upper, 0.25), 1.12, 8.0), ("front", upper, 0.92, 0.0)):
        sheets += (
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" y1="10" x2="0" y2="{h}">'
            f'<stop offset="0" stop-color="{code(tone)}"/>'
            f'<stop offset="1" stop-color="{code(mix(tone, lower, 0.6))}"/></linearGradient>'
            f'<g fill="url(#{name})">{_puffs(w, h - lift, swell, dice)}'
            f'<rect x="{14 + lift}" y="{h - 36}" width="{w - 28 - 2 * lift}" height="24" rx="12"/></g>'
        )
    shape = raster(sheets, width, max(2, round(width * h / w)), box=(0, 0, w, h))
    return lifted(shape, max(1.0, width * 0.018), width * 0.018, 0.22, (40, 60, 110))


def cloud_sheets(stage: Stage, colours: Palette, weather: str, dice: random.Random, *, low: float) -> list[Layer]:
    """Two depths of clouds above `low` (fraction of the height)."""
    if weather == "fog" or (colours.time == "neon" and weather == "clear"):
        return []
    grey = {"rain": (138, 146, 164), "snow": (204, 210, 222)}.get(weather, (255, 255, 255))
    white = mix(grey, colours.sky[2], 0.12 if not colours.dark else 0.55)
    if colours.dark:
        white = mix(white, colours.sky[1], 0.62)
    tones = (white, mix(white, colours.sky[1], 0.55))
    heavy = 1.7 if weather in ("rain", "snow") else 1.0
    spread = max(1.0, stage.canvas / stage.unit)
    layers = []
    for depth, size, count in ((0.12, 0.2, 2.4), (0.22, 0.34, 1.7)):
        board = Image.new("RGBA", (stage.canvas, stage.height))
        for _ in range(max(1, round(count * spread * heavy * dice.uniform(0.6, 1.2)))):
            width = max(8, round(stage.unit * size * dice.uniform(0.75, 1.35)))
            puff = cloud(width, tones, dice)
            place(board, puff, dice.uniform(-0.1, 1) * stage.canvas, stage.height * dice.uniform(-0.03, low))
        layers.append(sheet(board, depth, drift=stage.unit * 0.05 * depth))
    return [layer for layer in layers if layer is not None]


def rainbow_sheet(stage: Stage, horizon: float) -> Layer | None:
    """A wide bow standing behind the hills."""
    bands = ("#ff6b6b", "#ffa94d", "#ffe066", "#8ce99a", "#74c0fc", "#9775fa")
    radius, band = stage.canvas * 0.36, stage.unit * 0.022
    rings = "".join(
        f'<circle cx="{stage.canvas / 2:.0f}" cy="{stage.height * (horizon + 0.12):.0f}" '
        f'r="{radius - k * band:.1f}" fill="none" stroke="{colour}" stroke-width="{band:.1f}" opacity=".72"/>'
        for k, colour in enumerate(bands)
    )
    return sheet(raster(rings, stage.canvas, stage.height), 0.08)
