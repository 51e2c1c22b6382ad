"""Whatever an engine answers, its reader gives a value or a Problem; files may stand where nobody expects one."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.media import Blob
from danqing.wire import google, partner
from danqing.wire.bodies import Fields, read
from danqing.wire.google.content import read_content
from danqing.wire.google.interactions import read_interaction
from danqing.wire.openai import films, pictures, talks

from .samples import PICTURE_64
from .test_malformed import changed, places, problem_of

URL = f"data:image/png;base64,{PICTURE_64}"
ERROR = {"code": "moderation_blocked", "type": "t", "message": "m"}
USAGE = {"input_tokens": 1, "output_tokens": 2, "prompt_tokens": 3, "completion_tokens": 4}
PART = {"inlineData": {"mimeType": "image/png", "data": PICTURE_64}}


def by_fields(reader: Callable[[Fields], object]) -> Callable[[object], object]:
    """As `Upstream.read` calls it."""
    return lambda body: reader(read(body, camel=False))


ANSWERS: dict[str, tuple[Callable[[object], object], object]] = {
    "predictions": (
        google.read_predictions,
        {"predictions": [{"bytesBase64Encoded": PICTURE_64, "mimeType": "m"}, {"raiFilteredReason": "r"}]},
    ),
    "operation": (
        google.read_operation,
        {
            "name": "n",
            "done": True,
            "metadata": {"progressPercent": 4.5},
            "response": {
                "raiMediaFilteredCount": 2,
                "raiMediaFilteredReasons": ["r"],
                "videos": [{"gcsUri": "gs://b/o", "mimeType": "video/mp4"}],
                "generateVideoResponse": {"generatedSamples": [{"video": {"uri": "u", "encoding": "e"}}]},
            },
        },
    ),
    "failed operation": (google.read_operation, {"name": "n", "error": {"code": 3, "message": "m"}}),
    "content": (
        read_content,
        {
            "candidates": [
                {
                    "content": {"parts": [{"text": "t", "thought": False}, PART, {"fileData": {"fileUri": "u"}}]},
                    "finishReason": "STOP",
                    "finishMessage": "m",
                }
            ],
            "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2, "thoughtsTokenCount": 3},
        },
    ),
    "blocked content": (
        read_content,
        {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "m"}, "candidates": []},
    ),
    "interaction": (
        read_interaction,
        {
            "id": "i",
            "status": "completed",
            "steps": [
                {
                    "type": "model_output",
                    "content": [
                        {"type": "text", "text": "t"},
                        {"type": "image", "mime_type": "m", "data": PICTURE_64},
                        {"type": "video", "uri": "u"},
                    ],
                }
            ],
            "usage": {"total_input_tokens": 1, "total_output_tokens": 2, "total_thought_tokens": 3},
        },
    ),
    "failed interaction": (
        read_interaction,
        {"id": "i", "status": "failed", "errors": [{"code": 3, "message": "m"}], "steps": [{"error": {"code": "c"}}]},
    ),
    "pictures": (
        by_fields(pictures.read_pictures),
        {"data": [{"b64_json": PICTURE_64, "revised_prompt": "r"}, {"url": URL}, {"url": "u"}], "usage": USAGE},
    ),
    "pictures that failed": (by_fields(pictures.read_pictures), {"error": ERROR}),
    "event": (
        by_fields(pictures.read_event),
        {"type": "image_generation.completed", "b64_json": PICTURE_64, "usage": USAGE},
    ),
    "preview": (
        by_fields(pictures.read_event),
        {"type": "x.partial_image", "partial_image_index": 1, "b64_json": PICTURE_64},
    ),
    "event that failed": (by_fields(pictures.read_event), {"type": "error", "error": ERROR, "message": "m"}),
    "chat": (
        by_fields(talks.read_chat_reply),
        {
            "choices": [
                {
                    "message": {
                        "content": f"Here. ![a]({URL})",
                        "refusal": "",
                        "images": [{"image_url": {"url": URL}}],
                        "multi_mod_content": [{"text": "t"}, {"inline_data": {"data": PICTURE_64}}],
                    },
                    "finish_reason": "stop",
                }
            ],
            "usage": USAGE,
        },
    ),
    "chat in parts": (
        by_fields(talks.read_chat_reply),
        {"choices": [{"message": {"content": ["t", {"text": "u"}, {"image_url": URL}, {"b64_json": PICTURE_64}]}}]},
    ),
    "words": (by_fields(talks.read_words), {"choices": [{"delta": {"content": "c"}}]}),
    "film": (
        by_fields(films.read_film),
        {"id": "v", "status": "completed", "progress": 40, "seconds": "4", "size": "1280x720", "error": None},
    ),
    "failed film": (by_fields(films.read_film), {"id": "v", "status": "failed", "error": ERROR}),
    "job": (
        by_fields(partner.read_told),
        {
            "id": "j",
            "state": "done",
            "progress": 0.5,
            "stage": "s",
            "rewritten": "r",
            "outputs": [
                {"medium": "text", "text": "t", "seed": 1},
                {
                    "medium": "video",
                    "file": "f",
                    "seconds": 4.5,
                    "width": 1,
                    "height": 1,
                    "fps": 24,
                    "audio": True,
                    "seed": 2,
                    "drawn": ["d"],
                    "missing": ["m"],
                },
            ],
            "withheld": ["w"],
            "ignored": ["i"],
            "provider": "p",
            "served_by": ["p", "sketch"],
            "sketch": True,
            "charged": {"nanos": 1},
            "error": {"kind": "upstream", "code": "c", "message": "m"},
        },
    ),
}

BLOB = Blob("0" * 64, 9, "image/png")
STRANGE = (
    None,
    True,
    -1,
    0.5,
    1e308,
    10**400,
    -(10**400),
    "",
    "\0file:0",
    "\ud800",
    URL,
    BLOB,
    [],
    [[]],
    [BLOB],
    {},
    {"a": []},
)


def tell(reader: Callable[[object], object], answer: object) -> None:
    """Any exception that is not a Problem fails the test."""
    problem = problem_of(reader, answer)
    assert problem is None or problem.message


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_as_it_should_be_is_read(name: str) -> None:
    reader, answer = ANSWERS[name]
    problem = problem_of(reader, json.loads(json.dumps(answer)))
    assert problem is None or problem.message == "m"


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_stands_in_a_place_of_an_answer_is_read_or_told(name: str) -> None:
    reader, answer = ANSWERS[name]
    for place in places(answer):
        for value in STRANGE:
            tell(reader, changed(answer, place, value))


@pytest.mark.parametrize("name", ANSWERS)
@given(data=st.data())
def test_several_strange_things_at_once_are_read_or_told(name: str, data: st.DataObject) -> None:
    reader, answer = ANSWERS[name]
    for _ in range(2):
        place = data.draw(st.sampled_from(places(answer)))
        answer = changed(answer, place, data.draw(st.sampled_from(STRANGE)))
    tell(reader, answer)
