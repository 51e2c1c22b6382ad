"""Which of a prompt's languages a model does not understand, and what scripts give away."""

import pytest

from danqing.domain.prompts import romanised
from danqing.domain.prompts.languages import UNDETERMINED, Languages
from danqing.domain.prompts.scripts import chinese, is_japanese, weigh


@pytest.mark.parametrize(
    ("languages", "understood", "beyond"),
    [
        (Languages("zh-Hant"), ["en"], ("zh-Hant",)),
        (Languages("zh-Hant"), ["en", "zh"], ()),
        (Languages("zh-Hant"), ["zh-Hans"], ("zh-Hant",)),
        (Languages("zh-Latn"), ["zh"], ("zh-Latn",)),
        (Languages("ja"), [], ()),
        (Languages("en", ("ko", "ru")), ["en"], ("ko", "ru")),
        (Languages(UNDETERMINED), ["en"], ()),
    ],
)
def test_what_a_model_does_not_understand(languages: Languages, understood: list[str], beyond: tuple[str, ...]) -> None:
    assert languages.beyond(understood) == beyond


def test_scripts_are_weighed_by_how_much_they_say() -> None:
    assert list(weigh("the 山水畫 of a Кот")) == ["Han", "Latin", "Cyrillic"]
    assert weigh("42!") == {}


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("國畫", "zh-Hant"),
        ("国画", "zh-Hans"),
        ("山水", "zh-Hant"),
        ("写着“山水”", "zh-Hans"),
        ("山水“", "zh-Hans"),
        ("三只羊在山里", "zh-Hans"),
    ],
)
def test_the_two_scripts_of_chinese_are_told_apart(text: str, script: str) -> None:
    assert chinese(text) == script


def test_a_character_simplified_in_japan_alone_is_japanese() -> None:
    assert is_japanese("駅")
    assert not is_japanese("車站")


@pytest.mark.parametrize(
    "text",
    [
        "la casa de mi padre",
        "la casa de zhou de xavier",
        "una mano no se toma",
        "di atas meja",
        "hue and cry",
        "le chat noir",
    ],
)
def test_other_languages_are_not_taken_for_romanised_ones(text: str) -> None:
    assert romanised.language_of(text) is None
