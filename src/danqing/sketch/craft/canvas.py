"""The stage a picture is built on: its measures, and paper layers that can be moved against each other."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Stage:
    """Measures in pixels. Layers are drawn `margin` wider on both sides, so that a camera can travel."""

    width: int
    height: int
    margin: int = 0

    @property
    def canvas(self) -> int:
        """Width that layers are drawn at."""
        return self.width + 2 * self.margin

    @property
    def unit(self) -> int:
        """The measure of things: the shorter side."""
        return min(self.width, self.height)

    @property
    def tall(self) -> bool:
        """Whether the frame stands upright."""
        return self.height > self.width


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One sheet of paper: RGB paint, an optional mask, where it lies on the canvas, and how near it is.

    `depth` 0 is at infinity and never moves with the camera, 1 moves with the actors, more is nearer than they are.
    `sway` is how far (pixels) the sheet rocks by itself, as waves do; `drift` how far it goes in a
    second, as clouds do; `lean` how far the tops of what grows on it bend in the air.
    """

    paint: Image.Image
    mask: Image.Image | None
    x: int
    y: int
    depth: float
    sway: float = 0.0
    drift: float = 0.0
    lean: float = 0.0
    solid: int = field(init=False)  # the row from which downwards nothing shows through

    def __post_init__(self) -> None:
        object.__setattr__(self, "solid", _solid_from(self.mask) if self.mask else 0)


def _solid_from(mask: Image.Image) -> int:
    clear = np.flatnonzero(np.asarray(mask).min(axis=1) < 255)
    return int(clear[-1]) + 1 if clear.size else 0


def sheet(
    picture: Image.Image,
    depth: float,
    *,
    x: int = 0,
    y: int = 0,
    sway: float = 0.0,
    drift: float = 0.0,
    lean: float = 0.0,
) -> Layer | None:
    """An RGBA picture as a layer, trimmed to what is visible; None when nothing is."""
    bounds = picture.getchannel("A").getbbox()
    if bounds is None:
        return None
    cut = picture.crop(bounds)
    return Layer(cut.convert("RGB"), cut.getchannel("A"), x + bounds[0], y + bounds[1], depth, sway, drift, lean)


def lay(frame: Image.Image, layer: Layer, left: int, top: int = 0, lean: int = 0) -> None:
    """Paste the layer into an RGB frame whose upper left corner stands at (`left`, `top`) of the layer's canvas.

    `lean` is how many pixels to the right its upper edge is bent: it is laid in as many strips, each a pixel further.
    """
    high, strips = layer.paint.height, abs(lean) + 1
    for k in range(strips):
        bent = (strips - 1 - k) * (1 if lean > 0 else -1)
        at, rows = (layer.x - left + bent, layer.y - top), (high * k // strips, high * (k + 1) // strips)
        solid = min(max(layer.solid, rows[0]), rows[1])
        _lay_strip(frame, layer, at, (rows[0], solid), layer.mask)
        _lay_strip(frame, layer, at, (solid, rows[1]), None)  # which is quicker


def _lay_strip(
    frame: Image.Image, layer: Layer, at: tuple[int, int], rows: tuple[int, int], mask: Image.Image | None
) -> None:
    """Paste the rows of a layer that stands with its upper left corner `at` this point of the frame."""
    x, y = at
    box = (
        max(0, -x), max(rows[0], -y), min(layer.paint.width, frame.width - x), min(rows[1], frame.height - y),
    )  # fmt: skip
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    whole = box == (0, 0, *layer.paint.size)
    paint = layer.paint if whole else layer.paint.crop(box)
    mask = mask if whole or mask is None else mask.crop(box)
    frame.paste(paint, (x + box[0], y + box[1]), mask)


def stamp(frame: Image.Image, picture: Image.Image, x: float, y: float) -> None:
    """Paste an RGBA picture into an RGB frame, its upper left corner at (`x`, `y`), clipped to the frame."""
    frame.paste(picture, (round(x), round(y)), picture)


def place(board: Image.Image, picture: Image.Image, x: float, y: float) -> None:
    """Composite an RGBA picture onto an RGBA board, its upper left corner at (`x`, `y`), clipped to the board."""
    left, top = round(x), round(y)
    skip = (max(0, -left), max(0, -top))
    if skip[0] < picture.width and skip[1] < picture.height and left < board.width and top < board.height:
        board.alpha_composite(picture, (max(0, left), max(0, top)), skip)
