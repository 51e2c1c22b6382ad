"""`generateContent` as it is sent, field for field, and every way in which it is answered, refusals included."""

import json

import pytest

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Generation, Person, Turn
from danqing.domain.media import Medium
from danqing.domain.money import Units
from danqing.wire.delivered import File
from danqing.wire.google.content import NO_SIGNATURE, in_words, read_content, write_content
from danqing.wire.google.errors import judge
from making import a_generation

from .samples import PICTURE, PICTURE_64, blob_of, received

BLOB = blob_of(PICTURE)
BOTH = frozenset({Medium.TEXT, Medium.IMAGE})


def test_one_picture_as_google_genai_asks_for_it() -> None:
    asked = a_generation("draw", aspect="16:9", size="1K", seed=7, knobs=(("temperature", 0.5), ("labels", "{}")))
    assert received(write_content(asked, vertex=False)) == {
        "contents": [{"role": "user", "parts": [{"text": "draw"}]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": "16:9", "imageSize": "1K"},
            "seed": 7,
            "temperature": 0.5,
        },
    }


def test_a_conversation_with_pictures_and_a_system_instruction() -> None:
    turns = (
        Turn("system", ("Be brief.",)),
        Turn("user", ("a cat",)),
        Turn("model", (BLOB, "Here.")),
        Turn("user", (BLOB, BLOB, "make it blue")),
    )
    picture = {"inlineData": {"mimeType": "image/png", "data": PICTURE_64}}
    sent = received(write_content(Generation(model="m", turns=turns, wants=BOTH), vertex=False))
    assert sent == {
        "contents": [
            {"role": "user", "parts": [{"text": "a cat"}]},
            {
                "role": "model",
                "parts": [
                    {**picture, "thoughtSignature": NO_SIGNATURE},
                    {"text": "Here.", "thoughtSignature": NO_SIGNATURE},
                ],
            },
            {"role": "user", "parts": [picture, picture, {"text": "make it blue"}]},
        ],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"responseModalities": ["TEXT", "IMAGE"]},
    }


@pytest.mark.parametrize("wanted", [(Medium.TEXT,), (Medium.IMAGE,), (Medium.TEXT, Medium.IMAGE)])
def test_what_is_wanted_is_asked_for(wanted: tuple[Medium, ...]) -> None:
    config = received(write_content(a_generation(wants=frozenset(wanted)), vertex=False))["generationConfig"]
    assert config["responseModalities"] == [medium.upper() for medium in wanted]


def test_vertex_has_fields_for_people_and_for_the_file() -> None:
    asked = a_generation("draw", person=Person.NONE, mime="image/jpeg", quality=80)
    config = received(write_content(asked, vertex=True))["generationConfig"]["imageConfig"]
    assert config == {
        "personGeneration": "ALLOW_NONE",
        "imageOutputOptions": {"mimeType": "image/jpeg", "compressionQuality": 80},
    }
    assert "imageConfig" not in received(write_content(asked, vertex=False))["generationConfig"]


def test_what_has_no_field_is_said_in_words() -> None:
    asked = a_generation("a street", negative="cars, rain", person=Person.NONE)
    assert in_words(asked, people=True).prompt == "a street\nLeave out: cars, rain.\nShow no people."
    assert in_words(asked, people=False).prompt == "a street\nLeave out: cars, rain."
    unasked = Generation(model="m", turns=(Turn("model", (BLOB, "Here.")),), wants=BOTH, negative="cars")
    assert in_words(unasked, people=True).turns[-1].parts[-1] == "Leave out: cars."
    adults = a_generation("a street", person=Person.ADULT)
    assert in_words(adults, people=True) is adults


def answer(*parts: object, reason: str = "STOP", **candidate: object) -> bytes:
    usage = {"promptTokenCount": 7, "candidatesTokenCount": 1120, "thoughtsTokenCount": 30}
    content = {"role": "model", "parts": list(parts)}
    return json.dumps(
        {"candidates": [{"content": content, "finishReason": reason, **candidate}], "usageMetadata": usage}
    ).encode()


INLINE = {"inlineData": {"mimeType": "image/png", "data": PICTURE_64}}


def test_words_and_pictures_without_those_that_were_only_thoughts() -> None:
    thought = {**INLINE, "thought": True}
    reply = read_content(answer({"text": "hm", "thought": True}, thought, {"text": "Here."}, INLINE))
    assert reply.parts == ("Here.", File("image/png", PICTURE))
    assert (reply.withheld, reply.units) == ("", Units(input_tokens=7, output_tokens=1150))


