"""What the vendors' words for resolution come to in pixels, so that sizes can be compared, and the nearest found."""

import re
from collections.abc import Iterable, Sequence
from math import log, sqrt

_RATIO = re.compile(r"[1-9]\d{0,3}:[1-9]\d{0,3}", re.ASCII)
_SQUARE = re.compile(r"([0-9]{1,2}(?:\.5)?)K")  # 1K, 2K: as many pixels as a square of 1024, 2048
_LINES = re.compile(r"([0-9]{3,4})p")  # 720p: the shorter side of 16:9
_PIXELS = re.compile(r"([1-9][0-9]{1,4})x([1-9][0-9]{1,4})")  # 1536x1024: width and height
_SIDE = re.compile(r"[0-9]{3,4}")  # 512: a square of that side
_4K = sqrt(3840 * 2160)  # of films; pictures of that name have up to twice as many pixels


def sides(pixels: str) -> tuple[int, int] | None:
    """Width and height of a size such as "1536x1024"; None for what is none."""
    match = _PIXELS.fullmatch(pixels)
    return (int(match[1]), int(match[2])) if match else None


def scale(size: str) -> float | None:
    """The side of a square with as many pixels; None for a word that is not known."""
    if size.upper() == "4K":
        return _4K
    if match := _SQUARE.fullmatch(size):
        return 1024 * float(match[1])
    if match := _LINES.fullmatch(size):
        return int(match[1]) * sqrt(16 / 9)
    return float(size) if _SIDE.fullmatch(size) else None


def ratio(aspect: str) -> float:
    """Width by height of a ratio such as "16:9"."""
    across, _, down = aspect.partition(":")
    return int(across) / int(down)


def apart(one: float, other: float) -> float:
    """How far two lengths or ratios are apart, as a factor of at least 1."""
    return max(one / other, other / one)


def named(width: int, height: int, sizes: Iterable[str]) -> str | None:
    """The size whose number of pixels is nearest to these; None when there is none to choose from."""
    known = {size: side for size in sizes if (side := scale(size))}
    if not known or not width * height:
        return None
    return min(known, key=lambda size: abs(log(known[size] / sqrt(width * height))))


def nearest(param: str, wanted: str, allowed: Sequence[str]) -> str | None:
    """What can be had in the place of a ratio ("aspect"), a "size" or a length ("seconds"); None where none is near."""
    find = _NEAREST.get(param)
    return find(wanted, allowed) if find else None


def _like_aspect(wanted: str, allowed: Sequence[str]) -> str | None:
    shape = ratio(wanted) if _RATIO.fullmatch(wanted) else None
    return min(allowed, key=lambda it: apart(ratio(it), shape), default=None) if shape else None


def _like_size(wanted: str, allowed: Sequence[str]) -> str | None:
    side, known = scale(wanted), {it: other for it in allowed if (other := scale(it))}
    return min(known, key=lambda it: apart(known[it], side), default=None) if side else next(iter(allowed), None)


def _like_seconds(wanted: str, allowed: Sequence[str]) -> str | None:
    """Of two that are as near, the longer one."""
    return min(allowed, key=lambda it: (abs(int(it) - int(wanted)), -int(it)), default=None)


_NEAREST = {"aspect": _like_aspect, "size": _like_size, "seconds": _like_seconds}
