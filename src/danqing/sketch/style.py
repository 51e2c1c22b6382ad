"""Finishes a picture in a style: crayon, watercolour, pencil, pixel, noir, sepia, neon, flat, poster, or plain paper.

A `Finish` holds the textures of one size, so that the frames of a film share them and nothing flickers. It works on
any RGB picture: the scenes of this engine, and the pictures that users send to be changed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from danqing.sketch.palette import Colour, luminance, mix
from danqing.sketch.paper import Field, clouds, dimmed, noise

SEPIA: tuple[Colour, Colour, Colour] = ((38, 22, 14), (176, 126, 82), (255, 240, 212))


@dataclass(frozen=True, slots=True, eq=False)
class Textures:
    """What a style needs at one size: tooth of the paper, strokes, washes, a wobble map and a vignette mask."""

    tooth: Field
    strokes: Field
    wash: Field
    wobble: tuple[NDArray[np.intp], NDArray[np.intp]]
    vignette: Image.Image
    unit: int


def textures(width: int, height: int, rng: np.random.Generator) -> Textures:
    """Textures for a size in pixels."""
    unit = min(width, height)
    tooth = noise(width, height, 2.2, rng) * 0.7 + noise(width, height, max(2.0, unit * 0.006), rng) * 0.5
    slant = noise(width, height, max(1.6, unit * 0.0035), rng, stretch=9)
    cross = noise(width, height, max(1.6, unit * 0.011), rng, stretch=0.22)
    reach = unit * 0.0045
    across = noise(width, height, max(3.0, unit * 0.042), rng) * reach
    down = noise(width, height, max(3.0, unit * 0.042), rng) * reach
    rows = np.clip(np.arange(height)[:, None] + np.rint(down), 0, height - 1).astype(np.intp)
    columns = np.clip(np.arange(width)[None, :] + np.rint(across), 0, width - 1).astype(np.intp)
    wash = clouds(width, height, unit * 0.16, rng)
    return Textures(tooth, _slanted(slant * 0.75 + cross * 0.4), wash, (rows, columns), _vignette(width, height), unit)


def _slanted(strokes: Field) -> Field:
    """Upright strokes leaned over, as a right hand draws them."""
    height, width = strokes.shape
    columns = (np.arange(width)[None, :] + (np.arange(height)[:, None] * 7) // 10) % width
    return np.asarray(np.take_along_axis(strokes, columns, axis=1), dtype=np.float32)


def _vignette(width: int, height: int) -> Image.Image:
    """How dark the corners are: 0 in the middle to 255."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall = np.clip((x**2 + y**2) / 2, 0, 1) ** 1.6
    return Image.fromarray((fall * 255).astype(np.uint8))


def _array(picture: Image.Image) -> Field:
    return np.asarray(picture, dtype=np.float32)


def _image(pixels: Field) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _cornered(picture: Image.Image, tex: Textures, share: float) -> Image.Image:
    picture.paste(Image.new("RGB", picture.size, (14, 8, 30)), (0, 0), dimmed(tex.vignette, share))
    return picture


def _wobbled(picture: Image.Image, tex: Textures) -> Image.Image:
    rows, columns = tex.wobble
    return Image.fromarray(np.asarray(picture)[rows, columns])


def _edges(picture: Image.Image, width: float) -> Field:
    """Outlines, 0..1."""
    soft = picture.convert("L").filter(ImageFilter.GaussianBlur(width))
    found = np.asarray(soft.filter(ImageFilter.FIND_EDGES), dtype=np.float32)
    found[[0, -1], :] = 0
    found[:, [0, -1]] = 0
    return np.clip(found / 42, 0, 1)


def _paper(picture: Image.Image, tex: Textures) -> Image.Image:
    return _cornered(picture, tex, 0.32)


def _plain(picture: Image.Image) -> Image.Image:
    """The picture without grain and small specks, at its full size but worked on at half of it, for speed."""
    small = picture.reduce(2).filter(ImageFilter.MedianFilter(3))
    return small.resize(picture.size, Image.Resampling.BICUBIC)


