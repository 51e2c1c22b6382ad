"""Skylines: lines of hills, peaks, dunes and waves, and the sheets of paper cut along them."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from danqing.sketch.craft.canvas import Layer
from danqing.sketch.craft.palette import Colour
from danqing.sketch.craft.paper import Field, noise

TURN = 2 * np.pi


def rolling(width: int, period: float, rng: np.random.Generator) -> Field:
    """Soft hills: a few sines of falling weight."""
    x = np.arange(width, dtype=np.float32) / period
    waves = [np.sin(TURN * (x * (0.35 + 0.4 * k) + rng.random())) / (k + 1) for k in range(5)]
    return np.asarray(np.sum(waves, axis=0) / 1.6, dtype=np.float32)


def rugged(width: int, period: float, rng: np.random.Generator) -> Field:
    """Peaks: straight slopes between random points, octave upon octave."""
    x = np.arange(width, dtype=np.float32) / period
    total = np.zeros(width, np.float32)
    for octave in range(6):
        knots = int(x[-1] * 2**octave * 1.4) + 3
        heights = rng.uniform(-1, 1, knots)
        total += np.interp(x * 2**octave * 1.4 + rng.random(), np.arange(knots), heights) * 0.48**octave
    return np.asarray(0.75 - np.abs(total) * 1.5, dtype=np.float32)


def dunes(width: int, period: float, rng: np.random.Generator) -> Field:
    """Dunes: long windward slopes and short lee sides, of uneven height."""
    x = np.arange(width, dtype=np.float32) / period * 0.8 + rng.random() * 5
    x = x + 0.12 * np.sin(TURN * x * 0.37 + rng.random() * TURN)
    phase = x % 1.0
    crest = np.where(phase < 0.72, phase / 0.72, (1 - phase) / 0.28)
    sizes = rng.uniform(0.45, 1.0, int(x[-1]) + 3)
    return np.asarray(-(np.sin(crest * np.pi / 2) ** 1.5) * sizes[x.astype(int)] + 0.4, dtype=np.float32)


def waves(width: int, period: float, rng: np.random.Generator) -> Field:
    """Water: scalloped crests as a paper-cutter makes them."""
    x = np.arange(width, dtype=np.float32) / period * 6 + rng.random()
    swell = 0.35 * np.sin(TURN * (x / 5.3 + rng.random()))
    return np.asarray(np.abs(np.sin(np.pi * x)) * 0.9 - 0.5 + swell, dtype=np.float32)


SHAPES: dict[str, Callable[[int, float, np.random.Generator], Field]] = {
    "rolling": rolling,
    "rugged": rugged,
    "dunes": dunes,
    "waves": waves,
}


def cut_along(
    line: Field,
    height: int,
    colours: tuple[Colour, Colour],
    depth: float,
    rng: np.random.Generator,
    *,
    unit: int,
    rim: float = 0.35,
    caps: Colour | None = None,
    sway: float = 0.0,
    opacity: float = 1.0,
) -> Layer:
    """The sheet below a skyline (`line`: y for every x) down to `height`, with its shadow on what lies behind.

    Colours run from the first at the edge to the second; `rim` is the light on the cut edge; `caps` covers the
    heights with another colour (snow). Low noise keeps large sheets from looking like plastic.
    """
    width = len(line)
    reach = max(2.0, unit * 0.02)
    top = int(max(0, np.floor(line.min() - reach * 5)))
    top = min(top, height - 1)
    below = np.arange(top, height, dtype=np.float32)[:, None] - line[None, :]
    fall = np.clip(below / (unit * 0.34), 0, 1)
    mottle = noise(width, height - top, max(4.0, unit * 0.09), rng, stretch=0.5) * 0.08
    blend = np.clip(fall + mottle, 0, 1)[..., None]
    near, far = (np.array(colour, np.float32) for colour in colours)
    paint = near * (1 - blend) + far * blend
    if caps is not None:
        paint = _capped(paint, below, line, caps, rng, unit)
    edge = np.exp(-np.clip(below, 0, None) / max(1.0, unit * 0.004)) * rim
    paint += (255 - paint) * edge[..., None]
    tooth = noise(width, height - top, 2.2, rng)[..., None] * 3.2
    body = np.clip(below + 0.5, 0, 1)
    shadow = 0.30 * np.exp(np.clip(below, None, 0) / reach)
    dark = np.array((18, 14, 40), np.float32)
    pixels = np.where(body[..., None] > 0, paint + tooth, dark)
    mask = np.clip(body + (1 - body) * shadow, 0, 1) * opacity
    return Layer(
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)),
        Image.fromarray((mask * 255).astype(np.uint8)),
        0,
        top,
        depth,
        sway,
    )


def _capped(paint: Field, below: Field, line: Field, caps: Colour, rng: np.random.Generator, unit: int) -> Field:
    """Snow on the heights: thicker the higher the peak, with a ragged lower edge."""
    height = np.clip((line.max() - line) / max(1.0, float(np.ptp(line))), 0, 1)
    ragged = noise(len(line), below.shape[0], max(3.0, unit * 0.022), rng, stretch=2.2) * unit * 0.045
    thick = (height**1.6) * unit * 0.17
    cover = np.clip((thick[None, :] - below + ragged) / max(1.0, unit * 0.006), 0, 1)[..., None]
    return np.asarray(paint * (1 - cover) + np.array(caps, np.float32) * cover, dtype=np.float32)
