"""`generateContent` over a bare socket: every path that leads to it, and what streams look like (wire.md 3 and 8)."""

import json

import pytest

from serving import Server

from .calls import CONTENT, COUNT, GEMINI, IMAGEN, MODELS, STREAM, content_body, google_error, new_key, opened, spent
from .test_paths_and_keys import BEGINNINGS, SENTENCE

WORDS = content_body("hello", responseModalities=["TEXT"])


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("call", ["generateContent", "streamGenerateContent"])
def test_every_path_leads_to_it(server: Server, beginning: str, call: str) -> None:
    answer = server.call("POST", f"{beginning}models/{GEMINI}:{call}", content_body("[danqing:fail] a fox"))
    assert google_error(answer, 502)["message"] == SENTENCE
    assert answer.headers["danqing-job"], "a failure names its job, even of a stream"


def test_events_are_such_that_every_sdk_can_read_them(server: Server) -> None:
    """One line of data each, nothing else but blank lines, and no [DONE] (wire.md 8)."""
    answer = server.call("POST", f"{STREAM}?alt=sse", content_body("a red fox"))
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.body.decode().split("\n") if line]
    assert all(line.startswith("data: {") for line in lines)
    *words, last = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert all("finishReason" not in chunk["candidates"][0] for chunk in words)
    [candidate] = last["candidates"]
    assert candidate["finishReason"] == "STOP"
    assert opened(candidate["content"]["parts"][0]["inlineData"]["data"]).size == (1024, 1024)


def test_without_events_a_stream_is_one_array(server: Server) -> None:
    answer = server.call("POST", STREAM, WORDS)
    assert answer.headers["content-type"] == "application/json"
    *_, last = json.loads(answer.body)
    assert last["candidates"][0]["finishReason"] == "STOP"
    assert last["usageMetadata"]["totalTokenCount"] > 0


def test_what_is_not_honoured_is_told(server: Server) -> None:
    body = content_body("hello", responseModalities=["TEXT"], topK=3, thinkingConfig={"thinkingBudget": 1})
    body["safetySettings"] = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    told = server.call("POST", CONTENT, body).headers["danqing-ignored"]
    assert set(told.split(", ")) == {"topK", "thinkingConfig", "safetySettings"}


@pytest.mark.parametrize("model", [GEMINI, IMAGEN])
def test_counting_costs_nothing_and_is_done_for_every_model(server: Server, model: str) -> None:
    key = new_key(server, "counts")
    answer = server.call("POST", f"{MODELS}/{model}:countTokens", content_body("abcdefgh"), key=key)
    assert answer.json() == {"totalTokens": 2, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2}]}
    assert spent(server, key) == 0
    assert "danqing-job" not in answer.headers


def test_a_count_of_nothing_is_refused(server: Server) -> None:
    assert "contents" in google_error(server.call("POST", COUNT, {}), 400)["message"]
    google_error(server.call("POST", f"{MODELS}/gemini-0:countTokens", WORDS), 404)
