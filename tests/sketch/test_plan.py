"""A prompt is read into a plan: what is known is planned, what is not is listed, and nothing is guessed."""

import os
import subprocess
import sys

import pytest

from danqing.sketch.craft import art
from danqing.sketch.language import kinds
from danqing.sketch.planning.plan import Plan, plan

pytestmark = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")

LOGO = (
    "A minimalist logo for a LLM router market company on a solid white background. "
    "trident in a circle as the main symbol, with ONLY text 'InferEra' below."
)


def glyphs(prompt: str, person: str = "all", negative: str = "") -> list[str]:
    return [subject.glyph for subject in plan(prompt, seed=1, person=person, negative=negative).subjects]


def read(prompt: str) -> Plan:
    return plan(prompt, seed=1)


class TestThePromptsOfTheDocument:
    def test_logo(self) -> None:
        sketch = read(LOGO)
        assert [subject.glyph for subject in sketch.subjects] == ["trident-emblem"]
        assert (sketch.style, sketch.circled, sketch.text) == ("logo", True, ("InferEra",))
        assert sketch.missing == ("LLM", "router", "market", "company")

    def test_cat_and_ball(self) -> None:
        sketch = read("A cat playing with a ball")
        assert [subject.glyph for subject in sketch.subjects] == ["cat", "yarn"]
        assert (sketch.place, sketch.action) == ("room", "play")
        assert sketch.drawn == ("cat", "playing", "ball")
        assert sketch.missing == ()

    def test_mechanical_butterfly(self) -> None:
        sketch = read("a mechanical butterfly flying in the futuristic garden")
        (butterfly,) = sketch.subjects
        assert (butterfly.glyph, butterfly.materials) == ("butterfly", ("metal",))
        assert (sketch.place, sketch.time, sketch.action) == ("garden", "neon", "fly")

    def test_sleeping_kitten(self) -> None:
        sketch = read("Panning wide shot of a calico kitten sleeping in the sunshine")
        (kitten,) = sketch.subjects
        assert (kitten.glyph, kitten.word, kitten.materials) == ("cat", "kitten", ("calico",))
        assert (sketch.action, sketch.camera, sketch.place, sketch.time) == ("sleep", "pan", "meadow", "day")

    def test_mountains_and_water(self) -> None:
        sketch = read("生成一幅山水畫，並給出一首詩詞描述")
        assert (sketch.style, sketch.place, sketch.language, sketch.missing) == ("ink", "mountain", "zh-Hant", ())

    def test_crayon_edit(self) -> None:
        prompt = "describe the image with a concise and engaging paragraph, then fill color as children's crayon style"
        assert read(prompt).style == "crayon"


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("一隻橘色的小貓在花園裡追逐蝴蝶", ["cat", "butterfly"]),
        ("两只熊猫在竹林里玩耍，水墨风格", ["panda"]),
        ("画一只戴着帽子的狐狸", ["fox", "womans-hat"]),
        ("猫が庭で寝ている", ["cat"]),
        ("고양이가 정원에서 공을 가지고 노는 그림", ["cat", "yarn"]),
        ("un chat noir dans le jardin la nuit", ["black-cat"]),
        ("Eine rote Katze spielt im Garten", ["cat"]),
        ("dos perros rojos corriendo en la playa", ["dog"]),
        ("um gato preto na cidade", ["black-cat"]),
        ("una farfalla blu nel bosco", ["butterfly"]),
        ("красная машина в городе ночью", ["automobile"]),
    ],
)
def test_it_reads_a_dozen_languages(prompt: str, expected: list[str]) -> None:
    assert glyphs(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "parkour",
        "brain coral",
        "golden ratio",
        "the Kennedy Center",
        "holding the air",
        "loneliness",
        "詩人",
        "馬路",
        "停車場",
    ],
)
def test_it_does_not_guess(prompt: str) -> None:
    assert glyphs(prompt) == []


@pytest.mark.parametrize("prompt", ["parkour", "loneliness", "qwertz", "停車場"])
def test_what_it_does_not_know_is_missing(prompt: str) -> None:
    assert read(prompt).missing == (prompt,)


def test_a_thing_it_is_only_compared_with_is_not_drawn() -> None:
    assert glyphs("a bowl of soup that looks like a monster cat") == ["steaming-bowl"]


def test_a_masters_manner_is_not_drawn() -> None:
    assert glyphs("a raccoon, painting in the style of Tiger Rose") == ["raccoon"]


