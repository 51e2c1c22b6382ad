"""Still pictures: exact sizes, the same bytes again, visibly different seeds, and never an empty frame."""

from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from danqing.sketch import art
from danqing.sketch.logo import logo
from danqing.sketch.picture import encoded, kind_of, picture
from danqing.sketch.plan import Plan, Subject, plan
from danqing.sketch.style import STYLES

LOGO = (
    "A minimalist logo for a LLM router market company on a solid white background. trident in a circle as the "
    "main symbol, with ONLY text 'InferEra' below."
)
PLACES = (
    "meadow",
    "garden",
    "forest",
    "sea",
    "underwater",
    "city",
    "space",
    "desert",
    "snow",
    "mountain",
    "room",
    "sky",
)

needs_pack = pytest.mark.skipif(not art.available(), reason="the art pack is not built")


def made(**changes: object) -> Plan:
    """A plan with a cat in a meadow, changed as asked."""
    usual: dict[str, object] = {
        "prompt": "a cat", "seed": 1, "language": "en", "subjects": (Subject("cat", "cat"),), "place": "meadow",
        "time": "day", "weather": "clear", "style": "paper", "action": "still", "camera": "static", "colours": (),
        "text": (), "circled": False, "drawn": ("cat",), "missing": (),
    }  # fmt: skip
    return Plan(**{**usual, **changes})  # type: ignore[arg-type]


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float32)


def difference(first: Image.Image, second: Image.Image) -> float:
    """The mean difference of two pictures, 0..255, after a blur that grain does not survive."""
    small = [pixels(image.resize((32, 32), Image.Resampling.BOX)) for image in (first, second)]
    return float(np.abs(small[0] - small[1]).mean())


@pytest.mark.parametrize("size", [(64, 64), (320, 180), (180, 320), (640, 64), (64, 640), (255, 257)])
def test_a_picture_has_exactly_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    drawn = picture(made(), *size)
    assert drawn.size == size
    assert drawn.mode == "RGB"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("time", ["day", "neon"])
def test_every_place_is_drawn_with_its_subject(place: str, time: str) -> None:
    without = picture(made(place=place, time=time, subjects=(), drawn=(place,)), 240, 160)
    drawn = picture(made(place=place, time=time), 240, 160)
    assert pixels(drawn).std() > 8, "nearly empty"
    assert difference(drawn, without) > 1.5, "the cat is missing"


@pytest.mark.parametrize("weather", ["rain", "snow", "fog", "wind"])
def test_weather_can_be_seen(weather: str) -> None:
    clear, drawn = (pixels(picture(made(weather=kind), 320, 240)) for kind in ("clear", weather))
    assert np.abs(clear - drawn).mean() > 0.3


@pytest.mark.parametrize("style", sorted(set(STYLES) - {"paper"}))
def test_every_style_changes_the_picture(style: str) -> None:
    plain, styled = (pixels(picture(made(style=name), 240, 160)) for name in ("paper", style))
    assert np.abs(plain - styled).mean() > 3


@needs_pack
@pytest.mark.parametrize("material", ["metal", "glass", "glow", "paper", "gold", "wood", "calico"])
def test_every_material_changes_the_subject(material: str) -> None:
    stuff = Subject("dog", "dog", materials=(material,))
    plain, changed = (picture(made(subjects=(one,)), 256, 256) for one in (Subject("dog", "dog"), stuff))
    assert np.abs(pixels(plain) - pixels(changed)).mean() > 0.5


@needs_pack
def test_a_coloured_subject_is_of_that_colour() -> None:
    blue = picture(made(subjects=(Subject("cat", "cat", colour="#3d7eff"),), place="studio"), 256, 256)
    plain = picture(made(place="studio"), 256, 256)
    changed = np.abs(pixels(blue) - pixels(plain)).sum(-1) > 60
    red, _green, blueness = pixels(blue)[changed].mean(0)
    assert changed.sum() > 1000
    assert blueness > red + 40


@needs_pack
def test_a_sleeping_cat_lies_down() -> None:
    """The sleeper is wider than high, where the standing cat is not."""
    scenery = pixels(picture(made(subjects=(), place="room"), 256, 256))
    spans = {}
    for action in ("still", "sleep"):
        changed = np.abs(pixels(picture(made(action=action, place="room"), 256, 256)) - scenery).sum(-1) > 90
        rows, columns = changed.any(1).nonzero()[0], changed.any(0).nonzero()[0]
        spans[action] = (np.ptp(columns), np.ptp(rows))
    assert spans["sleep"][0] > spans["still"][0]


