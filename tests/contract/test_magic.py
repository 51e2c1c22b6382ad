"""Every magic word in every dialect: the real shape of that failure, the job's end, and nothing charged."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from serving import Answer, Server

from .calls import (
    CHAT,
    FILM,
    FILM_CHAT,
    GEMINI,
    PREDICT,
    chat_body,
    ended,
    events,
    film_body,
    google_error,
    openai_error,
    predict_body,
)

PICTURES = ["text", "image"]


@dataclass(frozen=True)
class Expected:
    """How one magic word ends: the job's state and error, the HTTP status, and the code of a failed operation."""

    state: str
    kind: str
    status: int
    rpc: int


MAGIC = {
    "filtered": Expected("failed", "filtered", 400, 0),
    "fail": Expected("failed", "upstream", 502, 14),
    "quota": Expected("failed", "busy", 429, 8),
    "unknown": Expected("unknown", "unknown", 502, 2),
}


def predict(server: Server, prompt: str, expected: Expected) -> Answer:
    answer = server.call("POST", PREDICT, predict_body(prompt))
    google_error(answer, expected.status)
    return answer


def operation(server: Server, prompt: str, expected: Expected) -> Answer:
    started = server.call("POST", FILM, film_body(prompt, sampleCount=1, durationSeconds=5))
    name = started.json()["name"]
    ended(server, started.headers["danqing-job"])
    told = server.call("GET", f"/gemini/v1beta/{name}").json()
    assert told["done"] is True
    if expected.kind == "filtered":
        assert told["response"]["raiMediaFilteredCount"] == 1
        assert told["response"]["generateVideoResponse"]["raiMediaFilteredReasons"]
    else:
        assert told["error"]["code"] == expected.rpc
        assert told["error"]["message"]
    return started


def chat(model: str, **fields: object) -> Callable[[Server, str, Expected], Answer]:
    def ask(server: Server, prompt: str, expected: Expected) -> Answer:
        answer = server.call("POST", CHAT, chat_body(prompt, model=model, **fields))
        openai_error(answer, expected.status)
        return answer

    return ask


def streamed(model: str, **fields: object) -> Callable[[Server, str, Expected], Answer]:
    def ask(server: Server, prompt: str, expected: Expected) -> Answer:
        answer = server.call("POST", CHAT, chat_body(prompt, model=model, stream=True, **fields))
        assert answer.status == 200
        last = events(answer.body)[-1]
        assert set(last["error"]) == {"message", "type", "param", "code"}
        assert b"[DONE]" not in answer.body, "a stream that failed does not end as if it had not"
        return answer

    return ask


def native(server: Server, prompt: str, expected: Expected) -> Answer:
    answer = server.call("POST", "/api/jobs", {"model": GEMINI, "prompt": prompt, "wants": PICTURES})
    assert answer.status == 201, json.dumps(answer.json())
    return answer


DIALECTS = {
    "predict": predict,
    "operation": operation,
    "chat": chat(GEMINI, modalities=PICTURES),
    "words": chat(GEMINI),
    "stream": streamed(GEMINI, modalities=PICTURES),
    "film chat": chat(FILM_CHAT),
    "film stream": streamed(FILM_CHAT),
    "native": native,
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("word", MAGIC)
def test_a_magic_word_has_its_shape_in_every_dialect(server: Server, word: str, dialect: str) -> None:
    expected = MAGIC[word]
    answer = DIALECTS[dialect](server, f"[danqing:{word}] a fox", expected)
    job = ended(server, answer.headers["danqing-job"])
    assert (job["state"], job["error"]["kind"]) == (expected.state, expected.kind)
    assert job["charged"]["nanos"] == 0
