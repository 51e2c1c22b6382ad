"""From vector to pixels: rasterises SVG bodies and the pack's glyphs into RGBA pictures."""

import io
from functools import lru_cache

import resvg_py
from PIL import Image, ImageChops, ImageStat

from danqing.sketch.craft import art
from danqing.sketch.craft.palette import Colour, code

GLYPH_BOX = 32  # the pack's glyphs are drawn in a 32 x 32 box
DARK = 165  # of 255
LEAST_INK = 0.3  # of a shape, to be seen by its dark parts alone


def raster(body: str, width: int, height: int, *, box: tuple[float, float, float, float] | None = None) -> Image.Image:
    """An SVG body on a transparent canvas of `width` x `height` pixels; `box` is its viewBox (default: pixels)."""
    x, y, w, h = box or (0, 0, width, height)
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{x:g} {y:g} {w:g} {h:g}" preserveAspectRatio="none">{body}</svg>'
    )
    drawn = bytes(resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True))
    with Image.open(io.BytesIO(drawn), formats=("PNG",)) as picture:
        return picture.convert("RGBA")


@lru_cache(maxsize=128)
def glyph(slug: str, size: int) -> Image.Image:
    """The colour glyph at `size` pixels. The picture is shared: copy it before drawing on it."""
    return raster(art.glyph(slug), size, size, box=(0, 0, GLYPH_BOX, GLYPH_BOX))


def mono(slug: str, size: int, colour: Colour) -> Image.Image:
    """The one-colour glyph; where there is none, the dark parts of the coloured one. KeyError for no such slug."""
    body = art.mono(slug)
    if body is None:
        return _printed(glyph(slug, size), colour)
    return raster(body.replace("currentColor", code(colour)), size, size, box=(0, 0, GLYPH_BOX, GLYPH_BOX))


def _printed(drawn: Image.Image, colour: Colour) -> Image.Image:
    """The drawing as a stamp would print it: its dark parts, or all of it when hardly anything is dark."""
    shape = drawn.getchannel("A")
    dark = ImageChops.multiply(shape, drawn.convert("L").point([255 if level < DARK else 0 for level in range(256)]))
    ink = dark if ImageStat.Stat(dark).sum[0] > LEAST_INK * ImageStat.Stat(shape).sum[0] else shape
    printed = Image.new("RGBA", drawn.size, colour)
    printed.putalpha(ink)
    return printed
