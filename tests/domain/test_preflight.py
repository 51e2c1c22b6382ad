"""What is told of a request before it costs anything, on the models of the built-in catalog."""

from dataclasses import replace

import pytest

from danqing.catalog import load
from danqing.domain.errors import Problem
from danqing.domain.generation import Task, Turn
from danqing.domain.media import Blob, Medium
from danqing.domain.preflight import Finding, Fix, Severity, preflight, refuse
from danqing.domain.prompts import phrasing
from danqing.domain.prompts.languages import Languages
from making import a_generation

CATALOG = load()
IMAGEN, GEMINI = "imagen-3.0-generate-002", "gemini-2.5-flash-image"
GEMINI3 = "gemini-3.1-flash-image"
VEO, VEO2 = "veo-3.0-generate-preview", "veo-2.0-generate-001"
ENGLISH = Languages("en")
DETAILED = "A calico kitten sleeping in the sunshine on a windowsill, soft light, wide shot"


def found(prompt: str, model: str, languages: Languages = ENGLISH, **fields: object) -> tuple[Finding, ...]:
    """What is found of a prompt."""
    return preflight(a_generation(prompt, **fields), CATALOG.find(model), languages)


def codes(prompt: str, model: str, languages: Languages = ENGLISH, **fields: object) -> list[str]:
    """The codes of what is found."""
    return [finding.code for finding in found(prompt, model, languages, **fields)]


@pytest.mark.parametrize("model", [model.id for model in CATALOG.models])
def test_a_good_prompt_is_left_in_peace(model: str) -> None:
    assert found(DETAILED, model) == ()


@pytest.mark.parametrize(
    ("prompt", "model", "code"),
    [
        ("", IMAGEN, "empty_prompt"),
        (f"{DETAILED} " * 30, IMAGEN, "prompt_too_long"),
        (f"{DETAILED} " * 60, VEO, "prompt_too_long"),
        (f"{DETAILED}, with the words 'Everything must go before the end of May'", IMAGEN, "too_much_text"),
        (f"{DETAILED} 'One' 'Two' 'Three' 'Four'", IMAGEN, "too_much_text"),
        (f"{DETAILED} and a girl", IMAGEN, "risky_word"),
        (f"{DETAILED}, two Girls", IMAGEN, "risky_word"),
        (f"1girl, {DETAILED}", IMAGEN, "risky_word"),
        (f"{DETAILED} 'Girl Talk'", IMAGEN, "risky_word"),
        (f"{DETAILED}, no walls", IMAGEN, "negative_phrasing"),
        (f"{DETAILED}, without any people", IMAGEN, "negative_phrasing"),
        (f"{DETAILED} --ar 16:9", IMAGEN, "parameter_in_prompt"),
        (f"{DETAILED}. Then it wakes up. Then it jumps down. Finally it eats.", VEO, "several_scenes"),
        (f"Scene 1: {DETAILED}. Scene 2: the garden.", VEO, "several_scenes"),
        (f"[00:00-00:04] {DETAILED} [00:04-00:08] the garden", VEO, "several_scenes"),
        ("cat", IMAGEN, "sparse_prompt"),
    ],
)
def test_what_may_go_wrong_is_told(prompt: str, model: str, code: str) -> None:
    assert codes(prompt, model) == [code]


@pytest.mark.parametrize(
    ("prompt", "model"),
    [
        (f"{DETAILED}, with the words 'Everything must go before the end of May'", GEMINI),
        (f"{DETAILED} and a girl", GEMINI),
        (f"{DETAILED} with a tangirlo and a bagirl", IMAGEN),
        (f"{DETAILED}, a sign that says 'No dogs'", IMAGEN),
        (f"{DETAILED}, chanel no. 5 on the table", IMAGEN),
        (f"{DETAILED}. Then it wakes up. Then it jumps down. Finally it eats.", IMAGEN),
        (f"{DETAILED}, then it stretches", VEO),
    ],
)
def test_what_does_not_matter_to_this_model_is_not_told(prompt: str, model: str) -> None:
    assert codes(prompt, model) == []


@pytest.mark.parametrize(
    ("model", "fields", "param", "near"),
    [
        (IMAGEN, {"aspect": "21:9"}, "aspect", "16:9"),
        (IMAGEN, {"aspect": "2:3"}, "aspect", "3:4"),
        (IMAGEN, {"aspect": "wide"}, "aspect", "Leave it out"),
        (IMAGEN, {"aspect": "0:0"}, "aspect", "Leave it out"),
        (VEO2, {"seconds": 6}, "seconds", "5"),
        (VEO2, {"seconds": 30}, "seconds", "8"),
        (IMAGEN, {"seconds": 8}, "seconds", "Leave it out"),
        (IMAGEN, {"count": 9}, "count", "4"),
        (IMAGEN, {"size": "4K"}, "size", "1K"),
        (GEMINI3, {"size": "1080p"}, "size", "1K"),
        (GEMINI3, {"size": "huge"}, "size", "1K"),
    ],
)
def test_what_the_model_does_not_have_is_told_with_the_nearest(
    model: str, fields: dict[str, object], param: str, near: str
) -> None:
    (finding,) = found(DETAILED, model, **fields)
    assert (finding.code, finding.severity, finding.param) == (f"unsupported_{param}", Severity.ERROR, param)
    assert near in finding.suggestion


def test_a_prompt_in_a_language_that_the_model_does_not_take_is_told() -> None:
    (finding,) = found("生成一幅山水畫，並給出一首詩詞描述", IMAGEN, Languages("zh-Hant"))
    assert finding.code == "other_language"
    assert "zh-Hant" in finding.sentence
    assert found("生成一幅山水畫，並給出一首詩詞描述", GEMINI, Languages("zh-Hant")) == ()


