"""Pixels for engines that are asked in pixels: from a ratio and a word for the resolution, by the engine's own rule."""

import re
from dataclasses import dataclass
from math import gcd, sqrt

from danqing.domain.sizes import sides

Pixels = tuple[int, int]

_ASPECT = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_CLASS = re.compile(r"([0-9]+(?:\.[0-9]+)?)K")  # 1K: as many pixels as a square of 1024
_LINES = re.compile(r"([0-9]{2,4})p")  # 720p: the shorter side
_OFF_MAX = 0.025  # how far a fixed size may be off the ratio: 1792x1024 and 1280x704 still are 16:9


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What an engine takes: one of `fixed`, or, when there are none, all within these limits."""

    fixed: tuple[Pixels, ...] = ()
    step: int = 16
    side_max: int = 3840
    pixels_max: int = 3840 * 2160
    ratio_max: float = 3.0


def pixels(aspect: str, size: str | None, sizes: Sizes) -> Pixels | None:
    """Width and height, exactly of the ratio where the steps allow it. None when the engine cannot make it."""
    match = _ASPECT.fullmatch(aspect)
    if match is None:
        return None
    across, down = int(match[1]), int(match[2])
    wanted = _wanted(size or "1K", across / down)
    if wanted is None or max(across / down, down / across) > sizes.ratio_max:
        return None
    if sizes.fixed:
        return _nearest(wanted, sizes.fixed)
    return _lines(wanted, sizes) if _LINES.fullmatch(size or "") else _exact(wanted, across, down, sizes)


def is_taken(asked: str, sizes: Sizes) -> bool:
    """Whether an engine makes just these pixels, as "1024x1024"."""
    if (size := read_pixels(asked)) is None:
        return False
    if sizes.fixed:
        return size in sizes.fixed
    width, height = size
    fits = max(width, height) <= min(width, height) * sizes.ratio_max and _within(width, height, sizes)
    return fits and width % sizes.step == height % sizes.step == 0


def read_pixels(text: str) -> Pixels | None:
    """ "1024x1024" as numbers."""
    return sides(text)


def _wanted(size: str, ratio: float) -> tuple[float, float] | None:
    if match := _CLASS.fullmatch(size.upper()):
        side = 1024 * float(match[1])
        return side * sqrt(ratio), side / sqrt(ratio)
    if match := _LINES.fullmatch(size):
        lines = int(match[1])
        return lines * max(ratio, 1), lines / min(ratio, 1)
    return None


def _nearest(wanted: tuple[float, float], fixed: tuple[Pixels, ...]) -> Pixels | None:
    ratio = wanted[0] / wanted[1]
    fitting = [size for size in fixed if abs(size[0] / size[1] / ratio - 1) <= _OFF_MAX]
    return min(fitting, key=lambda size: abs(size[0] * size[1] - wanted[0] * wanted[1]), default=None)


def _lines(wanted: tuple[float, float], sizes: Sizes) -> Pixels | None:
    width, height = (max(1, round(side / sizes.step)) * sizes.step for side in wanted)
    return (width, height) if _within(width, height, sizes) else None


def _exact(wanted: tuple[float, float], across: int, down: int, sizes: Sizes) -> Pixels | None:
    """The multiple of the smallest rectangle of this ratio that comes nearest, and still is within the limits."""
    common = gcd(across, down)
    width, height = across // common * sizes.step, down // common * sizes.step
    times = max(1, round(sqrt(wanted[0] * wanted[1] / (width * height))))
    while times > 1 and not _within(width * times, height * times, sizes):
        times -= 1
    return (width * times, height * times) if _within(width * times, height * times, sizes) else None


def _within(width: int, height: int, sizes: Sizes) -> bool:
    return max(width, height) <= sizes.side_max and width * height <= sizes.pixels_max
