"""What subjects are made of: metal, glass, light, paper, gold and other stuffs laid over a drawn figure."""

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from danqing.sketch.craft import art
from danqing.sketch.craft.palette import Colour
from danqing.sketch.craft.paper import Field, cut, dimmed, flat, glow, noise, tint
from danqing.sketch.craft.raster import glyph

Stop = tuple[float, Colour]
STEEL: tuple[Stop, ...] = (
    (0, (18, 28, 50)),
    (70, (52, 78, 112)),
    (130, (120, 152, 184)),
    (190, (196, 216, 232)),
    (255, (250, 253, 255)),
)
BRASS: tuple[Stop, ...] = (
    (0, (58, 26, 12)),
    (70, (132, 74, 28)),
    (130, (206, 140, 58)),
    (190, (244, 202, 116)),
    (255, (255, 246, 214)),
)
GOLD: tuple[Stop, ...] = (
    (0, (82, 46, 6)),
    (80, (178, 118, 18)),
    (140, (236, 178, 48)),
    (200, (255, 222, 120)),
    (255, (255, 250, 222)),
)
WOOD: tuple[Stop, ...] = ((0, (52, 28, 14)), (90, (116, 70, 36)), (170, (176, 120, 70)), (255, (226, 182, 128)))
STONE: tuple[Stop, ...] = ((0, (40, 42, 50)), (128, (128, 132, 142)), (255, (216, 218, 222)))
ICE: tuple[Stop, ...] = ((0, (40, 96, 160)), (100, (110, 178, 226)), (180, (188, 228, 248)), (255, (250, 254, 255)))
DARK, LIT = 62.0, 150.0  # of 255


def _luminance(picture: Image.Image) -> Field:
    return np.asarray(picture.convert("L"), dtype=np.float32)


def _ramped(light: Field, stops: tuple[Stop, ...]) -> Field:
    at = [stop[0] for stop in stops]
    return np.stack([np.interp(light, at, [stop[1][k] for stop in stops]) for k in range(3)], -1).astype(np.float32)


def _sheen(light: Field, bands: float) -> Field:
    """Light with slanting reflections across it."""
    height, width = light.shape
    slope = (
        np.arange(width, dtype=np.float32)[None, :] / width
        + np.arange(height, dtype=np.float32)[:, None] / height * 0.7
    )
    return np.asarray(light + 34 * np.sin(slope * bands) * np.clip(light / 120, 0.15, 1), dtype=np.float32)


def _recast(picture: Image.Image, colours: NDArray[np.floating]) -> Image.Image:
    cast = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))
    cast.putalpha(picture.getchannel("A"))
    return cast


def _clip_to(board: Image.Image, picture: Image.Image) -> Image.Image:
    board.putalpha(ImageChops.multiply(board.getchannel("A"), picture.getchannel("A")))
    return board


