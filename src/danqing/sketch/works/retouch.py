"""Fills, continues, recolours and enlarges a picture from its own pixels, or from those of another that is given."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from danqing.sketch.craft.paper import Field

GRAIN = 2.0  # pixels: what is finer than this is grain
NEIGHBOURS = 0.5  # of a hole's size: how much around it is looked at
REACH = 0.35  # of the shorter side: how far mirrored edges can be made out in what goes on beyond them
PAPER, INK = (252, 250, 244), (20, 16, 40)


def healed(picture: Image.Image, hole: Image.Image) -> Image.Image:
    """The RGB picture with the white of the mask filled from what lies around it, with the grain that is there."""
    box = _around(hole)
    part, gap = picture.crop(box), np.asarray(hole.crop(box), dtype=np.float32) / 255
    pixels = np.asarray(part, dtype=np.float32)
    fine = pixels - np.asarray(part.filter(ImageFilter.GaussianBlur(GRAIN)), dtype=np.float32)
    known = gap < 0.5
    grain = float(fine[known].std()) if known.any() else 0.0
    noise = np.random.default_rng(hole.width * 31 + hole.height).normal(0, min(grain, 6.0), gap.shape)[..., None]
    filled = np.clip(_spread(pixels, np.subtract(1, gap, dtype=np.float32)) + noise, 0, 255).astype(np.uint8)
    shown = picture.copy()
    shown.paste(Image.fromarray(filled), box[:2], hole.crop(box))
    return shown


def continued(picture: Image.Image, beyond: Image.Image) -> Image.Image:
    """The RGB picture going on where the mask is white: its edges mirrored, and lost in its colours further out."""
    smooth = healed(picture, beyond)
    left, top, right, bottom = ImageChops.invert(beyond).getbbox() or (0, 0, *picture.size)
    rims = ((top, picture.height - bottom), (left, picture.width - right), (0, 0))
    mirrored = np.pad(np.asarray(smooth.crop((left, top, right, bottom))), rims, mode="symmetric")
    across = np.maximum(0, np.maximum(left - np.arange(picture.width), np.arange(picture.width) - right))
    down = np.maximum(0, np.maximum(top - np.arange(picture.height), np.arange(picture.height) - bottom))
    far = np.hypot(across[None, :], down[:, None]) / (REACH * min(picture.size))
    weight = Image.fromarray((np.exp(-far) * 255).astype(np.uint8))
    blend = Image.composite(Image.fromarray(mirrored), smooth, weight)
    return Image.composite(blend, picture, beyond)


def in_colours_of(style: Image.Image, picture: Image.Image) -> Image.Image:
    """The RGB picture with the light and the colours of another, as a whole."""
    wanted, had = (_spread_of(one) for one in (style, picture))
    scale = np.clip(wanted[1] / np.maximum(had[1], 1.0), 0.4, 2.5)
    tones = (np.arange(256)[None, :] - had[0][:, None]) * scale[:, None] + wanted[0][:, None]
    table = np.clip(tones, 0, 255).astype(int).ravel().tolist()
    return picture.convert("YCbCr").point(table).convert("RGB")


def enlarged(picture: Image.Image, factor: int) -> Image.Image:
    """The same picture with `factor` times as many pixels on each side."""
    large = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.LANCZOS)
    return large.filter(ImageFilter.UnsharpMask(factor * 0.6, 60, 2))


def print_of(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture as a paper print with a shadow, on a transparent sheet no larger than `size`."""
    margin = max(2, round(min(size) * 0.03))
    room = max(1, size[0] - 4 * margin), max(1, size[1] - 4 * margin)
    shown = picture.copy()
    shown.thumbnail(room, Image.Resampling.LANCZOS)
    if shown.size == picture.size:
        scale = min(room[0] / picture.width, room[1] / picture.height)
        shown = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    sheet = Image.new("RGBA", (shown.width + 4 * margin, shown.height + 4 * margin), (*INK, 0))
    paper = (margin, margin, shown.width + 3 * margin, shown.height + 3 * margin)
    shade = Image.new("L", sheet.size)
    ImageDraw.Draw(shade).rectangle([edge + margin // 2 for edge in paper], fill=120)
    sheet.putalpha(shade.filter(ImageFilter.GaussianBlur(margin / 2)))
    sheet.paste(PAPER, paper)
    sheet.paste(shown, (2 * margin, 2 * margin))
    return sheet


def _around(hole: Image.Image) -> tuple[int, int, int, int]:
    """The part of the picture that a hole is filled from."""
    left, top, right, bottom = hole.getbbox() or (0, 0, *hole.size)
    wide, high = 16 + round((right - left) * NEIGHBOURS), 16 + round((bottom - top) * NEIGHBOURS)
    return max(0, left - wide), max(0, top - high), min(hole.width, right + wide), min(hole.height, bottom + high)


def _spread(pixels: Field, weight: Field) -> Field:
    """The pixels, with those of no weight filled from coarser and coarser copies of the others."""
    if min(weight.shape) <= 1 or (weight > 0).all():
        total = max(float(weight.sum()), 1e-6)
        mean = (pixels * weight[..., None]).sum((0, 1)) / total
        return np.where(weight[..., None] > 0, pixels, mean).astype(np.float32)
    high, wide = weight.shape
    odd = ((0, high % 2), (0, wide % 2))
    colour = np.pad(pixels * weight[..., None], (*odd, (0, 0)))
    heavy = np.pad(weight, odd)
    sums = _quartered(colour)
    shares = _quartered(heavy[..., None])[..., 0]
    coarse = _spread(
        np.divide(sums, np.maximum(shares, 1e-6)[..., None], dtype=np.float32), np.minimum(shares, 1, dtype=np.float32)
    )
    fine = np.asarray(
        [
            np.asarray(
                Image.fromarray(np.ascontiguousarray(coarse[..., at])).resize((wide, high), Image.Resampling.BICUBIC)
            )
            for at in range(3)
        ]
    ).transpose(1, 2, 0)
    return np.asarray(pixels * weight[..., None] + fine * (1 - weight[..., None]), dtype=np.float32)


def _quartered(field: Field) -> Field:
    """The sums of two by two."""
    high, wide, depth = field.shape
    return np.asarray(field.reshape(high // 2, 2, wide // 2, 2, depth).sum((1, 3)), dtype=np.float32)


def _spread_of(picture: Image.Image) -> tuple[Field, Field]:
    """Mean and deviation of light and colour."""
    small = picture.copy()
    small.thumbnail((256, 256))
    pixels = np.asarray(small.convert("YCbCr"), dtype=np.float32).reshape(-1, 3)
    return np.asarray(pixels.mean(0)), np.asarray(pixels.std(0))
