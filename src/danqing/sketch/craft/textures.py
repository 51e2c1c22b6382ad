"""What the finishes share: textures of one size, outlines, and the way from pixels to floats and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from danqing.sketch.craft.paper import Field, clouds, dimmed, noise


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


def floats(picture: Image.Image) -> Field:
    """The picture as floats, 0 to 255."""
    return np.asarray(picture, dtype=np.float32)


def rendered(pixels: Field) -> Image.Image:
    """Floats as a picture again."""
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def cornered(picture: Image.Image, tex: Textures, share: float) -> Image.Image:
    """The picture with its corners darkened; the one given is painted over."""
    picture.paste(Image.new("RGB", picture.size, (14, 8, 30)), (0, 0), dimmed(tex.vignette, share))
    return picture


def wobbled(picture: Image.Image, tex: Textures) -> Image.Image:
    """The RGB picture as an unsteady hand draws it."""
    pixels = np.asarray(picture.convert("RGBX")).view(np.uint32)
    moved = pixels.ravel().take(tex.wobble).view(np.uint8).reshape(picture.height, picture.width, 4)
    return Image.frombytes("RGB", picture.size, moved.tobytes(), "raw", "RGBX")


def saturated(picture: Image.Image, by: float) -> Image.Image:
    """The RGB picture with its colours this much stronger."""
    red, green, blue = 0.299 * (1 - by), 0.587 * (1 - by), 0.114 * (1 - by)
    return picture.convert("RGB", (red + by, green, blue, 0, red, green + by, blue, 0, red, green, blue + by, 0))


def brightened(picture: Image.Image, by: float) -> Image.Image:
    """The RGB picture with its light this much stronger."""
    return picture.point([min(255, int(level * by)) for level in range(256)] * 3)


def grey(levels: Field) -> Image.Image:
    """Levels 0..255 as an RGB picture."""
    return Image.merge("RGB", [Image.fromarray(levels.astype(np.uint8))] * 3)


def softened(picture: Image.Image, radius: float) -> Image.Image:
    """The RGB picture out of focus; worked on at half its size when that cannot be told, for speed."""
    if radius < 1.2:
        return picture.filter(ImageFilter.GaussianBlur(radius))
    soft = picture.reduce(2).filter(ImageFilter.GaussianBlur(radius * 0.47))
    return soft.resize(picture.size, Image.Resampling.BICUBIC)


def without_specks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The median of each pixel and its neighbours, first across and then down."""
    for axis in (1, 0):
        wide = np.pad(pixels, [(int(k == axis), int(k == axis)) for k in range(3)], mode="edge")
        high, across = pixels.shape[:2]
        parts = [wide[:, k : k + across] if axis else wide[k : k + high] for k in range(3)]
        less, more = np.minimum(parts[0], parts[1]), np.maximum(parts[0], parts[1])
        pixels = np.maximum(less, np.minimum(more, parts[2]))
    return pixels


def outlines(picture: Image.Image, width: float) -> Field:
    """Outlines, 0..1: where a soft picture is lighter than what is around it."""
    soft = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(width)), dtype=np.int16)
    across = soft[:, :-2] + soft[:, 1:-1] + soft[:, 2:]
    around = across[:-2] + across[1:-1] + across[2:]
    found = np.zeros(soft.shape, np.float32)
    found[1:-1, 1:-1] = np.clip((soft[1:-1, 1:-1] * 9 - around) * np.float32(1 / 42), 0, 1)
    return found


def plain(picture: Image.Image) -> Image.Image:
    """The picture without grain and small specks, at its full size but worked on at half of it, for speed."""
    return small_and_plain(picture).resize(picture.size, Image.Resampling.BICUBIC)


def small_and_plain(picture: Image.Image) -> Image.Image:
    """The picture at half its size, without grain and small specks."""
    return Image.fromarray(without_specks(np.asarray(picture.reduce(2))))
