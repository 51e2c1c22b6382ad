"""Frames and crops a picture, and lays a new ground under what stands on a plain one, when words ask for it."""

import re
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from danqing.sketch.craft.palette import Colour, rgb
from danqing.sketch.language.reading import read
from danqing.sketch.works.place import plain_ground
from danqing.sketch.works.wishes import Words

Mounted = tuple[Image.Image, Words]

FRAME = re.compile(r"\b(frame|border|passe-?partout|polaroid)\b|邊框|边框|相框|畫框|画框|[白黑]邊|[白黑]边|加框|拍立得")
POLAROID = re.compile(r"polaroid|拍立得")
CROP = re.compile(r"(?:\bcrop|\bcut|裁|剪|切).*?(\d{1,2})\s*[:：/x]\s*(\d{1,2})")
ZOOM = re.compile(r"\bzoom (?:it )?in\b|\bcloser\b|\bmagnify|\benlarge the (?:middle|cent)|放大|拉近")
VIGNETTE = re.compile(r"vignette|暗角|晕影|暈影")
PIXELATE = re.compile(r"pixelat|馬賽克|马赛克|打碼|打码")
GROUND = re.compile(r"\bback(?:ground|drop)\b|背景")
FADED = re.compile(r"blur|remove|transparent|模糊|去掉|去除|透明")

FRAMED: Words = ("framed it", "加上邊框", "加上边框")
CROPPED: Words = ("cropped it about its middle", "從中央裁切", "从中央裁切")
ALREADY: Words = ("left its shape, which is that one already", "保留形狀（已是這個比例）", "保留形状（已是这个比例）")
ZOOMED: Words = ("zoomed in on its middle", "放大畫面中央", "放大画面中央")
VIGNETTED: Words = ("darkened its corners", "加上暗角", "加上暗角")
PIXELATED: Words = ("pixelated all of it", "將整個畫面像素化", "将整个画面像素化")
GROUNDED: Words = ("changed the colour of its plain background", "更換素色背景的顏色", "更换素色背景的颜色")

MARGIN, SLIP = 0.05, 0.16  # of the shorter side: a frame, and the lower edge of an instant print
BLOCKS = 48  # across the longer side of a pixelated picture
CLOSER = 1.5


def mounted(picture: Image.Image, low: str) -> Iterator[Mounted]:
    """The picture after each of these changes that a lower-case instruction asks for, and how it is told."""
    for asked, make, said in CHANGES:
        if asked.search(low):
            before, picture = picture.size, make(picture, low)
            yield picture, ALREADY if asked is CROP and picture.size == before else said


def grounded(picture: Image.Image, low: str) -> Image.Image | None:
    """The picture with its plain background in the colour asked for; None when none is asked for or it is not plain."""
    colour = _colour(low)
    if not GROUND.search(low) or colour is None or FADED.search(low):
        return None
    where = plain_ground(picture)
    return Image.composite(Image.new("RGB", picture.size, colour), picture, where) if where else None


def _colour(low: str) -> Colour | None:
    """The first colour that the instruction names."""
    codes = (sign.value("colour") for sign in read(low).signs)
    return next((rgb(code) for code in codes if code), None)


def _framed(picture: Image.Image, low: str) -> Image.Image:
    """The whole picture, smaller, within a frame; the size is kept."""
    side = min(picture.size)
    margin, foot = round(side * MARGIN), round(side * (SLIP if POLAROID.search(low) else MARGIN))
    board = Image.new("RGB", picture.size, _colour(low) or (250, 249, 245))
    inner = max(1, picture.width - 2 * margin), max(1, picture.height - margin - foot)
    board.paste(picture.resize(inner, Image.Resampling.LANCZOS), (margin, margin))
    return board


def _cropped(picture: Image.Image, low: str) -> Image.Image:
    """The largest part about the middle that has this ratio."""
    found = CROP.search(low)
    across, down = (max(1, int(number)) for number in found.groups()) if found else (1, 1)
    scale = min(picture.width / across, picture.height / down)
    width, height = max(1, round(across * scale)), max(1, round(down * scale))
    x, y = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((x, y, x + width, y + height))


def _zoomed(picture: Image.Image, low: str) -> Image.Image:
    width, height = picture.width / CLOSER, picture.height / CLOSER
    x, y = (picture.width - width) / 2, (picture.height - height) / 2
    return picture.resize(picture.size, Image.Resampling.LANCZOS, box=(x, y, x + width, y + height))


def _vignetted(picture: Image.Image, low: str) -> Image.Image:
    across = np.linspace(-1, 1, picture.width, dtype=np.float32)[None, :, None]
    down = np.linspace(-1, 1, picture.height, dtype=np.float32)[:, None, None]
    shade = np.clip(1.12 - 0.42 * (across**2 + down**2), 0, 1)
    return Image.fromarray((np.asarray(picture, dtype=np.float32) * shade).astype(np.uint8))


def _pixelated(picture: Image.Image, low: str) -> Image.Image:
    block = max(picture.size) / BLOCKS
    small = max(1, round(picture.width / block)), max(1, round(picture.height / block))
    return picture.resize(small, Image.Resampling.BOX).resize(picture.size, Image.Resampling.NEAREST)


CHANGES: tuple[tuple[re.Pattern[str], Callable[[Image.Image, str], Image.Image], Words], ...] = (
    (CROP, _cropped, CROPPED),
    (ZOOM, _zoomed, ZOOMED),
    (PIXELATE, _pixelated, PIXELATED),
    (VIGNETTE, _vignetted, VIGNETTED),
    (FRAME, _framed, FRAMED),
)
