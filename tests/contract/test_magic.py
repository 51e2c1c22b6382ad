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
    IMAGEN,
    PREDICT,
    chat_body,
    ended,
    events,
    film_body,
    google_error,
    jobs,
    new_key,
    openai_error,
    pictures,
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


def test_some_of_a_picture_request_are_refused_in_predict(server: Server) -> None:
    asked = predict_body("[danqing:filtered=1] a fox", sampleCount=3, includeRaiReason=True)
    told = server.call("POST", PREDICT, asked).json()["predictions"]
    assert ["bytesBase64Encoded" in entry for entry in told] == [True, True, False]
    assert told[-1]["raiFilteredReason"]


def test_some_of_a_film_request_are_refused_in_the_operation(server: Server) -> None:
    body = film_body("[danqing:filtered=1] a fox", sampleCount=2, durationSeconds=5)
    started = server.call("POST", FILM, body)
    job = ended(server, started.headers["danqing-job"])
    told = server.call("GET", f"/gemini/v1beta/{started.json()['name']}").json()["response"]
    assert told["raiMediaFilteredCount"] == 1
    assert len(told["generateVideoResponse"]["generatedSamples"]) == 1
    assert (job["state"], len(job["outputs"]), len(job["withheld"])) == ("done", 1, 1)


def test_some_are_refused_in_the_native_dialect(server: Server) -> None:
    asked = {"model": IMAGEN, "prompt": "[danqing:filtered=1] a fox", "wants": ["image"], "count": 2}
    job = ended(server, server.call("POST", "/api/jobs", asked).headers["danqing-job"])
    assert (job["state"], len(job["outputs"]), len(job["withheld"])) == ("done", 1, 1)


def test_a_slow_one_is_still_running_when_it_is_polled_and_is_done_in_the_end(server: Server) -> None:
    started = server.call("POST", FILM, film_body("[danqing:slow=2] a fox", sampleCount=1, durationSeconds=5))
    polled = server.call("GET", f"/gemini/v1beta/{started.json()['name']}").json()
    assert not polled.get("done")
    assert ended(server, started.headers["danqing-job"])["state"] == "done"


@pytest.mark.parametrize("fields", [{"modalities": PICTURES}, {"modalities": PICTURES, "stream": True}])
def test_a_slow_one_is_answered_in_chat_when_it_is_done(server: Server, fields: dict[str, object]) -> None:
    answer = server.call("POST", CHAT, chat_body("[danqing:slow=1] a fox", **fields))
    assert answer.status == 200
    assert ended(server, answer.headers["danqing-job"])["state"] == "done"


def test_a_huge_picture_has_the_usual_shape_in_predict_chat_and_native(server: Server) -> None:
    [drawn] = pictures(server.call("POST", PREDICT, predict_body("[danqing:huge] a fox")))
    assert min(drawn.size) > 1024
    answer = server.call("POST", CHAT, chat_body("[danqing:huge] a fox", modalities=PICTURES))
    assert len(answer.body) > 15_000_000
    assert answer.json()["choices"][0]["message"]["multi_mod_content"]
    asked = {"model": IMAGEN, "prompt": "[danqing:huge] a fox", "wants": ["image"]}
    job = ended(server, server.call("POST", "/api/jobs", asked).headers["danqing-job"])
    assert job["outputs"][0]["bytes"] > 15_000_000


@pytest.mark.parametrize("stream", [True, False])
def test_a_huge_film_has_the_usual_shape_in_chat(server: Server, stream: bool) -> None:
    key = new_key(server, f"huge film {stream}")
    answer = server.call("POST", CHAT, chat_body("[danqing:huge] a fox", model=FILM_CHAT, stream=stream), key=key)
    assert answer.status == 200
    [job] = jobs(server, key)
    [film] = [output for output in job["outputs"] if output["medium"] == "video"]
    assert film["bytes"] > 20_000_000
    assert b".mp4" in answer.body
