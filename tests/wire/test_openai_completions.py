"""Chat answers byte for byte, and as the three readers in the document take them apart."""

import json
import re
from dataclasses import replace

import pybase64

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.domain.money import Price
from danqing.wire import openai

from .samples import PICTURE, PICTURE_64, generation, job, model_row, picture_output, received, sent, words_output

MODEL = "gemini-2.0-flash-preview-image-generation"
PAINTED = job(
    generation=generation(model=MODEL, wants=(Medium.TEXT, Medium.IMAGE)),
    price=Price(image_tokens=1290),
    input_tokens=270,
    outputs=(words_output("A crayon drawing …"), picture_output()),
)
HEAD = '{"id":"chatcmpl-8167db372b7c47949232891d02ca7fa3","object":"%s","created":1750000000,"model":"' + MODEL + '",'
USAGE = '"usage":{"prompt_tokens":270,"completion_tokens":1300,"total_tokens":1570}}'
PART = (
    '{"inline_data":{"mime_type":"image/png","data":"'
    + PICTURE_64
    + '"},"inlineData":{"mimeType":"image/png","data": "'
    + PICTURE_64
    + '"}}'
)


def test_a_picture_with_words_byte_for_byte() -> None:
    assert sent(openai.completion(PAINTED)).decode() == (
        HEAD % "chat.completion"
        + '"choices":[{"index":0,"message":{"role":"assistant","content":"A crayon drawing …","refusal":null,'
        + '"multi_mod_content":[{"text":"A crayon drawing …","inlineData":{}},'
        + PART
        + '],"annotations":[]},"logprobs":null,"finish_reason":"stop"}],'
        + USAGE
    )


def test_who_names_the_picture_first_finds_it_in_images_too() -> None:
    listed = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE_64}"}, "index": 0}]
    message = received(openai.completion(PAINTED, listed=True))["choices"][0]["message"]
    delta = received(openai.media_chunk(PAINTED, listed=True))["choices"][0]["delta"]
    assert message["images"] == delta["images"] == listed
    assert message["multi_mod_content"][1] == delta["multi_mod_content"][0]
    assert "images" not in received(openai.media_chunk(PAINTED))["choices"][0]["delta"]


def test_words_alone_have_no_multi_mod_content() -> None:
    spoken = replace(PAINTED, generation=generation(model=MODEL, wants=(Medium.TEXT,)), outputs=(words_output("Hi."),))
    message = received(openai.completion(spoken))["choices"][0]["message"]
    assert message == {"role": "assistant", "content": "Hi.", "refusal": None, "annotations": []}


def test_words_without_the_picture_that_was_asked_for_stay_in_multi_mod_content() -> None:
    message = received(openai.completion(replace(PAINTED, outputs=(words_output("Hi."),))))["choices"][0]["message"]
    assert message["multi_mod_content"] == [{"text": "Hi.", "inlineData": {}}]


def test_the_story_of_a_film_is_the_content() -> None:
    filmed = replace(PAINTED, generation=generation(model="veo-3", wants=(Medium.VIDEO,)), outputs=())
    message = received(openai.completion(filmed, content="> 🎉"))["choices"][0]["message"]
    assert message == {"role": "assistant", "content": "> 🎉", "refusal": None, "annotations": []}


def python_example(body: bytes) -> tuple[list[str], list[bytes]]:
    """The loop that the document prints."""
    texts, pictures = [], []
    for part in json.loads(body)["choices"][0]["message"]["multi_mod_content"]:
        if "text" in part and part["text"] is not None:
            texts.append(part["text"])
        elif "inline_data" in part and part["inline_data"] is not None:
            pictures.append(pybase64.b64decode(part["inline_data"]["data"]))
    return texts, pictures


def curl_example(body: bytes) -> list[bytes]:
    """grep -o '"data":"[^"]*"' | cut -d'"' -f4 | base64 --decode"""
    return [pybase64.b64decode(match.split(b'"')[3]) for match in re.findall(rb'"data":"[^"]*"', body)]


def camel_clients(body: bytes) -> list[bytes]:
    parts = json.loads(body)["choices"][0]["message"]["multi_mod_content"]
    return [pybase64.b64decode(part["inlineData"]["data"]) for part in parts if part.get("inlineData")]


def readings(row: Job) -> list[list[bytes]]:
    body = sent(openai.completion(row))
    return [python_example(body)[1], curl_example(body), camel_clients(body)]


def test_every_reader_of_the_document_finds_every_picture_once() -> None:
    assert readings(PAINTED) == [[PICTURE]] * 3
    assert readings(replace(PAINTED, outputs=(picture_output(), picture_output()))) == [[PICTURE, PICTURE]] * 3
    assert python_example(sent(openai.completion(PAINTED)))[0] == ["A crayon drawing …"]


def test_a_quote_of_the_pattern_in_the_words_is_no_picture() -> None:
    sly = replace(PAINTED, outputs=(words_output('"data":"AAAA"'), picture_output()))
    assert curl_example(sent(openai.completion(sly))) == [PICTURE]


def test_the_chunks_of_a_stream_byte_for_byte() -> None:
    head = HEAD % "chat.completion.chunk"
    choice = '"choices":[{"index":0,"delta":%s,"logprobs":null,"finish_reason":%s}]}'
    chunks = [
        openai.first_chunk(PAINTED),
        openai.words_chunk(PAINTED, "A cra"),
        openai.media_chunk(PAINTED),
        openai.stop_chunk(PAINTED),
        openai.usage_chunk(PAINTED),
    ]
    assert [sent(chunk).decode() for chunk in chunks] == [
        head + choice % ('{"role":"assistant","content":""}', "null"),
        head + choice % ('{"content":"A cra"}', "null"),
        head + choice % ('{"multi_mod_content":[' + PART + "]}", "null"),
        head + choice % ("{}", '"stop"'),
        head + '"choices":[],' + USAGE,
    ]


def test_an_error_byte_for_byte() -> None:
    assert sent(openai.error(invalid("At most 4.", param="count"))) == (
        b'{"error":{"message":"At most 4.","type":"invalid_request_error","param":"n","code":"invalid_value"}}'
    )


def test_every_kind_of_problem_has_a_type() -> None:
    types = {kind: received(openai.error(Problem(kind, "m")))["error"]["type"] for kind in Kind}
    assert types[Kind.UNAUTHENTICATED] == "authentication_error"
    assert types[Kind.NO_FUNDS] == "insufficient_quota"
    assert types[Kind.BUSY] == "rate_limit_error"
    assert types[Kind.FILTERED] == "content_filter"
    assert types[Kind.UPSTREAM] == types[Kind.INTERNAL] == "api_error"


def test_no_field_at_fault_is_null() -> None:
    assert received(openai.error(Problem(Kind.NO_FUNDS, "m")))["error"]["param"] is None


def test_the_list_of_models_byte_for_byte() -> None:
    assert sent(openai.models([model_row()])) == (
        b'{"object":"list","data":[{"id":"imagen-3.0-generate-002","object":"model","created":0,"owned_by":"imagen"}]}'
    )
