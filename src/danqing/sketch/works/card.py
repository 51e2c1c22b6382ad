"""Sets a prompt as a typographic card, for when nothing in it can be drawn: no frame is empty, nothing is guessed."""

from random import Random

import numpy as np
from PIL import Image, ImageDraw

from danqing.sketch.craft.lettering import fitted, is_wide, write
from danqing.sketch.craft.palette import Colour, mix, rgb
from danqing.sketch.craft.paper import grain, lifted
from danqing.sketch.craft.style import Finish, readable_on
from danqing.sketch.planning.dice import dice, field_dice
from danqing.sketch.planning.plan import Plan

GROUNDS = ("#f7efe2", "#e9f1ef", "#f3e7ea", "#e8ebf5", "#fbf1d2", "#1d2340", "#3a2440", "#12383a")
ACCENTS = ("#e5484d", "#3d7eff", "#3fa66b", "#f5a742", "#8b5cf6", "#14b8a6", "#ec5f99")


def _blob(box: tuple[float, float, float, float], size: tuple[int, int], colour: Colour, kind: str) -> Image.Image:
    """One paper shape on a transparent board."""
    big = Image.new("RGBA", (size[0] * 2, size[1] * 2))
    pen = ImageDraw.Draw(big)
    left, top, right, bottom = (side * 2 for side in box)
    if kind == "circle":
        pen.ellipse((left, top, right, bottom), fill=(*colour, 255))
    elif kind == "square":
        pen.rounded_rectangle((left, top, right, bottom), (right - left) * 0.08, fill=(*colour, 255))
    elif kind == "half":
        pen.pieslice((left, top, right, bottom), 180, 360, fill=(*colour, 255))
    else:
        pen.polygon([(left, bottom), ((left + right) / 2, top), (right, bottom)], fill=(*colour, 255))
    return big.resize(size, Image.Resampling.BOX)


def _decor(size: tuple[int, int], ground: Colour, chance: Random) -> Image.Image:
    """The ground with a few sheets of paper cut by its edges, leaving the middle free."""
    width, height = size
    unit = min(size)
    board = Image.new("RGBA", size, (*ground, 255))
    corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    for across, down in chance.sample(corners, 3):
        r = unit * chance.uniform(0.14, 0.27)
        x, y = width * across + chance.uniform(-0.06, 0.06) * unit, height * down + chance.uniform(-0.06, 0.06) * unit
        colour = mix(rgb(chance.choice(ACCENTS)), ground, chance.uniform(0.2, 0.6))
        shape = _blob(
            (x - r, y - r, x + r, y + r), size, colour, chance.choice(("circle", "square", "half", "triangle"))
        )
        raised = lifted(shape, max(1.0, unit * 0.012), unit * 0.006, 0.3)
        pad = (raised.width - width) // 2
        board.alpha_composite(raised, (0, 0), (pad, pad))
    return board


def _finished(board: Image.Image, plan: Plan) -> Image.Image:
    """The board in the style of the plan; the lettering comes on top of it, so that it can always be read."""
    flat = grain(board.convert("RGB"), 2.6, field_dice(plan, "card"))
    if plan.style in ("paper", "logo", "ink"):
        return flat
    return Finish(plan.style, flat.size, np.random.default_rng(plan.seed))(flat)


def card(plan: Plan, width: int, height: int) -> Image.Image:
    """The card, RGB: the quoted text when there is some, else the whole prompt."""
    chance = dice(plan, "card")
    ground = rgb(plan.colours[0]) if plan.colours else rgb(chance.choice(GROUNDS))
    board = _finished(_decor((width, height), ground, chance), plan)
    ink, unit = readable_on(ground), min(width, height)
    text = " · ".join(plan.text) or " ".join(plan.prompt.split()) or "…"
    family = "serif-cjk" if any(is_wide(character) for character in text) else "sans"
    box = (width * 0.76, height * 0.6)
    lines, size = fitted(text, family, box, unit * 0.17, 1.28)
    pen = ImageDraw.Draw(board)
    top = height / 2 - len(lines) * size * 1.28 / 2
    for k, line in enumerate(lines):
        write(pen, width / 2, top + size * (1.0 + 1.28 * k), line, family, size, ink)
    rule = unit * 0.07
    below = min(height * 0.93, top + len(lines) * size * 1.28 + unit * 0.05)
    thick = max(1.0, unit * 0.009)
    pen.rounded_rectangle(
        (width / 2 - rule, below, width / 2 + rule, below + thick), thick / 2, fill=rgb(chance.choice(ACCENTS))
    )
    return board
