"""The changes that can be asked of a picture: the words that ask for each, what is done, and how that is told."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from danqing.sketch.craft.palette import Colour
from danqing.sketch.craft.style import Finish

Words = tuple[str, str, str]  # English, Traditional Chinese, Simplified Chinese


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that is asked for by words."""

    words: str  # a regular expression over the lower-case instruction
    said: Words
    make: Callable[[Image.Image], Image.Image]
    takes_away: bool = False  # so that words of removal may ask for it


def graded(picture: Image.Image, tone: Colour, brightness: float) -> Image.Image:
    """The picture in light of this tone."""
    tinted = ImageChops.multiply(picture, Image.new("RGB", picture.size, tone))
    return ImageEnhance.Brightness(tinted).enhance(brightness)


def styled(picture: Image.Image, style: str, rng: np.random.Generator) -> Image.Image:
    """The picture in one of the engine's styles."""
    return Finish(style, picture.size, rng)(picture.copy())


def _night(picture: Image.Image) -> Image.Image:
    """Moonlight: dark and blue, but with the picture's own lights kept alight."""
    dark = graded(ImageEnhance.Color(picture).enhance(0.75), (92, 112, 196), 0.72)
    lights = picture.convert("L").point([0 if v < 190 else (v - 190) * 3 for v in range(256)])
    warm = ImageChops.multiply(picture, Image.new("RGB", picture.size, (255, 226, 150)))
    return Image.composite(warm, dark, lights.filter(ImageFilter.GaussianBlur(2)).point([v // 2 for v in range(256)]))


def _dusk(picture: Image.Image) -> Image.Image:
    """Evening: a violet-to-gold veil from above."""
    ramp = np.linspace(0, 1, picture.height, dtype=np.float32)[:, None, None]
    veil = np.array((150, 110, 190), np.float32) * (1 - ramp) + np.array((255, 178, 110), np.float32) * ramp
    pixels = np.asarray(picture, dtype=np.float32) * (veil / 225)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _squared(picture: Image.Image) -> Image.Image:
    side = min(picture.size)
    x, y = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((x, y, x + side, y + side))


def _blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(max(1.0, min(picture.size) * 0.012)))


def _sharpened(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(max(1.0, min(picture.size) * 0.003), 130, 2))


TIMES: dict[str, tuple[Callable[[Image.Image], Image.Image], Words]] = {
    "night": (_night, ("turned day into night", "把畫面變成夜晚", "把画面变成夜晚")),
    "dusk": (_dusk, ("laid the light of dusk over it", "鋪上黃昏的光線", "铺上黄昏的光线")),
    "dawn": (
        lambda p: graded(p, (255, 226, 206), 1.1),
        ("gave it the light of dawn", "換上清晨的光線", "换上清晨的光线"),
    ),
    "neon": (
        lambda p: styled(p, "neon", np.random.default_rng(7)),
        ("lit it with neon", "點亮霓虹燈光", "点亮霓虹灯光"),
    ),
}
STYLES: dict[str, Words] = {
    "crayon": ("redrew it in children's crayon", "改成兒童蠟筆畫風格", "改成儿童蜡笔画风格"),
    "watercolour": ("repainted it in watercolour", "改成水彩風格", "改成水彩风格"),
    "pencil": ("redrew it in pencil", "改成鉛筆素描", "改成铅笔素描"),
    "pixel": ("rebuilt it from large pixels", "改成像素風格", "改成像素风格"),
    "noir": ("took its colour away and deepened its shadows", "改成黑白電影風格", "改成黑白电影风格"),
    "sepia": ("toned it in sepia", "改成復古棕褐色調", "改成复古棕褐色调"),
    "neon": ("outlined it in neon light", "加上霓虹輪廓", "加上霓虹轮廓"),
    "flat": ("reduced it to flat colours", "簡化成平面色塊", "简化成平面色块"),
    "poster": ("printed it as a poster", "改成海報風格", "改成海报风格"),
    "oil": ("repainted it in oil", "改成油畫風格", "改成油画风格"),
    "comic": ("redrew it as a comic", "改成漫畫風格", "改成漫画风格"),
    "cinematic": ("graded it like a film", "調成電影色調", "调成电影色调"),
    "ukiyo-e": ("printed it from woodblocks", "改成浮世繪風格", "改成浮世绘风格"),
    "stained-glass": ("set it in stained glass", "改成彩繪玻璃", "改成彩绘玻璃"),
    "low-poly": ("cut it into facets", "改成低多邊形風格", "改成低多边形风格"),
    "embroidery": ("stitched it in thread", "改成刺繡風格", "改成刺绣风格"),
}
WEATHERS: dict[str, Words] = {
    "rain": ("let it rain", "加上雨", "加上雨"),
    "snow": ("let it snow", "加上雪", "加上雪"),
    "fog": ("let fog drift in", "加上霧", "加上雾"),
    "wind": ("sent leaves over it on the wind", "加上隨風飄動的葉子", "加上随风飘动的叶子"),
}
SEASONS: dict[str, tuple[Colour, Words]] = {
    "spring": ((236, 255, 226), ("gave it the light of spring", "換上春天的色調", "换上春天的色调")),
    "summer": ((255, 248, 214), ("gave it the light of summer", "換上夏天的色調", "换上夏天的色调")),
    "autumn": ((255, 212, 158), ("gave it the colours of autumn", "換上秋天的色調", "换上秋天的色调")),
    "winter": ((214, 230, 255), ("gave it the light of winter", "換上冬天的色調", "换上冬天的色调")),
}
FILLED: Words = ("filled its areas with colour", "為各個區域填上顏色", "为各个区域填上颜色")
ADDED: Words = ("added {0}", "加上{0}", "加上{0}")
LETTERED: Words = ("set the words “{0}”", "寫上「{0}」", "写上“{0}”")
ADDED_ANYWHERE: Words = (
    "added {0} where there was room, as I cannot tell the things in it apart",
    "在有空位的地方加上{0}（因為我分辨不出畫面中的東西）",
    "在有空位的地方加上{0}（因为我分辨不出画面中的东西）",
)
TURNED: Words = ("turned it by {0}° clockwise", "順時針旋轉 {0}°", "顺时针旋转 {0}°")
TURNED_LEFT: Words = ("turned it by {0}° counter-clockwise", "逆時針旋轉 {0}°", "逆时针旋转 {0}°")

WISHES: tuple[Wish, ...] = (
    Wish(
        r"black[ -]and[ -]white|gr[ae]yscale|monochrome|(remove|without|no|take away) (the |all |its )*colou?rs?"
        r"|desaturat|黑白|去色|灰階|灰阶|灰度|去(掉|除)(所有)?(顏色|颜色|色彩)",
        ("took its colour away", "去除色彩", "去除色彩"),
        lambda p: ImageOps.grayscale(p).convert("RGB"),
        takes_away=True,
    ),
    Wish(
        r"\bbright(er|en|ness up)?\b|lighter\b|lighten|more light|(increase|raise|more)\b.{0,12}\bbrightness"
        r"|提高亮度|增加亮度|變亮|更亮|調亮|变亮|调亮|提亮|亮一點|亮一点",
        ("made it brighter", "調亮畫面", "调亮画面"),
        lambda p: ImageEnhance.Brightness(p).enhance(1.3),
    ),
    Wish(
        r"\bdark(er|en)\b|less light|(decrease|lower|reduce|less)\b.{0,12}\bbrightness"
        r"|降低亮度|變暗|更暗|調暗|变暗|调暗|暗一點|暗一点",
        ("made it darker", "調暗畫面", "调暗画面"),
        lambda p: ImageEnhance.Brightness(p).enhance(0.7),
    ),
    Wish(
        r"(more|higher|increase|raise|stronger)\b.{0,12}\bcontrast|對比更強|(增加|提高|加強)對比|(增加|提高|加强)对比",
        ("raised its contrast", "提高對比", "提高对比"),
        lambda p: ImageEnhance.Contrast(p).enhance(1.35),
    ),
    Wish(
        r"(less|lower|reduce|softer)\b.{0,12}\bcontrast|(降低|減少)對比|(降低|减少)对比",
        ("lowered its contrast", "降低對比", "降低对比"),
        lambda p: ImageEnhance.Contrast(p).enhance(0.72),
    ),
    Wish(
        r"more colou?r(ful|s)?\b|\bcolou?rful|vivid|(?<!de)saturat|vibrant|鮮豔|鲜艳|更鮮|更鲜",
        ("made its colours stronger", "加強色彩", "加强色彩"),
        lambda p: ImageEnhance.Color(p).enhance(1.55),
    ),
    Wish(
        r"\bwarm(er)?\b|暖",
        ("made it warmer", "調成暖色調", "调成暖色调"),
        lambda p: graded(p, (255, 234, 204), 1.05),
    ),
    Wish(
        r"\bcool(er)? (tone|colou?r|light)|\b(cool|cold)er\b|冷色|冷調|冷调|更冷",
        ("made it cooler", "調成冷色調", "调成冷色调"),
        lambda p: graded(p, (206, 228, 255), 1.05),
    ),
    Wish(r"\bblur|soft focus|模糊|柔焦", ("blurred all of it", "柔化整個畫面", "柔化整个画面"), _blurred),
    Wish(r"\bsharp(er|en)|crisp|銳利|锐化|銳化|清晰", ("sharpened it", "提高清晰度", "提高清晰度"), _sharpened),
    Wish(
        r"\bflip\b.*\bvertical|上下(翻|顛倒|颠倒)|垂直翻|倒影翻",
        ("turned it over from top to bottom", "上下翻轉", "上下翻转"),
        ImageOps.flip,
    ),
    Wish(
        r"\bmirror|\bflip\b(?!.*(vertical|upside))|鏡像|镜像|左右翻|水平翻",
        ("mirrored it", "左右翻轉", "左右翻转"),
        ImageOps.mirror,
    ),
    Wish(
        r"\bcrop\b.*\bsquare|\bsquare crop|\bmake it (a )?square|(裁|剪|切)\S{0,4}(正方|方形)",
        ("cropped it to a square about its middle", "裁成正方形", "裁成正方形"),
        _squared,
    ),
    Wish(
        r"posteri[sz]e|色調分離|色调分离",
        ("reduced its tones", "色調分離", "色调分离"),
        lambda p: ImageOps.posterize(p, 3),
    ),
    Wish(r"\bemboss|浮雕", ("embossed it", "改成浮雕效果", "改成浮雕效果"), lambda p: p.filter(ImageFilter.EMBOSS)),
    Wish(r"\binvert|negative film|反相|負片|负片", ("inverted its colours", "反轉色彩", "反转色彩"), ImageOps.invert),
)

ADD = re.compile(
    r"\b(?:add|put|place|insert|include)\b|\bwith (?=(?:an?|some|one|two|three|\d+)\b)|加|添|放上|畫上|画上"
)
FILL = re.compile(
    r"\b(fill|colou?r (it |them )?in|colou?ring|colou?rise|colorize|fill colou?r)\b|填色|上色|塗色|涂色|著色|着色"
)
ROTATE = re.compile(
    r"\brotate|\btilt (it )?(by )?\d|\bturn (it )?(by )?(90|180|270)|upside[ -]down|旋轉|旋转|倒轉|倒转|轉\d|转\d"
)
REFUSED = re.compile(r"\b(remove|delete|erase|replace|swap|get rid)\b|去掉|去除|移除|刪|删|替換|替换|抹")
KEPT = re.compile(r"\b(don'?t|do not|never|keep|leave|preserve)\b|不要|別(?!的)|别(?!的)|保持|保留")
DESCRIBED = re.compile(
    r"\b(describe|description|caption (it|this)|tell me|explain|what is|what's)\b"
    r"|描述|說明|说明|介紹|介绍|這是什麼|这是什么"
)
OWNED = re.compile(r"\b(his|her|their|its|the (?!whole|entire|picture|image|photo))\b|[他她牠它]的|人|衣")
PARTS = re.compile(
    r"\b(background|foreground|sky|ground|faces?|eyes?|hair|skin|only the|just the"
    r"|(left|right|upper|lower|top|bottom) (half|side|part))\b|背景|前景|天空|臉|脸|頭髮|头发|眼睛|皮膚|皮肤"
)
THING = re.compile(
    r"\bthe (?!(?:whole|entire|image|picture|photo|photograph|drawing|scene|colou?rs?|contrast|brightness|light|tones?"
    r"|style)\b)[a-z]+"
)
WHOLE = re.compile(r"\b(it|this|image|picture|photo|photograph|everything|whole)\b|圖|图|畫|画|照片|整")
TOP = re.compile(r"\b(top|above|upper)\b|上方|頂部|顶部")

NO_SUCH_CHANGE: Words = ("I know no such change", "我不會做這種修改", "我不会做这种修改")
NO_PARTS: Words = (
    "it asks for one part of the picture, and I cannot tell its parts apart",
    "這只涉及畫面的一部分，而我分辨不出畫面的各個部分",
    "这只涉及画面的一部分，而我分辨不出画面的各个部分",
)
NOTHING: Words = (
    "kept the picture as it is, as no change I know was asked for",
    "保留原圖，因為沒有看到我會做的修改",
    "保留原图，因为没有看到我会做的修改",
)
LAST_OF: Words = (
    "I worked on the last of the {0} pictures.",
    "以上是對 {0} 張圖片中的最後一張所做的。",
    "以上是对 {0} 张图片中的最后一张所做的。",
)
NOT_DONE: Words = (
    "I did not do this: “{0}” ({1}).",
    "這一項沒有做：「{0}」（{1}）。",
    "这一项没有做：“{0}”（{1}）。",
)


def spoken(words: Words, language: str) -> str:
    """The words in the language of the prompt, or in English."""
    return words[2 if language.startswith("zh-Hans") else 1 if language.startswith("zh") else 0]


def angle(instruction: str) -> int:
    """By how many degrees, clockwise, the instruction turns the picture."""
    number = re.search(r"\d+", instruction)
    degrees = int(number[0]) if number else 180 if re.search(r"upside|倒", instruction) else 90
    left = re.search(r"\bleft\b|counter|anti-?clockwise|逆時|逆时|向左", instruction)
    return (-degrees if left else degrees) % 360


def turned(picture: Image.Image, degrees: int) -> Image.Image:
    """The whole picture turned clockwise; at odd angles it stands on white."""
    return picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))
