"""Changes the user's own picture as the prompt asks: style, time of day, weather, light, colour, additions, lettering.

Every change works on the pixels that were sent; what was done is reported in words, and nothing else is claimed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from danqing.sketch import art
from danqing.sketch.canvas import Stage, stamp
from danqing.sketch.colouring import filled
from danqing.sketch.dice import dice, field_dice
from danqing.sketch.figure import Setting, figure
from danqing.sketch.lettering import banner
from danqing.sketch.look import facts
from danqing.sketch.palette import Colour, palette
from danqing.sketch.paper import lifted, noise
from danqing.sketch.plan import Plan
from danqing.sketch.style import Finish
from danqing.sketch.weather import swarm

Words = tuple[str, str, str]  # English, Traditional Chinese, Simplified Chinese


@dataclass(frozen=True, slots=True)
class Edited:
    """The changed picture (RGB, same size) and what was done, one phrase per change in the plan's language."""

    picture: Image.Image
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that is asked for by words."""

    words: str  # a regular expression over the lower-case prompt
    said: Words
    make: Callable[[Image.Image], Image.Image]


def _graded(picture: Image.Image, tone: Colour, brightness: float) -> Image.Image:
    tinted = ImageChops.multiply(picture, Image.new("RGB", picture.size, tone))
    return ImageEnhance.Brightness(tinted).enhance(brightness)


def _night(picture: Image.Image) -> Image.Image:
    """Moonlight: dark and blue, but with the picture's own lights kept alight."""
    dark = _graded(ImageEnhance.Color(picture).enhance(0.75), (92, 112, 196), 0.72)
    lights = picture.convert("L").point([0 if v < 190 else (v - 190) * 3 for v in range(256)])
    warm = ImageChops.multiply(picture, Image.new("RGB", picture.size, (255, 226, 150)))
    return Image.composite(warm, dark, lights.filter(ImageFilter.GaussianBlur(2)).point([v // 2 for v in range(256)]))


def _dusk(picture: Image.Image) -> Image.Image:
    """Evening: a violet-to-gold veil from above."""
    ramp = np.linspace(0, 1, picture.height, dtype=np.float32)[:, None, None]
    veil = np.array((150, 110, 190), np.float32) * (1 - ramp) + np.array((255, 178, 110), np.float32) * ramp
    pixels = np.asarray(picture, dtype=np.float32) * (veil / 225)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _styled(picture: Image.Image, style: str, rng: np.random.Generator) -> Image.Image:
    return Finish(style, picture.size, rng)(picture.copy())


TIMES: dict[str, tuple[Callable[[Image.Image], Image.Image], Words]] = {
    "night": (_night, ("turned day into night", "把畫面變成夜晚", "把画面变成夜晚")),
    "dusk": (_dusk, ("laid the light of dusk over it", "鋪上黃昏的光線", "铺上黄昏的光线")),
    "dawn": (
        lambda p: _graded(p, (255, 226, 206), 1.1),
        ("gave it the light of dawn", "換上清晨的光線", "换上清晨的光线"),
    ),
    "neon": (
        lambda p: _styled(p, "neon", np.random.default_rng(7)),
        ("lit it with neon", "點亮霓虹燈光", "点亮霓虹灯光"),
    ),
}
STYLE_WORDS: dict[str, Words] = {
    "crayon": ("redrew it in children's crayon", "改成兒童蠟筆畫風格", "改成儿童蜡笔画风格"),
    "watercolour": ("repainted it in watercolour", "改成水彩風格", "改成水彩风格"),
    "pencil": ("redrew it in pencil", "改成鉛筆素描", "改成铅笔素描"),
    "pixel": ("rebuilt it from large pixels", "改成像素風格", "改成像素风格"),
    "noir": ("took its colour away and deepened its shadows", "改成黑白電影風格", "改成黑白电影风格"),
    "sepia": ("toned it in sepia", "改成復古棕褐色調", "改成复古棕褐色调"),
    "neon": ("outlined it in neon light", "加上霓虹輪廓", "加上霓虹轮廓"),
    "flat": ("reduced it to flat colours", "簡化成平面色塊", "简化成平面色块"),
    "poster": ("printed it as a poster", "改成海報風格", "改成海报风格"),
}
FILL: Words = ("filled its areas with colour", "為各個區域填上顏色", "为各个区域填上颜色")
WEATHER_WORDS: dict[str, Words] = {
    "rain": ("let it rain", "加上雨", "加上雨"),
    "snow": ("let it snow", "加上雪", "加上雪"),
    "fog": ("let fog drift in", "加上霧", "加上雾"),
    "wind": ("sent leaves over it on the wind", "加上隨風飄動的葉子", "加上随风飘动的叶子"),
}
ADDED: Words = ("added {0}", "加上{0}", "加上{0}")
LETTERED: Words = ("set the words “{0}”", "寫上「{0}」", "写上“{0}”")
NOTHING: Words = (
    "kept the picture as it is, as no change I know was asked for",
    "保留原圖，因為沒有看到我會做的修改",
    "保留原图，因为没有看到我会做的修改",
)
ADD = re.compile(r"\b(add|put|place|insert)\b|加|添|放上|畫上|画上")
COLOUR_IN = re.compile(
    r"\b(fill|colou?r (it |them )?in|colou?ring|colou?rise|colorize|fill colou?r)\b|填色|上色|塗色|涂色|著色|着色"
)

ASKED: tuple[Asked, ...] = (
    Asked(
        r"black[ -]and[ -]white|gr[ae]yscale|monochrome|(remove|without|no) (the |all"
        " )?colou?rs?|desaturat|黑白|去色|灰階|灰阶|灰度",
        ("took its colour away", "去除色彩", "去除色彩"),
        lambda p: ImageOps.grayscale(p).convert("RGB"),
    ),
    Asked(
        r"\bbright(er|en)|lighter|more light|變亮|更亮|調亮|变亮|调亮|提亮",
        ("made it brighter", "調亮畫面", "调亮画面"),
        lambda p: ImageEnhance.Brightness(p).enhance(1.3),
    ),
    Asked(
        r"\bdark(er|en)\b|less light|變暗|更暗|調暗|变暗|调暗",
        ("made it darker", "調暗畫面", "调暗画面"),
        lambda p: ImageEnhance.Brightness(p).enhance(0.7),
    ),
    Asked(
        r"more contrast|higher contrast|對比更強|增加對比|增加对比|提高对比",
        ("raised its contrast", "提高對比", "提高对比"),
        lambda p: ImageEnhance.Contrast(p).enhance(1.35),
    ),
    Asked(
        r"more colou?r(ful|s)?\b|vivid|saturat|vibrant|鮮豔|鲜艳|更鮮|更鲜",
        ("made its colours stronger", "加強色彩", "加强色彩"),
        lambda p: ImageEnhance.Color(p).enhance(1.55),
    ),
    Asked(
        r"\bwarm(er)?\b|暖", ("made it warmer", "調成暖色調", "调成暖色调"), lambda p: _graded(p, (255, 234, 204), 1.05)
    ),
    Asked(
        r"\bcool(er)? (tone|colou?r|light)|\bcooler\b|冷色",
        ("made it cooler", "調成冷色調", "调成冷色调"),
        lambda p: _graded(p, (206, 228, 255), 1.05),
    ),
    Asked(
        r"\bblur|soft focus|模糊|柔焦",
        ("blurred it", "柔化畫面", "柔化画面"),
        lambda p: p.filter(ImageFilter.GaussianBlur(max(1.0, min(p.size) * 0.012))),
    ),
    Asked(
        r"\bsharp(er|en)|crisp|銳利|锐化|銳化|清晰",
        ("sharpened it", "提高清晰度", "提高清晰度"),
        lambda p: p.filter(ImageFilter.UnsharpMask(max(1.0, min(p.size) * 0.003), 130, 2)),
    ),
    Asked(
        r"\bmirror|flip (it )?(horizontal|left)|鏡像|镜像|左右翻",
        ("mirrored it", "左右翻轉", "左右翻转"),
        ImageOps.mirror,
    ),
    Asked(
        r"upside[ -]down|flip (it )?vertical|上下翻|倒轉|倒转",
        ("turned it upside down", "上下翻轉", "上下翻转"),
        ImageOps.flip,
    ),
    Asked(r"\binvert|negative film|反相|負片|负片", ("inverted its colours", "反轉色彩", "反转色彩"), ImageOps.invert),
)


def _spoken(words: Words, language: str) -> str:
    return words[2 if language.startswith("zh-Hans") else 1 if language.startswith("zh") else 0]


def _weathered(picture: Image.Image, plan: Plan) -> Image.Image:
    """The picture with the plan's weather in it."""
    stage, chance, rng = Stage(*picture.size), dice(plan, "weather"), field_dice(plan, "weather")
    if plan.weather == "fog":
        bank = noise(*picture.size, stage.unit * 0.5, rng, stretch=0.3) * 0.3 + 0.5
        return Image.composite(
            Image.new("RGB", picture.size, (228, 232, 238)), picture, Image.fromarray((bank * 200).astype(np.uint8))
        )
    grey = (
        _graded(ImageEnhance.Color(picture).enhance(0.8), (214, 224, 240), 0.95)
        if plan.weather != "wind"
        else picture.copy()
    )
    swarm(plan.weather, stage, palette("meadow", "day", plan.colours, chance, 0), chance).draw(grey, 1.0)
    return grey


def _with_guests(picture: Image.Image, plan: Plan) -> tuple[Image.Image, list[str]]:
    """The plan's subjects set into the picture where it is calmest, as cut paper."""
    chance = dice(plan, "guests")
    unit = min(picture.size)
    setting = Setting("still", "static", palette("studio", "day", (), chance, 0), 1)
    board, names = picture.copy(), []
    for k, subject in enumerate(subject for subject in plan.subjects if art.has(subject.glyph)):
        for _ in range(subject.count):
            size = max(8, round(unit * (0.30 if k == 0 else 0.22)))
            piece = lifted(figure(subject, size, setting, chance), max(1.0, size * 0.03), size * 0.02, 0.4)
            x, y = _calmest(board, piece.width, piece.height)
            stamp(board, piece, x, y)
        names.append(subject.word)
    return board, names


def _calmest(picture: Image.Image, width: int, height: int) -> tuple[int, int]:
    """The place of the given size with the least detail in it, preferring the lower half."""
    small = picture.convert("L")
    small.thumbnail((64, 64))
    scale = picture.width / small.width
    busy = np.abs(np.diff(np.asarray(small, dtype=np.float32), axis=1, prepend=0))
    total = np.pad(busy.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    wide, high = min(small.width, max(1, round(width / scale))), min(small.height, max(1, round(height / scale)))
    sums = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
    rows = np.linspace(1.25, 1.0, sums.shape[0], dtype=np.float32)[:, None]
    y, x = np.unravel_index(int(np.argmin((sums + 1) * rows)), sums.shape)
    return round(float(x) * scale), round(float(y) * scale)


def edit(picture: Image.Image, plan: Plan) -> Edited:
    """Carry out what the plan's prompt asks of an RGB picture."""
    changed, done, prompt = picture.convert("RGB"), list[str](), plan.prompt.casefold()

    def said(words: Words, *filling: str) -> None:
        done.append(_spoken(words, plan.language).format(*filling))

    for asked in ASKED:
        if re.search(asked.words, prompt):
            changed = asked.make(changed)
            said(asked.said)
    if COLOUR_IN.search(prompt) and facts(changed).texture == "lines":
        changed = filled(changed, dice(plan, "colouring"))
        said(FILL)
    if plan.time in TIMES:
        make, words = TIMES[plan.time]
        changed = make(changed)
        said(words)
    if plan.weather in WEATHER_WORDS:
        changed = _weathered(changed, plan)
        said(WEATHER_WORDS[plan.weather])
    if plan.subjects and ADD.search(prompt):
        changed, names = _with_guests(changed, plan)
        if names:
            said(ADDED, ", ".join(names))
    colourless = _spoken(ASKED[0].said, plan.language) in done
    if plan.style in STYLE_WORDS and not (plan.style == "noir" and colourless):
        changed = _styled(changed, plan.style, field_dice(plan, "finish"))
        said(STYLE_WORDS[plan.style])
    if plan.text:
        changed = _lettered(changed, " ".join(plan.text))
        said(LETTERED, " ".join(plan.text))
    if not done:
        said(NOTHING)
    return Edited(changed, tuple(done))


def _lettered(picture: Image.Image, text: str) -> Image.Image:
    """The picture with words set near its lower edge."""
    size = (max(1, round(picture.width * 0.92)), max(8, round(min(picture.size) * 0.16)))
    board = picture.copy()
    label = banner(text, *size, ink=(255, 255, 255), shade=(20, 16, 40))
    stamp(board, label, (picture.width - size[0]) / 2, picture.height - size[1] * 1.15)
    return board
