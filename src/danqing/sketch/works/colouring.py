"""Colours in a line drawing: finds the areas its lines enclose and fills each one, as a child with crayons would."""

from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from danqing.sketch.craft.palette import Colour, mix, rgb

GRID = 200  # areas are found on a copy no larger than this
LEAST_AREA = 12  # pixels of that copy
CRAYONS = ("#f2545b", "#ff9f43", "#ffd93d", "#6bcb77", "#4d96ff", "#9b72cf", "#ff8fab", "#2ec4b6", "#c08552")
GROUND_CRAYONS = ("#bfe3ff", "#fff0b8", "#d9f2d0", "#ffe1e1")


def filled(picture: Image.Image, chance: Random) -> Image.Image:
    """The RGB drawing with its areas filled; lines stay as they are."""
    scale = max(1.0, max(picture.size) / GRID)
    size = (max(1, round(picture.width / scale)), max(1, round(picture.height / scale)))
    grey = picture.convert("L")
    threshold = _threshold(grey)
    lines = grey.point([0 if level < threshold else 255 for level in range(256)]).filter(ImageFilter.MinFilter(3))
    grid = (
        lines.resize(size, Image.Resampling.BOX)
        .point([0 if level < 170 else 255 for level in range(256)])
        .convert("RGB")
    )
    paint = _areas(grid, chance)
    spread = _grown(paint).resize(picture.size, Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(scale * 0.6))
    return ImageChops.multiply(picture.convert("RGB"), spread)


def _threshold(grey: Image.Image) -> int:
    """Between the darkness of lines and the paper's own tone."""
    levels = np.asarray(grey, dtype=np.float32)
    return int(min(float(np.percentile(levels, 2)) * 0.4 + float(np.median(levels)) * 0.6, 215))


def _areas(grid: Image.Image, chance: Random) -> Image.Image:
    """Flood every white area with a crayon; what touches the border is ground and stays pale."""
    colours = [rgb(code) for code in CRAYONS]
    chance.shuffle(colours)
    turn = 0
    for y in range(0, grid.height, 2):
        for x in range(0, grid.width, 2):
            if grid.getpixel((x, y)) != (255, 255, 255):
                continue
            before = np.asarray(grid)
            edge = x == 0 or y == 0
            colour: Colour = (
                rgb(chance.choice(GROUND_CRAYONS)) if edge else mix(colours[turn % len(colours)], (255, 255, 255), 0.18)
            )
            ImageDraw.floodfill(grid, (x, y), colour)
            if not edge:
                area = int((np.asarray(grid) != before).any(-1).sum())
                turn += area >= LEAST_AREA
    return grid


def _grown(grid: Image.Image) -> Image.Image:
    """Let the fillings run under the lines, so that no white seam is left."""
    pixels = np.asarray(grid).copy()
    for _ in range(6):
        empty = (pixels.sum(-1) < 30)[..., None]
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            moved = np.roll(pixels, step, axis)
            pixels = np.where(empty & (moved.sum(-1, keepdims=True) >= 30), moved, pixels)
            empty = (pixels.sum(-1) < 30)[..., None]
    pixels[pixels.sum(-1) < 30] = 255
    return Image.fromarray(pixels)
