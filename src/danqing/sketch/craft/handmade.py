"""Finishes that put a picture together anew: brushstrokes, glass, facets, stitches, printing blocks and film."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from danqing.sketch.craft.palette import Colour
from danqing.sketch.craft.paper import Field
from danqing.sketch.craft.textures import (
    Textures,
    cornered,
    floats,
    outlines,
    plain,
    rendered,
    saturated,
    without_specks,
    wobbled,
)

PRUSSIAN: Colour = (30, 44, 78)
WASHI: Colour = (243, 230, 202)
RICE: Colour = (243, 236, 219)
SOOT: Colour = (30, 33, 38)
LEAD: Colour = (26, 24, 30)


def oil(picture: Image.Image, tex: Textures) -> Image.Image:
    """Thick paint: patches of one colour laid with a loaded brush, ridges that catch the light, a canvas below."""
    small = np.asarray(wobbled(picture, tex).reduce(max(1, tex.unit // 170)))
    for _ in range(2):
        small = without_specks(small)
    patches = Image.fromarray(small).resize(picture.size, Image.Resampling.BICUBIC)
    ground, drift = _loaded(tex)
    height = floats(patches.convert("L"))
    height *= np.float32(1 / 90)
    height += ground
    relief = np.zeros_like(height)
    np.clip(height[2:, 2:] - height[:-2, :-2], -0.9, 0.9, out=relief[2:, 2:])
    paint = floats(saturated(patches, 1.28)) + drift
    paint += relief[..., None] * 24
    return cornered(rendered(paint), tex, 0.4)


@lru_cache(maxsize=2)
def _loaded(tex: Textures) -> tuple[Field, Field]:
    """What the brush leaves: how high the paint stands, and how its colours drift."""
    strokes = np.where(np.abs(tex.wash) > 0.16, tex.strokes, tex.strokes[:, ::-1])  # now this way, now that
    drift = strokes[..., None] * 9 + tex.wash[..., None] * np.array((9.0, 2.0, -9.0), np.float32)
    return np.asarray(strokes + tex.tooth * 0.18, dtype=np.float32), np.asarray(drift, dtype=np.float32)


def ink_wash(picture: Image.Image, tex: Textures) -> Image.Image:
    """Soot and water on rice paper: thin washes that pool, dark brush lines, nothing of the colours."""
    smooth = wobbled(plain(picture), tex)
    dark = 1 - floats(ImageOps.autocontrast(smooth.convert("L"), cutoff=2))[..., None] / 255
    lines = np.clip(outlines(smooth, max(1.0, tex.unit * 0.0024)) * 1.6 - 0.25, 0, 1)[..., None]
    soot = np.clip(0.8 * dark**1.2 + tex.wash[..., None] * 0.09 + lines * 0.75, 0, 0.94)
    paper = np.array(RICE, np.float32) + tex.tooth[..., None] * 4
    return cornered(
        rendered(np.asarray(paper + (np.array(SOOT, np.float32) - paper) * soot, dtype=np.float32)), tex, 0.3
    )


def comic(picture: Image.Image, tex: Textures) -> Image.Image:
    """Printed comics: clean colours, dots in the shades, black lines."""
    smooth = plain(picture)
    clean = saturated(smooth, 1.7).point([round(v / 255 * 7) * 255 // 7 for v in range(256)] * 3)
    pitch = max(4.0, tex.unit / 120)
    y = np.arange(picture.height, dtype=np.float32)[:, None]
    x = np.arange(picture.width, dtype=np.float32)[None, :]
    screen = np.sin((x + y) * np.pi / pitch) * np.sin((x - y) * np.pi / pitch)
    light = floats(smooth.convert("L")) / 255
    dots = np.clip((screen - light * 2.1 + 0.75) * 3, 0, 1)[..., None] * 0.3
    lines = np.clip(outlines(smooth, max(1.0, tex.unit * 0.0022)) * 1.8 - 0.35, 0, 1)[..., None]
    inked = floats(clean) * (1 - dots)
    return rendered(np.asarray(inked * (1 - lines) + np.array((18, 16, 24), np.float32) * lines, dtype=np.float32))


def cinematic(picture: Image.Image, tex: Textures) -> Image.Image:
    """A still of a film: teal shadows, warm lights, bloom around what is bright, grain."""
    pixels = floats(picture)
    light = (pixels.mean(axis=2, keepdims=True) / 255).astype(np.float32)
    shadows, lights = np.array((-18, 2, 22), np.float32), np.array((24, 6, -22), np.float32)
    graded = (pixels - 128) * 1.16 + 118 + shadows * (1 - light) + lights * light
    base = rendered(np.asarray(graded + tex.tooth[..., None] * 5, dtype=np.float32))
    bright = base.reduce(4).point([max(0, (v - 150) * 2) for v in range(256)] * 3)
    bloom = bright.filter(ImageFilter.GaussianBlur(max(1.0, tex.unit * 0.006)))
    glow = ImageEnhance.Brightness(bloom.resize(base.size, Image.Resampling.BILINEAR)).enhance(0.5)
    return cornered(ImageChops.screen(base, glow), tex, 0.85)


def ukiyo_e(picture: Image.Image, tex: Textures) -> Image.Image:
    """A woodblock print: few flat tones in mineral colours, indigo outlines, the grain of the block, warm paper."""
    smooth = wobbled(plain(picture), tex)
    paint = floats(smooth.point([round(v / 255 * 9) * 255 // 9 for v in range(256)] * 3)) / 255
    grain = np.cumsum(tex.tooth, axis=1) / np.sqrt(np.arange(1, picture.width + 1, dtype=np.float32))[None, :]
    aged = paint * np.array(WASHI, np.float32) + grain[..., None] * 3 + tex.wash[..., None] * 4
    down = np.linspace(1, 0, picture.height, dtype=np.float32)[:, None, None]
    band = np.clip((down - 0.8) / 0.2, 0, 1) * 0.75
    aged = aged + (np.array(PRUSSIAN, np.float32) - aged) * band
    lines = np.clip(outlines(smooth, max(1.0, tex.unit * 0.0024)) * 1.7 - 0.3, 0, 1)[..., None] * 0.9
    return rendered(np.asarray(aged + (np.array(PRUSSIAN, np.float32) - aged) * lines, dtype=np.float32))


def _scattered(tex: Textures, across: int) -> tuple[Field, Field, float]:
    """Points on a shaken grid, `across` of them along the shorter side: their x, their y, and the size of a cell."""
    cell = tex.unit / across
    high, wide = tex.tooth.shape
    rows, columns = round(high / cell) + 3, round(wide / cell) + 3
    at = np.random.default_rng(int(abs(float(tex.tooth[0, 0])) * 1e6)).uniform(-0.36, 0.36, (2, rows, columns))
    y = (np.arange(rows)[:, None] - 1 + at[0]) * cell
    x = (np.arange(columns)[None, :] - 1 + at[1]) * cell
    return x.astype(np.float32), y.astype(np.float32), cell


def _sampled(picture: Image.Image, x: Field, y: Field, cell: float) -> Field:
    """The picture's colours at points, each the mean of its surroundings."""
    by = max(1, round(cell / 2))
    small = floats(picture.reduce(by))
    rows = np.clip(y / by, 0, small.shape[0] - 1).astype(np.intp)
    return small[rows, np.clip(x / by, 0, small.shape[1] - 1).astype(np.intp)]