@pytest.mark.parametrize(
    "prompt",
    [LOGO, "a mechanical butterfly flying in the futuristic garden", "生成一幅山水畫", "a cup of coffee", "xyzzy"],
)
def test_four_seeds_are_four_pictures(prompt: str) -> None:
    drawn = [picture(plan(prompt, seed=seed), 256, 256) for seed in range(4)]
    for first, second in combinations(drawn, 2):
        assert difference(first, second) > 1.2


@pytest.mark.parametrize("prompt", [LOGO, "a cat in the rain", "生成一幅山水畫", "qwertz"])
def test_the_same_plan_gives_the_same_bytes(prompt: str) -> None:
    first, second = (encoded(picture(plan(prompt, seed=5), 200, 120), "image/png", 90) for _ in range(2))
    assert first == second


@needs_pack
def test_a_logo_is_one_ink_on_white_with_a_ring_and_the_words_below() -> None:
    drawn = pixels(picture(plan(LOGO, seed=0), 512, 512))
    assert (drawn[:4] == 255).all()
    dark = drawn.sum(-1) < 380
    assert dark[200, :250].any(), "the ring's left side"
    assert dark[200, 262:].any(), "its right side"
    words = dark[380:470]
    assert words.any(), "the words"
    assert abs(float(words.any(0).nonzero()[0].mean()) - 256) < 8, "centred"
    assert not dark[480:].any(), "and nothing else"


def test_a_logo_without_a_known_symbol_shows_initials() -> None:
    drawn = logo(made(style="logo", subjects=(), text=("Blue River",)), 256, 256)
    assert (pixels(drawn)[:150].sum(-1) < 380).any()


def test_an_ink_landscape_has_paper_mountains_and_a_seal() -> None:
    drawn = pixels(picture(plan("生成一幅山水畫，並給出一首詩詞描述", seed=1), 512, 384))
    light = drawn.mean(-1)
    assert light[:60].mean() > light[230:330].mean() + 40
    red = (drawn[..., 0] > 150) & (drawn[..., 1] < 90) & (drawn[..., 2] < 90)
    assert red.sum() > 150


@pytest.mark.parametrize("size", [(64, 64), (512, 128), (128, 512)])
@pytest.mark.parametrize("prompt", ["what", "the meaning of loneliness " * 30, "寂寞的意義是什麼？" * 20, "a" * 300])
def test_what_cannot_be_drawn_is_set_as_a_card_inside_the_frame(prompt: str, size: tuple[int, int]) -> None:
    card_plan = made(prompt=prompt, subjects=(), place="", drawn=())
    assert kind_of(card_plan) == "card"
    drawn = picture(card_plan, *size)
    assert drawn.size == size
    other = picture(made(prompt=prompt, subjects=(), place="", drawn=(), text=(".",)), *size)
    changed = (np.abs(pixels(drawn) - pixels(other)).sum(-1) > 120).any(0).nonzero()[0]
    assert changed.size, "no text was set"
    assert changed.min() > 0, "text touches the left side"
    assert changed.max() < size[0] - 1, "text touches the right side"


def test_without_the_pack_a_card_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(art, "available", lambda: False)
    monkeypatch.setattr(art, "has", lambda slug: False)
    assert kind_of(made()) == "card"
    assert pixels(picture(made(), 200, 200)).std() > 8


@needs_pack
def test_nine_of_a_kind_stay_in_the_frame_and_apart() -> None:
    crowd = picture(made(subjects=(Subject("penguin", "penguins", 9),), place="snow"), 320, 180)
    one = picture(made(subjects=(Subject("penguin", "penguin", 1),), place="snow"), 320, 180)
    assert difference(crowd, one) > 3


@pytest.mark.parametrize(("mime", "kind"), [("image/png", "PNG"), ("image/jpeg", "JPEG"), ("image/webp", "WEBP")])
def test_files_are_of_the_type_that_was_asked_for(mime: str, kind: str) -> None:
    with Image.open(BytesIO(encoded(picture(made(), 96, 64), mime, 80))) as back:
        assert (back.format, back.size, back.mode) == (kind, (96, 64), "RGB")