def test_a_picture_that_was_stored_while_it_came() -> None:
    tree = {"candidates": [{"content": {"parts": [{"inline_data": {"mime_type": "image/png", "data": BLOB}}]}}]}
    assert read_content(tree).files == [File("image/png", blob=BLOB)]


WITHHELD = {
    "SAFETY": "safety rules (SAFETY)",
    "IMAGE_SAFETY": "safety rules (IMAGE_SAFETY)",
    "PROHIBITED_CONTENT": "prohibits (PROHIBITED_CONTENT)",
    "IMAGE_PROHIBITED_CONTENT": "prohibits (IMAGE_PROHIBITED_CONTENT)",
    "RECITATION": "protected work (RECITATION)",
    "IMAGE_RECITATION": "protected work (IMAGE_RECITATION)",
    "IMAGE_OTHER": "named no reason (IMAGE_OTHER)",
    "OTHER": "named no reason (OTHER)",
    "NO_IMAGE": "The engine made no picture",
    "SPII": "private data",
    "BLOCKLIST": "on the engine's list",
    "MODEL_ARMOR": "Model Armor",
}


@pytest.mark.parametrize("reason", WITHHELD)
def test_every_reason_to_withhold_a_picture_is_a_sentence(reason: str) -> None:
    assert WITHHELD[reason] in read_content(answer(reason=reason)).withheld
    assert read_content(answer(reason=reason, finishMessage="Ask  for\nsomething else.")).withheld.endswith(
        "Ask for something else."
    )


def test_a_picture_that_is_there_is_not_withheld_whatever_the_reason() -> None:
    assert read_content(answer(INLINE, reason="OTHER")).withheld == ""


BLOCKED = {
    '{"promptFeedback":{"blockReason":"IMAGE_SAFETY"}}': "The prompt was blocked: it may be against",
    '{"promptFeedback":{"blockReason":"NEW_REASON","blockReasonMessage":"No."}}': "no known reason (NEW_REASON). No.",
    '{"candidates":[]}': "gave no reason",
    "{}": "gave no reason",
}


@pytest.mark.parametrize("body", BLOCKED)
def test_an_answer_without_candidates_was_blocked(body: str) -> None:
    assert BLOCKED[body] in read_content(body.encode()).withheld


def test_a_picture_that_was_cut_off_is_a_failure() -> None:
    with pytest.raises(Problem, match="without a picture") as raised:
        read_content(answer(reason="MAX_TOKENS"))
    assert raised.value.kind is Kind.UPSTREAM


ERRORS = {
    "INTERNAL": (Kind.UPSTREAM, False),
    "RESOURCE_EXHAUSTED": (Kind.BUSY, True),
    "UNAVAILABLE": (Kind.BUSY, True),
    "PERMISSION_DENIED": (Kind.UPSTREAM, True),
    "INVALID_ARGUMENT": (Kind.INVALID, False),
    "DEADLINE_EXCEEDED": (Kind.TIMEOUT, False),
}


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_inside_a_success_is_an_error(status: str) -> None:
    body = json.dumps({"error": {"code": 500, "message": "It broke.", "status": status}}).encode()
    with pytest.raises(Problem, match=r"It broke\.") as raised:
        read_content(body)
    assert (raised.value.kind, isinstance(raised.value, Declined)) == ERRORS[status]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b'{"candidates":[1]}',
        b'{"candidates":[{"content":{"parts":[{"inlineData":{"data":"%"}}]}}]}',
        b'{"candidates":[{"content":{"parts":[{"inlineData":{"data":{}}}]}}]}',
    ],
)
def test_nonsense_is_the_upstream_s_fault(body: bytes) -> None:
    with pytest.raises(Problem, match="cannot be read") as raised:
        read_content(body)
    assert (raised.value.kind, raised.value.code) == (Kind.UPSTREAM, "bad_answer")


def test_a_refusal_that_blames_the_content_is_no_wrong_request() -> None:
    said = (
        "The prompt could not be submitted. It contains sensitive words that violate Google's Responsible AI practices."
    )
    refusal = {"error": {"code": 400, "message": said, "status": "INVALID_ARGUMENT"}}
    assert judge(400, refusal) is Kind.FILTERED
    assert judge(400, [refusal]) is Kind.FILTERED
    assert judge(500, refusal) is None
    assert judge(400, {"error": {"message": "The content was filtered: no."}}) is Kind.FILTERED, "another Danqing's"
    for other in ({"error": {"message": "aspectRatio is not supported."}}, {"error": "text"}, None, [], "text"):
        assert judge(400, other) is None
