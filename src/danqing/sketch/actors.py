"""Casts the subjects of a plan: how large each one is, where it stands, swims or flies, without covering another."""

import random
from dataclasses import dataclass

from PIL import Image

from danqing.sketch import art, kinds, stature
from danqing.sketch.canvas import Stage
from danqing.sketch.dice import dice
from danqing.sketch.figure import Setting, figure
from danqing.sketch.palette import Palette
from danqing.sketch.plan import Plan, Subject

MOST = 12  # actors on one stage


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """A figure and its place: `x` is the middle, `y` the feet (or the middle, for those in the air), in frame"
    " pixels."""

    slug: str
    picture: Image.Image
    size: int
    x: float
    y: float
    airborne: bool
    role: str  # "lead", "ball", "extra"
    phase: float  # 0..1, keeps actors out of step


@dataclass(frozen=True, slots=True)
class _Part:
    subject: Subject
    role: str
    airborne: bool
    share: float  # of the lead's size


def _airborne(slug: str, plan: Plan) -> bool:
    if plan.place == "sky" or plan.action in ("fly", "float"):
        return not stature.is_ball(slug)
    if plan.place == "underwater":
        return not stature.is_bottom(slug)
    if plan.place in ("studio", "room") and plan.action == "still":
        return slug in ("butterfly", "kite", "balloon", "honeybee", "ghost", "sparkles")
    return stature.is_flyer(slug) and plan.action not in ("sleep", "walk")


def _parts(plan: Plan, seen: frozenset[str]) -> list[_Part]:
    """Every single figure to be drawn, the lead first; what the scene itself shows (`seen`) is left to it."""
    lead = plan.subjects[0] if plan.subjects else None
    parts: list[_Part] = []
    for subject in plan.subjects:
        slug = subject.glyph
        if not art.has(slug) or (slug in seen and subject is not lead):
            continue
        share = min(1.25, max(0.3, stature.size(slug) / stature.size(plan.subjects[0].glyph)))
        hanging = kinds.is_sky(slug) and subject is not lead
        role = "ball" if stature.is_ball(slug) and parts else "extra"
        for _ in range(subject.count):
            airborne = _airborne(slug, plan) or hanging
            parts.append(_Part(subject, "lead" if not parts else role, airborne, share * (0.5 if hanging else 1)))
    return parts[:MOST]


def _lead_size(plan: Plan, stage: Stage, count: int) -> float:
    """The lead's height in pixels: smaller in company, larger close up."""
    alone = (0.56, 0.48, 0.42, 0.38, 0.33, 0.31, 0.28, 0.27, 0.25)
    share = alone[min(count, len(alone)) - 1]
    return stage.unit * share * {"close": 1.36, "wide": 0.78}.get(plan.camera, 1.0)


def cast(plan: Plan, stage: Stage, colours: Palette, ground: float, seen: frozenset[str]) -> list[Actor]:
    """The actors of a plan, farthest first. `ground` is the fraction of the height where feet stand."""
    parts = _parts(plan, seen)
    chance = dice(plan, "cast")
    setting = Setting(plan.action, plan.camera, colours, chance.choice((-1, 1)))
    size = _lead_size(plan, stage, len(parts)) * chance.uniform(0.92, 1.08)
    drawn: list[tuple[_Part, Image.Image, int]] = []
    for part in parts:
        high = max(6, round(size * part.share * (1 if part.role == "lead" else chance.uniform(0.9, 1.05))))
        drawn.append((part, figure(part.subject, high, setting, chance), high))
    on_ground = [piece for piece in drawn if not piece[0].airborne]
    in_air = [piece for piece in drawn if piece[0].airborne]
    actors = _on_ground(on_ground, stage, ground, chance)
    top = min((actor.y - actor.picture.height for actor in actors), default=stage.height * 0.95)
    actors += _in_air(in_air, stage, top, bool(actors), chance)
    return sorted(actors, key=lambda actor: (actor.airborne, actor.y, actor.role == "lead"))