def _flat(picture: Image.Image, tex: Textures) -> Image.Image:
    """A few clean tones without grain, edges or shading."""
    tones = _plain(picture).point([round(v / 255 * 6) * 255 // 6 for v in range(256)] * 3)
    return ImageEnhance.Color(tones.filter(ImageFilter.MedianFilter(3))).enhance(1.2)


def _poster(picture: Image.Image, tex: Textures) -> Image.Image:
    """Screen print: few tones, a dot screen in the middle ones, a border of paper."""
    base = _array(ImageEnhance.Color(_plain(picture)).enhance(1.35))
    pitch = max(4.0, tex.unit / 110)
    y = np.arange(picture.height, dtype=np.float32)[:, None]
    x = np.arange(picture.width, dtype=np.float32)[None, :]
    screen = (np.sin((x + y) * np.pi / pitch) * np.sin((x - y) * np.pi / pitch))[..., None] * 26
    steps = np.asarray(np.rint((base + screen) / 255 * 4) / 4 * 255, dtype=np.float32)
    print_ = _image(np.asarray(steps * 0.94 + 14, dtype=np.float32))
    edge = max(2, tex.unit // 28)
    sheet = Image.new("RGB", picture.size, (250, 242, 224))
    sheet.paste(print_.crop((edge, edge, picture.width - edge, picture.height - edge)), (edge, edge))
    return sheet


def _noir(picture: Image.Image, tex: Textures) -> Image.Image:
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
    curve = [round(255 * (v / 255) ** 2 * (3 - 2 * v / 255)) for v in range(256)]
    pixels = _array(grey.point(curve)) * 0.95 + tex.tooth * 9
    return _cornered(_image(pixels).convert("RGB"), tex, 0.8)


def _sepia(picture: Image.Image, tex: Textures) -> Image.Image:
    grey = _image(_array(picture.convert("L")) + tex.tooth * 7)
    return _cornered(ImageOps.colorize(grey, SEPIA[0], SEPIA[2], SEPIA[1]), tex, 0.5)


def _neon(picture: Image.Image, tex: Textures) -> Image.Image:
    """Dark room, glowing outlines in the picture's own colours."""
    lines = _edges(picture, max(0.8, tex.unit * 0.0016))
    vivid = _array(ImageEnhance.Color(ImageEnhance.Brightness(picture).enhance(1.5)).enhance(2.4))
    lamps = _image(vivid * lines[..., None])
    halo = (
        lamps.reduce(4)
        .filter(ImageFilter.GaussianBlur(max(1.0, tex.unit * 0.003)))
        .resize(picture.size, Image.Resampling.BILINEAR)
    )
    dark = ImageEnhance.Brightness(ImageChops.multiply(picture, Image.new("RGB", picture.size, (88, 70, 150)))).enhance(
        0.8
    )
    return _cornered(
        ImageChops.add(ImageChops.screen(dark, ImageEnhance.Brightness(halo).enhance(2.2)), lamps), tex, 0.5
    )


def _pixel(picture: Image.Image, tex: Textures) -> Image.Image:
    block = max(2, tex.unit // 96)
    size = (max(1, picture.width // block), max(1, picture.height // block))
    small = ImageEnhance.Color(picture.resize(size, Image.Resampling.BOX)).enhance(1.12)
    return small.point([round(v / 255 * 11) * 255 // 11 for v in range(256)] * 3).resize(
        picture.size, Image.Resampling.NEAREST
    )


def _crayon(picture: Image.Image, tex: Textures) -> Image.Image:
    """Wax on rough paper: bright colours, slanting strokes that leave the paper bare, waxy outlines."""
    base = picture.filter(ImageFilter.GaussianBlur(max(0.6, tex.unit * 0.0022)))
    base = _wobbled(
        ImageEnhance.Color(
            base.point([min(255, round(round(v / 255 * 6) / 6 * 243) + 12) for v in range(256)] * 3)
        ).enhance(1.5),
        tex,
    )
    wax = _array(base)
    bare = np.clip((tex.strokes * 0.9 + tex.tooth * 0.6 + tex.wash * 0.25 - 0.2) * 1.5, 0, 0.82)[..., None]
    drawn = wax + (np.array((253, 250, 240), np.float32) - wax) * bare
    lines = _edges(base, max(0.8, tex.unit * 0.0018)) * np.clip(0.85 + tex.tooth * 0.9, 0.2, 1)
    drawn *= 1 - 0.55 * np.clip(lines, 0, 1)[..., None]
    return _image(drawn + tex.tooth[..., None] * 7)


def _watercolour(picture: Image.Image, tex: Textures) -> Image.Image:
    """Washes that run: soft areas with darker rims, pooled pigment, white paper at the border."""
    soft = _wobbled(_plain(picture).filter(ImageFilter.GaussianBlur(max(0.8, tex.unit * 0.0033))), tex)
    wash = _array(ImageEnhance.Color(soft).enhance(1.18))
    rims = _edges(soft, max(1.0, tex.unit * 0.002))
    pool = tex.wash * 0.34 + tex.tooth * 0.09
    thin = np.clip(0.80 + pool + rims * 0.45, 0.25, 1.2)[..., None]
    paint = 252 - (252 - wash) * thin
    y = np.minimum(np.arange(picture.height), np.arange(picture.height)[::-1])[:, None]
    x = np.minimum(np.arange(picture.width), np.arange(picture.width)[::-1])[None, :]
    border = np.clip((np.minimum(x, y) / tex.unit - 0.022 + tex.wash * 0.016) * 40, 0, 1)[..., None]
    sheet = np.array((253, 251, 245), np.float32)
    return _image(sheet + (paint - sheet) * border + tex.tooth[..., None] * 5)


def _pencil(picture: Image.Image, tex: Textures) -> Image.Image:
    """Graphite: outlines by dodging a blurred negative, hatching where it is dark."""
    grey = _wobbled(picture, tex).convert("L")
    light = _array(grey)
    blurred = _array(grey.filter(ImageFilter.GaussianBlur(max(1.2, tex.unit * 0.006))))
    drawn = np.clip(light / np.maximum(blurred, 1) * 250, 0, 255)
    hatch = np.clip(tex.strokes * 0.9 + tex.tooth * 0.5 + 0.1, 0, 1)
    shade = np.clip((215 - blurred) / 190, 0, 1)
    drawn = 255 * (drawn / 255) ** 2.6 - hatch * shade * 215 - shade * 40
    sheet = np.array((1.0, 0.985, 0.95), np.float32)
    return _image(np.asarray(drawn[..., None] * sheet + tex.tooth[..., None] * 6, dtype=np.float32))


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
