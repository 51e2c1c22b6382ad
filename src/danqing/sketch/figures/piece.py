"""Figures on their way onto the stage: a drawn figure without a place, and the actor that it becomes."""

import random
from dataclasses import dataclass, replace

from PIL import Image

from danqing.sketch.planning.plan import Subject


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
class Part:
    """What a figure is in the play, before it is drawn."""

    number: int  # of its subject in the plan
    subject: Subject
    role: str
    airborne: bool
    share: float  # of the usual height of a lead


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A drawn figure that has no place yet."""

    part: Part
    picture: Image.Image
    size: int
    facing: int = -1  # glyphs of animals and vehicles look to the left
    near: "tuple[Near, ...]" = ()

    @property
    def width(self) -> float:
        """The room it needs with those who stand near it, pixels."""
        reach = [abs(one.across) * self.picture.width + one.piece.picture.width / 2 for one in self.near]
        return max(self.picture.width, 2 * max(reach, default=0.0))

    def scaled(self, by: float) -> "Piece":
        """The piece made smaller, with those near it; never larger."""
        if by >= 1:
            return self
        size = (max(1, round(self.picture.width * by)), max(1, round(self.picture.height * by)))
        near = tuple(replace(one, piece=one.piece.scaled(by)) for one in self.near)
        return replace(self, picture=self.picture.resize(size), size=max(1, round(self.size * by)), near=near)

    def turned(self) -> "Piece":
        """The piece looking the other way."""
        mirrored = self.picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return replace(self, picture=mirrored, facing=-self.facing)

    def at(self, x: float, y: float, chance: random.Random) -> list[Actor]:
        """The actor of this piece in its place, and those near it."""
        part, slug = self.part, self.part.subject.glyph
        own = Actor(slug, self.picture, self.size, x, y, part.airborne, part.role, chance.random(), self.facing)
        actors = [own]
        for one in self.near:
            actors += one.piece.at(x + one.across * self.picture.width, y + one.nearer * self.picture.height, chance)
        return actors


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """One who stands under, before or behind another."""

    piece: Piece
    across: float  # from the middle of the other to its own, in widths of the other
    nearer: float  # how much lower in the frame its feet are, in heights of the other