def _fitted(row: list[tuple[_Part, Image.Image, int]], room: float) -> list[tuple[_Part, Image.Image, int]]:
    """The pieces, made smaller together when they would not fit side by side."""
    wide = sum(piece[1].width for piece in row) * 1.08
    if wide <= room:
        return row
    by = room / wide
    return [
        (
            part,
            picture.resize((max(1, round(picture.width * by)), max(1, round(picture.height * by)))),
            max(1, round(high * by)),
        )
        for part, picture, high in row
    ]


def _on_ground(
    pieces: list[tuple[_Part, Image.Image, int]], stage: Stage, ground: float, chance: random.Random
) -> list[Actor]:
    """Rows of those who stand: up to five in a row, back rows higher up and a little smaller."""
    rows = 1 if len(pieces) <= 5 else 2 if len(pieces) <= 10 else 3
    actors: list[Actor] = []
    for k in range(rows):
        row = _fitted(pieces[k::rows], stage.width * 0.9)
        feet = stage.height * ground - k * stage.unit * 0.13
        actors += _row(row, stage, feet, chance, stagger=k * stage.unit * 0.07)
    return actors


def _row(
    row: list[tuple[_Part, Image.Image, int]], stage: Stage, feet: float, chance: random.Random, *, stagger: float
) -> list[Actor]:
    """One row, the lead near its middle, with even gaps and the rest of the room left to chance."""
    if not row:
        return []
    order: list[tuple[_Part, Image.Image, int]] = []
    right = chance.random() < 0.5
    for k, piece in enumerate(row):
        order.insert(len(order) if (k % 2 == 0) == right else 0, piece)
    wide = sum(piece[1].width for piece in order)
    free = max(0.0, stage.width * 0.94 - wide)
    gap = min(free / (len(order) + 1), stage.unit * chance.uniform(0.03, 0.08))
    slack = max(0.0, free - gap * (len(order) - 1))
    x = (
        (stage.width - wide - gap * (len(order) - 1)) / 2
        + chance.uniform(-0.5, 0.5) * min(slack * 0.6, stage.width * 0.3)
        + stagger
    )
    actors = []
    balls = [k for k, piece in enumerate(order) if piece[0].role == "ball"]
    for k, (part, picture, high) in enumerate(order):
        if part.role == "lead" and balls and balls[0] > k:  # glyphs look to the left; this one watches the ball
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        nearer = chance.uniform(0, 0.018) * stage.unit if part.role != "lead" else 0.012 * stage.unit
        actors.append(
            Actor(
                part.subject.glyph,
                picture,
                high,
                x + picture.width / 2,
                feet + nearer,
                False,
                part.role,
                chance.random(),
            )
        )
        x += picture.width + gap
    return actors


def _in_air(
    pieces: list[tuple[_Part, Image.Image, int]], stage: Stage, floor: float, company: bool, chance: random.Random
) -> list[Actor]:
    """Those in the air (or water): one place each in columns, at uneven heights, above those who stand."""
    if not pieces:
        return []
    rows = 1 if len(pieces) <= 3 else 2 if len(pieces) <= 8 else 3
    columns = -(-len(pieces) // rows)
    lowest = max(stage.height * 0.3, floor if company else stage.height * 0.86)
    actors = []
    for k, (part, picture, high) in enumerate(pieces):
        cell = (stage.width * 0.92 / columns, lowest * 0.92 / rows)
        by = min(1.0, cell[0] / picture.width, cell[1] * 1.15 / picture.height)
        fitted = (
            picture
            if by == 1.0
            else picture.resize((max(1, round(picture.width * by)), max(1, round(picture.height * by))))
        )
        column, row = k % columns, k // columns
        loose = ((cell[0] - fitted.width) * 0.3, max(0.0, cell[1] - fitted.height) * 0.35)
        x = stage.width * 0.04 + (column + 0.5) * cell[0] + chance.uniform(-1, 1) * loose[0]
        y = stage.height * 0.05 + (row + 0.5) * cell[1] + chance.uniform(-1, 1) * loose[1]
        actors.append(Actor(part.subject.glyph, fitted, round(high * by), x, y, True, part.role, chance.random()))
    return actors