def low_poly(picture: Image.Image, tex: Textures) -> Image.Image:
    """Facets: triangles between scattered points, each of one colour."""
    x, y, cell = _scattered(tex, 62)
    board = picture.copy()
    pen = ImageDraw.Draw(board)
    for first, second, third in (((0, 0), (0, 1), (1, 0)), ((0, 1), (1, 1), (1, 0))):
        corners = [
            (x[r : r + x.shape[0] - 1, c : c + x.shape[1] - 1], y[r : r + x.shape[0] - 1, c : c + x.shape[1] - 1])
            for r, c in (first, second, third)
        ]
        middle_x, middle_y = (np.mean([corner[k] for corner in corners], axis=0) for k in (0, 1))
        tones = _sampled(picture, middle_x, middle_y, cell)
        slope = (corners[1][1] - corners[2][1]) / cell * 7 * (1 if first == (0, 0) else -1)
        fills = np.clip((tones - 128) * 1.12 + 130 + slope[..., None], 0, 255).astype(np.intp)
        points = np.stack([part for corner in corners for part in corner], axis=-1).reshape(-1, 6).tolist()
        for outline, (red, green, blue) in zip(points, fills.reshape(-1, 3).tolist(), strict=True):
            pen.polygon(outline, fill=(red, green, blue))
    return cornered(saturated(board, 1.2), tex, 0.25)


