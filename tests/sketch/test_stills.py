"""Still pictures: exact sizes, the same bytes again, visibly different seeds, and never an empty frame.

`GOLDEN` holds the SHA-256 of the RGB pixels of a few pictures of 256 x 256. They depend on nothing but the prompt, the
seed, the art pack and the versions of numpy, Pillow and resvg in `constraints.txt`. After a change that is meant to be
seen, look at the new pictures first, then print the new digests with
`python -c "from tests.sketch.test_stills import digest, GOLDEN; [print((p, s), digest(p, s)) for p, s in GOLDEN]"`
"""

import hashlib
import os
import subprocess
import sys
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Stage
from danqing.sketch.craft.lettering import fitted, measure
from danqing.sketch.craft.style import STYLES
from danqing.sketch.figures.together import Cutout, joined
from danqing.sketch.planning.plan import Plan, Relation, Subject, plan
from danqing.sketch.scenery.land import WATERLINE
from danqing.sketch.scenery.scene import scene, view_of
from danqing.sketch.scenery.spots import LIKE, like
from danqing.sketch.stage.actors import cast
from danqing.sketch.works.logo import logo
from danqing.sketch.works.picture import encoded, kind_of, picture

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


GOLDEN: dict[tuple[str, int], str] = {
    ("a cat in the garden", 1): "23e7534eef3ecc1d1aab5f10ffdbdfe28f5fd9a64ae53594445aa3db0333542c",
    ("an astronaut riding a horse on the moon", 2): "6e39123c816bb365e70bea9b806c3bba9573149875f26fa3532ceb5fa5946839",
    ("生成一幅山水畫", 3): "6e85b3db31b3fb4d6dc847d076021a6a850ab19ee36b48783ed8e3c8a2ec1f94",
    ("a minimalist logo of a fox, text 'FOXY'", 4): "034114eb8966d83d1874bd33aa14fa9a59fda38433e7049f96d5d4f1e49e17cb",
    ("five penguins in the snow", 5): "17b34e957d0e832fb5cc77ec66235a443b3c7475d8076b878d9b188e2fe8da4a",
    ("a red car in a neon city, watercolour", 6): "002244e48dfeb8aad3e91029a900971d194464e5691434df29e003a5650bac38",
    ("a dog sleeping in a room", 7): "ec7decc74236904893d322b9c4f6f71cfda36f2dad0cbefa27c5f01fc9644d62",
    ("xyzzy", 8): "6d1723501d06796caf72e6b0d0af21f6d328421f75623184054bfc6f055b9b42",
}


def digest(prompt: str, seed: int) -> str:
    """The SHA-256 of the pixels of a prompt's picture at 256 x 256."""
    return hashlib.sha256(picture(plan(prompt, seed=seed), 256, 256).tobytes()).hexdigest()


@needs_pack
@pytest.mark.parametrize(("prompt", "seed"), sorted(GOLDEN))
def test_golden_pictures_have_not_changed(prompt: str, seed: int) -> None:
    assert digest(prompt, seed) == GOLDEN[prompt, seed]


