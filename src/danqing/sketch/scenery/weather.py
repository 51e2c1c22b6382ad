"""Small things that drift through a picture: rain, snow, motes, sparks, leaves and bubbles, and banks of fog."""

import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch.craft.canvas import Layer, Stage, stamp
from danqing.sketch.craft.palette import Colour, Palette, mix, multiply
from danqing.sketch.craft.paper import noise


@dataclass(frozen=True, slots=True)
class Particle:
    """One drifting thing: start (fractions of the frame), speed (units per second), sway and look."""

    x: float
    y: float
    vx: float
    vy: float
    sway: float
    phase: float
    look: int


@dataclass(frozen=True, slots=True, eq=False)
class Swarm:
    """Particles and the pictures they take turns to wear."""

    looks: tuple[Image.Image, ...]
    particles: tuple[Particle, ...]
    stage: Stage

    def draw(self, frame: Image.Image, t: float) -> None:
        """Paint the swarm as it is after `t` seconds; what leaves on one side comes back on the other."""
        unit, width, height = self.stage.unit, self.stage.width, self.stage.height
        for part in self.particles:
            look = self.looks[part.look]
            span_x, span_y = width + look.width, height + look.height
            drift = part.sway * math.sin(t * 1.4 + part.phase)
            x = (part.x * span_x + (part.vx * t + drift) * unit) % span_x - look.width
            y = (part.y * span_y + part.vy * t * unit) % span_y - look.height
            stamp(frame, look, x, y)


def dot(radius: float, colour: Colour, alpha: int, *, soft: float = 0.0) -> Image.Image:
    """A round spot, RGBA; `soft` is how far its edge is out of focus, in radii."""
    pad = math.ceil(radius * (1 + 3 * soft)) + 1
    big = Image.new("L", (pad * 8, pad * 8))
    c, r = pad * 4, radius * 4
    ImageDraw.Draw(big).ellipse((c - r, c - r, c + r, c + r), fill=alpha)
    mask = big.resize((pad * 2, pad * 2), Image.Resampling.BOX)
    if soft:
        mask = mask.filter(ImageFilter.GaussianBlur(radius * soft))
    dot = Image.new("RGB", mask.size, colour)
    dot.putalpha(mask)
    return dot


def _streak(length: float, lean: float, width: float) -> Image.Image:
    high = max(3, round(length))
    wide = max(3, round(abs(lean) * high + width * 2))
    big = Image.new("RGBA", (wide * 2, high * 2), (225, 238, 255, 0))
    ends = (wide * 2 - 2, 1, 1, high * 2 - 1) if lean > 0 else (1, 1, wide * 2 - 2, high * 2 - 1)
    ImageDraw.Draw(big).line(ends, fill=(225, 238, 255, 165), width=max(1, round(width * 2)))
    return big.resize((wide, high), Image.Resampling.BOX)


def _leaf(size: float, colour: Colour) -> Image.Image:
    box = max(4, round(size))
    big = Image.new("RGBA", (box * 4, box * 4), (*colour, 0))
    pen = ImageDraw.Draw(big)
    pen.pieslice((-box * 2, 0, box * 4 - 2, box * 6), 270, 340, fill=(*colour, 235))
    return big.resize((box, box), Image.Resampling.BOX)