def test_what_is_refused_is_neither_drawn_nor_missing() -> None:
    sketch = read("a forest with no people and without any red cars or dogs")
    assert (sketch.subjects, sketch.missing, sketch.place) == ((), (), "forest")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a bird flies over the sea", ["bird"]),
        ("a fly on a cake", ["fly", "birthday-cake"]),
        ("she watches the sea", []),
        ("a watch on a table", ["watch"]),
        ("an orange cat eating an orange", ["cat", "tangerine"]),
        ("a panda astronaut", ["panda", "astronaut"]),
        ("a tiger shark", ["shark"]),
        ("a cobra snake", ["snake"]),
        ("a train conductor's hat", ["womans-hat"]),
    ],
)
def test_english_words_mean_what_their_company_makes_them_mean(prompt: str, expected: list[str]) -> None:
    assert glyphs(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "count"),
    [("a cat", 1), ("cats", 2), ("three cats", 3), ("three mice", 3), ("twelve of a dozen cats", 9), ("三隻貓", 3)],
)
def test_counts(prompt: str, count: int) -> None:
    assert read(prompt).subjects[0].count == count


def test_a_colour_belongs_to_the_noun_after_it() -> None:
    sketch = read("a red car and a blue bird on a white table")
    assert [(subject.glyph, subject.colour) for subject in sketch.subjects] == [
        ("automobile", "#e5484d"),
        ("bird", "#3d7eff"),
    ]
    assert sketch.colours == ("#fafafa",)


def test_in_romance_languages_a_colour_belongs_to_the_noun_before_it() -> None:
    assert read("una casa roja y un pájaro azul").subjects[0].colour == "#e5484d"


def test_two_things_alike_but_for_their_colour_are_two_subjects() -> None:
    assert glyphs("a red ball and a blue ball") == ["soccer-ball", "soccer-ball"]


def test_what_hangs_in_the_sky_is_not_the_main_subject() -> None:
    assert glyphs("the moon over a lighthouse and an owl") == ["lighthouse", "owl", "full-moon"]


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("a t-shirt with 'ANKH' written on it", ("ANKH",)),
        ("it doesn't say the cat's name", ()),
        ('"one" and “two” and 「三」', ("one", "two", "三")),
        ("a sign that says 'don't walk'", ("don't walk",)),
        ("a wall with the word KA-BOOM on it", ("KA-BOOM",)),
        ('"a cat in a garden"', ()),
    ],
)
def test_quoted_text_is_kept_verbatim(prompt: str, text: tuple[str, ...]) -> None:
    assert read(prompt).text == text


CROWD = "a woman, a girl, a baby, two kids, a clown, a king and a cat"


def test_adult_draws_no_child() -> None:
    drawn = glyphs(CROWD, person="adult")
    assert "woman-standing" in drawn
    assert not any(kinds.is_child(slug) for slug in drawn)


def test_none_draws_nobody_and_lists_them_as_missing() -> None:
    sketch = plan(CROWD, seed=1, person="none")
    assert [subject.glyph for subject in sketch.subjects] == ["cat"]
    assert {"woman", "girl", "king"} <= set(sketch.missing)


def test_negative_words_are_not_drawn() -> None:
    assert glyphs("a cat and a dog in a garden", negative="puppy, garden") == ["cat"]
    assert plan("a cat in a garden", seed=1, negative="garden").place != "garden"


def test_people_take_the_pose_of_the_action() -> None:
    assert glyphs("a woman dancing") == ["woman-dancing"]
    assert glyphs("a man in the street") == ["man-standing"]
    assert glyphs("close-up of a man") == ["man"]


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a shark", "underwater"),
        ("a rocket", "space"),
        ("a cat chasing a horse", "meadow"),
        ("a teapot", "room"),
        ("x", "studio"),
    ],
)
def test_a_place_that_is_not_named_is_where_the_subject_lives(prompt: str, place: str) -> None:
    assert read(prompt).place == place


def test_one_word_can_name_the_hour_only_when_nothing_else_does() -> None:
    assert read("the moon").time == "night"
    assert read("the moon in the morning").time == "dawn"


@pytest.mark.parametrize("prompt", ["", "   ", "!?", "「」", "a" * 5000, "🙂", "\n\n"])
def test_any_text_has_a_plan(prompt: str) -> None:
    assert read(prompt).subjects == ()


def test_the_plan_does_not_depend_on_the_process() -> None:
    script = f"from danqing.sketch.planning.plan import plan; print(plan({LOGO!r}, seed=7))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
