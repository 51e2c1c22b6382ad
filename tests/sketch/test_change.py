"""Changes inside a mask and of whole pictures, looked at by their pixels: nothing outside of a mask is touched."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from danqing.sketch import worker
from danqing.sketch.intake import opened_mask

BOX = (60, 60, 120, 140)
SKY, GRASS = (120, 180, 240), (70, 160, 80)


def photo() -> Image.Image:
    """Sky above grass, and an orange disc in the middle of the mask."""
    picture = Image.new("RGB", (240, 160), SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 100, 240, 160), fill=GRASS)
    pen.ellipse((70, 70, 110, 110), fill=(240, 150, 40))
    return picture


def masked(kind: str = "white") -> Image.Image:
    """White in the box, or transparent there as OpenAI has it."""
    if kind == "white":
        mask = Image.new("RGB", (240, 160), "black")
        ImageDraw.Draw(mask).rectangle((BOX[0], BOX[1], BOX[2] - 1, BOX[3] - 1), fill="white")
        return mask
    mask = Image.new("RGBA", (240, 160), (0, 0, 0, 255))
    ImageDraw.Draw(mask).rectangle((BOX[0], BOX[1], BOX[2] - 1, BOX[3] - 1), fill=(0, 0, 0, 0))
    return mask


Change = Callable[..., tuple[Image.Image, dict[str, object]]]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Has the worker do it: the picture and what it says of it, or its error."""

    def change(work: str, prompt: str = "", **fields: object) -> tuple[Image.Image, dict[str, object]]:
        files = {
            "base": photo(),
            "mask": masked(),
            **{name: one for name, one in fields.items() if isinstance(one, Image.Image)},
        }
        for name, one in files.items():
            one.save(tmp_path / f"{name}.png")
        inputs = fields.pop("pictures", ["base"])
        asked = {"task": "change", "work": work, "prompt": prompt, "out": str(tmp_path / "out.png")}
        asked["inputs"] = [str(tmp_path / f"{name}.png") for name in inputs]  # type: ignore[attr-defined]
        if fields.pop("inside", True):
            asked["mask"] = str(tmp_path / "mask.png")
        plain = {name: value for name, value in fields.items() if not isinstance(value, Image.Image)}
        messages: list[dict[str, object]] = []
        worker.answer(json.dumps({**asked, **plain}), messages.append)
        if "error" in messages[-1]:
            return photo(), messages[-1]["error"]  # type: ignore[return-value]
        with Image.open(tmp_path / "out.png") as made:
            return made.convert("RGB"), messages[-1]["done"]  # type: ignore[return-value]

    return change


def touched(picture: Image.Image) -> np.ndarray:
    """Which pixels are not the photo's."""
    return np.asarray((np.asarray(picture) != np.asarray(photo())).any(-1))


def outside() -> np.ndarray:
    where = np.ones((160, 240), bool)
    where[BOX[1] : BOX[3], BOX[0] : BOX[2]] = False
    return where


@pytest.mark.parametrize("kind", ["white", "transparent"])
@pytest.mark.parametrize(
    ("work", "prompt"),
    [
        ("edit", "make it black and white"),
        ("edit", "let it snow"),
        ("edit", "add a cat"),
        ("edit", "a cat in a meadow"),
        ("insert", "a cat"),
        ("insert", "a beach"),
        ("remove", "the disc"),
        ("outpaint", ""),
        ("background", "a city at night"),
    ],
)
def test_nothing_changes_outside_of_a_mask(change: Change, work: str, prompt: str, kind: str) -> None:
    picture, _ = change(work, prompt, mask=masked(kind))
    assert picture.size == (240, 160)
    assert not touched(picture)[outside()].any()
    assert touched(picture)[~outside()].mean() > 0.05


def test_what_is_taken_away_is_filled_from_around(change: Change) -> None:
    picture, told = change("remove", "the disc")
    inside = np.asarray(picture.crop((72, 72, 108, 98)), np.float32)
    low, high = np.minimum(SKY, GRASS), np.maximum(SKY, GRASS)
    assert ((inside > low - 30) & (inside < high + 30)).all(), "between sky and grass, and nothing of the disc is left"
    assert told["drawn"] == ["the disc"]


def test_what_cannot_be_drawn_is_missing_and_nothing_is_put_in_its_place(change: Change) -> None:
    picture, told = change("insert", "xyzzy")
    assert not touched(picture).any()
    assert told["missing"] == ["xyzzy"]
    assert "did not do this" in str(told["text"])


def test_a_change_of_shape_is_refused_inside_of_a_mask(change: Change) -> None:
    picture, told = change("edit", "crop it square")
    assert not touched(picture).any()
    assert told["missing"] == ["crop it square"]


@pytest.mark.parametrize(
    ("work", "why"), [("remove", "needs a mask"), ("outpaint", "needs a mask"), ("background", "not plain")]
)
def test_without_a_mask_it_says_what_it_needs(change: Change, work: str, why: str) -> None:
    picture, told = change(work, "a city", inside=False)
    assert not touched(picture).any()
    assert why in str(told["text"])


