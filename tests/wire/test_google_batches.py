"""Google's batches: what is asked for, line by line, and what is told of it to clients of both kinds."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from danqing.domain.batches import REQUESTS_MAX, Batch, Stage, Tally
from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.media import JSONL, Blob
from danqing.wire import google

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
BATCH = Batch(
    id="b" * 32,
    key="key",
    model="gemini",
    title="foxes",
    source=Blob("ab" * 32, 9, JSONL),
    count=2,
    inline=True,
    created=NOON,
    updated=NOON,
)
COUNT = Tally(count=2, succeeded=1, failed=1)
TALK = {"contents": [{"parts": [{"text": "a fox"}]}]}


def asked(config: object, **fields: object) -> bytes:
    return json.dumps({"batch": {"inputConfig": config, **fields}}).encode()


def test_requests_in_the_call_become_lines() -> None:
    rows = [{"request": TALK, "metadata": {"key": "one"}}, {"request": TALK}]
    ask = google.read_batch(asked({"requests": {"requests": rows}}, display_name="foxes", model="models/gemini"))
    assert (ask.title, ask.file) == ("foxes", "")
    assert [json.loads(line) for line in ask.lines] == rows
    assert google.read_batch(asked({"file_name": "files/lines"})).file == "lines"


@pytest.mark.parametrize(
    ("config", "param"),
    [
        ({}, "inputConfig"),
        ({"requests": {"requests": []}}, "inputConfig"),
        ({"requests": {"requests": {"a": 1}}}, "inputConfig"),
        ({"requests": {"requests": ["a"]}}, "inputConfig"),
        ({"requests": {"requests": [{}], "more": 1}}, "batch.inputConfig.requests.more"),
        ({"fileName": "files/a", "requests": {"requests": [{}]}}, "inputConfig"),
        ({"requests": {"requests": [{}] * (REQUESTS_MAX + 1)}}, "inputConfig"),
        ({"gcsUri": "gs://a/b", "fileName": "files/a"}, "batch.inputConfig.gcsUri"),
    ],
)
def test_what_is_no_batch_is_refused(config: object, param: str) -> None:
    with pytest.raises(Problem) as refusal:
        google.read_batch(asked(config))
    assert (refusal.value.kind, refusal.value.param) == (Kind.INVALID, param)


def test_a_line_is_a_request_of_its_own() -> None:
    line = json.dumps({"key": "k", "request": TALK | {"generationConfig": {"candidateCount": 2}}}).encode()
    ask = google.read_line("gemini", line)
    assert (ask.generation.model, ask.generation.prompt, ask.generation.count) == ("gemini", "a fox", 2)
    other = json.dumps({"request": TALK | {"model": "models/other"}}).encode()
    assert google.read_line("gemini", other).generation.model == "other"
    for broken in (b"{", b"[]", b'{"request": 1}', b'{"key": "k"}'):
        with pytest.raises(Problem):
            google.read_line("gemini", broken)


def test_a_result_is_known_by_what_its_line_says() -> None:
    assert google.known_by(b'{"key": "a", "metadata": {"b": 1}, "request": {}}') == {"key": "a", "metadata": {"b": 1}}
    assert google.known_by(b"no json") == google.known_by(b'{"request": {}}') == {}
    assert google.failed(Problem(Kind.NO_FUNDS, "no money")) == {"error": {"code": 9, "message": "no money"}}


@pytest.mark.parametrize("stage", Stage)
def test_a_batch_is_an_operation(stage: Stage) -> None:
    told = google.batch(replace(BATCH, stage=stage), COUNT)
    assert (told["name"], told["done"]) == (f"batches/{BATCH.id}", stage.ended)
    metadata = told["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["state"] == f"BATCH_STATE_{stage.upper()}"
    assert ("endTime" in metadata) == stage.ended
    assert metadata["batchStats"] == {
        "requestCount": "2",
        "successfulRequestCount": "1",
        "failedRequestCount": "1",
        "pendingRequestCount": "0",
    }


def test_its_results_are_where_each_client_looks_for_them() -> None:
    done = replace(BATCH, stage=Stage.SUCCEEDED)
    output = {"inlinedResponses": {"inlinedResponses": [{"response": {}}]}}
    sdk, curl = (google.batch(done, COUNT, [{"response": {}}], for_sdk=for_sdk) for for_sdk in (True, False))
    assert (sdk["metadata"]["output"], "response" in sdk) == (output, False)  # type: ignore[index,call-overload]
    assert (curl["response"], "output" in curl["metadata"]) == (output, False)  # type: ignore[operator]
    filed = google.batch(replace(done, inline=False, responses="batch-b"), COUNT, for_sdk=True)
    assert filed["metadata"]["output"] == filed["response"] == {"responsesFile": "files/batch-b"}  # type: ignore[index,call-overload]


def test_one_that_cannot_be_made_says_why() -> None:
    broken = replace(BATCH, stage=Stage.FAILED, fault=Fault(Kind.INVALID, "invalid", "no requests"))
    assert google.batch(broken, COUNT)["error"] == {"code": 3, "message": "no requests"}


def test_a_list_of_them_has_pages() -> None:
    page = google.batches([(BATCH, COUNT)], "next")
    assert page == {"operations": [google.batch(BATCH, COUNT)], "nextPageToken": "next"}
    assert "nextPageToken" not in google.batches([], "")
