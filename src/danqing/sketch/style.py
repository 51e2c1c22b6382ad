"""Finishes a picture in a style: crayon, watercolour, pencil, pixel, noir, sepia, neon, flat, poster, or plain paper.

A `Finish` holds the textures of one size, so that the frames of a film share them and nothing flickers. It works on
any RGB picture: the scenes of this engine, and the pictures that users send to be changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

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
    wobble: NDArray[np.intp]  # for every pixel, the number of the one that is seen in its place
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
    wobble = rows * width + columns
    return Textures(tooth, _slanted(slant * 0.75 + cross * 0.4), wash, wobble, _vignette(width, height), unit)


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
    """The RGB picture as an unsteady hand draws it."""
    pixels = np.asarray(picture.convert("RGBX")).view(np.uint32)
    moved = pixels.ravel().take(tex.wobble).view(np.uint8).reshape(picture.height, picture.width, 4)
    return Image.frombytes("RGB", picture.size, moved.tobytes(), "raw", "RGBX")


def _saturated(picture: Image.Image, by: float) -> Image.Image:
    """The RGB picture with its colours this much stronger."""
    red, green, blue = 0.299 * (1 - by), 0.587 * (1 - by), 0.114 * (1 - by)
    return picture.convert("RGB", (red + by, green, blue, 0, red, green + by, blue, 0, red, green, blue + by, 0))


def _softened(picture: Image.Image, radius: float) -> Image.Image:
    """The RGB picture out of focus; worked on at half its size when that cannot be told, for speed."""
    if radius < 1.2:
        return picture.filter(ImageFilter.GaussianBlur(radius))
    soft = picture.reduce(2).filter(ImageFilter.GaussianBlur(radius * 0.47))
    return soft.resize(picture.size, Image.Resampling.BICUBIC)


def _without_specks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The median of each pixel and its neighbours, first across and then down."""
    for axis in (1, 0):
        wide = np.pad(pixels, [(int(k == axis), int(k == axis)) for k in range(3)], mode="edge")
        high, across = pixels.shape[:2]
        parts = [wide[:, k : k + across] if axis else wide[k : k + high] for k in range(3)]
        less, more = np.minimum(parts[0], parts[1]), np.maximum(parts[0], parts[1])
        pixels = np.maximum(less, np.minimum(more, parts[2]))
    return pixels


def _edges(picture: Image.Image, width: float) -> Field:
    """Outlines, 0..1: where a soft picture is lighter than what is around it."""
    soft = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(width)), dtype=np.int16)
    across = soft[:, :-2] + soft[:, 1:-1] + soft[:, 2:]
    around = across[:-2] + across[1:-1] + across[2:]
    found = np.zeros(soft.shape, np.float32)
    found[1:-1, 1:-1] = np.clip((soft[1:-1, 1:-1] * 9 - around) * np.float32(1 / 42), 0, 1)
    return found


def _paper(picture: Image.Image, tex: Textures) -> Image.Image:
    return _cornered(picture, tex, 0.32)


def _plain(picture: Image.Image) -> Image.Image:
    """The picture without grain and small specks, at its full size but worked on at half of it, for speed."""
    return _small_and_plain(picture).resize(picture.size, Image.Resampling.BICUBIC)


def _small_and_plain(picture: Image.Image) -> Image.Image:
    return Image.fromarray(_without_specks(np.asarray(picture.reduce(2))))


def _flat(picture: Image.Image, tex: Textures) -> Image.Image:
    """A few clean tones without grain, edges or shading."""
    tones = _plain(picture).point([round(v / 255 * 6) * 255 // 6 for v in range(256)] * 3)
    return _saturated(Image.fromarray(_without_specks(np.asarray(tones))), 1.2)


def _poster(picture: Image.Image, tex: Textures) -> Image.Image:
    """Screen print: few tones, a dot screen in the middle ones, a border of paper."""
    base = _array(_saturated(_plain(picture), 1.35))
    steps = np.asarray(np.rint((base + _screen(*picture.size)) / 255 * 4) / 4 * 255, dtype=np.float32)
    print_ = _image(np.asarray(steps * 0.94 + 14, dtype=np.float32))
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
    pixels = _array(grey.point(curve)) * 0.95 + tex.tooth * 9
    return _cornered(_image(pixels).convert("RGB"), tex, 0.8)


def _sepia(picture: Image.Image, tex: Textures) -> Image.Image:
    grey = _image(_array(picture.convert("L")) + tex.tooth * 7)
    return _cornered(ImageOps.colorize(grey, SEPIA[0], SEPIA[2], SEPIA[1]), tex, 0.5)


def _neon(picture: Image.Image, tex: Textures) -> Image.Image:
    """Dark room, glowing outlines in the picture's own colours."""
    lines = _edges(picture, max(0.8, tex.unit * 0.0016))
    vivid = _array(_saturated(ImageEnhance.Brightness(picture).enhance(1.5), 2.4))
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
    small = _saturated(picture.resize(size, Image.Resampling.BOX), 1.12)
    return small.point([round(v / 255 * 11) * 255 // 11 for v in range(256)] * 3).resize(
        picture.size, Image.Resampling.NEAREST
    )


def _crayon(picture: Image.Image, tex: Textures) -> Image.Image:
    """Wax on rough paper: bright colours, slanting strokes that leave the paper bare, waxy outlines."""
    base = _softened(picture, max(0.6, tex.unit * 0.0022))
    tones = base.point([min(255, round(round(v / 255 * 6) / 6 * 243) + 12) for v in range(256)] * 3)
    base = _wobbled(_saturated(tones, 1.5), tex)
    kept, bare, bite = _waxed(tex)
    drawn = _array(base) * kept
    drawn += bare
    drawn *= (1 - _edges(base, max(0.8, tex.unit * 0.0018)) * bite)[..., None]
    drawn += tex.tooth[..., None] * 7
    return _image(drawn)


@lru_cache(maxsize=2)
def _waxed(tex: Textures) -> tuple[Field, Field, Field]:
    """Of the rough paper: how much wax it takes, what is seen of it, and how dark an outline becomes on it."""
    bare = np.clip((tex.strokes * 0.9 + tex.tooth * 0.6 + tex.wash * 0.25 - 0.2) * 1.5, 0, 0.82)[..., None]
    bite = 0.55 * np.clip(0.85 + tex.tooth * 0.9, 0.2, 1)
    return 1 - bare, np.array((253, 250, 240), np.float32) * bare, np.asarray(bite, dtype=np.float32)


def _watercolour(picture: Image.Image, tex: Textures) -> Image.Image:
    """Washes that run: soft areas with darker rims, pooled pigment, white paper at the border."""
    small = _small_and_plain(picture).filter(ImageFilter.GaussianBlur(max(0.4, tex.unit * 0.00155)))
    soft = _wobbled(small.resize(picture.size, Image.Resampling.BICUBIC), tex)
    pool, border, ground = _wetted(tex)
    thin = np.clip(pool + _edges(soft, max(1.0, tex.unit * 0.002)) * 0.45, 0.25, 1.2)
    thin *= border
    paint = 252 - _array(_saturated(soft, 1.18))
    paint *= thin[..., None]
    return _image(ground - paint)


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
