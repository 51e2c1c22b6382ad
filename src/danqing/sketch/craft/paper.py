"""Paper craft: grain, cut edges, cast shadows, tints and glows that turn flat shapes into sheets of paper."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from danqing.sketch.craft.palette import Colour

Field = NDArray[np.float32]


def noise(width: int, height: int, cell: float, rng: np.random.Generator, *, stretch: float = 1.0) -> Field:
    """A smooth field of noise in about -1..1, with features `cell` pixels wide and `cell * stretch` high."""
    columns = max(2, round(width / cell) + 2)
    rows = max(2, round(height / (cell * stretch)) + 2)
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    picture = Image.fromarray(coarse, mode="F").resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(np.clip(np.asarray(picture, dtype=np.float32) * 0.6, -1, 1), dtype=np.float32)


def clouds(width: int, height: int, cell: float, rng: np.random.Generator) -> Field:
    """Noise with four octaves, in about -1..1."""
    total = np.zeros((height, width), np.float32)
    for octave in range(4):
        total += noise(width, height, max(2.0, cell / 2**octave), rng) * 0.55**octave
    return np.asarray(np.clip(total / 1.3, -1, 1), dtype=np.float32)


def grain(picture: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
    """The RGB or RGBA picture with the tooth of paper in it; alpha is kept."""
    colours = np.asarray(picture.convert("RGB"), dtype=np.float32)
    tooth = noise(picture.width, picture.height, 2.2, rng) * strength
    toothed = Image.fromarray(np.clip(colours + tooth[..., None], 0, 255).astype(np.uint8))
    if picture.mode == "RGBA":
        toothed.putalpha(picture.getchannel("A"))
    return toothed


def flat(size: tuple[int, int], colour: Colour, alpha: Image.Image) -> Image.Image:
    """A sheet of one colour with the given alpha."""
    sheet = Image.new("RGB", size, colour)
    sheet.putalpha(alpha)
    return sheet


def tint(picture: Image.Image, colour: Colour, share: float) -> Image.Image:
    """The RGBA picture with `share` of a colour mixed into it."""
    return Image.blend(picture, flat(picture.size, colour, picture.getchannel("A")), share)


def lit(picture: Image.Image, light: Colour) -> Image.Image:
    """The RGBA picture as it looks under a coloured light."""
    if light == (255, 255, 255):
        return picture
    seen = ImageChops.multiply(picture.convert("RGB"), Image.new("RGB", picture.size, light))
    seen.putalpha(picture.getchannel("A"))
    return seen


def padded(picture: Image.Image, by: int) -> Image.Image:
    """The RGBA picture with a transparent border."""
    wide = Image.new("RGBA", (picture.width + 2 * by, picture.height + 2 * by))
    wide.paste(picture, (by, by))
    return wide


def dimmed(alpha: Image.Image, share: float) -> Image.Image:
    """An alpha channel scaled by `share`, which may be more than 1."""
    return alpha.point([min(255, int(level * share)) for level in range(256)])


def cut(picture: Image.Image, thickness: float, side: int) -> Image.Image:
    """Give a shape the edge of cut card: bright towards the light (`side` -1 left, 1 right), dark away from it."""
    step = max(1, round(thickness))
    alpha = picture.getchannel("A")
    towards = ImageChops.subtract(alpha, ImageChops.offset(alpha, -side * step, step))
    away = ImageChops.subtract(alpha, ImageChops.offset(alpha, side * step, -step))
    soft = ImageFilter.GaussianBlur(step * 0.6)
    edged = picture.copy()
    for rim, colour, share in ((towards, (255, 255, 255), 0.42), (away, (30, 20, 50), 0.28)):
        inside = ImageChops.multiply(rim.filter(soft), alpha)
        edged.paste(Image.new("RGB", picture.size, colour), (0, 0), dimmed(inside, share))
    edged.putalpha(alpha)
    return edged


def lifted(picture: Image.Image, blur: float, drop: float, share: float, colour: Colour = (24, 18, 44)) -> Image.Image:
    """The RGBA picture above its own soft shadow, as card lies above card; the result is wider by 3 blurs."""
    pad = round(blur * 3) + 1
    wide = padded(picture, pad)
    shade = ImageChops.offset(wide.getchannel("A"), 0, round(drop)).filter(ImageFilter.GaussianBlur(blur))
    base = flat(wide.size, colour, dimmed(shade, share))
    base.alpha_composite(wide)
    return base


def glow(picture: Image.Image, blur: float, colour: Colour, strength: float = 1.4) -> Image.Image:
    """The RGBA picture in a halo of light; the result is wider by 2.5 blurs."""
    pad = round(blur * 2.5) + 1
    wide = padded(picture, pad)
    halo = dimmed(wide.getchannel("A").filter(ImageFilter.GaussianBlur(blur)), strength)
    base = flat(wide.size, colour, halo)
    base.alpha_composite(wide)
    return base


def rounded(picture: Image.Image, top: float, bottom: float) -> Image.Image:
    """Shade an RGBA picture from `top` to `bottom` brightness (1 = unchanged), as a soft light from above does."""
    ramp = np.linspace(top, bottom, picture.height, dtype=np.float32)[:, None, None]
    colours = np.asarray(picture.convert("RGB"), dtype=np.float32) * ramp
    shaded = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))
    shaded.putalpha(picture.getchannel("A"))
    return shaded
