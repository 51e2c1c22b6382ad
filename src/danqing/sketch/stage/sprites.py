"""Stretches and turns the figures of a show, and keeps what it made for the next frames that need much the same."""

from collections import OrderedDict
from threading import Lock

from PIL import Image

from danqing.sketch.stage.acting import Stance

KEPT = 40  # turned figures kept at once
TURN_STEP = 0.75  # degrees
WIDE_STEPS, HIGH_STEPS = 200, 400  # to the whole width and height


class Sprites:
    """Figures as they are seen at a moment; `number` tells them apart. Several threads may ask at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: OrderedDict[tuple[int, ...], Image.Image] = OrderedDict()

    def seen(self, number: int, figure: Image.Image, stance: Stance) -> Image.Image:
        """The RGBA figure in this stance; its middle is the middle of the picture."""
        key = (
            number, stance.mirrored, round(stance.wide * WIDE_STEPS), round(stance.high * HIGH_STEPS),
            round(stance.angle / TURN_STEP) % 480, round(stance.spin / TURN_STEP) % 480,
        )  # fmt: skip
        with self._lock:
            made = self._made.pop(key, None)
        if made is None:
            made = _shaped(figure, key)
        with self._lock:
            self._made[key] = made
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        return made


def _shaped(figure: Image.Image, key: tuple[int, ...]) -> Image.Image:
    _number, mirrored, wide, high, angle, spin = key
    if mirrored:
        figure = figure.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if spin:
        figure = figure.rotate(spin * TURN_STEP, Image.Resampling.BICUBIC, expand=True)
    size = (max(2, round(figure.width * wide / WIDE_STEPS)), max(2, round(figure.height * high / HIGH_STEPS)))
    if size != figure.size:
        figure = figure.resize(size, Image.Resampling.BILINEAR)
    return figure.rotate(angle * TURN_STEP, Image.Resampling.BICUBIC, expand=True) if angle else figure