def stained_glass(picture: Image.Image, tex: Textures) -> Image.Image:
    """Panes of coloured glass in lead, lit from behind."""
    x, y, cell = _scattered(tex, 34)
    pane, bright, came = _panes(tex)
    seen = saturated(picture, 1.7)
    tones = _sampled(seen, x, y, cell).reshape(-1, 3)[pane]
    tones *= bright
    glass = rendered(tones + came)
    whole = floats(glass.resize(picture.size, Image.Resampling.BICUBIC))
    lines = np.clip(outlines(picture, max(1.0, tex.unit * 0.0028)) * 3.2 - 0.6, 0, 1)[..., None]
    leaded = whole * (1 - lines) + np.array(LEAD, np.float32) * lines
    return cornered(rendered(np.asarray(leaded + tex.wash[..., None] * 12, dtype=np.float32)), tex, 0.5)


@lru_cache(maxsize=2)
def _panes(tex: Textures) -> tuple[NDArray[np.intp], Field, Field]:
    """At half the size: which pane is seen, how much of its light comes through, and what the lead adds."""
    x, y, cell = _scattered(tex, 34)
    size = (-(-tex.tooth.shape[0] // 2), -(-tex.tooth.shape[1] // 2))
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32) * 2
    home = (np.rint(rows / cell).astype(np.intp) + 1, np.rint(columns / cell).astype(np.intp) + 1)
    nearest = np.full(size, np.inf, np.float32)
    second = nearest.copy()
    pane = np.zeros(size, np.intp)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            r = np.clip(home[0] + down, 0, x.shape[0] - 1)
            c = np.clip(home[1] + right, 0, x.shape[1] - 1)
            far = np.hypot(columns - x[r, c], rows - y[r, c])
            closer = far < nearest
            second = np.where(closer, nearest, np.minimum(second, far))
            pane = np.where(closer, r * x.shape[1] + c, pane)
            nearest = np.where(closer, far, nearest)
    bright = (1.16 - 0.3 * nearest / cell)[..., None]
    came = np.clip((second - nearest) / cell * 9 - 0.5, 0, 1)[..., None]
    lead = np.array(LEAD, np.float32) * (1 - came)
    return pane, np.asarray(bright * came, dtype=np.float32), np.asarray(lead, dtype=np.float32)


def embroidery(picture: Image.Image, tex: Textures) -> Image.Image:
    """Slanting stitches of shiny thread, each of one colour, on linen."""
    threads, shine = _stitches(*picture.size)
    seen = saturated(picture.filter(ImageFilter.BoxBlur(max(2.0, tex.unit / 190) / 2)), 1.3)
    tones = floats(seen).reshape(-1, 3)[threads]
    tones *= shine
    return cornered(rendered(tones), tex, 0.35)


@lru_cache(maxsize=2)
def _stitches(width: int, height: int) -> tuple[NDArray[np.intp], Field]:
    """For every pixel, the number of the one whose colour its stitch has, and how much it shines."""
    unit = min(width, height)
    wide, long = max(2.0, unit / 190), max(6.0, unit / 34)
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    across, along = x * 0.5 + y, x - y * 0.5
    thread = np.floor(across / wide)
    run = along / long + (thread * 0.37) % 1.0
    stitch = np.floor(run)
    middle = ((stitch + 0.5 - (thread * 0.37) % 1.0) * long, (thread + 0.5) * wide)
    at_x = (middle[0] + middle[1] * 0.5) / 1.25
    at_y = middle[1] - at_x * 0.5
    rows, columns = np.clip(at_y, 0, height - 1).astype(np.intp), np.clip(at_x, 0, width - 1).astype(np.intp)
    round_ = np.sin((across / wide - thread) * np.pi)
    ends = np.clip(np.minimum(run - stitch, stitch + 1 - run) * 9, 0, 1)
    shine = 0.62 + 0.46 * round_ * (0.45 + 0.55 * ends) + (0.12 * np.sin(stitch * 2.4 + thread * 1.7))
    return rows * width + columns, np.asarray(shine[..., None], dtype=np.float32)
