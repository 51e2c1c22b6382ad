"""openai of three eras against the server: pictures over chat, streams, and errors that say what is wrong."""

import pytest
from PIL import Image

from serving import Server

from .calls import CENT, GEMINI, IMAGEN, jobs
from .conftest import Facts

PICTURE_TOKENS = 1290
FAILS = "The prompt asked the Sketch engine to fail (a magic prompt)."


@pytest.mark.parametrize("call", ["drawn", "edited"])
def test_the_document_s_loop_finds_words_and_picture(openai: Facts, call: str) -> None:
    told = openai.value(call)
    assert len(told["words"]) == 1
    assert told["words"][0] == told["content"]
    [[name, mime]] = told["files"]
    assert mime == "image/png"
    with Image.open(openai.folder / name) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (1024, 1024))
    assert told["finish"] == "stop"
    assert len(told["request"]) == 32
    prompt, answer, total = told["tokens"]
    assert prompt + answer == total
    assert answer > PICTURE_TOKENS


def test_a_picture_that_is_given_counts_and_changes(openai: Facts) -> None:
    drawn, edited = (openai.value(call)["tokens"][0] for call in ("drawn", "edited"))
    assert edited > drawn + 200
    with (
        Image.open(openai.folder / "drawn-0.png") as before,
        Image.open(openai.folder / "edited-0.png") as after,
    ):
        assert before.tobytes() != after.tobytes()


def test_a_stream_gives_the_same_as_the_whole(openai: Facts) -> None:
    told, whole = openai.value("streamed"), openai.value("drawn")
    assert told["words"] == whole["content"]
    assert told["parts"] == 1
    assert told["finishes"] == ["stop"]
    assert told["usages"] == [whole["tokens"][2]]
    with Image.open(openai.folder / "streamed.png") as one, Image.open(openai.folder / "drawn-0.png") as other:
        assert one.tobytes() == other.tobytes()


def test_words_alone_are_the_default(openai: Facts) -> None:
    assert "Sketch engine" in openai.value("words")


def test_who_leaves_the_model_open_gets_a_picture_and_the_name_of_the_model(openai: Facts, server: Server) -> None:
    told = openai.value("advised")
    assert told["header"] == told["model"]
    assert told["model"].startswith("imagen")
    assert len(told["files"]) == 1
    job = server.call("GET", f"/api/jobs/{told['job']}", key=openai.key).json()
    assert (job["model"], job["parameters"]["count"]) == (told["model"], 1)
    assert job["advised"][0] == "“logo” is about a brand or a product."
    assert f"${job['held']['usd']} at the most" in job["advised"][-1]


def test_models_are_listed(openai: Facts) -> None:
    assert {GEMINI, IMAGEN, "veo-3"} <= set(openai.value("models"))
    assert openai.value("model") == GEMINI


@pytest.mark.parametrize(
    ("call", "name", "status", "code", "sentence"),
    [
        ("two", "BadRequestError", 400, "invalid_value", f"{GEMINI} makes exactly 1 in one request, not 2."),
        ("nobody", "BadRequestError", 400, "no_model", "No model here can do that. "),
        ("unknown model", "NotFoundError", 404, "model_not_found", "There is no model 'gemini-0' here."),
        ("filtered", "BadRequestError", 400, "filtered", "The content was filtered"),
        ("failed", "InternalServerError", 502, "upstream", FAILS),
        ("failed film", "InternalServerError", 502, "upstream", FAILS),
        ("no money", "APIStatusError", 402, "budget_exceeded", "the budget of this key has $0.0001 left"),
        ("no money to stream", "APIStatusError", 402, "budget_exceeded", "the budget of this key has $0.0001 left"),
        ("no money today", "APIStatusError", 402, "daily_budget_exceeded", "It begins anew at 20"),
        ("too fast", "RateLimitError", 429, "rate_limit_exceeded", "This key may send 1 request a minute"),
        ("wrong key", "AuthenticationError", 401, "invalid_api_key", "The API key is not known or was revoked."),
        ("web address", "BadRequestError", 400, "unsupported_url", "cannot be reached from here"),
        ("unknown path", "NotFoundError", 404, "unknown_path", "/v1/moderations is not a path"),
    ],
)
def test_an_error_says_what_is_wrong(
    openai: Facts, call: str, name: str, status: int, code: str, sentence: str
) -> None:
    error = openai.error(call)
    assert (error["error"], error["status_code"], error["code"]) == (name, status, code)
    assert sentence in error["text"]
    assert error["type"]


@pytest.mark.parametrize("prompt", ["a fox that is tried once", "a fox that is filmed once"])
def test_a_failure_is_not_repeated_by_the_client(openai: Facts, server: Server, prompt: str) -> None:
    """Every version would ask three times after a 502 (wire.md 11), were it not told to let it be."""
    tries = [job for job in jobs(server, openai.key) if job["prompt"].endswith(prompt)]
    assert len(tries) == 1
    assert tries[0]["charged"]["nanos"] == 0


@pytest.mark.parametrize(
    ("call", "sentence"), [("broken stream", FAILS), ("filtered film stream", "The content was filtered")]
)
def test_a_stream_that_breaks_off_raises(openai: Facts, call: str, sentence: str) -> None:
    error = openai.error(call)
    assert error["error"] == "APIError"
    assert sentence in error["message"]


def test_what_was_delivered_is_all_that_was_charged(openai: Facts, server: Server) -> None:
    charged = {job["prompt"]: job["charged"]["nanos"] for job in jobs(server, openai.key) if job["charged"]["nanos"]}
    assert charged.pop("a minimalist logo of a fox") == 2 * CENT
    assert set(charged) == {"a red fox in the snow", "in children's crayon style", "what would you draw?"}
    assert all(0 < nanos < CENT for nanos in charged.values())