@needs_pack
def test_another_process_draws_the_same_pixels() -> None:
    prompt = "a cat in the rain"
    script = (
        "import hashlib; from danqing.sketch.planning.plan import plan; "
        "from danqing.sketch.works.picture import picture; "
        f"print(hashlib.sha256(picture(plan({prompt!r}, seed=3), 256, 256).tobytes()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == digest(prompt, 3)


def pair(kind: str, one: str, other: str, **changes: object) -> Plan:
    """Two subjects in a relation."""
    subjects = (Subject(one, one), Subject(other, other))
    return made(subjects=subjects, relations=(Relation(kind, 0, 1),), **changes)


def actors_of(some: Plan, width: int = 256, height: int = 256) -> list[tuple[str, float, float, float, float]]:
    """Every actor's glyph and the left, top, right and lower side of its picture."""
    stage = Stage(width, height)
    return [
        (actor.slug, actor.x - actor.picture.width / 2, actor.y - actor.picture.height,
         actor.x + actor.picture.width / 2, actor.y)
        for actor in cast(some, scene(some, stage))
    ]  # fmt: skip


@needs_pack
@pytest.mark.parametrize(
    ("kind", "one", "other", "carrier"),
    [
        ("riding", "astronaut", "horse", "horse"),
        ("on", "cat", "chair", "chair"),
        ("in", "rabbit", "bucket", "bucket"),
        ("holding", "girl", "balloon", "girl"),
        ("wearing", "cat", "top-hat", "cat"),
        ("under", "man", "umbrella", "man"),
    ],
)
def test_those_who_touch_are_drawn_as_one_figure(kind: str, one: str, other: str, carrier: str) -> None:
    assert [actor[0] for actor in actors_of(pair(kind, one, other))] == [carrier]


@needs_pack
def test_a_rider_sits_on_the_back_of_its_mount() -> None:
    horse = next(actor for actor in actors_of(made(subjects=(Subject("horse", "horse"),))))
    both = next(actor for actor in actors_of(pair("riding", "girl", "horse")))
    shape = [(side[3] - side[1]) / (side[4] - side[2]) for side in (horse, both)]
    assert shape[1] < shape[0] * 0.85, "a rider makes the figure taller, not wider"


@needs_pack
@pytest.mark.parametrize("facing", [-1, 1])
def test_what_is_held_is_at_the_side_of_the_holder_and_overlaps_it(facing: int) -> None:
    holder = Cutout("woman", Image.new("RGBA", (100, 200), (0, 0, 255, 255)), facing)
    apple = Cutout("red-apple", Image.new("RGBA", (40, 40), (255, 0, 0, 255)), facing)
    whole = pixels(joined("holding", holder, [apple]).convert("RGB"))
    red = (whole[..., 0] > 200) & (whole[..., 2] < 50)
    rows, columns = red.any(1).nonzero()[0], red.any(0).nonzero()[0]
    assert 0.4 < rows.mean() / whole.shape[0] < 0.8, "hand height"
    assert 100 < whole.shape[1] < 140, "neither apart from the holder nor inside its outline"
    assert (columns.mean() < whole.shape[1] / 2) == (facing < 0), "on the side it looks to"


@needs_pack
def test_nobody_holds_a_person_like_a_thing() -> None:
    assert sorted(actor[0] for actor in actors_of(pair("holding", "boy", "girl"))) == ["boy", "girl"]


@needs_pack
def test_one_who_is_under_a_tree_stands_at_it() -> None:
    placed = {actor[0]: actor for actor in actors_of(pair("under", "rabbit", "deciduous-tree"))}
    tree, rabbit = placed["deciduous-tree"], placed["rabbit"]
    middle = (rabbit[1] + rabbit[3]) / 2
    assert tree[1] < middle < tree[3]
    assert tree[2] < rabbit[2], "the tree is the taller one"


@needs_pack
def test_one_who_is_behind_is_partly_hidden_and_farther_away() -> None:
    placed = {actor[0]: actor for actor in actors_of(pair("behind", "house", "automobile"))}
    house, car = placed["house"], placed["automobile"]
    assert house[4] < car[4], "its feet are higher in the frame"
    assert max(house[1], car[1]) < min(house[3], car[3]), "they overlap"


@needs_pack
def test_told_sizes_are_drawn() -> None:
    heights = []
    for size in ("tiny", "small", "normal", "large", "giant"):
        _slug, _left, top, _right, foot = actors_of(made(subjects=(Subject("penguin", "penguin", size=size),)))[0]
        heights.append(foot - top)
    assert heights == sorted(heights)
    assert heights[0] < heights[2] * 0.6
    assert heights[4] > heights[2] * 1.25


@needs_pack
@pytest.mark.parametrize("count", [1, 4, 7, 9])
@pytest.mark.parametrize("size", [(256, 256), (320, 180), (180, 320)])
def test_crowds_stand_inside_the_frame(count: int, size: tuple[int, int]) -> None:
    for seed in range(3):
        crowd = made(subjects=(Subject("elephant", "elephants", count, size="giant"),), seed=seed)
        for _slug, left, top, right, foot in actors_of(crowd, *size):
            assert left >= -0.02 * size[0]
            assert right <= 1.02 * size[0]
            assert top >= 0
            assert foot <= size[1]


@needs_pack
@pytest.mark.parametrize("season", ["spring", "summer", "autumn", "winter"])
def test_seasons_colour_the_country(season: str) -> None:
    plain, seen = (picture(made(season=name), 160, 160) for name in ("", season))
    assert difference(plain, seen) > 1.5


@needs_pack
@pytest.mark.parametrize("mood", ["calm", "joyful", "gloomy", "dramatic", "romantic", "mysterious"])
def test_moods_tint_the_picture(mood: str) -> None:
    plain, seen = (picture(made(mood=name), 160, 160) for name in ("", mood))
    assert difference(plain, seen) > 1.5


@pytest.mark.parametrize(
    ("changes", "view"),
    [
        ({"place": "sea"}, "shore"),
        ({"place": "garden", "season": "winter"}, "snow"),
        ({"place": "studio", "season": "autumn"}, "meadow"),
        ({"place": "sky"}, "meadow"),
    ],
)
def test_the_scene_that_is_shown_fits_who_is_in_it(changes: dict[str, object], view: str) -> None:
    assert view_of(made(**changes)) == view


@needs_pack
@pytest.mark.parametrize("spot", sorted(set(LIKE) - {"table", "shore"}))
@pytest.mark.parametrize("time", ["day", "night"])
def test_every_spot_is_a_picture_of_its_own(spot: str, time: str) -> None:
    place = "room" if like(spot) == "room" else "meadow"
    coarse, fine = (picture(made(place=place, spot=name, time=time), 96, 96) for name in ("", spot))
    assert difference(coarse, fine) > 3


@pytest.mark.parametrize(
    ("changes", "view"),
    [
        ({"place": "room", "spot": "kitchen"}, "kitchen"),
        ({"place": "meadow", "spot": "kitchen"}, "meadow"),
        ({"place": "space", "spot": "river"}, "space"),
        ({"place": "sea", "spot": "beach"}, "shore"),
        ({"place": "room", "spot": "kitchen", "subjects": (Subject("teapot", "teapot"),)}, "table"),
        ({"place": "room", "spot": "bedroom", "subjects": (Subject("bed", "bed"),)}, "room"),
        ({"subjects": (Subject("fish", "fish"), Subject("fish-tank", "tank")), "place": "underwater",
          "relations": (Relation("in", 0, 1),)}, "table"),
    ],
)  # fmt: skip
def test_spots_are_shown_where_they_can_be(changes: dict[str, object], view: str) -> None:
    assert view_of(made(**changes)) == view


@needs_pack
def test_those_who_swim_on_a_lake_are_on_the_water_and_others_on_its_bank() -> None:
    feet = [
        actors_of(made(subjects=(Subject(slug, slug),), place="mountain", spot="lake"))[0][4]
        for slug in ("swan", "cow")
    ]
    assert feet[0] < WATERLINE * 256 + 12
    assert feet[1] > 0.85 * 256


@needs_pack
@pytest.mark.parametrize("size", [(256, 256), (192, 256), (320, 180), (144, 256)])
def test_who_flies_over_a_castle_is_wholly_in_the_frame(size: tuple[int, int]) -> None:
    for seed in range(4):
        subjects = (Subject("dragon", "dragon"), Subject("castle", "castle"))
        over = made(subjects=subjects, place="sky", action="fly", seed=seed)
        stage = Stage(*size)
        dragon = next(one for one in cast(over, scene(over, stage)) if one.slug == "dragon")
        assert dragon.y - dragon.picture.height / 2 > 0.05 * size[1]


@needs_pack
@pytest.mark.parametrize(("small", "great"), [("violin", "chair"), ("mouse", "cat"), ("red-apple", "woman")])
def test_things_keep_their_sizes_to_each_other(small: str, great: str) -> None:
    for order in ((small, great), (great, small)):
        high = {one[0]: one[4] - one[2] for one in actors_of(made(subjects=tuple(Subject(s, s) for s in order)))}
        assert high[small] < 0.6 * high[great]


def test_a_long_word_is_broken_before_it_is_set_too_small() -> None:
    lines, size = fitted("Supercalifragilisticexpialidocious", "sans", (200, 200), 60, 1.2)
    assert size >= 0.4 * 60
    assert "".join(lines) == "Supercalifragilisticexpialidocious"
    assert all(measure(line, "sans", size) <= 200 for line in lines)


@needs_pack
def test_a_moon_alone_is_the_scenes_own_and_larger_than_usual() -> None:
    moon = made(subjects=(Subject("full-moon", "moon"),), time="night")
    assert actors_of(moon) == []
    assert difference(picture(moon, 128, 128), picture(made(subjects=(), time="night"), 128, 128)) > 1


@needs_pack
def test_a_rainbow_is_drawn_once_and_in_the_sky() -> None:
    assert actors_of(made(subjects=(Subject("rainbow", "rainbow"),))) == []


def test_a_dog_in_a_boat_is_at_sea() -> None:
    assert view_of(pair("in", "dog", "sailboat", place="sea")) == "sea"
