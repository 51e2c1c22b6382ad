"""Draws a contact sheet: pictures side by side, each with what it was made by and from below it."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont, ImageOps

CELL_PX = 360
GAP_PX = 16
TEXT_PX = 15
LINE_PX = 20
LINES = 4  # below a picture
FAULT_CHARACTERS = 42  # in a line
FAULT_LINES = 14
PAPER, INK, PALE, RED = "#ffffff", "#1b1b1b", "#f0eeea", "#a32020"


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture or a film, or `fault`: why there is none. `lines` stand below it."""

    lines: Sequence[str]
    file: Path | None = None
    fault: str = ""


def draw(cells: Sequence[Cell], columns: int) -> Image.Image:
    """The sheet, row by row."""
    rows = -(-len(cells) // columns)
    height = CELL_PX + LINES * LINE_PX + GAP_PX
    sheet = Image.new("RGB", (GAP_PX + columns * (CELL_PX + GAP_PX), GAP_PX + rows * (height + GAP_PX)), PAPER)
    for index, cell in enumerate(cells):
        left, top = index % columns * (CELL_PX + GAP_PX) + GAP_PX, index // columns * (height + GAP_PX) + GAP_PX
        _put(sheet, cell, left, top)
    return sheet


def _put(sheet: Image.Image, cell: Cell, left: int, top: int) -> None:
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT_PX)
    pen.rectangle((left, top, left + CELL_PX - 1, top + CELL_PX - 1), fill=PALE)
    if cell.file:
        picture = ImageOps.contain(_still(cell.file), (CELL_PX, CELL_PX))
        sheet.paste(picture, (left + (CELL_PX - picture.width) // 2, top + (CELL_PX - picture.height) // 2))
    fault = textwrap.wrap(cell.fault, FAULT_CHARACTERS, max_lines=FAULT_LINES)
    for index, line in enumerate(fault):
        pen.text((left + GAP_PX, top + GAP_PX + index * LINE_PX), line, RED, font)
    for index, line in enumerate(cell.lines[:LINES]):
        pen.text((left, top + CELL_PX + GAP_PX // 2 + index * LINE_PX), line, INK, font)


def _still(path: Path) -> Image.Image:
    """A picture, or the first one of a film."""
    if path.suffix == ".mp4":
        with av.open(str(path)) as film:
            return Image.fromarray(next(film.decode(video=0)).to_ndarray(format="rgb24"))
    with Image.open(path) as picture:
        return picture.convert("RGB")
