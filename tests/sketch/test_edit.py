"""Edits change the user's own pixels, and say what they did; descriptions only say what was measured."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from danqing.sketch.planning.plan import plan
from danqing.sketch.works.edit import edit, told
from danqing.sketch.works.instructions import instructions
from danqing.sketch.works.look import facts, look


def photo() -> Image.Image:
    """A bright picture: blue above, green below, an orange disc on the right."""
    picture = Image.new("RGB", (240, 160), (120, 180, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 100, 240, 160), fill=(70, 160, 80))
    pen.ellipse((160, 40, 220, 100), fill=(240, 150, 40))
    return picture


def drawing() -> Image.Image:
    """A house in black lines on white."""
    picture = Image.new("RGB", (240, 240), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 110, 180, 210), outline="black", width=4)
    pen.polygon([(50, 110), (120, 40), (190, 110)], outline="black", width=4)
    pen.rectangle((105, 150, 135, 210), outline="black", width=4)
    return picture


def mean(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=np.float32).mean((0, 1))


def saturation(picture: Image.Image) -> float:
    pixels = np.asarray(picture, dtype=np.float32)
    return float((pixels.max(-1) - pixels.min(-1)).mean())


def test_night_is_darker_and_bluer() -> None:
    before, after = mean(photo()), mean(edit(photo(), plan("make it night", seed=1)).picture)
    assert after.sum() < before.sum() * 0.7
    assert after[2] / after[0] > before[2] / before[0]


@pytest.mark.parametrize("prompt", ["remove the colour", "make it black and white", "把它變成黑白"])
def test_colour_can_be_removed(prompt: str) -> None:
    assert saturation(edit(photo(), plan(prompt, seed=1)).picture) < 4


def test_brighter_is_brighter_and_darker_is_darker() -> None:
    base = mean(photo()).sum()
    assert mean(edit(photo(), plan("make it brighter", seed=1)).picture).sum() > base
    assert mean(edit(photo(), plan("please make it darker", seed=1)).picture).sum() < base


@pytest.mark.parametrize(
    "prompt", ["crayon style", "make it a watercolour", "turn it into a pencil sketch", "pixel art", "in sepia"]
)
def test_a_style_keeps_size_and_composition(prompt: str) -> None:
    edited = edit(photo(), plan(prompt, seed=1))
    assert edited.picture.size == photo().size
    assert np.abs(np.asarray(edited.picture, np.float32) - np.asarray(photo(), np.float32)).mean() > 3
    light = np.asarray(edited.picture.convert("L").resize((6, 4)), np.float32)
    original = np.asarray(photo().convert("L").resize((6, 4)), np.float32)
    assert np.corrcoef(light.ravel(), original.ravel())[0, 1] > 0.5
    assert len(edited.changes) == 1


def test_pencil_and_sepia_are_of_one_hue() -> None:
    assert saturation(edit(photo(), plan("turn it into a pencil sketch", seed=1)).picture) < 14


def test_a_line_drawing_is_filled_with_colour_inside_its_lines() -> None:
    asked = plan("describe the image, then fill color as children's crayon style", seed=1)
    edited = edit(drawing(), asked)
    assert saturation(edited.picture) > 25
    inside = np.asarray(edited.picture.crop((70, 125, 95, 200)), np.float32).mean((0, 1))
    roof = np.asarray(edited.picture.crop((105, 80, 135, 100)), np.float32).mean((0, 1))
    assert np.abs(inside - roof).max() > 20, "areas have colours of their own"
    line = np.asarray(edited.picture.crop((60, 140, 64, 190)), np.float32).mean()
    assert line < inside.mean() - 40, "the lines are still there"
    assert len(edited.changes) == 2


def test_a_photograph_is_not_filled() -> None:
    edited = edit(photo(), plan("fill color as children's crayon style", seed=1))
    assert len(edited.changes) == 1


def test_something_is_added_where_it_is_calm() -> None:
    edited = edit(photo(), plan("add a cat", seed=1))
    changed = np.abs(np.asarray(edited.picture, np.float32) - np.asarray(photo(), np.float32)).sum(-1) > 60
    assert changed.mean() > 0.01
    assert not changed[60:80, 180:200].any(), "the disc is left alone"
    assert "cat" in edited.changes[0]


def test_a_subject_that_is_only_mentioned_is_not_added() -> None:
    edited = edit(photo(), plan("make the cat brighter", seed=1))
    assert len(edited.changes) == 1


def test_quoted_words_are_set() -> None:
    edited = edit(photo(), plan('write the text "Hello"', seed=1))
    changed = np.abs(np.asarray(edited.picture, np.float32) - np.asarray(photo(), np.float32)).sum(-1) > 60
    assert changed[120:].any()
    assert not changed[:100].any()
    assert "Hello" in " ".join(edited.changes)


def test_an_edit_it_does_not_know_leaves_the_pixels_and_says_so() -> None:
    edited = edit(photo(), plan("xyzzy", seed=1))
    assert edited.picture.tobytes() == photo().tobytes()
    assert "kept" in edited.changes[0]


def test_the_same_edit_gives_the_same_pixels() -> None:
    asked = plan("crayon style, let it snow", seed=4)
    assert edit(photo(), asked).picture.tobytes() == edit(photo(), asked).picture.tobytes()


def test_a_look_says_what_was_measured() -> None:
    seen = facts(photo())
    assert (seen.width, seen.height, seen.shape) == (240, 160, "landscape")
    assert set(seen.colours) >= {"blue", "green"}
    disc = Image.new("RGB", (120, 90), "white")
    ImageDraw.Draw(disc).ellipse((80, 30, 110, 60), fill="red")
    assert facts(disc).focus == "right"
    assert facts(drawing()).texture == "lines"
    assert facts(Image.new("RGB", (50, 90), (12, 12, 14))).light == "dark"


@pytest.mark.parametrize(
    ("language", "word"), [("en", "blue"), ("zh-Hant", "藍色"), ("zh-Hans", "蓝色"), ("de", "blue")]
)
def test_a_look_is_told_in_the_language_of_the_prompt(language: str, word: str) -> None:
    assert word in look(photo(), language)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (64, 64)])
def test_odd_sizes_are_no_trouble(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (200, 220, 240))
    assert look(picture)
    assert edit(picture, plan('crayon style at night, add a cat in the rain, text: "Hi"', seed=1)).picture.size == size


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("make it night and add a cat", ("make it night", "add a cat")),
        ("make it black and white", ("make it black and white",)),
        ("add a cat and a dog", ("add a cat and a dog",)),
        ("rotate it, then crop it square. Thanks!", ("rotate it", "crop it square", "Thanks")),
        ("變成夜晚，再加上一隻貓，然後寫上「你好，世界」", ("變成夜晚", "加上一隻貓", "寫上「你好，世界」")),
        ("text: Hello, world", ("text “Hello, world”",)),
        ('write "and then, more" at the top', ('write "and then, more" at the top',)),
        (" , . ; ", ()),
    ],
)
def test_a_prompt_is_taken_apart_into_its_instructions(prompt: str, parts: tuple[str, ...]) -> None:
    assert instructions(prompt) == parts


def test_several_instructions_are_carried_out_in_their_order() -> None:
    edited = edit(photo(), plan("crop it square, make it black and white, then write 'Hello'", seed=1))
    assert edited.picture.size == (160, 160)
    assert saturation(edited.picture.crop((0, 0, 160, 100))) < 4
    assert len(edited.changes) == 3
    assert edited.undone == ()


@pytest.mark.parametrize(
    ("prompt", "box", "colour"),
    [
        ("rotate it 90 degrees", (0, 40), (70, 160, 80)),
        ("rotate it 90 degrees counter-clockwise", (0, 40), (120, 180, 240)),
        ("turn it upside down", (0, 40), (70, 160, 80)),
        ("向左旋轉90度", (0, 40), (120, 180, 240)),
    ],
)
def test_it_turns_the_way_that_was_asked(prompt: str, box: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """The photo's green ground stands at the bottom: where it is afterwards tells how the picture was turned."""
    turned = edit(photo(), plan(prompt, seed=1)).picture
    sideways = "90" in prompt
    assert turned.size == ((160, 240) if sideways else (240, 160))
    assert turned.getpixel((5, turned.height // 2) if sideways else (20, 5)) == colour


def test_flips_are_told_apart() -> None:
    assert edit(photo(), plan("flip it vertically", seed=1)).picture.getpixel((5, 5)) == (70, 160, 80)
    across = edit(photo(), plan("flip it horizontally", seed=1)).picture
    assert across.getpixel((50, 70)) == (240, 150, 40)


@pytest.mark.parametrize(
    "prompt",
    [
        "remove the car",
        "replace the cat with a dog",
        "make my boss smile",
        "blur the background",
        "make the sky purple",
        "make the cat brighter",
        "remove the person",
        "change her dress to red",
        "change the background to red",
        "把她的裙子變成紅色",
        "移除人物",
        "把背景模糊",
        "去掉汽車",
    ],
)
def test_what_cannot_be_done_is_told_and_never_faked(prompt: str) -> None:
    edited = edit(photo(), plan(prompt, seed=1))
    assert edited.picture.tobytes() == photo().tobytes()
    assert edited.refused == (prompt,)
    assert len(edited.undone) == 1
    assert prompt in edited.undone[0]
    assert prompt in told(edited, plan(prompt, seed=1).language)


def test_what_can_be_done_is_done_beside_what_cannot() -> None:
    asked = plan("remove the car, and make it night", seed=1)
    edited = edit(photo(), asked)
    assert edited.carried == ("make it night",)
    assert edited.refused == ("remove the car",)
    assert "night" in told(edited, asked.language)
    assert "did not do this: “remove the car”" in told(edited, asked.language)


@pytest.mark.parametrize("prompt", ["do not make it darker", "please keep everything", "不要變暗"])
def test_what_is_not_to_be_done_is_not_done(prompt: str) -> None:
    edited = edit(photo(), plan(prompt, seed=1))
    assert edited.picture.tobytes() == photo().tobytes()
    assert edited.undone == ()


def changed_by(prompt: str) -> np.ndarray:
    """Which pixels of the photo the edit changed."""
    picture = edit(photo(), plan(prompt, seed=1)).picture
    return np.asarray(np.abs(np.asarray(picture, np.float32) - np.asarray(photo(), np.float32)).sum(-1) > 40)


def test_guests_come_in_the_number_and_on_the_side_that_was_asked() -> None:
    one, three = changed_by("add a cat").any(0).sum(), changed_by("add three cats").any(0).sum()
    assert three > one * 1.4
    left, right = changed_by("add a cat on the left"), changed_by("add a cat on the right")
    assert left[:, :120].any()
    assert not left[:, 125:].any()
    assert right[:, 120:].any()
    assert not right[:, :115].any()
    assert "3 cats" in edit(photo(), plan("add three cats", seed=1)).changes[0]


def test_guests_have_the_colour_that_was_asked() -> None:
    where = changed_by("add a red balloon")
    pixels = np.asarray(edit(photo(), plan("add a red balloon", seed=1)).picture, np.float32)[where]
    assert np.median(pixels[:, 0]) > np.median(pixels[:, 2]) + 60


def test_some_stand_on_the_ground_with_a_shadow_and_some_hang_in_the_air() -> None:
    cat, balloon = (np.nonzero(changed_by(f"add a {name}").any(1))[0] for name in ("cat", "balloon"))
    assert cat[-1] > 160 * 0.7
    assert balloon[-1] < 160 * 0.65
    picture = np.asarray(edit(photo(), plan("add a cat", seed=1)).picture, np.float32)
    base = picture[cat[-1] - 3][changed_by("add a cat")[cat[-1] - 3]]
    assert len(base), "something lies under the feet"
    assert base.mean() < np.mean((70, 160, 80)), "and it is darker than the ground"


def test_a_place_that_it_cannot_find_is_not_claimed() -> None:
    assert "where there was room" in edit(photo(), plan("add a cat beside the dog", seed=1)).changes[0]


@pytest.mark.parametrize(
    ("prompt", "word"),
    [("變成夜晚，加上兩隻貓", "2 隻貓"), ("添加两只蓝色的鸟", "2 只鸟"), ("把它變成水彩風格", "水彩")],
)
def test_chinese_instructions_are_carried_out_and_told_in_chinese(prompt: str, word: str) -> None:
    asked = plan(prompt, seed=1)
    edited = edit(photo(), asked)
    assert word in told(edited, asked.language)
    assert edited.undone == ()


def test_people_who_may_not_be_drawn_are_not_added() -> None:
    edited = edit(photo(), plan("add a man", seed=1, person="none"))
    assert edited.picture.tobytes() == photo().tobytes()
    assert edited.refused == ("add a man",)


@pytest.mark.parametrize(
    ("prompt", "size"),
    [("crop to 1:1", (160, 160)), ("crop it to 16:9", (240, 135)), ("裁成 4:3", (213, 160)), ("zoom in", (240, 160))],
)
def test_it_is_cropped_to_the_ratio_that_was_asked(prompt: str, size: tuple[int, int]) -> None:
    assert edit(photo(), plan(prompt, seed=1)).picture.size == size


def test_a_picture_that_has_the_ratio_already_is_not_said_to_be_cropped() -> None:
    edited = edit(photo(), plan("crop to 3:2", seed=1))
    assert edited.picture.tobytes() == photo().tobytes()
    assert "already" in edited.changes[0]


@pytest.mark.parametrize(
    ("prompt", "colour"), [("add a white frame", (250, 250, 250)), ("加上紅色邊框", (229, 72, 77)), ("polaroid", None)]
)
def test_a_frame_keeps_the_size_and_shows_the_whole_picture(prompt: str, colour: tuple[int, int, int] | None) -> None:
    framed = edit(photo(), plan(prompt, seed=1)).picture
    assert framed.size == photo().size
    assert framed.getpixel((1, 1)) == (colour or (250, 249, 245))
    assert framed.getpixel((120, 20)) == pytest.approx((120, 180, 240), abs=3)


def test_a_vignette_darkens_the_corners_and_not_the_middle() -> None:
    edited = np.asarray(edit(photo(), plan("vignette", seed=1)).picture, np.float32)
    before = np.asarray(photo(), np.float32)
    assert edited[2, 2].sum() < before[2, 2].sum() * 0.5
    assert np.abs(edited[80, 120] - before[80, 120]).max() < 4


def test_pixels_become_blocks_of_one_colour() -> None:
    noisy = Image.effect_noise((240, 160), 90).convert("RGB")
    pixels = np.asarray(edit(noisy, plan("pixelate it", seed=1)).picture)
    assert (pixels[1:4, 1:4] == pixels[1, 1]).all()
    assert len(np.unique(pixels[:, :, 0])) > 8


def test_a_plain_background_takes_another_colour_and_what_stands_on_it_stays() -> None:
    edited = edit(drawing(), plan("change the background colour to blue", seed=1))
    assert edited.picture.getpixel((5, 5)) == (61, 126, 255)
    assert edited.picture.getpixel((62, 160)) == (0, 0, 0), "a line"
    assert edited.picture.getpixel((90, 190)) == (255, 255, 255), "what the lines enclose"
    assert edited.undone == ()


@pytest.mark.parametrize("prompt", ["make it look like an oil painting", "變成秋天", "posterize it", "emboss"])
def test_a_change_is_made_and_told(prompt: str) -> None:
    edited = edit(photo(), plan(prompt, seed=1))
    assert edited.picture.tobytes() != photo().tobytes()
    assert edited.carried == (prompt,)


def test_changes_follow_on_each_other_over_several_turns() -> None:
    picture = photo()
    for prompt in ("make it night", "add a cat", "加上邊框", "text: Hi", "remove colour", "crop to 1:1"):
        before = picture.tobytes()
        picture = edit(picture, plan(prompt, seed=1)).picture
        assert picture.tobytes() != before, prompt
    assert picture.size == (160, 160)
    assert saturation(picture) < 4


def test_of_several_pictures_it_says_which_one_it_worked_on() -> None:
    edited = edit(photo(), plan("make it night", seed=1))
    assert "last of the 3 pictures" in told(edited, "en", given=3)
    assert "3 張圖片" in told(edited, "zh-Hant", given=3)
    assert "last" not in told(edited, "en")
