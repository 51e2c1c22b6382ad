"""Makes results unusually large on purpose, for a magic prompt: grain that no codec can shrink, over a real drawing."""

import math

import numpy as np
from PIL import Image

from danqing.sketch.stage.show import Reel

PIXELS = 6_200_000  # as a PNG, about 16 MB
SHARE = 0.5  # how much of the picture is grain
FIELDS = 5  # a film takes turns with as many, which is more than an encoder looks back


def _grain(width: int, height: int, seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def enlarged(picture: Image.Image, seed: int) -> Image.Image:
    """The RGB picture in its own shape with six million pixels or more, all of them grainy."""
    scale = max(1.0, math.sqrt(PIXELS / (picture.width * picture.height)))
    size = (math.ceil(picture.width * scale), math.ceil(picture.height * scale))
    return Image.blend(picture.resize(size, Image.Resampling.NEAREST), _grain(*size, seed), SHARE)


class Grainy:
    """A reel under grain that is new in every frame."""

    def __init__(self, reel: Reel, size: tuple[int, int], seed: int) -> None:
        self._reel = reel
        self._fields = [_grain(*size, seed + k) for k in range(FIELDS)]

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        field = self._fields[round(t * 1000) % FIELDS]
        return Image.blend(self._reel.frame(t, u), field, SHARE)
