"""Sets cut-paper things into the user's picture: where it is calm, on the ground or in the air, lit as the place is."""

import re
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch.craft.canvas import place, stamp
from danqing.sketch.craft.palette import palette
from danqing.sketch.craft.paper import Field, dimmed, lit
from danqing.sketch.figures.figure import Setting, figure
from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.planning.plan import Subject

SHARE = 0.34  # of the shorter side: the height of a guest of normal size
SCALES = {"tiny": 0.45, "small": 0.7, "large": 1.35, "giant": 1.8}
SHADE = (18, 16, 34)
MAP = 64  # pixels of the map in which a calm place is looked for

# words: the part of the width, or of the height, that the guests must keep to
SIDES: tuple[tuple[str, tuple[float, float]], ...] = (
    (r"\bleft\b|左", (0.0, 0.5)),
    (r"\bright\b|右", (0.5, 1.0)),
    (r"\b(middle|centre|center)\b|中間|中间|中央", (0.25, 0.75)),
)
LEVELS: tuple[tuple[str, tuple[float, float]], ...] = (
    (r"\b(top|above|upper|sky)\b|上方|天空|空中", (0.0, 0.5)),
    (r"\b(bottom|below|lower|ground|floor)\b|下方|地上|底部", (0.5, 1.0)),
)
GROUND = (0.3, 0.97)
FEET = 0.72  # those who stand have the ground no higher than this
AIR = (0.03, 0.6)


@dataclass(frozen=True, slots=True)
class Room:
    """The part of the picture that guests must stay in, as shares of its width and height."""

    across: tuple[float, float]
    down: tuple[float, float]


def welcomed(board: Image.Image, subject: Subject, words: str, action: str, chance: Random) -> Image.Image:
    """A copy of the RGB picture with the subject in it, as many times as it counts."""
    airborne = kinds.is_sky(subject.glyph) or (stature.is_flyer(subject.glyph) and action != "sleep")
    room = Room(_said(SIDES, words, (0.02, 0.98)), _said(LEVELS, words, AIR if airborne else GROUND))
    guests = group(subject, board, action, chance, shaded=not airborne)
    most = ((room.across[1] - room.across[0]) * board.width, (room.down[1] - room.down[0]) * board.height)
    scale = min(1.0, most[0] / guests.width, most[1] / guests.height)
    if scale < 1:
        guests = guests.resize((max(1, round(guests.width * scale)), max(1, round(guests.height * scale))))
    if room.down == GROUND:
        room = Room(room.across, (min(FEET - guests.height / board.height, GROUND[1]), GROUND[1]))
    x, y = _calmest(board, guests.size, room, low=not airborne)
    shown = board.copy()
    stamp(shown, guests if kinds.is_sky(subject.glyph) else lit_like(board, guests), x, y)
    return shown


def _said(
    table: tuple[tuple[str, tuple[float, float]], ...], words: str, usual: tuple[float, float]
) -> tuple[float, float]:
    return next((part for pattern, part in table if re.search(pattern, words)), usual)


def group(subject: Subject, board: Image.Image, action: str, chance: Random, *, shaded: bool) -> Image.Image:
    """The guests side by side on a transparent board, each on its own shadow where they stand."""
    setting = Setting(action, "static", palette("studio", "day", (), chance, 0), 1)
    size = min(board.size) * SHARE * SCALES.get(subject.size, 1.0) * max(0.45, stature.size(subject.glyph))
    shrunk = size / (1 + 0.12 * (subject.count - 1))
    pieces = [
        figure(subject, max(8, round(shrunk * chance.uniform(0.9, 1.05))), setting, chance)
        for _ in range(subject.count)
    ]
    gap = shrunk * 0.12
    pad = round(shrunk * 0.10) + 2
    wide = round(sum(piece.width for piece in pieces) + gap * (len(pieces) - 1)) + 2 * pad
    high = max(piece.height for piece in pieces) + 2 * pad
    sheet = Image.new("RGBA", (wide, high), (*SHADE, 0))
    x = float(pad)
    for piece in pieces:
        rise = chance.uniform(0, 0.06 if shaded else 0.5) * shrunk if len(pieces) > 1 else 0.0
        y = max(0.0, high - pad - piece.height - rise)
        if shaded:
            _shade(sheet, piece, x, y + piece.height)
        place(sheet, piece, x, y)
        x += piece.width + gap
    return sheet


def _shade(sheet: Image.Image, piece: Image.Image, x: float, feet: float) -> None:
    """A soft shadow on the ground, a little to the right of the feet."""
    high = max(3.0, piece.width * 0.16)
    mask = Image.new("L", sheet.size)
    left = x + piece.width * 0.10
    ImageDraw.Draw(mask).ellipse((left, feet - high * 0.62, left + piece.width * 0.94, feet + high * 0.38), fill=255)
    soft = mask.filter(ImageFilter.GaussianBlur(max(1.0, piece.width * 0.035)))
    shade = Image.new("RGBA", sheet.size, (*SHADE, 0))
    shade.putalpha(dimmed(soft, 0.5))
    sheet.alpha_composite(shade)


def lit_like(board: Image.Image, group: Image.Image) -> Image.Image:
    """The guests in the light of the picture: dimmer and of its tint where it is dark."""
    red, green, blue = (float(part) for part in np.asarray(board.resize((16, 16)), dtype=np.float32).mean((0, 1)))
    light = min(1.0, max(0.42, (red + green + blue) / 3 / 120))
    most = max(red, green, blue, 1.0)
    tint = tuple(round(255 * light * (0.82 + 0.18 * part / most)) for part in (red, green, blue))
    return lit(group, (tint[0], tint[1], tint[2]))


def _calmest(board: Image.Image, size: tuple[int, int], room: Room, *, low: bool) -> tuple[int, int]:
    """The upper left corner of the place of this size with the least detail in it; `low`: as far down as may be."""
    small = board.convert("L")
    small.thumbnail((MAP, MAP))
    sums = _summed(small, size, board.width / small.width)
    rows, columns = (
        _range(room.down, small.height, sums.shape[0], size[1] * small.height / board.height),
        _range(room.across, small.width, sums.shape[1], size[0] * small.width / board.width),
    )
    open_ = sums[rows, columns]
    slope = np.linspace(1.5, 1.0, open_.shape[0], dtype=np.float32) if low else np.ones(open_.shape[0], np.float32)
    y, x = np.unravel_index(int(np.argmin((open_ + open_.mean() * 0.2 + 1) * slope[:, None])), open_.shape)
    scale = (board.width / small.width, board.height / small.height)
    return round((float(x) + columns.start) * scale[0]), round((float(y) + rows.start) * scale[1])


def _summed(small: Image.Image, size: tuple[int, int], scale: float) -> Field:
    """How much detail there is below a box of this size, for every place it can have."""
    grey = np.asarray(small, dtype=np.float32)
    busy = np.abs(np.diff(grey, axis=1, prepend=grey[:, :1])) + np.abs(np.diff(grey, axis=0, prepend=grey[:1]))
    total = np.pad(busy.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    wide, high = min(small.width, max(1, round(size[0] / scale))), min(small.height, max(1, round(size[1] / scale)))
    return np.asarray(total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide])


def _range(part: tuple[float, float], length: int, places: int, size: float) -> slice:
    """The places along one side at which a box of `size` keeps to its part; at least one."""
    first = min(places - 1, max(0, round(part[0] * length)))
    last = min(places, max(first + 1, round(part[1] * length - size) + 1))
    return slice(first, last)
