"""Blocking, as the theatre calls it: where everyone stands on the stage or hangs in the air, clear of the others."""

import math
import random

from danqing.sketch.craft.canvas import Stage
from danqing.sketch.figures.piece import Actor, Piece
from danqing.sketch.language import kinds

HEADROOM = 0.06  # of the frame, above the tallest


def on_ground(pieces: list[Piece], stage: Stage, ground: float, aside: float, chance: random.Random) -> list[Actor]:
    """Rows of those who stand: back rows higher up and in the gaps of the row before them."""
    rows = -(-len(pieces) // _most_in_a_row(stage))
    tallest = max((piece.picture.height for piece in pieces), default=1)
    pieces = [piece.scaled(stage.height * (ground - HEADROOM) / tallest) for piece in pieces]
    if rows > 1:
        abreast = -(-len(pieces) // rows) + 0.6  # with the half step between rows
        pieces = [piece.scaled(stage.width * 0.86 / (abreast * piece.width)) for piece in pieces]
    mean_height = sum(piece.picture.height for piece in pieces) / max(1, len(pieces))
    rise = min(max(stage.unit * 0.11, mean_height * 0.5), stage.height * 0.2 / max(1, rows - 1))
    actors: list[Actor] = []
    for k in range(rows):
        row = pieces[k::rows]
        between = (row[0].width * 0.27) * (-1 if k % 2 == 0 else 1) if rows > 1 else 0.0
        actors += _row(row, stage, stage.height * ground - k * rise, (between, aside), chance)
    return actors


def _most_in_a_row(stage: Stage) -> int:
    return max(3, min(8, round(5 * math.sqrt(stage.width / stage.height))))


def _row(row: list[Piece], stage: Stage, feet: float, shift: tuple[float, float], chance: random.Random) -> list[Actor]:
    """One row, the lead near its middle, with even gaps; `shift`: pixels to the right, and share of the free room."""
    by = stage.width * 0.9 / max(1.0, sum(piece.width for piece in row) * 1.08)
    order: list[Piece] = []
    right = chance.random() < 0.5
    for k, piece in enumerate(row):
        order.insert(len(order) if (k % 2 == 0) == right else 0, piece.scaled(by))
    order = _watching(order)
    wide = sum(piece.width for piece in order)
    free = max(0.0, stage.width * 0.94 - wide)
    gap = min(free / (len(order) + 1), stage.unit * chance.uniform(0.03, 0.08))
    slack = max(0.0, free - gap * (len(order) - 1))
    aside = shift[1] * min(slack * 0.5, stage.width * 0.2)
    span = wide + gap * (len(order) - 1)
    x = (stage.width - span) / 2 + aside + shift[0]
    x = max(stage.width * 0.02, min(x, stage.width * 0.98 - span))
    actors = []
    for piece in order:
        nearer = (0.012 if piece.part.role == "lead" else chance.uniform(0, 0.018)) * stage.unit
        if kinds.is_rooted(piece.part.subject.glyph) and len(order) > 1:
            nearer = -0.02 * stage.unit
        actors += piece.at(x + piece.width / 2, feet + nearer, chance)
        x += piece.width + gap
    return actors


def _watching(order: list[Piece]) -> list[Piece]:
    """The row with its lead turned towards the ball, when there is one."""
    balls = [k for k, piece in enumerate(order) if piece.part.role == "ball"]
    if not balls:
        return order
    return [
        piece.turned() if piece.part.role == "lead" and piece.facing != (1 if balls[0] > k else -1) else piece
        for k, piece in enumerate(order)
    ]


def in_air(pieces: list[Piece], stage: Stage, lowest: float, chance: random.Random) -> list[Actor]:
    """Those in the air (or water): one place each in columns, at uneven heights, above `lowest` where it can be."""
    rows = 1 if len(pieces) <= 3 else 2 if len(pieces) <= 8 else 3
    columns = max(1, -(-len(pieces) // rows))
    cell = (stage.width * 0.92 / columns, max(stage.height * 0.3, lowest) * 0.92 / rows)
    actors = []
    for k, whole in enumerate(pieces):
        piece = whole.scaled(min(cell[0] / whole.width, cell[1] / whole.picture.height))
        column, row = k % columns, k // columns
        loose = ((cell[0] - piece.picture.width) * 0.3, max(0.0, cell[1] - piece.picture.height) * 0.35)
        x = stage.width * 0.04 + (column + 0.5) * cell[0] + chance.uniform(-1, 1) * loose[0]
        y = stage.height * 0.05 + (row + 0.5) * cell[1] + chance.uniform(-1, 1) * loose[1]
        y = max(y, stage.height * HEADROOM * 1.5 + piece.picture.height / 2)  # they bob
        actors += piece.at(x, y, chance)
    return actors
