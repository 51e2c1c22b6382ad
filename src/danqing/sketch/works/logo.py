"""Draws a logo: one symbol in one colour, in a ring or free, and the quoted words set below it on a plain ground."""

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from danqing.sketch.craft import art
from danqing.sketch.craft.lettering import fitted, write
from danqing.sketch.craft.palette import INK, WHITE, Colour, luminance, mix, rgb
from danqing.sketch.craft.raster import mono
from danqing.sketch.planning.dice import dice
from danqing.sketch.planning.plan import Plan

INKS: tuple[Colour, ...] = (INK, rgb("#1b1b1f"), rgb("#0f4c5c"), rgb("#3b2a7a"), rgb("#8a1c3a"), rgb("#14532d"))
SHARPER = 3  # rings are drawn this much larger and reduced, for clean edges


@dataclass(frozen=True, slots=True)
class Layout:
    """One arrangement of the mark; measures are fractions of the unit (or of the ring's radius for the symbol)."""

    ring: str  # "line", "double", "disc", "none"
    weight: float  # of the ring's line
    symbol: float  # of the radius
    radius: float


RINGED = (
    Layout("line", 0.0225, 1.22, 0.261),
    Layout("double", 0.013, 1.16, 0.262),
    Layout("disc", 0.0, 1.2, 0.255),
    Layout("line", 0.034, 1.1, 0.262),
    Layout("line", 0.012, 1.3, 0.262),
)
FREE = (Layout("none", 0.0, 1.9, 0.255), Layout("none", 0.0, 1.6, 0.27), Layout("none", 0.0, 2.1, 0.25))


def _inks(plan: Plan, chance: Random) -> tuple[Colour, Colour]:
    """Ground and ink: white unless the prompt named a dark or bright ground; inks that can be read on it."""
    named = [rgb(colour) for colour in plan.colours]
    if plan.subjects and plan.subjects[0].colour:
        named.insert(0, rgb(plan.subjects[0].colour))
    inks = [colour for colour in named if luminance(colour) < 0.82]
    pale = [colour if luminance(colour) < 0.95 else WHITE for colour in named if luminance(colour) >= 0.82]
    if inks:
        return (pale[0] if pale else WHITE), inks[0]
    usual = INKS[plan.seed % len(INKS)] if plan.seed >= 0 else chance.choice(INKS)
    return (pale[0] if pale else WHITE), usual


def _ring(size: int, layout: Layout, ground: Colour, ink: Colour) -> Image.Image:
    """The ring on a square board, centred."""
    big = size * SHARPER
    board = Image.new("RGB", (big, big), ground)
    pen = ImageDraw.Draw(board)
    unit = big / (2 * layout.radius + 0.08)
    radius, weight, middle = layout.radius * unit, layout.weight * unit, big / 2

    def circle(r: float, fill: Colour) -> None:
        pen.ellipse((middle - r, middle - r, middle + r, middle + r), fill=fill)

    circle(radius, ink)
    if layout.ring in ("line", "double"):
        circle(radius - weight, ground)
    if layout.ring == "double":
        circle(radius - weight * 2.1, ink)
        circle(radius - weight * 2.6, ground)
    return board.resize((size, size), Image.Resampling.BOX)


def _monogram(pen: ImageDraw.ImageDraw, middle: tuple[float, float], high: int, letters: str, ink: Colour) -> None:
    """Initials, when there is no symbol to draw."""
    write(pen, middle[0], middle[1] + high * 0.36, letters, "sans", high, ink)


def _initials(plan: Plan) -> str:
    words = (" ".join(plan.text or plan.missing) or plan.prompt).split()
    return "".join(word[0] for word in words[:2]).upper() if words else "?"


def logo(plan: Plan, width: int, height: int) -> Image.Image:
    """The logo, RGB."""
    chance = dice(plan, "logo")
    ground, ink = _inks(plan, chance)
    layout = (RINGED if plan.circled else FREE)[plan.seed % len(RINGED if plan.circled else FREE)]
    unit = min(width, height)
    board = Image.new("RGB", (width, height), ground)
    radius = layout.radius * unit
    middle = (width / 2, height / 2 - (unit * 0.08 if plan.text else 0))
    if layout.ring != "none":
        size = max(4, round(unit * (2 * layout.radius + 0.08)))
        board.paste(_ring(size, layout, ground, ink), (round(middle[0] - size / 2), round(middle[1] - size / 2)))
    _symbol(board, plan, layout, middle, radius, ground if layout.ring == "disc" else ink)
    if plan.text:
        _words(board, plan, (middle[0], middle[1] + radius), ink)
    return board


def _symbol(
    board: Image.Image, plan: Plan, layout: Layout, middle: tuple[float, float], radius: float, ink: Colour
) -> None:
    high = max(4, round(radius * layout.symbol))
    slug = plan.subjects[0].glyph if plan.subjects else ""
    symbol = mono(slug, high, ink) if art.has(slug) else None
    if symbol is None:
        _monogram(ImageDraw.Draw(board), middle, max(6, round(radius * 0.8)), _initials(plan), ink)
        return
    left, top, right, bottom = symbol.getchannel("A").getbbox() or (0, 0, high, high)
    at = (round(middle[0] - (left + right) / 2), round(middle[1] - (top + bottom) / 2))
    board.paste(symbol, at, symbol)


def _words(board: Image.Image, plan: Plan, top: tuple[float, float], ink: Colour) -> None:
    """The quoted words below the mark; a second quotation is set smaller, as a line of its own."""
    unit = min(board.size)
    pen = ImageDraw.Draw(board)
    room = board.height - top[1] - unit * 0.06
    first, *more = plan.text
    lines, size = fitted(first, "sans", (board.width * 0.86, room * (0.72 if more else 1)), unit * 0.108, 1.15)
    baseline = top[1] + min(unit * 0.185, room * 0.72) if len(lines) == 1 else top[1] + unit * 0.05 + size
    for k, line in enumerate(lines):
        write(pen, top[0], baseline + k * size * 1.15, line, "sans", size, ink)
    if more:
        below = baseline + (len(lines) - 1) * size * 1.15
        small = fitted("  ".join(more), "sans-regular", (board.width * 0.8, unit * 0.06), size * 0.45, 1.2)
        write(pen, top[0], below + size * 0.7, small[0][0], "sans-regular", small[1], mix(ink, WHITE, 0.25))