def test_a_plain_background_is_found_and_drawn_anew(change: Change) -> None:
    plain = Image.new("RGB", (240, 160), "white")
    ImageDraw.Draw(plain).rectangle((80, 40, 160, 120), fill="red")
    picture, told = change("background", "a city at night", base=plain, inside=False, area="background")
    assert np.asarray(picture)[60:100, 100:140].tolist() == [[[255, 0, 0]] * 40] * 40
    assert picture.getpixel((5, 5)) != (255, 255, 255)
    assert "night" in told["drawn"]  # type: ignore[operator]
    _, error = change("background", "a city", inside=False, area="background")
    assert error["code"] == "invalid_picture"


def test_a_picture_goes_on_to_a_new_ratio_and_keeps_what_it_was(change: Change) -> None:
    picture, told = change("outpaint", "a lighthouse", inside=False, ratio=16 / 9)
    assert picture.size == (284, 160)
    assert np.array_equal(np.asarray(picture)[:, 22:262], np.asarray(photo()))
    left = np.asarray(picture.crop((0, 10, 20, 60)), np.float32).mean((0, 1))
    assert np.abs(left - SKY).max() < 25, "the sky goes on"
    assert told["missing"] == ["lighthouse"]


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_more_pixels_are_the_same_picture(change: Change, factor: int) -> None:
    picture, told = change("upscale", factor=factor, inside=False)
    assert picture.size == (240 * factor, 160 * factor) == (told["width"], told["height"])
    back = np.asarray(picture.resize((240, 160), Image.Resampling.BOX), np.float32)
    assert np.abs(back - np.asarray(photo(), np.float32)).mean() < 2


def test_what_would_become_too_large_is_refused(change: Change) -> None:
    _, error = change("upscale", factor=4, inside=False, base=Image.new("RGB", (1200, 1000)))
    assert (error["code"], "17 megapixels" in str(error["message"])) == ("too_large", True)


def test_a_style_gives_its_colours_and_no_more_is_claimed(change: Change) -> None:
    style = Image.effect_noise((64, 64), 40).convert("RGB")
    style = Image.merge("RGB", [style.getchannel(0).point([v // 4 for v in range(256)])] * 2 + [style.getchannel(2)])
    picture, told = change("edit", pictures=["base", "style"], roles=["base", "style"], style=style, inside=False)
    blue = np.asarray(picture, np.float32).mean((0, 1))
    assert blue[2] > blue[0] * 1.5
    assert told["missing"] == ["style beyond its colours"]
    assert "kept the picture" not in str(told["text"])


def test_a_given_subject_stands_in_the_scene_as_a_print(change: Change) -> None:
    subject = Image.new("RGB", (90, 60), (250, 10, 200))
    picture, told = change(
        "edit", "a beach", pictures=["subject"], roles=["subject"], subject=subject, inside=False, width=320, height=240
    )
    pink = (np.abs(np.asarray(picture, np.int16) - (250, 10, 200)).max(-1) < 12).mean()
    assert (picture.size, pink > 0.02) == ((320, 240), True)
    assert "beach" in told["drawn"]  # type: ignore[operator]
    inside, _ = change("insert", "", pictures=["base", "subject"], roles=["base", "subject"], subject=subject)
    assert not touched(inside)[outside()].any()
    assert inside.getpixel((90, 120)) == (250, 10, 200)


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        (Image.new("RGB", (100, 100), "white"), "Give both the same size"),
        (Image.new("RGB", (240, 160), "black"), "lets nothing change"),
    ],
)
def test_a_mask_that_is_none_is_refused(change: Change, mask: Image.Image, why: str) -> None:
    _, error = change("remove", mask=mask)
    assert why in str(error["message"])


def test_a_mask_may_grow(change: Change) -> None:
    grown, _ = change("edit", "make it black and white", grown=0.1)
    assert touched(grown)[100, 124:130].any()
    assert not touched(grown)[:, 145:].any()


@pytest.mark.parametrize("form", ["transparent", "white"])
@pytest.mark.parametrize("kind", ["white", "transparent"])
def test_a_mask_is_drawn_as_another_engine_reads_it(tmp_path: Path, kind: str, form: str) -> None:
    masked(kind).save(tmp_path / "mask.png")
    asked = {"task": "mask", "work": form, "inputs": [str(tmp_path / "mask.png")], "out": str(tmp_path / "out")}
    worker.answer(json.dumps(asked), lambda message: None)
    with Image.open(tmp_path / "out") as drawn:
        assert drawn.mode == ("RGBA" if form == "transparent" else "RGB")
        assert drawn.getpixel((90, 100))[-1] == (0 if form == "transparent" else 255)  # type: ignore[index]
        assert drawn.getpixel((5, 5))[-1] == (255 if form == "transparent" else 0)  # type: ignore[index]
    assert np.array_equal(np.asarray(opened_mask(tmp_path / "out")), np.asarray(opened_mask(tmp_path / "mask.png")))
