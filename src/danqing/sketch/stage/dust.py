"""What those who move leave behind them: dust under feet, spray on water, smoke under a rocket."""

import math
from functools import lru_cache

from PIL import Image

from danqing.sketch.craft.canvas import stamp
from danqing.sketch.craft.palette import Colour
from danqing.sketch.scenery.weather import dot

LASTS = 0.55  # seconds that a puff is seen
HEAVY = {"walk": 0.45, "waddle": 0.5, "play": 0.4, "dance": 0.0, "eat": 0.0, "climb": 0.0}  # how much a step raises
EXHAUST = 1.6  # seconds that smoke is seen
PUFFS_A_SECOND = 9


def raise_dust(frame: Image.Image, at: tuple[float, float], ago: float, size: float, colour: Colour) -> None:
    """Two small clouds that part from where a foot came down `ago` seconds ago."""
    part = ago / LASTS
    radius = max(1, round(size * (0.35 + 0.65 * part)))
    puff = _puff(radius, colour, round(150 * (1 - part) / 10) * 10)
    for side in (-1, 1):
        x = at[0] + side * size * (0.9 + 1.7 * math.sqrt(part))
        stamp(frame, puff, x - puff.width / 2, at[1] - size * 0.9 * part - puff.height / 2)


def smoke(frame: Image.Image, at: tuple[float, float], t: float, rising: float, size: float, colour: Colour) -> None:
    """Clouds that roll aside on the ground below a thing that is `rising` pixels above it, and thin out with height."""
    thin = 1 / (1 + rising / (size * 6))
    for k in range(int(EXHAUST * PUFFS_A_SECOND)):
        age = (t % (1 / PUFFS_A_SECOND)) + k / PUFFS_A_SECOND
        if age > t:
            break
        part = age / EXHAUST
        number = math.floor(t * PUFFS_A_SECOND) - k
        side = math.sin(number * 2.4)
        puff = _puff(max(2, round(size * (0.5 + 1.3 * part))), colour, round(190 * (1 - part) * thin / 10) * 10)
        x, y = at[0] + side * size * (0.5 + 5 * part), at[1] - size * (0.3 + 0.8 * part * abs(math.cos(number)))
        stamp(frame, puff, x - puff.width / 2, y - puff.height / 2)


@lru_cache(maxsize=256)
def _puff(radius: int, colour: Colour, alpha: int) -> Image.Image:
    return dot(radius, colour, alpha, soft=0.45)
