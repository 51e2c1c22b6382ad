"""Answers to `generateContent`, written: candidates, chunks and counts, and every way of withholding a picture."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from danqing.domain.errors import Kind
from danqing.domain.faults import Fault
from danqing.domain.generation import Generation, Output, Turn
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.domain.money import Price
from danqing.wire.google import generated, last_chunk, token_count, words_chunk
from danqing.wire.google.content import read_content
from danqing.wire.google.refusals import picture_withheld, prompt_blocked
from danqing.wire.holes import Tree

from .samples import (
    JOB_ID,
    PICTURE,
    PICTURE_64,
    blob_of,
    failed,
    generation,
    job,
    picture_output,
    received,
    words_output,
)

PART = {"inlineData": {"mimeType": "image/png", "data": PICTURE_64}}
ASKED = generation(model="gemini", wants=(Medium.TEXT, Medium.IMAGE))
HEAD = {"modelVersion": "gemini", "responseId": JOB_ID}


def told(*outputs: Output, count: int = 1, **fields: object) -> Job:
    asked = replace(ASKED, count=count)
    return job(generation=asked, outputs=outputs, price=Price(image_tokens=1290), input_tokens=7, **fields)


def filtered(reason: str) -> Job:
    fault = Fault(Kind.FILTERED, "filtered", f"The content was filtered: {reason}")
    return failed(fault, generation=replace(ASKED, count=1), withheld=(reason,), input_tokens=7)


def test_an_answer_has_words_and_a_picture_in_their_order() -> None:
    assert received(generated(told(words_output("Here."), picture_output()))) == {
        "candidates": [
            {"content": {"parts": [{"text": "Here."}, PART], "role": "model"}, "finishReason": "STOP", "index": 0}
        ],
        "usageMetadata": {
            "promptTokenCount": 7,
            "candidatesTokenCount": 1300,
            "totalTokenCount": 1307,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 7}],
            "candidatesTokensDetails": [
                {"modality": "TEXT", "tokenCount": 10},
                {"modality": "IMAGE", "tokenCount": 1290},
            ],
        },
        **HEAD,
    }


def test_each_picture_that_was_asked_for_is_a_candidate() -> None:
    answer = received(
        generated(told(words_output("Two."), picture_output(), picture_output(), count=3, withheld=("No.",)))
    )
    parts = [[*candidate["content"]["parts"]] for candidate in answer["candidates"]]
    assert parts == [[{"text": "Two."}, PART], [PART], []]
    assert [candidate["index"] for candidate in answer["candidates"]] == [0, 1, 2]
    assert [candidate["finishReason"] for candidate in answer["candidates"]] == ["STOP", "STOP", "IMAGE_OTHER"]
    assert answer["candidates"][2]["finishMessage"] == "No."


def test_several_pictures_of_one_answer_stay_in_it() -> None:
    [candidate] = received(generated(told(picture_output(), picture_output())))["candidates"]
    assert candidate["content"]["parts"] == [PART, PART]


def test_words_without_their_picture_end_with_its_reason() -> None:
    reason = picture_withheld("IMAGE_RECITATION")
    [candidate] = received(generated(told(words_output("Sorry."), withheld=(reason,))))["candidates"]
    assert candidate["content"]["parts"] == [{"text": "Sorry."}]
    assert (candidate["finishReason"], candidate["finishMessage"]) == ("IMAGE_RECITATION", reason)


@pytest.mark.parametrize("reason", ["IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_OTHER", "NO_IMAGE", "SPII"])
@pytest.mark.parametrize("said", ["", "Ask for something else (PLEASE)."])
def test_the_vendor_s_reason_is_answered_as_it_came(reason: str, said: str) -> None:
    sentence = picture_withheld(reason, said)
    answer = received(generated(filtered(sentence)))
    [candidate] = answer["candidates"]
    assert candidate == {
        "content": {"parts": [], "role": "model"},
        "finishReason": reason,
        "finishMessage": sentence,
        "index": 0,
    }


def test_a_refusal_in_words_alone_is_of_a_picture_when_one_was_wanted() -> None:
    [candidate] = received(generated(filtered("I would rather not.")))["candidates"]
    assert candidate["finishReason"] == "IMAGE_SAFETY"
    bare = replace(filtered(""), withheld=(), generation=generation(wants=(Medium.TEXT,)))
    [candidate] = received(generated(bare))["candidates"]
    assert (candidate["finishReason"], candidate["finishMessage"]) == ("SAFETY", "The content was filtered: ")


@pytest.mark.parametrize("write", [generated, last_chunk])
def test_a_blocked_prompt_has_no_candidates(write: Callable[[Job], Tree]) -> None:
    sentence = prompt_blocked("PROHIBITED_CONTENT", "No.")
    answer = received(write(filtered(sentence)))
    assert "candidates" not in answer
    assert answer["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": sentence}
    assert answer["usageMetadata"]["totalTokenCount"] == 7


def test_a_stream_is_words_and_then_pictures_with_the_count() -> None:
    whole = told(words_output("Here."), picture_output())
    first, last = received(words_chunk(whole, "He")), received(last_chunk(whole))
    assert first == {"candidates": [{"content": {"parts": [{"text": "He"}], "role": "model"}, "index": 0}], **HEAD}
    assert last["candidates"] == [{"content": {"parts": [PART], "role": "model"}, "finishReason": "STOP", "index": 0}]
    assert last["usageMetadata"] == received(generated(whole))["usageMetadata"]


def test_a_stream_of_words_ends_with_no_more_of_them() -> None:
    [candidate] = received(last_chunk(told(words_output("Here."))))["candidates"]
    assert candidate == {"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0}


def test_an_answer_is_read_as_it_was_written() -> None:
    tree = received(generated(told(words_output("Here."), picture_output())))
    reply = read_content(tree)
    assert (reply.words, [file.data for file in reply.files]) == ("Here.", [PICTURE])
    assert (reply.units.input_tokens, reply.units.output_tokens) == (7, 1300)


def test_the_signature_of_an_engine_is_handed_on_and_taken_back() -> None:
    tree = received(generated(told(picture_output(signature="c2ln"))))
    assert tree["candidates"][0]["content"]["parts"] == [PART | {"thoughtSignature": "c2ln"}]
    assert [file.signature for file in read_content(tree).files] == ["c2ln"]


def test_tokens_are_counted_by_their_medium() -> None:
    asked = Generation(model="m", turns=(Turn("user", ("abcdefgh", blob_of(PICTURE))),), wants=frozenset())
    assert received(token_count(asked)) == {
        "totalTokens": 260,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2}, {"modality": "IMAGE", "tokenCount": 258}],
    }
