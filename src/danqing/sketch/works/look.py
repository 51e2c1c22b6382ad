"""Says what can honestly be said of a picture's pixels: its shape, light, colours, and where its detail lies.

Nothing is recognised and nothing is guessed; every word follows from a measurement of the user's own picture.
"""

import colorsys
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from danqing.sketch.craft.paper import Field

SAMPLE = 96  # pixels; measurements are made on a copy no larger than this
LANGUAGES = ("en", "zh-Hant", "zh-Hans")

# where a hue ends (degrees) and its name
HUES: tuple[tuple[float, str], ...] = (
    (14, "red"),
    (40, "orange"),
    (66, "yellow"),
    (165, "green"),
    (195, "cyan"),
    (255, "blue"),
    (290, "purple"),
    (335, "pink"),
    (360, "red"),
)

# key: English, Traditional Chinese, Simplified Chinese
PHRASES: dict[str, tuple[str, str, str]] = {
    "red": ("red", "紅色", "红色"),
    "orange": ("orange", "橙色", "橙色"),
    "yellow": ("yellow", "黃色", "黄色"),
    "green": ("green", "綠色", "绿色"),
    "cyan": ("turquoise", "青色", "青色"),
    "blue": ("blue", "藍色", "蓝色"),
    "purple": ("purple", "紫色", "紫色"),
    "pink": ("pink", "粉紅色", "粉红色"),
    "brown": ("brown", "棕色", "棕色"),
    "black": ("black", "黑色", "黑色"),
    "white": ("white", "白色", "白色"),
    "grey": ("grey", "灰色", "灰色"),
    "landscape": ("a wide picture", "一幅橫幅圖片", "一幅横幅图片"),
    "portrait": ("an upright picture", "一幅直幅圖片", "一幅竖幅图片"),
    "square": ("a square picture", "一幅方形圖片", "一幅方形图片"),
    "bright": ("bright and airy", "明亮輕快", "明亮轻快"),
    "middle": ("evenly lit", "光線均勻", "光线均匀"),
    "dark": ("dark and quiet", "昏暗沉靜", "昏暗沉静"),
    "strong": ("with strong contrasts", "明暗對比強烈", "明暗对比强烈"),
    "gentle": ("with gentle contrasts", "明暗對比柔和", "明暗对比柔和"),
    "vivid": ("vivid", "色彩鮮豔", "色彩鲜艳"),
    "muted": ("muted", "色彩素淡", "色彩素淡"),
    "colourless": ("almost colourless", "幾乎沒有色彩", "几乎没有色彩"),
    "lines": (
        "It looks drawn in lines on a plain ground",
        "它像是在素淨底色上以線條畫成",
        "它像是在素净底色上以线条画成",
    ),
    "detail": ("Its surface is rich in detail", "畫面細節豐富", "画面细节丰富"),
    "plain": (
        "Large calm areas leave room to breathe",
        "大片平靜的色塊留出了呼吸的空間",
        "大片平静的色块留出了呼吸的空间",
    ),
    "left": ("on the left", "左側", "左侧"),
    "right": ("on the right", "右側", "右侧"),
    "centre": ("in the middle", "中央", "中央"),
    "top": ("near the top", "上方", "上方"),
    "bottom": ("near the bottom", "下方", "下方"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured; the words are keys of `PHRASES`."""

    width: int
    height: int
    shape: str
    light: str
    contrast: str
    colourfulness: str
    colours: tuple[str, ...]  # main ones first, at most three
    texture: str  # "lines", "detail", "plain"
    focus: str


def _named(hue: float, saturation: float, value: float) -> str:
    if value < 0.16:
        return "black"
    if saturation < 0.13:
        return "white" if value > 0.86 else "grey"
    name = next(name for end, name in HUES if hue * 360 <= end)
    return "brown" if name in ("orange", "red") and value < 0.55 else name


def _main_colours(small: Image.Image) -> tuple[str, ...]:
    """Names of the colours that cover most, each at least a tenth of the picture."""
    pixels = np.asarray(small, dtype=np.float32).reshape(-1, 3)[::3] / 255
    cover: dict[str, int] = {}
    for red, green, blue in pixels.tolist():
        name = _named(*colorsys.rgb_to_hsv(red, green, blue))
        cover[name] = cover.get(name, 0) + 1
    ranked = sorted(cover, key=lambda name: (-cover[name], name))
    return tuple(name for name in ranked if cover[name] * 10 >= len(pixels))[:3] or tuple(ranked[:1])


def _focus(edges: Field) -> str:
    """Where detail gathers."""
    total = float(edges.sum()) + 1e-6
    rows, columns = edges.sum(1), edges.sum(0)
    across = float((columns * np.linspace(0, 1, len(columns))).sum()) / total
    down = float((rows * np.linspace(0, 1, len(rows))).sum()) / total
    away = {"left": 0.5 - across, "right": across - 0.5, "top": 0.5 - down, "bottom": down - 0.5}
    most = max(away, key=lambda side: away[side])
    return most if away[most] > 0.06 else "centre"


def facts(picture: Image.Image) -> Facts:
    """Measure an RGB picture."""
    small = picture.convert("RGB")
    small.thumbnail((SAMPLE, SAMPLE))
    pixels = np.asarray(small, dtype=np.float32)
    grey = np.asarray(small.convert("L"), dtype=np.float32)
    edges = np.asarray(small.convert("L").filter(ImageFilter.FIND_EDGES), dtype=np.float32)[1:-1, 1:-1]
    spread = float((pixels.max(-1) - pixels.min(-1)).mean())
    mean, deviation = float(grey.mean()), float(grey.std())
    ratio = picture.width / picture.height
    busy = float((edges > 40).mean()) if edges.size else 0.0
    plain_ground = float((np.abs(grey - np.median(grey)) < 14).mean())
    texture = "lines" if spread < 24 and plain_ground > 0.55 and busy > 0.02 else "detail" if busy > 0.16 else "plain"
    return Facts(
        picture.width,
        picture.height,
        "square" if 0.95 < ratio < 1.05 else "landscape" if ratio > 1 else "portrait",
        "bright" if mean > 165 else "dark" if mean < 85 else "middle",
        "strong" if deviation > 58 else "gentle",
        "colourless" if spread < 14 else "vivid" if spread > 70 else "muted",
        _main_colours(small),
        texture,
        _focus(edges) if edges.size else "centre",
    )


def _english(seen: Facts, words: dict[str, str]) -> str:
    colours = [words[name] for name in seen.colours]
    palette = colours[0] if len(colours) == 1 else ", ".join(colours[:-1]) + " and " + colours[-1]
    shape = words[seen.shape]
    return (
        f"{shape[0].upper()}{shape[1:]} of {seen.width} × {seen.height} pixels, {words[seen.light]},"
        f" {words[seen.contrast]}. "
        f"Its palette is {words[seen.colourfulness]}, led by {palette}. "
        f"{words[seen.texture]}, and the eye is drawn to what happens {words[seen.focus]}."
    )


def _chinese(seen: Facts, words: dict[str, str], *, simplified: bool) -> str:
    colours = "、".join(words[name] for name in seen.colours)
    forms = (
        "這是{0}，{1} × {2} 像素，{3}，{4}。整體{5}，以{6}為主調。{7}，視線自然落在畫面{8}。",
        "这是{0}，{1} × {2} 像素，{3}，{4}。整体{5}，以{6}为主调。{7}，视线自然落在画面{8}。",
    )
    return forms[simplified].format(
        words[seen.shape],
        seen.width,
        seen.height,
        words[seen.light],
        words[seen.contrast],
        words[seen.colourfulness],
        colours,
        words[seen.texture],
        words[seen.focus],
    )


def look(picture: Image.Image, language: str = "en") -> str:
    """A short paragraph about a picture, in Chinese for Chinese tags, else in English."""
    seen = facts(picture)
    if not language.startswith("zh"):
        return _english(seen, {key: phrases[0] for key, phrases in PHRASES.items()})
    simplified = language.startswith("zh-Hans")
    return _chinese(seen, {key: phrases[1 + simplified] for key, phrases in PHRASES.items()}, simplified=simplified)
