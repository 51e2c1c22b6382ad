"""Sets type: wraps text of any script into a box, and draws labels and single characters without leaving the frame."""

import unicodedata
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from danqing.sketch.craft import art
from danqing.sketch.craft.palette import Colour
from danqing.sketch.craft.paper import dimmed, flat

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
LEAST = 6  # pixels
SMALL = 0.45  # of the largest size: words are broken before they are set smaller
CLOSING = "，。、；：！？）」』》”’"  # may not begin a line


def is_wide(character: str) -> bool:
    """Whether the character is one of a script that is written without spaces, in squares."""
    return unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7a3"


@lru_cache(maxsize=512)
def _font_of(family: str, size: int, character: str) -> Font:
    return art.font(family, size, character)


def _goes_along(character: str) -> bool:
    """Whether the character belongs to the one before it, as accents, vowel signs and joiners do."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def runs(text: str, family: str, size: int) -> list[tuple[str, Font]]:
    """The text cut into stretches of one typeface, so that every character is drawn by one that has it."""
    pieces: list[tuple[str, Font]] = []
    for character in text:
        if pieces and _goes_along(character):
            pieces[-1] = (pieces[-1][0] + character, pieces[-1][1])
            continue
        font = _font_of(family, size, character)
        if pieces and pieces[-1][1] is font:
            pieces[-1] = (pieces[-1][0] + character, font)
        else:
            pieces.append((character, font))
    return pieces


def measure(text: str, family: str, size: int) -> float:
    """The width of one line in pixels."""
    return float(sum(font.getlength(piece) for piece, font in runs(text, family, size)))


def _from_the_right(text: str) -> bool:
    """Whether the text is read from right to left, as its first letter tells."""
    ways = (unicodedata.bidirectional(character) for character in text)
    return next((way in ("R", "AL") for way in ways if way in ("L", "R", "AL")), False)


def _turned(piece: str) -> str:
    """A stretch within a line that runs from the right: what goes from the left has its outer blanks exchanged."""
    if _from_the_right(piece):
        return piece
    word = piece.strip()
    before, _, after = piece.partition(word) if word else (piece, "", "")
    return after + word + before


def write(pen: ImageDraw.ImageDraw, x: float, baseline: float, text: str, family: str, size: int, ink: Colour) -> None:
    """Draw one line whose middle is at `x` on a baseline."""
    x -= measure(text, family, size) / 2
    line = runs(text, family, size)
    if _from_the_right(text):
        line = [(_turned(piece), font) for piece, font in reversed(line)]
    for piece, font in line:
        if isinstance(font, ImageFont.FreeTypeFont):
            pen.text((x, baseline), piece, font=font, fill=ink, anchor="ls")
        else:
            pen.text((x, baseline - size * 0.8), piece, font=font, fill=ink)
        x += font.getlength(piece)


def _atoms(text: str) -> list[str]:
    """What may not be broken: words with the space after them, and single characters of square scripts."""
    atoms: list[str] = []
    for character in text:
        if atoms and (_goes_along(character) or (character in CLOSING and not atoms[-1][-1:].isspace())):
            atoms[-1] += character
        elif is_wide(character) or not atoms or atoms[-1][-1:].isspace() or is_wide(atoms[-1][-1]):
            atoms.append(character)
        else:
            atoms[-1] += character
    return atoms


def wrapped(text: str, family: str, size: int, width: float) -> list[str]:
    """The text in lines no wider than `width`; words that are too long for a line are broken."""
    lines = [""]
    for atom in _atoms(" ".join(text.split())):
        if measure(lines[-1] + atom.rstrip(), family, size) <= width:
            lines[-1] += atom
            continue
        if lines[-1].strip():
            lines.append("")
        for character in atom:
            if lines[-1] and not _goes_along(character) and measure(lines[-1] + character, family, size) > width:
                lines.append("")
            lines[-1] += character
    return [line.strip() for line in lines if line.strip()]


def fitted(text: str, family: str, box: tuple[float, float], largest: float, leading: float) -> tuple[list[str], int]:
    """Lines and the largest type size (at most `largest`) at which the text fills no more than the box."""
    low = _largest(text, family, box, largest, leading, broken=False)
    if low < largest * SMALL:
        low = _largest(text, family, box, largest * SMALL, leading, broken=True)
    lines = wrapped(text, family, low, box[0])
    room = max(1, int(box[1] / (low * leading) + 1e-6))
    if len(lines) > room:
        lines = [*lines[: room - 1], lines[room - 1].rstrip()[:-1] + "…"]
    return lines, low


def _largest(text: str, family: str, box: tuple[float, float], largest: float, leading: float, *, broken: bool) -> int:
    """The largest type size at which the text fills no more than the box; `broken`: words may be cut at line ends."""
    low, high = LEAST, max(LEAST, round(largest))
    while low < high:
        size = (low + high + 1) // 2
        lines = wrapped(text, family, size, box[0])
        whole = broken or all(measure(word, family, size) <= box[0] for word in text.split() if not is_wide(word[0]))
        if len(lines) * size * leading <= box[1] and whole:
            low = size
        else:
            high = size - 1
    return low


def banner(text: str, width: int, height: int, ink: Colour, shade: Colour) -> Image.Image:
    """Lettering for a scene, on a transparent board of the given size, with a soft shadow behind it."""
    lines, size = fitted(text, "sans", (width * 0.94, height), height * 0.8, 1.25)
    board = Image.new("RGBA", (width, height), (*ink, 0))
    pen = ImageDraw.Draw(board)
    top = (height - len(lines) * size * 1.25) / 2
    for k, line in enumerate(lines):
        write(pen, width / 2, top + size * (0.98 + 1.25 * k), line, "sans", size, ink)
    alpha = board.getchannel("A")
    soft = alpha.filter(ImageFilter.GaussianBlur(max(1.0, size * 0.09)))
    base = flat(board.size, shade, dimmed(soft, 2.2))
    base.alpha_composite(board)
    return base
