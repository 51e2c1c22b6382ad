"""Which language a prompt is in: measured on a table of prompts, and told case by case where it is hard."""

import pytest

from danqing.domain.prompts.languages import UNDETERMINED, Languages
from danqing.prompts import detection
from danqing.prompts.detection import detect

from . import measure


def test_the_half_that_was_not_tuned_on_is_told_right() -> None:
    _, half = measure.rows()
    assert measure.by_language(half)["all"].recall >= 0.94
    assert measure.translating(half).precision >= 0.97
    assert measure.translating(half).recall >= 0.98
    assert measure.keeping(half).precision >= 0.94
    assert measure.keeping(half).recall >= 0.95


def test_the_table_is_as_large_as_its_figures_claim() -> None:
    tuning, reporting = measure.rows()
    assert len(tuning) + len(reporting) >= 300
    assert len({row.main for row in reporting}) >= 20
    for row in (*tuning, *reporting):
        assert all(stretch in row.prompt for stretch in row.kept), row


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("生成一幅山水畫，並給出一首詩詞描述", "zh-Hant"),
        ("生成一幅山水画，并给出一首诗词描述", "zh-Hans"),
        ("一只猫坐在云里", "zh-Hans"),
        ("東京駅の夜", "ja"),
        ("東京駅", "ja"),
        ("雪のなかの狐", "ja"),
        ("漢字 간판이 있는 거리", "ko"),
        ("Хлопчик і собака біля річки", "uk"),
        ("یک گربه روی میز", "fa"),
        ("En räv i snön bredvid en röd stuga", "sv"),
        ("YI ZHI MAO ZAI CHUANG SHANG", "zh-Latn"),
        ("māo zuò zài chuáng shàng", "zh-Latn"),
        ("neko ga niwa de nemutte iru", "ja-Latn"),
        ("ek billi chhat par baithi hai", "hi-Latn"),
    ],
)
def test_a_short_or_unusual_prompt_is_told(prompt: str, language: str) -> None:
    assert detect(prompt) == Languages(language)


@pytest.mark.parametrize(
    "prompt",
    [
        "sunset",
        "a pig face",
        "a café au lait and a crème brûlée on the terrace with Renée",
        "a man he can sing to me",
        "to me so to you",
        'a shop sign that says "営業中" and another one that says «Открыто»',
        "the number π and Д on a blackboard",
        "Frida Kahlo and Diego Rivera at the market",
        "https://example.com/katze-im-schnee.png in the style of a comic",
    ],
)
def test_an_english_prompt_is_english_whatever_is_in_it(prompt: str) -> None:
    assert detect(prompt) == Languages("en")


@pytest.mark.parametrize("prompt", ["", "  ", "42", "🌵", "--ar 16:9", "#ff0000", '"雪"と', "!?"])
def test_what_has_no_words_has_no_language(prompt: str) -> None:
    expected = "ja" if "と" in prompt else UNDETERMINED
    assert detect(prompt).main == expected


def test_what_is_plainly_english_or_shows_by_its_script_needs_no_model() -> None:
    detection._model.cache_clear()
    long = "a fox beneath the moon upon a knoll beside a watermill and its quiet brook of glass"
    told = [detect(text).main for text in (long, "cat", "雪の中の狐", "눈 속의 여우", "แมวดำ")]
    assert told == ["en", "en", "ja", "ko", "th"]
    assert detection._model.cache_info().currsize == 0
    detection.load()
    assert detection._model.cache_info().currsize == 1


def test_the_languages_beside_the_main_one_are_told() -> None:
    assert detect("a 한복 on a mannequin, with a плащ beside it") == Languages("en", ("ko", "ru"))


def test_a_prompt_of_every_character_is_no_trouble() -> None:
    everything = "".join(chr(code) for code in range(0x20, 0x30000, 7) if not 0xD800 <= code < 0xE000)
    assert [detect(everything[start : start + 500]) for start in range(0, len(everything), 500)]