def test_what_is_not_wanted_is_named_so_that_it_can_be_moved() -> None:
    (finding,) = found(f"{DETAILED}, no walls and without people", IMAGEN)
    assert "“walls” and “people”" in finding.suggestion


@pytest.mark.parametrize(
    ("prompt", "fields", "fix"),
    [
        (f"{DETAILED} --ar 16:9", {}, Fix(prompt=DETAILED, field="aspect", value="16:9")),
        (f"{DETAILED} --ar 5:7", {}, Fix(prompt=DETAILED)),
        (f"{DETAILED} --seed 7", {}, Fix(prompt=DETAILED, field="seed", value="7")),
        (f"{DETAILED} --no cars", {"negative": "dogs"}, Fix(prompt=DETAILED, field="negative", value="dogs, cars")),
        (f"{DETAILED} --tile", {}, Fix(prompt=DETAILED)),
        (f"{DETAILED} with no walls", {}, Fix(prompt=DETAILED, field="negative", value="walls")),
        (f"{DETAILED}, no walls and without people", {}, Fix(prompt=DETAILED, field="negative", value="walls, people")),
        (
            f"{DETAILED} without any people at dawn",
            {},
            Fix(prompt=f"{DETAILED} at dawn", field="negative", value="people"),
        ),
        (f"{DETAILED}, do not show cars", {}, None),
        (
            f"{DETAILED}, a sign 'No dogs', no cars",
            {},
            Fix(prompt=f"{DETAILED}, a sign 'No dogs'", field="negative", value="cars"),
        ),
        (f"{DETAILED} and a girl", {}, Fix(prompt=f"{DETAILED} and a young woman", value="young woman")),
        (f"{DETAILED} and two girls", {}, None),
        ("cat", {}, None),
    ],
)
def test_what_needs_no_thought_is_put_right(prompt: str, fields: dict[str, object], fix: Fix | None) -> None:
    (finding,) = found(prompt, IMAGEN, **fields)
    assert finding.fix == fix


def test_a_prompt_that_was_put_right_is_left_in_peace() -> None:
    finding, other = found(f"{DETAILED} with no walls --ar 16:9", IMAGEN)
    assert finding.fix
    assert other.fix
    assert codes(finding.fix.prompt, IMAGEN) == ["negative_phrasing"]
    assert codes(other.fix.prompt, IMAGEN) == ["parameter_in_prompt"]


def test_a_negative_prompt_that_says_no_is_told() -> None:
    (finding,) = found(DETAILED, IMAGEN, negative="no people, no text")
    assert (finding.code, finding.param) == ("negative_phrasing", "negative")


def test_a_conversation_and_a_picture_need_no_long_prompt() -> None:
    picture = Blob("0" * 64, 10, "image/png")
    turns = (Turn("user", ("make it blue", picture)),)
    assert preflight(a_generation(turns=turns), CATALOG.find(GEMINI), ENGLISH) == ()


@pytest.mark.parametrize(
    ("text", "language", "thing"),
    [
        ("房間，不要牆", "zh-Hant", ""),
        ("無人機拍攝", "zh-Hant", None),
        ("街道没有人", "zh-Hans", ""),
        ("人物なしの風景", "ja", "人物"),
        ("사람 없는 거리", "ko", "사람"),
        ("una calle sin coches", "es", "coches"),
        ("une rue sans voitures", "fr", "voitures"),
        ("eine Straße ohne Autos", "de", "Autos"),
        ("uma rua sem carros", "pt", "carros"),
        ("una strada senza auto", "it", "auto"),
        ("улица без машин", "ru", "машин"),
        ("yuki no naka", "ja-Latn", None),
        ("um gato no telhado", "pt", None),
        ("un gatto non lontano", "it", "lontano"),
    ],
)
def test_negations_are_known_in_other_languages(text: str, language: str, thing: str | None) -> None:
    assert phrasing.unwanted(text, language) == (() if thing is None else (thing,))


def test_strict_refuses_what_is_more_than_a_hint() -> None:
    with pytest.raises(Problem, match=r"nearest that it has is 16:9\. .*“girl”") as refused:
        refuse(found(f"{DETAILED} and a girl", IMAGEN, aspect="21:9"))
    assert (refused.value.code, refused.value.param) == ("unsupported_aspect", "aspect")
    refuse(found("cat", IMAGEN))


def test_every_model_of_the_document_says_what_it_reads() -> None:
    for model in CATALOG.models:
        assert model.prompting.tokens_max or not model.id.startswith(("imagen", "veo", "gemini-2"))
        assert model.prompting.good_at or Medium.VIDEO in model.ability.makes


def test_a_film_that_goes_on_or_is_changed_has_lengths_of_its_own() -> None:
    model = CATALOG.find(VEO)
    ability = replace(model.ability, tasks=(Task.EXTEND, Task.UPSCALE), extend_seconds=(7,))
    film = Blob("0" * 64, 10, "video/mp4")
    for task, seconds, expected in (
        (Task.EXTEND, 7, []),
        (Task.UPSCALE, 5, []),
        (Task.EXTEND, 8, ["unsupported_seconds"]),
    ):
        asked = a_generation(DETAILED, film=film, task=task, seconds=seconds, wants=frozenset({Medium.VIDEO}))
        findings = preflight(asked, replace(model, ability=ability), ENGLISH)
        assert [finding.code for finding in findings] == expected
