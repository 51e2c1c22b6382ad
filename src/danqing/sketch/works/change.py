"""Does one thing to a picture that is given: inside a mask, or to all of it; nothing changes outside.

What it can do is done with pixels that are there, or with what it can draw. What it cannot is told, never faked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import stamp
from danqing.sketch.language import kinds
from danqing.sketch.planning.dice import dice
from danqing.sketch.planning.plan import Plan
from danqing.sketch.works import retouch, wishes
from danqing.sketch.works.edit import Edited, edit
from danqing.sketch.works.guests import group, lit_like
from danqing.sketch.works.picture import kind_of, picture
from danqing.sketch.works.place import plain_ground
from danqing.sketch.works.wishes import Words

PIXELS_MAX = 12_000_000  # of what is changed
LARGER_PIXELS_MAX = 17_000_000
SIDE_MIN, SIDE_MAX = 64, 2816  # of what the engine draws
PRINT = 0.42  # of the shorter side: a picture that is set into a scene

INSERTED: Words = ("put {0} into the masked area", "在遮罩範圍內放入{0}", "在遮罩范围内放入{0}")
REMOVED: Words = (
    "took away what the mask covers and filled it from its surroundings",
    "移除遮罩範圍內的東西，並以周圍填補",
    "移除遮罩范围内的东西，并以周围填补",
)
CONTINUED: Words = (
    "continued the picture beyond its edges from its own shapes and colours",
    "以畫面本身的形狀和顏色向外延伸",
    "以画面本身的形状和颜色向外延伸",
)
BACKED: Words = ("drew a new background behind it", "畫上新的背景", "画上新的背景")
ENLARGED: Words = ("made it {0} times as large on each side", "每邊放大為 {0} 倍", "每边放大为 {0} 倍")
COLOURED: Words = (
    "gave it the colours of the picture that is given for its style",
    "採用所給風格圖片的色彩",
    "采用所给风格图片的色彩",
)
PINNED: Words = ("set the given picture into it as a print", "把所給的圖片作為相片放入", "把所给的图片作为相片放入")
NOT_DRAWN: Words = ("I cannot draw what is to be put there", "我畫不出要放在那裡的東西", "我画不出要放在那里的东西")
NO_MASK: Words = ("it needs a mask that says where", "需要遮罩指明位置", "需要遮罩指明位置")
NOT_PLAIN: Words = (
    "its background is not plain, and I cannot tell it apart without a mask",
    "背景並非素色，沒有遮罩便無法分辨",
    "背景并非素色，没有遮罩便无法分辨",
)
OTHER_SHAPE: Words = (
    "it changes the shape of the picture, which a mask does not allow",
    "這會改變圖片的形狀，遮罩之內不能這樣做",
    "这会改变图片的形状，遮罩之内不能这样做",
)
BRUSHWORK: Words = ("style beyond its colours", "色彩以外的風格", "色彩以外的风格")


@dataclass(frozen=True, slots=True)
class Given:
    """What a change begins with. `subjects` and `styles` are pictures to go by, `ratio` what an outpaint ends in."""

    base: Image.Image | None
    subjects: tuple[Image.Image, ...] = ()
    styles: tuple[Image.Image, ...] = ()
    ratio: float | None = None
    factor: int = 2


def change(task: str, given: Given, plan: Plan, mask: Image.Image | None, size: tuple[int, int]) -> Edited:
    """Do what the task says to the base; without one, draw the plan at `size` and go by the pictures."""
    if given.base is None:
        made = Edited(picture(plan, *size), (), carried=plan.drawn, refused=plan.missing)
    else:
        made = _TASKS[task](given, plan, mask)
    made = _like(given, _beside(given, made, mask if given.base else None, plan), plan, mask)
    nothing = wishes.spoken(wishes.NOTHING, plan.language)
    return replace(made, changes=tuple(said for said in made.changes if said != nothing or len(made.changes) == 1))


def is_too_large(task: str, given: Given) -> str:
    """Why a picture cannot be changed so; "" when it can."""
    if given.base is None:
        return ""
    across, down = given.base.size
    if task == "upscale" and across * down * given.factor**2 > LARGER_PIXELS_MAX:
        most = f"at most {LARGER_PIXELS_MAX // 1_000_000} megapixels are made"
        return f"{across} x {down} pixels, {given.factor} times as large on each side, are too many: {most}."
    if task != "upscale" and across * down > PIXELS_MAX:
        return f"The picture has {across} x {down} pixels; at most {PIXELS_MAX // 1_000_000} megapixels are changed."
    return ""


def style_left(plan: Plan, roles: Sequence[str]) -> tuple[str, ...]:
    """What is missing of a style that a picture was given for."""
    return (wishes.spoken(BRUSHWORK, plan.language),) if "style" in roles else ()


def _edited(given: Given, plan: Plan, mask: Image.Image | None) -> Edited:
    base = _base(given)
    made = edit(base, plan)
    if mask is None:
        return made
    drawable = any(art.has(subject.glyph) for subject in plan.subjects)
    if drawable and (not made.carried or wishes.ADD.search(plan.prompt.casefold())):
        return _inserted(given, plan, mask)  # what is to be seen is said, and the mask says where
    if made.picture.size != base.size:
        return _refusal(base, plan, OTHER_SHAPE)
    return replace(made, picture=Image.composite(made.picture, base, mask))


def _inserted(given: Given, plan: Plan, mask: Image.Image | None) -> Edited:
    base = _base(given)
    if mask is None:
        made = edit(base, plan)
        return made if made.carried else _refusal(base, plan, NO_MASK)
    names = [subject for subject in plan.subjects if art.has(subject.glyph)]
    if not names:
        if given.subjects:
            return Edited(base, (), refused=plan.missing)
        return _drawn_behind(base, plan, mask) if kind_of(plan) == "scene" else _refusal(base, plan, NOT_DRAWN)
    box = mask.getbbox() or (0, 0, *mask.size)
    board = base.copy()
    lane = (box[2] - box[0]) / len(names)
    for at, subject in enumerate(names):
        chance = dice(plan, f"guest {subject.glyph}")
        sky = kinds.is_sky(subject.glyph)
        guests = group(subject, base, plan.action, chance, shaded=not sky)
        scale = min(lane / guests.width, (box[3] - box[1]) / guests.height)
        guests = guests.resize((max(1, round(guests.width * scale)), max(1, round(guests.height * scale))))
        x = box[0] + lane * (at + 0.5) - guests.width / 2
        stamp(board, guests if sky else lit_like(base, guests), x, box[3] - guests.height)
    said = ("、" if plan.language.startswith("zh") else ", ").join(subject.word for subject in names)
    told = wishes.spoken(INSERTED, plan.language).format(said)
    return Edited(
        Image.composite(board, base, mask), (told,), carried=tuple(s.word for s in names), refused=plan.missing
    )


def _removed(given: Given, plan: Plan, mask: Image.Image | None) -> Edited:
    base = _base(given)
    if mask is None:
        return _refusal(base, plan, NO_MASK)
    return _done(retouch.healed(base, mask), plan, REMOVED)


def _outpainted(given: Given, plan: Plan, mask: Image.Image | None) -> Edited:
    base = _base(given)
    if mask is None:
        if given.ratio is None or abs(given.ratio - base.width / base.height) < 0.01:
            return _refusal(base, plan, NO_MASK)
        base, mask = _framed(base, given.ratio)
    return replace(_done(retouch.continued(base, mask), plan, CONTINUED), refused=(*plan.drawn, *plan.missing))


def _backed(given: Given, plan: Plan, mask: Image.Image | None) -> Edited:
    base = _base(given)
    where = mask or plain_ground(base)
    return _drawn_behind(base, plan, where) if where else _refusal(base, plan, NOT_PLAIN)


def _enlarged(given: Given, plan: Plan, mask: Image.Image | None) -> Edited:
    larger = retouch.enlarged(_base(given), given.factor)
    told = wishes.spoken(ENLARGED, plan.language).format(given.factor)
    return Edited(larger, (told,))


_TASKS: dict[str, Callable[[Given, Plan, Image.Image | None], Edited]] = {
    "edit": _edited,
    "insert": _inserted,
    "remove": _removed,
    "outpaint": _outpainted,
    "background": _backed,
    "upscale": _enlarged,
}
TASKS: Sequence[str] = tuple(_TASKS)


def _drawn_behind(base: Image.Image, plan: Plan, where: Image.Image) -> Edited:
    """What the plan is a picture of, wherever the mask is white."""
    scale = min(1.0, SIDE_MAX / max(base.size))
    size = max(SIDE_MIN, round(base.width * scale)), max(SIDE_MIN, round(base.height * scale))
    scene = picture(plan, *size).resize(base.size, Image.Resampling.LANCZOS)
    told = wishes.spoken(BACKED, plan.language)
    return Edited(Image.composite(scene, base, where), (told,), carried=plan.drawn, refused=plan.missing)


def _framed(base: Image.Image, ratio: float) -> tuple[Image.Image, Image.Image]:
    """The picture in the middle of a larger board of this ratio, and the mask of what is new."""
    size = max(base.width, round(base.height * ratio)), max(base.height, round(base.width / ratio))
    at = (size[0] - base.width) // 2, (size[1] - base.height) // 2
    board, mask = Image.new("RGB", size), Image.new("L", size, 255)
    board.paste(base, at)
    mask.paste(0, (*at, at[0] + base.width, at[1] + base.height))
    return board, mask


def _beside(given: Given, made: Edited, mask: Image.Image | None, plan: Plan) -> Edited:
    """With the pictures of what is to be seen, as prints: in the mask, or where there is room below."""
    if not given.subjects:
        return made
    board = made.picture.copy()
    left, top, right, bottom = (mask.getbbox() if mask else None) or (0, 0, *board.size)
    lane = (right - left) / len(given.subjects)
    room = lane if mask else min(lane, PRINT * min(board.size) * 1.4)
    for at, subject in enumerate(given.subjects):
        high = bottom - top if mask else round(PRINT * min(board.size))
        sheet = retouch.print_of(subject, (max(8, round(room)), max(8, high)))
        y = bottom - sheet.height - (0 if mask else round(board.height * 0.05))
        stamp(board, sheet, left + lane * (at + 0.5) - sheet.width / 2, y)
    shown = Image.composite(board, made.picture, mask) if mask else board
    return replace(made, picture=shown, changes=(*made.changes, wishes.spoken(PINNED, plan.language)))


def _like(given: Given, made: Edited, plan: Plan, mask: Image.Image | None) -> Edited:
    """With the colours of the pictures of how it is to look; the rest of a style is told to be missing."""
    if not given.styles:
        return made
    toned = retouch.in_colours_of(given.styles[0], made.picture)
    if mask and mask.size == toned.size:
        toned = Image.composite(toned, made.picture, mask)
    told = (*made.changes, wishes.spoken(COLOURED, plan.language))
    return replace(made, picture=toned, changes=told, refused=(*made.refused, *style_left(plan, ["style"])))


def _done(shown: Image.Image, plan: Plan, words: Words) -> Edited:
    carried = (plan.prompt,) if plan.prompt else ()
    return Edited(shown, (wishes.spoken(words, plan.language),), carried=carried)


def _refusal(base: Image.Image, plan: Plan, reason: Words) -> Edited:
    """The picture as it was, and why."""
    told = wishes.spoken(wishes.NOT_DONE, plan.language)
    undone = told.format(plan.prompt, wishes.spoken(reason, plan.language))
    return Edited(base, (wishes.spoken(wishes.NOTHING, plan.language),), (undone,), refused=(plan.prompt or "it",))


def _base(given: Given) -> Image.Image:
    assert given.base is not None, "whoever changes something has it"
    return given.base
