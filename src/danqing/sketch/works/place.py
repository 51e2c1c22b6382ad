"""Where a picture may change: the mask that was given, or the plain ground that it stands on; white is where."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from danqing.sketch.intake import Unreadable, opened_mask

GRID, REACHED = 320, 128
EVEN, NEAR = 0.9, 30  # how much of the rim a plain ground makes up, and how close its colours lie
GROWN_MAX = 0.25  # of the shorter side


def masked(path: Path, size: tuple[int, int], grown: float = 0.0) -> Image.Image:
    """The mask for a picture of this size, grown by a share of its shorter side. Raises Unreadable."""
    mask = opened_mask(path)
    if mask.size != size:
        sizes = f"{mask.width} x {mask.height} pixels, and its picture {size[0]} x {size[1]}"
        raise Unreadable(f"The mask has {sizes}. Give both the same size.")
    if mask.getbbox() is None:
        raise Unreadable("The mask lets nothing change: it is white, or transparent, where something may.")
    reach = round(min(max(grown, 0.0), GROWN_MAX) * min(size))
    return (
        mask.filter(ImageFilter.GaussianBlur(reach / 2)).point([255 * (v > 8) for v in range(256)]) if reach else mask
    )


def plain_ground(picture: Image.Image) -> Image.Image | None:
    """The plain background of an RGB picture; None when it is not plain."""
    pixels = np.asarray(picture, dtype=np.int16)
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(rim, axis=0)
    if (np.abs(rim - ground).max(-1) <= NEAR).mean() < EVEN:
        return None
    alike = Image.fromarray((np.abs(pixels - ground).max(-1) <= NEAR).astype(np.uint8) * 255)
    return ImageChops.multiply(alike, _reached(alike))


def _reached(alike: Image.Image) -> Image.Image:
    """What can be reached from outside over the white of a mask; found on a small copy, in which gaps are no doors."""
    scale = max(1.0, max(alike.size) / GRID)
    size = max(1, round(alike.width / scale)), max(1, round(alike.height / scale))
    small = ImageOps.expand(
        alike.resize(size, Image.Resampling.BOX).point([255 * (v == 255) for v in range(256)]), 1, 255
    )
    ImageDraw.floodfill(small, (0, 0), REACHED)
    inside = small.point([255 * (v == REACHED) for v in range(256)]).filter(ImageFilter.MaxFilter(3))
    return inside.crop((1, 1, size[0] + 1, size[1] + 1)).resize(alike.size, Image.Resampling.NEAREST)
