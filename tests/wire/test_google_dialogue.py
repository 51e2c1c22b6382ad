"""`generateContent` as clients write it: the same Generation from every spelling, and a Problem for the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Person, Turn
from danqing.domain.media import Medium
from danqing.wire.asks import Ask
from danqing.wire.google.content import NO_SIGNATURE, SIGNATURE_CHARACTERS_MAX, write_content
from danqing.wire.google.dialogue import read_count, read_generate

from .samples import PICTURE, PICTURE_64, blob_of, received

BLOB = blob_of(PICTURE)
URL_SAFE = PICTURE_64.replace("+", "-").replace("/", "_").rstrip("=")
BOTH = frozenset({Medium.TEXT, Medium.IMAGE})


def read(**body: object) -> Ask:
    return read_generate("m", json.dumps(body).encode())


def said(*parts: object, role: str = "user") -> dict[str, object]:
    return {"role": role, "parts": list(parts)}


def test_a_request_as_google_genai_sends_it() -> None:
    """wire.md 8: the newest SDK mixes `inlineData` with `mime_type`, and its base64 is URL-safe."""
    ask = read(
        contents=[said({"text": "draw"}, {"inlineData": {"data": URL_SAFE, "mime_type": "image/jpeg"}})],
        generationConfig={
            "temperature": 0.5,
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "16:9", "imageSize": "1k"},
            "candidateCount": 2,
            "seed": 7,
        },
    )
    asked = ask.generation
    assert asked.turns == (Turn("user", ("draw", BLOB)),)
    assert (asked.model, asked.wants, asked.aspect, asked.size) == ("m", BOTH, "16:9", "1K")
    assert (asked.count, asked.seed, asked.knobs) == (2, 7, (("temperature", 0.5),))
    assert [upload.data for upload in ask.uploads] == [PICTURE]


def test_a_conversation_goes_on_with_what_was_drawn() -> None:
    picture = {"inline_data": {"data": PICTURE_64}}
    ask = read(
        contents=[
            said({"text": "a cat"}),
            said({"text": "Hm.", "thought": True}, {"text": "Here."}, picture, role="model"),
            said({"text": "in blue"}),
        ],
        system_instruction={"role": "user", "parts": {"text": "Be brief."}},
    )
    assert ask.generation.turns == (
        Turn("system", ("Be brief.",)),
        Turn("user", ("a cat",)),
        Turn("model", ("Here.", BLOB)),
        Turn("user", ("in blue",)),
    )
    assert ask.generation.knobs == ()


def test_one_object_stands_for_a_list_as_in_google_s_own_examples() -> None:
    assert read(contents={"parts": {"text": "draw"}}).generation.turns == (Turn("user", ("draw",)),)


@pytest.mark.parametrize(
    ("words", "wants"),
    [
        (None, BOTH),
        ([], BOTH),
        (["Image"], {Medium.IMAGE}),
        (["TEXT"], {Medium.TEXT}),
        (["TEXT", "IMAGE"], BOTH),
        (["VIDEO"], {Medium.VIDEO}),
    ],
)
def test_modalities_are_taken_at_their_word(words: object, wants: set[Medium]) -> None:
    asked = read(contents=[said({"text": "x"})], generationConfig={"responseModalities": words})
    assert asked.generation.wants == wants


def test_vertex_s_fields_for_people_and_files() -> None:
    file = {"mimeType": "image/jpg", "compressionQuality": 80}
    image = {"personGeneration": "ALLOW_NONE", "imageOutputOptions": file}
    asked = read(contents=[said({"text": "x"})], generationConfig={"imageConfig": image}).generation
    assert (asked.person, asked.mime, asked.quality) == (Person.NONE, "image/jpeg", 80)


def test_what_nobody_acts_on_is_kept_by_its_name() -> None:
    ask = read(
        model="models/other",
        contents=[{**said({"text": "x", "videoMetadata": {"fps": 1}, "thoughtSignature": "c" * 20_000}), "id": 3}],
        generationConfig={"topK": 3, "imageConfig": {"prominentPeople": "P", "imageOutputOptions": {"a": 1}}},
        safetySettings=[{"category": "c"}],
    )
    assert ask.generation.model == "m"
    assert dict(ask.generation.knobs) == {
        "topK": 3,
        "imageConfig.prominentPeople": "P",
        "imageOutputOptions.a": 1,
        "safetySettings": '[{"category":"c"}]',
        "parts.videoMetadata": '{"fps":1}',
        "contents.id": 3,
    }


def test_what_a_model_signed_stays_with_its_part() -> None:
    signed = {"text": "Here.", "thoughtSignature": "c2ln"}
    thought = {"text": "Hm.", "thought": True, "thoughtSignature": "bm8="}
    picture = {"inlineData": {"data": PICTURE_64}}
    talk = [said({"text": "x"}), said(thought, signed, picture, role="model"), said(signed | {"text": "y"})]
    told = read(contents=talk).generation.turns
    assert [turn.signatures for turn in told] == [(), ("c2ln", ""), ("c2ln",)]
    again = received(write_content(Generation(model="m", turns=told, wants=BOTH), vertex=False))["contents"]
    assert [part["thoughtSignature"] for part in again[1]["parts"]] == ["c2ln", NO_SIGNATURE]
    assert again[2] == said({"text": "y"})


def test_a_signature_that_is_too_long_to_be_kept_is_left_out() -> None:
    talk = [
        said({"text": "x", "thoughtSignature": "c" * (SIGNATURE_CHARACTERS_MAX + 1)}, role="model"),
        said({"text": "y"}),
    ]
    assert [turn.signatures for turn in read(contents=talk).generation.turns] == [(), ()]


TALK = {"contents": [said({"text": "x"})]}


@pytest.mark.parametrize(
    ("body", "param", "sentence"),
    [
        ({}, "contents", 'of the role "user"'),
        ({"contents": []}, "contents", 'of the role "user"'),
        ({"contents": "x"}, "contents", "must be a list"),
        ({"contents": [said({"text": "x"}, role="model")]}, "contents", 'of the role "user"'),
        ({"contents": [said({"text": "x"}, role="function")]}, "contents", "contents[0].role must be user or model"),
        ({"contents": [said({"fileData": {"fileUri": "gs://b/files/x"}})]}, "fileData.fileUri", "file of this server"),
        ({"contents": [said({"fileData": {}})]}, "fileData.fileUri", "file of this server"),
        ({"contents": [said({"functionCall": {}})]}, "contents", "functionCall is not taken"),
        ({"contents": [said({"inlineData": {"data": "%"}})]}, "inlineData", "not base64"),
        ({"contents": [said({"inlineData": {"data": "AAAA"}})]}, "inlineData", "PNG, JPEG or WebP"),
        (TALK | {"cachedContent": "cachedContents/1"}, "cachedContent", "is not kept here"),
        (TALK | {"continuationToken": "t"}, "continuationToken", "is not kept here"),
        (TALK | {"systemInstruction": said({"inlineData": {"data": PICTURE_64}})}, "systemInstruction", "words alone"),
        (TALK | {"generationConfig": {"responseModalities": ["AUDIO"]}}, "wants", "Allowed: TEXT, IMAGE, VIDEO"),
        (TALK | {"generationConfig": {"seed": "x"}}, "seed", "whole number"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_name(body: dict[str, object], param: str, sentence: str) -> None:
    with pytest.raises(Problem) as raised:
        read(**body)
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)
    assert sentence in raised.value.message


def test_a_count_is_of_the_conversation_or_of_the_whole_request() -> None:
    counted = read_count("m", json.dumps(TALK).encode())
    assert read_count("m", json.dumps({"generateContentRequest": TALK}).encode()) == counted
    assert counted.generation.words == "x"


@given(words=st.text(min_size=1).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_words_are_kept_as_they_were_written(words: str) -> None:
    assert read(contents=[said({"text": words})]).generation.turns == (Turn("user", (words,)),)
