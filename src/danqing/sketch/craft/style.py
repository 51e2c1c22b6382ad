"""Finishes a picture in a style: the washes, screens and grades here, the crafts of `handmade`, or plain paper.

A `Finish` holds the textures of one size, so that the frames of a film share them and nothing flickers. It works on
any RGB picture: the scenes of this engine, and the pictures that users send to be changed.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from danqing.sketch.craft.handmade import cinematic, comic, embroidery, ink_wash, low_poly, oil, stained_glass, ukiyo_e
from danqing.sketch.craft.palette import Colour, luminance, mix
from danqing.sketch.craft.paper import Field
from danqing.sketch.craft.textures import (
    Textures,
    brightened,
    cornered,
    floats,
    grey,
    outlines,
    plain,
    rendered,
    saturated,
    small_and_plain,
    softened,
    textures,
    without_specks,
    wobbled,
)

TOOTH = 16  # where the grain of a paper neither lightens nor darkens
SEPIA: tuple[Colour, Colour, Colour] = ((38, 22, 14), (176, 126, 82), (255, 240, 212))


def _paper(picture: Image.Image, tex: Textures) -> Image.Image:
    return cornered(picture, tex, 0.32)


def _flat(picture: Image.Image, tex: Textures) -> Image.Image:
    """A few clean tones without grain, edges or shading."""
    tones = plain(picture).point([round(v / 255 * 6) * 255 // 6 for v in range(256)] * 3)
    return saturated(Image.fromarray(without_specks(np.asarray(tones))), 1.2)


def _poster(picture: Image.Image, tex: Textures) -> Image.Image:
    """Screen print: few tones, a dot screen in the middle ones, a border of paper."""
    base = floats(saturated(plain(picture), 1.35))
    steps = np.asarray(np.rint((base + _screen(*picture.size)) / 255 * 4) / 4 * 255, dtype=np.float32)
    print_ = rendered(np.asarray(steps * 0.94 + 14, dtype=np.float32))
    edge = max(2, tex.unit // 28)
    sheet = Image.new("RGB", picture.size, (250, 242, 224))
    sheet.paste(print_.crop((edge, edge, picture.width - edge, picture.height - edge)), (edge, edge))
    return sheet


@lru_cache(maxsize=2)
def _screen(width: int, height: int) -> Field:
    """The dots of a printed picture, to be added to it."""
    pitch = max(4.0, min(width, height) / 110)
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    screen = np.sin((x + y) * np.pi / pitch) * np.sin((x - y) * np.pi / pitch) * 26
    return np.asarray(screen[..., None], dtype=np.float32)


def _noir(picture: Image.Image, tex: Textures) -> Image.Image:
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
    curve = [round(255 * (v / 255) ** 2 * (3 - 2 * v / 255)) for v in range(256)]
    pixels = floats(grey.point(curve)) * 0.95 + tex.tooth * 9
    return cornered(rendered(pixels).convert("RGB"), tex, 0.8)


def _sepia(picture: Image.Image, tex: Textures) -> Image.Image:
    grey = rendered(floats(picture.convert("L")) + tex.tooth * 7)
    return cornered(ImageOps.colorize(grey, SEPIA[0], SEPIA[2], SEPIA[1]), tex, 0.5)


def _neon(picture: Image.Image, tex: Textures) -> Image.Image:
    """Dark room, glowing outlines in the picture's own colours."""
    lines = grey(outlines(picture, max(0.8, tex.unit * 0.0016)) * 255)
    lamps = ImageChops.multiply(saturated(brightened(picture, 1.5), 2.4), lines)
    halo = (
        lamps.reduce(4)
        .filter(ImageFilter.GaussianBlur(max(1.0, tex.unit * 0.003)))
        .resize(picture.size, Image.Resampling.BILINEAR)
    )
    shade = [level * part // 320 for part in (88, 70, 150) for level in range(256)]
    dark = picture.point(shade)
    return cornered(ImageChops.add(ImageChops.screen(dark, brightened(halo, 2.2)), lamps), tex, 0.5)


def _pixel(picture: Image.Image, tex: Textures) -> Image.Image:
    block = max(2, tex.unit // 96)
    size = (max(1, picture.width // block), max(1, picture.height // block))
    small = saturated(picture.resize(size, Image.Resampling.BOX), 1.12)
    return small.point([round(v / 255 * 11) * 255 // 11 for v in range(256)] * 3).resize(
        picture.size, Image.Resampling.NEAREST
    )


def _crayon(picture: Image.Image, tex: Textures) -> Image.Image:
    """Wax on rough paper: bright colours, slanting strokes that leave the paper bare, waxy outlines."""
    base = softened(picture, max(0.6, tex.unit * 0.0022))
    tones = base.point([min(255, round(round(v / 255 * 6) / 6 * 243) + 12) for v in range(256)] * 3)
    base = wobbled(saturated(tones, 1.5), tex)
    bare, bite, tooth = _waxed(tex)
    lines = grey(255 - outlines(base, max(0.8, tex.unit * 0.0018)) * bite)
    base.paste((253, 250, 240), (0, 0), bare)
    drawn = ImageChops.multiply(base, lines)
    return ImageChops.add(drawn, tooth, 1, -TOOTH)


@lru_cache(maxsize=2)
def _waxed(tex: Textures) -> tuple[Image.Image, Field, Image.Image]:
    """Of the rough paper: how much of it is seen, how dark an outline becomes on it, and its grain about `TOOTH`."""
    bare = np.clip((tex.strokes * 0.9 + tex.tooth * 0.6 + tex.wash * 0.25 - 0.2) * 1.5, 0, 0.82)
    bite = 140 * np.clip(0.85 + tex.tooth * 0.9, 0.2, 1)
    return rendered(bare * 255), np.asarray(bite, dtype=np.float32), grey(np.clip(tex.tooth * 7 + TOOTH, 0, 255))


def _watercolour(picture: Image.Image, tex: Textures) -> Image.Image:
    """Washes that run: soft areas with darker rims, pooled pigment, white paper at the border."""
    small = small_and_plain(picture).filter(ImageFilter.GaussianBlur(max(0.4, tex.unit * 0.00155)))
    soft = wobbled(small.resize(picture.size, Image.Resampling.BICUBIC), tex)
    pool, border, ground = _wetted(tex)
    thin = np.clip(pool + outlines(soft, max(1.0, tex.unit * 0.002)) * 0.45, 0.25, 1.2)
    thin *= border
    paint = 252 - floats(saturated(soft, 1.18))
    paint *= thin[..., None]
    return rendered(ground - paint)


@lru_cache(maxsize=2)
def _wetted(tex: Textures) -> tuple[Field, Field, Field]:
    """Of the wet sheet: how the pigment pools, 0 at its white border to 1, and its own colour."""
    height, width = tex.tooth.shape
    y = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None]
    x = np.minimum(np.arange(width), np.arange(width)[::-1])[None, :]
    border = np.clip((np.minimum(x, y) / tex.unit - 0.022 + tex.wash * 0.016) * 40, 0, 1).astype(np.float32)
    sheet = np.array((253, 251, 245), np.float32)
    ground = sheet + (252 - sheet) * border[..., None] + tex.tooth[..., None] * 5
    return 0.80 + tex.wash * 0.34 + tex.tooth * 0.09, border, ground.astype(np.float32)


def _pencil(picture: Image.Image, tex: Textures) -> Image.Image:
    """Graphite: outlines by dodging a blurred negative, hatching where it is dark."""
    grey = wobbled(picture, tex).convert("L")
    light = floats(grey)
    blurred = floats(grey.filter(ImageFilter.GaussianBlur(max(1.2, tex.unit * 0.006))))
    drawn = np.clip(light / np.maximum(blurred, 1) * 250, 0, 255)
    hatch = np.clip(tex.strokes * 0.9 + tex.tooth * 0.5 + 0.1, 0, 1)
    shade = np.clip((215 - blurred) / 190, 0, 1)
    drawn = 255 * (drawn / 255) ** 2.6 - hatch * shade * 215 - shade * 40
    sheet = np.array((1.0, 0.985, 0.95), np.float32)
    return rendered(np.asarray(drawn[..., None] * sheet + tex.tooth[..., None] * 6, dtype=np.float32))


STYLES: dict[str, Callable[[Image.Image, Textures], Image.Image]] = {
    "paper": _paper,
    "flat": _flat,
    "poster": _poster,
    "noir": _noir,
    "sepia": _sepia,
    "neon": _neon,
    "pixel": _pixel,
    "crayon": _crayon,
    "watercolour": _watercolour,
    "pencil": _pencil,
    "oil": oil,
    "comic": comic,
    "ink": ink_wash,
    "cinematic": cinematic,
    "ukiyo-e": ukiyo_e,
    "stained-glass": stained_glass,
    "low-poly": low_poly,
    "embroidery": embroidery,
}


class Finish:
    """One style at one size; call it on RGB pictures of that size."""

    def __init__(self, style: str, size: tuple[int, int], rng: np.random.Generator) -> None:
        self._apply = STYLES.get(style, _paper)
        self._textures = textures(*size, rng)

    def __call__(self, picture: Image.Image) -> Image.Image:
        """The finished picture; the one given may be painted over."""
        return self._apply(picture, self._textures)


def readable_on(background: Colour) -> Colour:
    """Ink that can be read on a background."""
    return (
        mix((18, 22, 44), background, 0.08) if luminance(background) > 0.5 else mix((255, 255, 255), background, 0.06)
    )
