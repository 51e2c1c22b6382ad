"""Google's answers byte for byte, for each of those who read them, and read back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.generation import Output
from danqing.domain.jobs import Job, State, Withheld
from danqing.domain.media import Medium
from danqing.wire import google
from danqing.wire.google import Reader

from .samples import FILM, FILM_64, PICTURE, PICTURE_64, failed, film_output, generation, job, picture_output, sent

NAME = "models/veo-3.0-generate-preview/operations/1"
FILTERED = Fault(Kind.FILTERED, "filtered", "The content was filtered: a child")


def test_pictures_as_the_sdk_reads_them() -> None:
    assert sent(google.predictions(job(outputs=(picture_output(),)), with_reasons=False)) == (
        b'{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"' + PICTURE_64.encode() + b'"}]}'
    )


def test_the_rewritten_prompt_and_the_reasons() -> None:
    partly = job(outputs=(picture_output(),), prompt="A tabby cat", withheld=("a child",))
    picture = b'{"mimeType":"image/png","bytesBase64Encoded":"' + PICTURE_64.encode() + b'","prompt":"A tabby cat"}'
    assert sent(google.predictions(partly, with_reasons=False)) == b'{"predictions":[' + picture + b"]}"
    assert sent(google.predictions(partly, with_reasons=True)) == (
        b'{"predictions":[' + picture + b',{"raiFilteredReason":"a child"}]}'
    )


def test_words_are_no_predictions() -> None:
    spoken = job(outputs=(Output(medium=Medium.TEXT, text="a poem"), picture_output()))
    assert len(google.read_predictions(sent(google.predictions(spoken, with_reasons=True)))) == 1


def told(row: Job, reader: Reader) -> bytes:
    return sent(google.operation(row, name=NAME, uri=lambda film: f"http://H/files/{film.file}", reader=reader))


HEAD = b'{"name":"' + NAME.encode() + b'"'
TYPE = b'"@type":"type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"'
VIDEOS = (
    b'"raiMediaFilteredCount":0,"videos":[{"bytesBase64Encoded":"' + FILM_64.encode() + b'","mimeType":"video/mp4"}]'
)
SAMPLES = (
    b'"generateVideoResponse":{"generatedSamples":'
    b'[{"video":{"uri":"http://H/files/abc123","encoding":"video/mp4"},"encoding":"video/mp4"}]}'
)
DONE = job(outputs=(film_output(),))


@pytest.mark.parametrize("state", [State.QUEUED, State.SUBMITTING, State.RUNNING])
@pytest.mark.parametrize("reader", Reader)
def test_a_running_operation_is_a_name_and_nothing_else(state: State, reader: Reader) -> None:
    assert told(job(state=state), reader) == HEAD + b"}"


@pytest.mark.parametrize(
    ("reader", "response"),
    [
        (Reader.SDK, TYPE + b"," + SAMPLES),
        (Reader.VERTEX, TYPE + b"," + VIDEOS),
        (Reader.CURL, TYPE + b"," + VIDEOS + b"," + SAMPLES),
    ],
)
def test_a_film_for_each_reader(reader: Reader, response: bytes) -> None:
    assert told(DONE, reader) == HEAD + b',"done":true,"response":{' + response + b"}}"


REASONS = b'"raiMediaFilteredCount":1,"raiMediaFilteredReasons":["a child"]'


@pytest.mark.parametrize(
    ("reader", "response"),
    [
        (Reader.SDK, TYPE + b',"generateVideoResponse":{' + REASONS + b"}"),
        (Reader.VERTEX, TYPE + b"," + REASONS),
        (Reader.CURL, TYPE + b"," + REASONS + b',"generateVideoResponse":{' + REASONS + b"}"),
    ],
)
def test_a_filtered_film_for_each_reader(reader: Reader, response: bytes) -> None:
    row = failed(FILTERED, withheld=("a child",))
    assert told(row, reader) == HEAD + b',"done":true,"response":{' + response + b"}}"


def test_one_film_of_two_was_filtered() -> None:
    row = job(outputs=(film_output(),), withheld=("a child",))
    result = google.read_operation(told(row, Reader.VERTEX))
    assert result.results == (google.File("video/mp4", FILM), Withheld("a child"))
    assert b'"encoding":"video/mp4"}],"raiMediaFilteredCount":1,' in told(row, Reader.SDK)


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.INVALID, 3),
        (Kind.UPSTREAM, 14),
        (Kind.UNKNOWN, 2),
        (Kind.CANCELLED, 1),
        (Kind.TIMEOUT, 4),
        (Kind.BUSY, 8),
        (Kind.NO_FUNDS, 9),
        (Kind.INTERNAL, 13),
    ],
)
def test_a_failed_operation_is_done_and_has_the_code_of_google_rpc(kind: Kind, code: int, reader: Reader) -> None:
    row = failed(Fault(kind, "some_code", "It broke."))
    error = f',"done":true,"error":{{"code":{code},"message":"It broke."}}}}'
    assert told(row, reader) == HEAD + error.encode()


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_end_an_operation(kind: Kind) -> None:
    result = google.read_operation(told(failed(Fault(kind, "c", "m"), withheld=("r",)), Reader.CURL))
    assert result.done
    assert (result.problem is None) == (kind is Kind.FILTERED)


@pytest.mark.parametrize("reader", Reader)
def test_a_film_that_was_removed_is_an_error_and_no_hole(reader: Reader) -> None:
    removed = job(outputs=(replace(film_output(), gone=datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),))
    text = told(removed, reader)
    assert text.startswith(HEAD + b',"done":true,"error":{"code":5,')
    assert b"removed on 2026-11-25 at 09:30 UTC" in text


@pytest.mark.parametrize("reader", Reader)
def test_an_operation_is_read_back(reader: Reader) -> None:
    link = google.File("video/mp4", uri="http://H/files/abc123")
    film = link if reader is Reader.SDK else google.File("video/mp4", FILM)
    assert google.read_operation(told(DONE, reader)) == google.Operation(NAME, True, (film,))
    assert google.read_operation(told(job(state=State.RUNNING), reader)) == google.Operation(NAME, False)


def test_films_in_the_other_places_where_upstreams_put_them() -> None:
    bare = b'{"name":"n","done":true,"response":{"videos":[{"gcsUri":"gs://b/o.mp4","mimeType":"video/mp4"}]}}'
    assert google.read_operation(bare).results == (google.File("video/mp4", uri="gs://b/o.mp4"),)
    encoded = (
        b'{"name":"n","done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"encodedVideo":"'
        + FILM_64.encode()
        + b'"}}]}}}'
    )
    assert google.read_operation(encoded).results == (google.File("video/mp4", FILM),)


@pytest.mark.parametrize(("code", "kind"), [(3, Kind.INVALID), (8, Kind.BUSY), (4, Kind.TIMEOUT), (16, Kind.UPSTREAM)])
def test_the_error_of_an_upstream_s_operation(code: int, kind: Kind) -> None:
    body = f'{{"name":"n","error":{{"code":{code},"message":"No."}}}}'.encode()
    assert google.read_operation(body) == google.Operation(
        "n", True, problem=Problem(kind, "No.", code="upstream_error")
    )


def test_predictions_are_read_in_order() -> None:
    body = (
        b'{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"' + PICTURE_64.encode() + b'"},'
        b'{"raiFilteredReason":"a child"},{"contentType":"Positive Prompt","safetyAttributes":{}}]}'
    )
    assert google.read_predictions(body) == (google.File("image/png", PICTURE), Withheld("a child"))


@pytest.mark.parametrize("body", [b"{}", b'{"predictions":null}', b'{"predictions":[]}'])
def test_nothing_was_predicted(body: bytes) -> None:
    assert google.read_predictions(body) == ()


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"predictions":[1]}', b'{"predictions":[{"bytesBase64Encoded":"%"}]}']
)
def test_senseless_predictions_are_the_upstream_s_fault(body: bytes) -> None:
    with pytest.raises(Problem, match=r"^The engine's answer cannot be read: ") as raised:
        google.read_predictions(body)
    assert (raised.value.kind, raised.value.code) == (Kind.UPSTREAM, "bad_answer")


@pytest.mark.parametrize(
    "body", [b"", b'{"name":1}', b'{"done":true,"response":[]}', b'{"done":true,"response":{"videos":[[]]}}']
)
def test_senseless_operations_are_the_upstream_s_fault(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        google.read_operation(body)
    assert (raised.value.kind, raised.value.code) == (Kind.UPSTREAM, "bad_answer")


def test_a_job_of_pictures_makes_no_videos() -> None:
    row = job(generation=generation(), outputs=(picture_output(),))
    assert google.read_operation(told(row, Reader.CURL)).results == ()