def _gears(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Brass wheels set into a figure, the same on both sides."""
    width, height = picture.size
    board = Image.new("RGBA", picture.size)
    for across, down, share in ((0.29, 0.31, 0.21), (0.36, 0.52, 0.12), (0.31, 0.70, 0.17), (0.16, 0.5, 0.11)):
        size = max(4, round(width * share))
        wheel = glyph("gear", size)
        wheel = _recast(wheel, _ramped(_luminance(wheel) * 1.15 + 26, BRASS)).rotate(
            dice.randrange(45), Image.Resampling.BICUBIC
        )
        wheel = cut(wheel, max(1.0, size * 0.03), 1)
        for x in (across, 1 - across):
            board.alpha_composite(wheel, (round(width * x - size / 2), round(height * down - size / 2)))
    shade = board.getchannel("A").filter(ImageFilter.GaussianBlur(max(1.0, width * 0.008)))
    under = flat(picture.size, (10, 14, 30), dimmed(ImageChops.offset(shade, 0, max(1, width // 90)), 0.7))
    under.alpha_composite(board)
    return _clip_to(under, picture)


def _rivets(picture: Image.Image) -> Image.Image:
    """Studs set along the inside of the outline, where a blurred outline is neither full nor faint."""
    step = max(6, picture.width // 15)
    alpha = np.asarray(picture.getchannel("A"))
    soft = np.asarray(picture.getchannel("A").filter(ImageFilter.GaussianBlur(step * 0.4)))
    rim = (alpha > 200) & (soft > 185) & (soft < 242)
    board = Image.new("RGBA", picture.size)
    pen = ImageDraw.Draw(board)
    r = max(1.0, picture.width * 0.0085)
    for y in range(step // 2, picture.height, step):
        for x in range(step // 2, picture.width, step):
            if rim[y, x]:
                pen.ellipse((x - r, y - r, x + r, y + r), fill=(226, 236, 246, 255), outline=(16, 24, 44, 255))
    return board


def metal(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Steel, brass where the figure was warm and bright, with gears and rivets."""
    rgb = np.asarray(picture.convert("RGB"), dtype=np.float32)
    light = _sheen(_luminance(picture) * 0.86 + 34, 24)
    warm = np.clip((rgb[..., 0] - rgb[..., 2] - 60) / 80, 0, 1)[..., None]
    forged = _recast(picture, _ramped(light, STEEL) * (1 - warm) + _ramped(light, BRASS) * warm)
    if art.has("gear") and picture.width >= 48:
        forged.alpha_composite(_gears(picture, dice))
        forged.alpha_composite(_rivets(picture))
    return forged


def _cast_of(
    stops: tuple[Stop, ...], bands: float, grain: float
) -> Callable[[Image.Image, random.Random], Image.Image]:
    """A stuff that only maps light to its own colours."""

    def cast(picture: Image.Image, dice: random.Random) -> Image.Image:
        light = _sheen(_luminance(picture), bands) if bands else _luminance(picture)
        if grain:
            rng = np.random.default_rng(dice.randrange(1 << 30))
            light = (
                light + noise(picture.width, picture.height, max(3.0, picture.width / 14), rng, stretch=0.18) * grain
            )
        return _recast(picture, _ramped(np.clip(light * 0.85 + 30, 0, 255), stops))

    return cast


def glass(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Clear coloured glass: see-through in the middle, bright at the rim, with a reflection."""
    clear = tint(picture, (206, 238, 255), 0.28)
    alpha = picture.getchannel("A")
    soft = alpha.filter(ImageFilter.GaussianBlur(max(1.0, picture.width * 0.035)))
    rim = ImageChops.subtract(alpha, dimmed(soft, 0.92))
    clear.putalpha(ImageChops.lighter(dimmed(alpha, 0.74), dimmed(rim, 2.2)))
    board = Image.new("RGBA", picture.size)
    w, h = picture.size
    ImageDraw.Draw(board).polygon(
        [(w * 0.1, h * 0.5), (w * 0.5, 0), (w * 0.64, 0), (w * 0.16, h * 0.62)], fill=(255, 255, 255, 120)
    )
    clear.alpha_composite(_clip_to(board, picture))
    return cut(clear, max(1.0, w * 0.012), -1)


def shining(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Lit from inside, with a halo of its own main colour."""
    small = picture.resize((1, 1), Image.Resampling.BOX).convert("RGB").getpixel((0, 0))
    own = small if isinstance(small, tuple) else (255, 240, 180)
    peak = max(1, *own[:3])
    halo = (own[0] * 255 // peak, own[1] * 255 // peak, own[2] * 255 // peak)
    return glow(tint(picture, (255, 255, 240), 0.22), max(2.0, picture.width * 0.05), halo, 1.6)


def folded(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Folded paper: facets of slightly different brightness."""
    rng = np.random.default_rng(dice.randrange(1 << 30))
    height, width = picture.height, picture.width
    x = np.arange(width, dtype=np.float32)[None, :] / width
    y = np.arange(height, dtype=np.float32)[:, None] / height
    facets = np.zeros((height, width), np.float32)
    for angle in rng.uniform(0, np.pi, 4):
        side = x * np.cos(angle) + y * np.sin(angle) > rng.uniform(0.3, 0.9) * (np.cos(angle) + np.sin(angle)) / 1.6
        facets += np.where(side, 1.0, -1.0) * 0.045
    pale = np.asarray(tint(picture, (255, 253, 246), 0.25).convert("RGB"), dtype=np.float32)
    return cut(_recast(picture, pale * (1 + facets[..., None])), max(1.0, width * 0.014), 1)


def calico(picture: Image.Image, dice: random.Random) -> Image.Image:
    """White fur with orange and black patches; outlines and eyes keep their own colour."""
    rgb = np.asarray(picture.convert("RGB"), dtype=np.float32)
    light = _luminance(picture)
    warm = np.clip((rgb[..., 0] - rgb[..., 2]) / 60, 0, 1) * np.clip((light - 70) / 40, 0, 1)
    rng = np.random.default_rng(dice.randrange(1 << 30))
    field = noise(picture.width, picture.height, picture.width / 3.4, rng)
    fur = np.array((252, 245, 235), np.float32)[None, None, :] * (0.72 + 0.28 * np.clip(light / 190, 0, 1))[..., None]
    for tone, where in (((234, 138, 58), field - 0.16), ((70, 60, 66), -field - 0.24)):
        patch = np.clip(where * 30, 0, 1)[..., None]
        fur = fur * (1 - patch) + np.array(tone, np.float32) * patch
    return _recast(picture, rgb * (1 - warm[..., None]) + fur * warm[..., None])


MATERIALS: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "metal": metal,
    "glass": glass,
    "crystal": glass,
    "glow": shining,
    "paper": folded,
    "calico": calico,
    "gold": _cast_of(GOLD, 20, 0),
    "silver": _cast_of(STEEL, 20, 0),
    "wood": _cast_of(WOOD, 0, 46),
    "stone": _cast_of(STONE, 0, 20),
    "ice": _cast_of(ICE, 14, 0),
}
ORDER = tuple(MATERIALS)


def made_of(picture: Image.Image, materials: tuple[str, ...], dice: random.Random) -> Image.Image:
    """The figure in the given materials; halos come last and make the picture wider, its centre stays the centre."""
    for name in sorted(set(materials) & set(MATERIALS), key=lambda name: (name == "glow", ORDER.index(name))):
        picture = MATERIALS[name](picture, dice)
    return picture


def dyed(picture: Image.Image, colour: Colour) -> Image.Image:
    """The figure in another colour: its lights and darks stay, black outlines and white highlights too."""
    alpha = np.asarray(picture.getchannel("A"), dtype=np.float32) / 255
    rgb = np.asarray(picture.convert("RGB"), dtype=np.float32)
    light = _luminance(picture)
    usual = float(np.average(light, weights=alpha + 1e-3))
    if usual < DARK:  # a black thing is lit first, so that it can be white
        light, usual = np.clip(light * LIT / max(usual, 8.0), 60, 235), LIT
    scaled = np.array(colour, np.float32) * np.clip(light / max(usual, 40.0), 0.3, 1.45)[..., None]
    spread = rgb.max(-1) - rgb.min(-1)
    share = np.clip((light - 36) / 40, 0, 1) * np.clip((252 - light + spread) / 30, 0, 1) * 0.88
    return _recast(picture, rgb * (1 - share[..., None]) + scaled * share[..., None])


def leaved(picture: Image.Image, colour: Colour) -> Image.Image:
    """The plant with leaves of another colour; stem and blossoms stay."""
    rgb = np.asarray(picture.convert("RGB"), dtype=np.float32)
    green = np.clip((rgb[..., 1] - np.maximum(rgb[..., 0], rgb[..., 2])) / 24, 0, 1)[..., None]
    light = np.clip(_luminance(picture) / 110, 0.55, 1.15)[..., None]
    return _recast(picture, rgb * (1 - green) + np.array(colour, np.float32) * light * green)
