"""Casts the subjects of a plan: how large each one is, where it stands, swims or flies, without covering another."""

import random
from dataclasses import dataclass, replace

from PIL import Image

from danqing.sketch import art, kinds, stature
from danqing.sketch.canvas import Stage
from danqing.sketch.dice import dice, turn
from danqing.sketch.figure import Setting, figure
from danqing.sketch.plan import Plan, Subject
from danqing.sketch.scene import Scene

HOVERING = frozenset({"butterfly", "kite", "balloon", "honeybee", "ghost", "sparkles"})  # also indoors, held still
MOST = 12  # actors on one stage


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """A figure and its place: `x` is its middle, `y` its feet (its middle, when it is in the air), in frame pixels."""

    slug: str
    picture: Image.Image
    size: int
    x: float
    y: float
    airborne: bool
    role: str  # "lead", "ball", "extra"
    phase: float  # 0..1, keeps actors out of step
    facing: int  # -1 left, 1 right


@dataclass(frozen=True, slots=True)
class _Part:
    subject: Subject
    role: str
    airborne: bool
    share: float  # of the lead's size


def _airborne(slug: str, plan: Plan, view: str) -> bool:
    """Whether the thing keeps off the ground in this view of the plan."""
    flyer = stature.is_flyer(slug)
    if plan.place == "underwater":
        return not stature.is_bottom(slug)
    if plan.action in ("fly", "float"):
        alone = not any(stature.is_flyer(subject.glyph) for subject in plan.subjects)
        return flyer or (alone and not stature.is_ball(slug))
    if view in ("studio", "room", "table") and plan.action == "still":
        return slug in HOVERING
    return view == "sky" or (flyer and plan.action not in ("sleep", "walk"))


def _parts(plan: Plan, view: str, seen: frozenset[str]) -> list[_Part]:
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
            airborne = _airborne(slug, plan, view) or hanging
            parts.append(_Part(subject, "lead" if not parts else role, airborne, share * (0.5 if hanging else 1)))
    return parts[:MOST]


