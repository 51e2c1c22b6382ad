"""Whatever is sent, a reader gives a value or a Problem, and a Problem can always be told."""

import json
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Problem
from danqing.wire import books, google, native, openai
from danqing.wire.holes import plan

from .samples import FILM_64, PICTURE_64

T = TypeVar("T")

IMAGE = {"bytesBase64Encoded": PICTURE_64, "mimeType": "image/png"}
URL = f"data:image/png;base64,{PICTURE_64}"

BODIES: dict[str, tuple[Callable[[bytes], object], object]] = {
    "predict": (
        lambda body: google.read_predict("m", body),
        {
            "instances": [{"prompt": "p"}],
            "parameters": {
                "sampleCount": 1,
                "aspectRatio": "1:1",
                "personGeneration": "ALLOW_ADULT",
                "outputOptions": {"mimeType": "image/png", "compressionQuality": 80},
                "includeRaiReason": True,
                "seed": 1,
            },
            "labels": {"a": "b"},
        },
    ),
    "film": (
        lambda body: google.read_long_running("m", body),
        {
            "instances": [{"prompt": "p", "image": IMAGE, "lastFrame": {"inlineData": {"data": PICTURE_64}}}],
            "parameters": {"numberOfVideos": 1, "durationSeconds": "8s", "resolution": "720p"},
        },
    ),
    "content": (
        lambda body: google.read_generate("m", body),
        {
            "contents": [
                {"role": "user", "parts": [{"text": "t"}, {"inlineData": {"data": PICTURE_64, "mimeType": "m"}}]},
                {"role": "model", "parts": [{"text": "t", "thought": True}, {"text": "t", "thoughtSignature": "s"}]},
            ],
            "systemInstruction": {"parts": [{"text": "t"}]},
            "generationConfig": {
                "responseModalities": ["TEXT"],
                "imageConfig": {"aspectRatio": "1:1", "personGeneration": "ALLOW_NONE", "imageOutputOptions": {}},
                "candidateCount": 1,
            },
        },
    ),
    "fetch": (google.read_fetch, {"operationName": "models/v/operations/1"}),
    "predictions": (google.read_predictions, {"predictions": [IMAGE, {"raiFilteredReason": "r"}]}),
    "operation": (
        google.read_operation,
        {
            "name": "n",
            "done": True,
            "response": {
                "videos": [{"bytesBase64Encoded": FILM_64, "mimeType": "video/mp4"}],
                "generateVideoResponse": {
                    "generatedSamples": [{"video": {"uri": "u"}}],
                    "raiMediaFilteredReasons": ["r"],
                },
            },
        },
    ),
    "failed operation": (google.read_operation, {"name": "n", "error": {"code": 3, "message": "m"}}),
    "chat": (
        openai.read_chat,
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "aspect_ratio=1:1"},
                {"role": "user", "content": [{"type": "text", "text": "t"}, {"type": "image_url", "image_url": URL}]},
                {
                    "role": "assistant",
                    "content": "c",
                    "multi_mod_content": [{"text": "c"}, {"inline_data": {"data": PICTURE_64}}],
                    "images": [{"image_url": {"url": URL}}],
                },
            ],
            "modalities": ["text", "image"],
            "n": 1,
            "stream": True,
            "stream_options": {"include_usage": True},
            "image_config": {"aspect_ratio": "1:1"},
            "temperature": 0.7,
        },
    ),
    "job": (
        native.read_job,
        {"model": "m", "prompt": "p", "count": 1, "pictures": [URL], "first_frame": URL, "knobs": {"a": 1}},
    ),
    "key": (
        lambda body: books.read(body, books.KeyRequest).limits(),
        {"name": "n", "test": True, "budget_usd": "1", "per_minute": 1},
    ),
}

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["8s", "allow_all", "user", "image", URL, PICTURE_64, "\0", "a" * 17_000, 2**64, -(2**63) - 1])
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def places(node: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a tree, the root first."""
    inner: list[tuple[object, object]] = []
    if isinstance(node, dict):
        inner = list(node.items())
    elif isinstance(node, list):
        inner = list(enumerate(node))
    return [path, *(place for name, value in inner for place in places(value, (*path, name)))]


def changed(node: object, path: tuple[object, ...], value: object) -> object:
    """The tree with another value in one place."""
    if not path:
        return value
    name, *rest = path
    copy = dict(node) if isinstance(node, dict) else list(node)  # type: ignore[call-overload]
    copy[name] = changed(copy[name], tuple(rest), value)
    return copy


def check(read: Callable[[bytes], object], body: bytes) -> None:
    """Any exception that is not a Problem fails the test."""
    problem = problem_of(read, body)
    if problem:
        assert 0 < len(problem.message) < 600
        for error in (google.error, openai.error, native.error):
            assert plan(error(problem))


def problem_of(read: Callable[[T], object], body: T) -> Problem | None:
    """What reading comes to; any other exception escapes."""
    try:
        read(body)
    except Problem as problem:
        return problem
    return None


@pytest.mark.parametrize("name", BODIES)
def test_the_body_itself_is_well(name: str) -> None:
    read, body = BODIES[name]
    assert read(json.dumps(body).encode()) is not None


@pytest.mark.parametrize("name", BODIES)
@given(data=st.data())
def test_any_value_in_any_place(name: str, data: st.DataObject) -> None:
    read, body = BODIES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(body)))
        body = changed(body, place, data.draw(anything))
    check(read, json.dumps(body).encode())


@pytest.mark.parametrize("name", BODIES)
@given(data=st.data())
def test_any_bytes_at_any_place(name: str, data: st.DataObject) -> None:
    read, body = BODIES[name]
    text = json.dumps(body).encode()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    check(read, text[:start] + data.draw(st.binary(max_size=8)) + text[end:])


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("depth", [200, 800, 990, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth(name: str, depth: int, opening: bytes, closing: bytes) -> None:
    read, body = BODIES[name]
    deep = opening * depth + b"1" + closing * depth
    text = json.dumps(body).encode()
    check(read, deep)
    check(read, text[:-1] + b',"deep":' + deep + b"}")
