"""What must never be drawn is not: for every word of every language, for every glyph, and down to the art itself."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from danqing.sketch.craft import art, raster
from danqing.sketch.language import kinds
from danqing.sketch.language.words import LANGUAGES
from danqing.sketch.planning.plan import Plan, plan
from danqing.sketch.works.picture import picture

LEXICON = Path(__file__).parents[2] / "src" / "danqing" / "sketch" / "lexicon"
NAME_TABLES = {"zh": ("zh", "zh-Hant")}
PEOPLED = (
    "a doctor, a boy and his mother cook in a kitchen while an old fisherman watches",
    "a couple dances on a stage, a crowd and children in the background",
    "山水畫，漁翁在江上釣魚，小孩在岸邊",
    "一位武士和一個小女孩在竹林中散步，水墨畫",
    "宇航員騎著白馬，一群學生在旁邊",
    "夜の街を歩く女の子と警察官",
    "아이와 할머니가 공원에서 놀고 있다",
    "un niño y una bruja con su abuelo en la playa",
    "un chevalier, une reine et un bébé devant un château",
    "Kinder und ein Ritter spielen Fußball",
    "uma professora e um menino surfando",
    "una ballerina e un bambino a teatro",
    "дети и дедушка в зимнем лесу, волшебник летит",
    "she holds her baby, he is surfing, they do yoga",
    "logo of a firefighter, a king sleeping in a bed, a clown face",
)

pytestmark = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")


def words(language: str) -> Iterator[str]:
    """Every word that the lexicon or the glyphs' own names know as a thing."""
    table = tomllib.loads((LEXICON / f"{language}.toml").read_text(encoding="utf-8"))
    yield from (word for listed in table["subject"].values() for word in listed)
    yield from (word for listed in table.get("paraphrase", {}).values() for word in listed)
    for name in NAME_TABLES.get(language, (language,)):
        yield from art._names().get(name, {})


def drawn(prompt: str, person: str) -> set[str]:
    return {subject.glyph for subject in plan(prompt, seed=1, person=person).subjects}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_brings_a_person_or_a_child_who_may_not_be_seen(language: str) -> None:
    vocabulary = set(words(language))
    assert len(vocabulary) > 1500
    people = {word: found for word in vocabulary if any(map(kinds.is_person, found := drawn(word, "none")))}
    children = {word: found for word in vocabulary if any(map(kinds.is_child, found := drawn(word, "adult")))}
    assert (people, children) == ({}, {})


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The glyphs that are taken from the pack while a test draws."""
    slugs: set[str] = set()
    for name in ("glyph", "mono"):
        take = getattr(art, name)
        monkeypatch.setattr(art, name, lambda slug, take=take: slugs.add(slug) or take(slug))
    raster.glyph.cache_clear()
    return slugs


@pytest.mark.parametrize("prompt", PEOPLED)
@pytest.mark.parametrize(("person", "is_unwanted"), [("none", kinds.is_person), ("adult", kinds.is_child)])
def test_no_picture_takes_such_a_glyph(prompt: str, person: str, is_unwanted: object, used: set[str]) -> None:
    made = plan(prompt, seed=1, person=person)
    picture(made, 128, 128)
    assert callable(is_unwanted)
    assert not [slug for slug in used if is_unwanted(slug)]
    assert made.missing or person == "adult", "whoever is left out is listed"


def test_people_are_drawn_where_they_may_be(used: set[str]) -> None:
    picture(plan(PEOPLED[0], seed=1), 128, 128)
    assert any(map(kinds.is_person, used)), "else the tests above prove nothing"


def pixels(made: Plan) -> np.ndarray:
    return np.asarray(picture(made, 320, 320))


def test_nobody_sits_in_the_boat_of_an_ink_landscape_that_is_to_be_empty() -> None:
    manned, empty = (pixels(plan("山水畫", seed=3, person=person)) for person in ("all", "none"))
    where = np.argwhere((manned != empty).any(-1))
    assert len(where), "the boatman is gone"
    assert np.ptp(where, axis=0).max() < 40, "and nothing else"


@pytest.mark.parametrize(
    ("negative", "person"), [("people", "none"), ("人", "none"), ("children", "adult"), ("cats", "all"), ("", "all")]
)
def test_a_negative_prompt_can_ask_for_nobody(negative: str, person: str) -> None:
    assert plan("a woman and a boy", seed=1, negative=negative).person == person


@pytest.mark.parametrize(
    ("prompt", "negative", "left"),
    [
        ("三隻貓和一隻狗在花園裡", "狗, 花園", {"cat"}),
        ("un gato y un perro", "perro", {"cat"}),
        ("кошка и собака", "собаки", {"cat"}),
        ("猫と犬", "犬", {"cat"}),
        ("고양이와 강아지", "강아지", {"cat"}),
        ("a woman, a girl and a cat", "people", {"cat"}),
    ],
)
def test_negative_words_count_in_every_language(prompt: str, negative: str, left: set[str]) -> None:
    made = plan(prompt, seed=1, negative=negative)
    assert {subject.glyph for subject in made.subjects} == left
    assert made.place != "garden"