def _lead_size(plan: Plan, stage: Stage, count: int) -> float:
    """The lead's height in pixels: smaller in company, larger close up."""
    alone = (0.56, 0.48, 0.42, 0.38, 0.33, 0.31, 0.28, 0.27, 0.25)
    share = alone[min(count, len(alone)) - 1]
    return stage.unit * share * {"close": 1.36, "wide": 0.78}.get(plan.camera, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A drawn figure that has no place yet."""

    part: _Part
    picture: Image.Image
    size: int
    facing: int = -1  # glyphs of animals and vehicles look to the left

    def scaled(self, by: float) -> "_Piece":
        """The piece made smaller; never larger."""
        if by >= 1:
            return self
        size = (max(1, round(self.picture.width * by)), max(1, round(self.picture.height * by)))
        return replace(self, picture=self.picture.resize(size), size=max(1, round(self.size * by)))

    def turned(self) -> "_Piece":
        """The piece looking the other way."""
        mirrored = self.picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return replace(self, picture=mirrored, facing=-self.facing)

    def at(self, x: float, y: float, chance: random.Random) -> Actor:
        """The actor of this piece in its place."""
        part, slug = self.part, self.part.subject.glyph
        return Actor(slug, self.picture, self.size, x, y, part.airborne, part.role, chance.random(), self.facing)


def cast(plan: Plan, scene: Scene) -> list[Actor]:
    """The actors of a plan in its scene, farthest first."""
    stage, ground, colours = scene.stage, scene.ground, scene.colours
    parts = _parts(plan, scene.view, scene.seen)
    chance = dice(plan, "cast")
    setting = Setting(plan.action, plan.camera, colours, chance.choice((-1, 1)))
    size = _lead_size(plan, stage, len(parts)) * chance.uniform(0.92, 1.08)
    about = turn(plan, "facing", 2) == 1
    pieces = []
    for part in parts:
        high = max(6, round(size * part.share * (1 if part.role == "lead" else chance.uniform(0.9, 1.05))))
        piece = _Piece(part, figure(part.subject, high, setting, chance), high)
        pieces.append(piece.turned() if about and kinds.is_animal(part.subject.glyph) else piece)
    actors = _on_ground([piece for piece in pieces if not piece.part.airborne], stage, ground, chance)
    top = min((actor.y - actor.picture.height for actor in actors), default=stage.height * 0.86)
    actors += _in_air([piece for piece in pieces if piece.part.airborne], stage, top, chance)
    return sorted(actors, key=lambda actor: (actor.airborne, actor.y, actor.role == "lead"))


def _on_ground(pieces: list[_Piece], stage: Stage, ground: float, chance: random.Random) -> list[Actor]:
    """Rows of those who stand: up to five in a row, back rows higher up."""
    rows = 1 if len(pieces) <= 5 else 2 if len(pieces) <= 10 else 3
    actors: list[Actor] = []
    for k in range(rows):
        feet = stage.height * ground - k * stage.unit * 0.13
        actors += _row(pieces[k::rows], stage, feet, k * stage.unit * 0.07, chance)
    return actors


def _row(row: list[_Piece], stage: Stage, feet: float, stagger: float, chance: random.Random) -> list[Actor]:
    """One row, the lead near its middle, with even gaps and the rest of the room left to chance."""
    by = stage.width * 0.9 / max(1.0, sum(piece.picture.width for piece in row) * 1.08)
    order: list[_Piece] = []
    right = chance.random() < 0.5
    for k, piece in enumerate(row):
        order.insert(len(order) if (k % 2 == 0) == right else 0, piece.scaled(by))
    order = _watching(order)
    wide = sum(piece.picture.width for piece in order)
    free = max(0.0, stage.width * 0.94 - wide)
    gap = min(free / (len(order) + 1), stage.unit * chance.uniform(0.03, 0.08))
    slack = max(0.0, free - gap * (len(order) - 1))
    aside = chance.uniform(-0.5, 0.5) * min(slack * 0.6, stage.width * 0.3)
    x = (stage.width - wide - gap * (len(order) - 1)) / 2 + aside + stagger
    actors = []
    for piece in order:
        nearer = (0.012 if piece.part.role == "lead" else chance.uniform(0, 0.018)) * stage.unit
        actors.append(piece.at(x + piece.picture.width / 2, feet + nearer, chance))
        x += piece.picture.width + gap
    return actors


def _watching(order: list[_Piece]) -> list[_Piece]:
    """The row with its lead turned towards the ball, when there is one."""
    balls = [k for k, piece in enumerate(order) if piece.part.role == "ball"]
    if not balls:
        return order
    return [
        piece.turned() if piece.part.role == "lead" and piece.facing != (1 if balls[0] > k else -1) else piece
        for k, piece in enumerate(order)
    ]


def _in_air(pieces: list[_Piece], stage: Stage, lowest: float, chance: random.Random) -> list[Actor]:
    """Those in the air (or water): one place each in columns, at uneven heights, above `lowest` where it can be."""
    rows = 1 if len(pieces) <= 3 else 2 if len(pieces) <= 8 else 3
    columns = max(1, -(-len(pieces) // rows))
    cell = (stage.width * 0.92 / columns, max(stage.height * 0.3, lowest) * 0.92 / rows)
    actors = []
    for k, whole in enumerate(pieces):
        piece = whole.scaled(min(cell[0] / whole.picture.width, cell[1] * 1.15 / whole.picture.height))
        column, row = k % columns, k // columns
        loose = ((cell[0] - piece.picture.width) * 0.3, max(0.0, cell[1] - piece.picture.height) * 0.35)
        x = stage.width * 0.04 + (column + 0.5) * cell[0] + chance.uniform(-1, 1) * loose[0]
        y = stage.height * 0.05 + (row + 0.5) * cell[1] + chance.uniform(-1, 1) * loose[1]
        actors.append(piece.at(x, y, chance))
    return actors
