"""From vector to pixels: rasterises SVG bodies and the pack's glyphs into RGBA pictures."""

import io
from functools import lru_cache

import resvg_py
from PIL import Image

from danqing.sketch import art
from danqing.sketch.palette import Colour, code

GLYPH_BOX = 32  # the pack's glyphs are drawn in a 32 x 32 box


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


def mono(slug: str, size: int, colour: Colour) -> Image.Image | None:
    """The one-colour glyph, or None when the pack has none by that name."""
    body = art.mono(slug)
    if body is None:
        return None
    return raster(body.replace("currentColor", code(colour)), size, size, box=(0, 0, GLYPH_BOX, GLYPH_BOX))
