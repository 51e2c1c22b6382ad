"""google-genai of three eras draws, edits and talks by generate_content, and is told clearly when it cannot."""

import pytest

from serving import Server

from .calls import new_key
from .conftest import ERAS, Facts, performed
from .test_google_sdk import MODES, client_error

MAGIC = "asked the Sketch engine to"
SQUARE = ["image/png", "RGB", 1024, 1024]
WIDE = ["image/png", "RGB", 1408, 792]


@pytest.fixture(scope="session", params=ERAS)
def talks(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What google-genai of each era makes of generate_content."""
    poor = new_key(server, f"no money to talk to {request.param}", budget_usd="0.0001")
    return performed("google_content", request.param, server, server.key, tmp_path_factory, POOR=poor)


def failed(talks: Facts, call: str) -> str:
    """The message of a ServerError that says everything."""
    error = talks.error(call)
    assert (error["error"], error["code"], error["status"]) == ("ServerError", 502, "UNAVAILABLE")
    return error["message"]


@pytest.mark.parametrize("mode", MODES)
def test_words_and_a_picture_of_the_ratio_that_was_asked_for(talks: Facts, mode: str) -> None:
    """The SDK of June 2025 has no field for a ratio (wire.md 14)."""
    told = talks.value(f"{mode} shaped")
    assert told["parts"] == ["words", SQUARE if talks.era == "june-2025" else WIDE]
    assert (told["role"], told["reason"]) == ("model", "STOP")
    assert told["text"]
    asked, answered, all_of_it = told["tokens"]
    assert asked + answered == all_of_it > 1290


def test_without_modalities_there_are_both(talks: Facts) -> None:
    assert talks.value("by default") == ["words", SQUARE]


def test_words_alone(talks: Facts) -> None:
    told = talks.value("words")
    assert (told["parts"], told["reason"]) == (["words"], "STOP")
    assert told["text"]


def test_several_pictures_are_taken_in_and_one_is_edited(talks: Facts) -> None:
    assert talks.value("several")["parts"] == ["words", ["image/png", "RGB", 768, 1024]]


def test_the_sdk_s_own_chat_goes_on_with_what_was_drawn(talks: Facts) -> None:
    first, second, history = talks.value("chatted")
    assert first["parts"] == second["parts"] == ["words", SQUARE]
    assert second["tokens"][0] > first["tokens"][0] + 258, "the picture that is edited was sent back"
    assert history == [["words"], ["words", SQUARE], ["words"], ["words", SQUARE]]


def test_the_async_client_gets_the_same(talks: Facts) -> None:
    assert talks.value("without waiting") == [SQUARE, SQUARE]


@pytest.mark.parametrize("mode", MODES)
def test_a_stream_is_words_then_the_picture(talks: Facts, mode: str) -> None:
    told = talks.value(f"{mode} stream")
    assert told["chunks"] >= 2
    assert told["parts"] == ["words", SQUARE]
    assert (told["reason"], told["tokens"] > 1290) == ("STOP", True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("call", ["filtered", "filtered stream"])
def test_what_is_filtered_ends_with_a_reason_and_breaks_no_loop(talks: Facts, mode: str, call: str) -> None:
    told = talks.value(f"{mode} {call}")
    assert (told["parts"], told["text"] or "", told["reason"]) == ([], "", "IMAGE_SAFETY")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("call", ["failed", "failed stream"])
def test_a_failure_is_raised_even_by_a_stream(talks: Facts, mode: str, call: str) -> None:
    """google-genai 1.20 takes an error inside a stream for an empty chunk (wire.md 8), so the status tells it."""
    assert f"{MAGIC} fail" in failed(talks, f"{mode} {call}")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("call", "method"), [("imagen", "predict"), ("veo", "predictLongRunning")])
def test_a_model_that_does_not_talk_names_the_call_that_it_answers(
    talks: Facts, mode: str, call: str, method: str
) -> None:
    message = client_error(talks, f"{mode} {call}", 400, "INVALID_ARGUMENT")
    assert message.endswith(f"does not answer :generateContent. Use :{method}.")


def test_too_many_candidates_are_refused(talks: Facts) -> None:
    assert "exactly 1" in client_error(talks, "too many", 400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("call", ["poor", "poor stream"])
def test_an_empty_purse_is_told(talks: Facts, call: str) -> None:
    assert "raise the budget" in client_error(talks, call, 402, "FAILED_PRECONDITION")


@pytest.mark.parametrize("mode", MODES)
def test_tokens_are_counted_as_they_are_charged(talks: Facts, mode: str) -> None:
    assert talks.value(f"{mode} counted") == 5 + 258
