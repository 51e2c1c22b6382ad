"""Which model is advised for what, with the reasons, on the built-in catalog and on a day of November 2026."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.catalog import load
from danqing.domain.advice import Advice, advise
from danqing.domain.errors import Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Blob, Medium
from danqing.domain.models import fit, most
from danqing.domain.preflight import preflight
from danqing.domain.prompts.languages import Languages

CATALOG = load()
TODAY = date(2026, 11, 26)
ENGLISH, CHINESE = Languages("en"), Languages("zh-Hant")
PICTURE = Blob("0" * 64, 10, "image/png")


def asked(prompt: str, **fields: object) -> Generation:
    """A request that leaves open what makes it, and whether it is a picture."""
    return replace(Generation(model="auto", turns=(Turn("user", (prompt,)),), wants=frozenset()), **fields)


def advised(prompt: str, languages: Languages = ENGLISH, **fields: object) -> Advice:
    """The advice for it."""
    return advise(asked(prompt, **fields), languages, CATALOG.models, TODAY)


@pytest.mark.parametrize(
    ("prompt", "family", "reason"),
    [
        ("a minimalist logo with ONLY text 'InferEra' below", "imagen", "“logo” is about a brand"),
        ("new product photo of a sneaker on white", "imagen", "“product photo” is about a brand"),
        ("photo of an old sailor, 85mm, f/1.8", "imagen", "“photo” asks for the quality of a photograph"),
        ("an impressionist painting of a lily pond", "imagen", "“impressionist” names a style"),
        ("a map of the Roman empire", "gemini", "“map of” needs knowledge"),
        ("how a steam engine works", "gemini", "needs knowledge"),
        ("生成一幅山水畫，並給出一首詩詞描述", "gemini", "words beside the picture"),
        ("a poster that reads 'Everything must go before the end of May'", "gemini", "much text"),
        ("an anime girl", "gemini", ""),
    ],
)
def test_pictures_are_advised_by_the_rules_of_the_guide(prompt: str, family: str, reason: str) -> None:
    chosen = advised(prompt).chosen
    assert CATALOG.find(chosen.model).family == family
    assert reason in " ".join(chosen.reasons)


def test_an_edit_and_a_conversation_go_to_who_keeps_the_context() -> None:
    edit = advised("", turns=(Turn("user", ("make the sky green", PICTURE)),))
    talk = advised("", turns=(Turn("user", ("a cat",)), Turn("model", (PICTURE,)), Turn("user", ("now in blue",))))
    assert edit.chosen.reasons == ("It changes a picture, or goes by one.",)
    assert CATALOG.find(talk.chosen.model).family == "gemini"
    assert "It goes on a conversation." in talk.chosen.reasons
    assert {"imagen-3.0-generate-002"} <= {model for model, _ in edit.unfit}


@pytest.mark.parametrize(
    ("fields", "model"),
    [
        ({}, "veo-3.1-lite-generate-001"),
        ({"seconds": 8}, "veo-3.1-lite-generate-001"),
        ({"seconds": 5}, "gemini-omni-1.1-flash"),
        ({"seconds": 12}, "sora-2"),
        ({"size": "4k"}, "gemini-omni-1.1-flash"),
        ({"first_frame": PICTURE}, "veo-3.1-lite-generate-001"),
    ],
)
def test_films_are_advised_by_what_they_are_to_be_like_and_by_price(fields: dict[str, object], model: str) -> None:
    films = advised("a kitten sleeping in the sunshine", wants=frozenset({Medium.VIDEO}), **fields)
    assert films.chosen.model == model


def test_sound_speaks_against_the_silent_ones() -> None:
    films = advised("she looks up and says 'I never left', a film")
    lacking = {option.model for option in films.alternatives if option.lacks}
    assert lacking == {"veo-2.0-generate-001"}


@pytest.mark.parametrize(
    ("prompt", "film"),
    [
        ("a video of a fox", True),
        ("影片：貓咪在陽光下睡覺", True),
        ("the camera follows a fox", True),
        ("a movie poster with a fox", False),
        ("a fox on 35mm film", False),
        ("動漫風格的狐狸", False),
    ],
)
def test_whether_it_is_a_film_is_seen_from_the_words(prompt: str, film: bool) -> None:
    assert (Medium.VIDEO in CATALOG.find(advised(prompt).chosen.model).ability.makes) is film


def test_a_prompt_in_another_language_goes_to_who_reads_it_when_nothing_else_matters() -> None:
    films = advised("影片：貓咪在陽光下睡覺", CHINESE)
    assert films.chosen.model == "gemini-omni-1.1-flash"
    assert "understands the prompt as it is" in films.why
    assert any("must be translated" in note for option in films.alternatives for note in option.notes)


def test_every_alternative_has_the_price_of_the_same_request() -> None:
    advice = advised("a cat", count=3)
    for option in (advice.chosen, *advice.alternatives):
        model = CATALOG.find(option.model)
        fitted = fit(asked("a cat", count=3, wants=frozenset({Medium.IMAGE})), model)
        assert option.cost == model.price.at(fitted.size).cost(most(fitted, model))
    assert {model for model, _ in advice.unfit} >= {"imagen-4.0-ultra-generate-exp-05-20"}


def test_what_is_gone_says_who_makes_it_now() -> None:
    advice = advised("a minimalist logo")
    assert any("gemini-3.1-flash-image makes it now" in note for note in advice.chosen.notes)
    before = advise(asked("a minimalist logo"), ENGLISH, CATALOG.models, date(2026, 6, 1))
    assert before.chosen.notes == ()


def test_the_way_that_may_be_unsteady_comes_after_the_others() -> None:
    (chat, steady) = (CATALOG.find("veo-3"), CATALOG.find("veo-3.0-generate-preview"))
    advice = advise(asked("a film of a cat"), ENGLISH, [chat, steady], TODAY)
    assert advice.chosen.model == steady.id
    assert "steadier" in advice.why
    assert "unsteady" in advice.alternatives[0].notes[-1]


def test_the_same_request_has_the_same_advice_in_any_order_of_the_catalog() -> None:
    there, back = (advise(asked("a cat"), ENGLISH, models, TODAY) for models in (CATALOG.models, CATALOG.models[::-1]))
    assert (there.chosen, there.alternatives, there.why) == (back.chosen, back.alternatives, back.why)


def test_what_no_model_can_do_is_refused_with_the_reasons() -> None:
    with pytest.raises(Problem, match=r"does not know the length in seconds 90") as refused:
        advised("a film of a cat", seconds=90)
    assert refused.value.code == "no_model"
    with pytest.raises(Problem, match="No model here can do that"):
        advise(asked("a cat"), ENGLISH, [], TODAY)


@given(
    st.text(max_size=60),
    st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["0:0", "1:0", "16:9", "９:16", "99999:1"])),
    st.one_of(st.none(), st.integers(-5, 100)),
    st.one_of(st.none(), st.text(max_size=5)),
    st.one_of(st.none(), st.integers(-5, 20)),
)
def test_nothing_that_is_typed_is_more_than_refused(
    prompt: str, aspect: str | None, seconds: int | None, size: str | None, count: int | None
) -> None:
    request = asked(prompt, aspect=aspect, seconds=seconds, size=size, count=count)
    for model in CATALOG.models[::7]:
        preflight(request, model, ENGLISH)
    with suppress(Problem):
        assert advise(request, ENGLISH, CATALOG.models[::5], TODAY).chosen.cost >= 0