def _bubble(radius: float) -> Image.Image:
    box = max(4, math.ceil(radius * 2) + 2)
    big = Image.new("RGBA", (box * 4, box * 4), (235, 255, 255, 0))
    pen = ImageDraw.Draw(big)
    pen.ellipse(
        (4, 4, box * 4 - 5, box * 4 - 5), fill=(235, 255, 255, 44), outline=(240, 255, 255, 190), width=max(2, box // 4)
    )
    pen.ellipse((box * 1.0, box * 0.8, box * 1.7, box * 1.4), fill=(255, 255, 255, 220))
    return big.resize((box, box), Image.Resampling.BOX)


def _looks(kind: str, stage: Stage, colours: Palette) -> tuple[Image.Image, ...]:
    u = stage.unit
    if kind == "rain":
        return tuple(_streak(u * s, 0.18, max(1.0, u * 0.0022)) for s in (0.035, 0.05, 0.07))
    if kind == "snow":
        return tuple(
            dot(max(0.7, u * s), (255, 255, 255), a, soft=0.35) for s, a in ((0.0028, 190), (0.005, 225), (0.009, 235))
        )
    if kind == "wind":
        return tuple(_leaf(u * 0.026, mix(c, (160, 110, 50), 0.45)) for c in colours.accents[:3])
    if kind in ("petals", "leaves"):
        size = 0.018 if kind == "petals" else 0.03
        return tuple(_leaf(u * size, multiply(c, colours.ambient)) for c in colours.foliage[:3])
    if kind == "bubbles":
        return tuple(_bubble(max(1.5, u * s)) for s in (0.005, 0.009, 0.016))
    if kind == "sparks":
        return tuple(dot(max(0.8, u * 0.0035), c, 235, soft=0.5) for c in colours.accents[:4])
    return tuple(dot(max(0.7, u * s), (255, 250, 222), a, soft=0.4) for s, a in ((0.0025, 150), (0.004, 110)))


@dataclass(frozen=True, slots=True, eq=False)
class Twinkles:
    """Lights that stay where they are and blink; `looks` from faint to bright."""

    looks: tuple[Image.Image, ...]
    spots: tuple[tuple[float, float, float, float], ...]  # x and y in pixels, blinks per second, phase

    def draw(self, frame: Image.Image, t: float) -> None:
        """Paint the lights as they are after `t` seconds."""
        for x, y, rate, phase in self.spots:
            level = round((math.sin(t * rate * 2 * math.pi + phase) * 0.5 + 0.5) * len(self.looks)) - 1
            if level >= 0:
                look = self.looks[level]
                stamp(frame, look, x - look.width / 2, y - look.height / 2)


def twinkles(stage: Stage, depth: float, chance: random.Random) -> Twinkles:
    """Stars that blink over the upper part of the frame, down to `depth` (fraction of the height)."""
    looks = tuple(dot(max(0.8, stage.unit * 0.0026), (255, 255, 250), a, soft=0.6) for a in (70, 130, 190, 250))
    count = round(26 * stage.width * stage.height / stage.unit**2)
    spots = tuple(
        (chance.random() * stage.width, chance.random() * depth * stage.height, chance.uniform(0.2, 0.7), k * 2.4)
        for k in range(count)
    )
    return Twinkles(looks, spots)


# kind: particles per square unit, speed x, speed y (units per second), sway
DRIFTS: dict[str, tuple[int, float, float, float]] = {
    "rain": (120, -0.22, 1.25, 0.0),
    "snow": (90, 0.02, 0.10, 0.020),
    "wind": (24, 0.42, 0.07, 0.030),
    "bubbles": (16, 0.0, -0.11, 0.012),
    "sparks": (34, 0.015, -0.022, 0.015),
    "motes": (18, 0.012, -0.012, 0.012),
    "petals": (26, 0.10, 0.09, 0.030),
    "leaves": (22, 0.12, 0.11, 0.035),
}
FALLING: dict[str, str] = {"spring": "petals", "autumn": "leaves", "winter": "snow"}


def swarm(kind: str, stage: Stage, colours: Palette, chance: random.Random) -> Swarm:
    """A swarm of one of the `DRIFTS`."""
    many, vx, vy, sway = DRIFTS[kind]
    looks = _looks(kind, stage, colours)
    count = min(420, round(many * stage.width * stage.height / stage.unit**2))
    particles = []
    for _ in range(count):
        look = chance.randrange(len(looks))
        pace = chance.uniform(0.7, 1.2) * (0.75 + 0.25 * look)
        particles.append(
            Particle(
                chance.random(),
                chance.random(),
                vx * pace,
                vy * pace,
                sway * chance.uniform(0.5, 1.5),
                chance.uniform(0, 6.28),
                look,
            )
        )
    return Swarm(looks, tuple(particles), stage)


def drift_of(place: str, time: str, weather: str, season: str = "") -> str | None:
    """Which swarm goes with a place, a time, a weather and a season."""
    if place == "underwater":
        return "bubbles"
    outdoors = place not in ("room", "table", "studio", "space")
    if weather in ("rain", "snow", "wind") and outdoors:
        return weather
    if place == "space" or weather == "fog":
        return None
    if season in FALLING and outdoors and place != "sea":
        return FALLING[season]
    return "sparks" if time in ("neon", "night") and place in ("garden", "forest", "meadow", "city") else "motes"


def fog_sheet(stage: Stage, colours: Palette, depth: float, level: float, rng: np.random.Generator) -> Layer:
    """A bank of fog, thickest at `level` (fraction of the height)."""
    bank = noise(stage.canvas, stage.height, stage.unit * 0.55, rng, stretch=0.28) * 0.5 + 0.5
    rows = np.linspace(0, 1, stage.height, dtype=np.float32)[:, None]
    thick = np.exp(-(((rows - level) / 0.2) ** 2))
    mask = np.clip(bank * thick * 1.05, 0, 0.86)
    tone = mix(colours.haze, (236, 240, 244), 0.6 if not colours.dark else 0.2)
    paint = Image.new("RGB", (stage.canvas, stage.height), tone)
    return Layer(paint, Image.fromarray((mask * 255).astype(np.uint8)), 0, 0, depth, sway=stage.unit * 0.05)
