"""Chat requests in the forms in which clients send them."""

import json

import pybase64
import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Blob, Medium
from danqing.wire import openai

from .samples import PICTURE, PICTURE_64, blob_of, job, picture_output, png, received, words_output

MODEL = "gemini-2.0-flash-preview-image-generation"
URL = f"data:image/jpeg;base64,{PICTURE_64}"
PICTURE_BLOB = blob_of(PICTURE)


def ask(messages: object, **fields: object) -> openai.ChatAsk:
    return openai.read_chat(json.dumps({"model": MODEL, "messages": messages, **fields}).encode())


def parts(message: dict[str, object]) -> tuple[str | Blob, ...]:
    """What is read of one message."""
    turns = ask([{"role": "user", "content": "first"}, message]).generation.turns
    return turns[1].parts if len(turns) > 1 else ()


def user(content: object) -> dict[str, object]:
    return {"role": "user", "content": content}


def test_the_document_s_request_for_a_picture() -> None:
    body = b"""{"model": "gemini-2.0-flash-preview-image-generation",
      "messages": [{"role": "user", "content": "\xe7\x94\x9f\xe6\x88\x90"}],
      "modalities":["text","image"], "temperature": 0.7}"""
    assert openai.read_chat(body) == openai.ChatAsk(
        Generation(
            model=MODEL,
            turns=(Turn("user", ("生成",)),),
            wants=frozenset({Medium.TEXT, Medium.IMAGE}),
            knobs=(("temperature", 0.7),),
        )
    )


def test_the_document_s_request_for_an_edit() -> None:
    read = ask([user([{"type": "text", "text": "crayon"}, {"type": "image_url", "image_url": {"url": URL}}])])
    assert read.generation.turns == (Turn("user", ("crayon", PICTURE_BLOB)),)
    assert [upload.data for upload in read.uploads] == [PICTURE]


def test_the_document_s_request_for_a_film() -> None:
    body = b'{"model":"veo-3","messages":[{"role":"user","content":"a butterfly"}],"stream":false}'
    read = openai.read_chat(body)
    assert (read.stream, read.include_usage) == (False, False)
    assert (read.generation.model, read.generation.prompt, read.generation.knobs) == ("veo-3", "a butterfly", ())


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"type": "text", "text": "a"}, "a"),
        ({"text": "a"}, "a"),
        ("a", "a"),
        ({"type": "input_text", "text": "a"}, "a"),
        ({"type": "output_text", "text": "a"}, "a"),
        ({"type": "refusal", "refusal": "a"}, "a"),
        ({"type": "image_url", "image_url": {"url": URL, "detail": "high"}}, PICTURE_BLOB),
        ({"type": "image_url", "image_url": URL}, PICTURE_BLOB),
        ({"type": "input_image", "image_url": URL}, PICTURE_BLOB),
    ],
)
def test_parts_in_all_their_forms(part: object, expected: str | Blob) -> None:
    assert parts(user([part])) == (expected,)


@pytest.mark.parametrize("content", ["", [], None, [{"type": "text", "text": ""}], [{"type": "text"}]])
def test_an_empty_message_is_no_turn(content: object) -> None:
    assert parts(user(content)) == ()


@pytest.mark.parametrize(
    ("role", "expected"), [("system", "system"), ("developer", "system"), ("user", "user"), ("assistant", "model")]
)
def test_roles(role: str, expected: str) -> None:
    turns = ask([user("hello"), {"role": role, "content": "x"}]).generation.turns
    assert turns == (Turn("user", ("hello",)), Turn(expected, ("x",)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            {
                "content": "Here.",
                "multi_mod_content": [
                    {"text": "Here.", "inlineData": {}},
                    {
                        "inline_data": {"mime_type": "image/png", "data": PICTURE_64},
                        "inlineData": {"mimeType": "image/png", "data": PICTURE_64},
                    },
                ],
            },
            ("Here.", PICTURE_BLOB),
        ),
        (
            {"content": None, "multi_mod_content": [{"text": "Here."}, {"inlineData": {"data": PICTURE_64}}]},
            ("Here.", PICTURE_BLOB),
        ),
        ({"content": "", "images": [{"type": "image_url", "image_url": {"url": URL}}]}, (PICTURE_BLOB,)),
        (
            {"multi_mod_content": [{"inline_data": {"data": PICTURE_64}}], "images": [{"image_url": {"url": URL}}]},
            (PICTURE_BLOB,),
        ),
    ],
)
def test_pictures_that_an_earlier_answer_made_are_sent_back(
    message: dict[str, object], expected: tuple[str | Blob, ...]
) -> None:
    assert parts({"role": "assistant", "refusal": None, "annotations": []} | message) == expected


def test_different_pictures_of_one_message_are_all_kept() -> None:
    other = png(3, 3)
    other_url = f"data:image/png;base64,{pybase64.b64encode(other).decode()}"
    images = [{"image_url": {"url": URL}}, {"image_url": {"url": other_url}}, {"image_url": {"url": URL}}]
    assert parts({"role": "assistant", "images": images}) == (PICTURE_BLOB, blob_of(other))


def test_our_own_answer_is_read_back_as_it_was_given() -> None:
    asked = Generation(model=MODEL, turns=(), wants=frozenset({Medium.TEXT, Medium.IMAGE}))
    done = job(generation=asked, outputs=(words_output("A poem."), picture_output()))
    message = received(openai.completion(done))["choices"][0]["message"]
    assert parts(message) == ("A poem.", PICTURE_BLOB)


@pytest.mark.parametrize(
    ("modalities", "wants"),
    [
        (None, {Medium.TEXT}),
        ([], {Medium.TEXT}),
        (["text"], {Medium.TEXT}),
        (["Text", "IMAGE"], {Medium.TEXT, Medium.IMAGE}),
        (["image"], {Medium.TEXT, Medium.IMAGE}),
        (["video"], {Medium.VIDEO}),
    ],
)
def test_modalities(modalities: object, wants: set[Medium]) -> None:
    assert ask([user("x")], modalities=modalities).generation.wants == wants


@pytest.mark.parametrize(
    "system", ["aspect_ratio=16:9", " aspect_ratio: 16:9 ", [{"type": "text", "text": "aspect_ratio = 16:9\n"}]]
)
def test_an_aspect_ratio_in_the_system_message_is_a_parameter(system: object) -> None:
    generation = ask([{"role": "system", "content": system}, user("x")]).generation
    assert (generation.aspect, generation.turns) == ("16:9", (Turn("user", ("x",)),))


def test_the_other_lines_of_the_system_message_stay() -> None:
    generation = ask([{"role": "system", "content": "Be kind.\naspect_ratio=3:4\nBe brief."}, user("x")]).generation
    assert generation.aspect == "3:4"
    assert generation.turns[0] == Turn("system", ("Be kind.\nBe brief.",))


def test_a_user_who_writes_of_aspect_ratios_sets_none() -> None:
    generation = ask([user("aspect_ratio=16:9")]).generation
    assert (generation.aspect, generation.prompt) == (None, "aspect_ratio=16:9")


def test_fields_beside_the_messages() -> None:
    read = ask(
        [user("x")],
        stream=True,
        stream_options={"include_usage": True},
        n=2,
        seed=7,
        aspect_ratio="1:1",
        image_config={"aspect_ratio": "3:4", "image_size": "2K"},
        top_p=0.5,
        max_tokens=100,
        stop=["a"],
        user="u",
        logprobs=None,
    )
    generation = read.generation
    assert (read.stream, read.include_usage) == (True, True)
    assert (generation.count, generation.seed, generation.aspect, generation.size) == (2, 7, "1:1", "2K")
    # Of two aspect ratios one wins; the other is passed on, to be reported as ignored.
    passed_on = (("top_p", 0.5), ("max_tokens", 100), ("stop", '["a"]'), ("user", "u"))
    assert generation.knobs == (*passed_on, ("image_config.aspect_ratio", "3:4"))


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"messages": [user("x")]}, "model", "model is missing."),
        ({"model": "m"}, "messages", "at least one message with the role user"),
        ({"model": "m", "messages": [{"role": "system", "content": "x"}]}, "messages", "at least one message"),
        ({"model": "m", "messages": ["x"]}, "messages", "messages[0] must be an object, not a string."),
        ({"model": "m", "messages": [user(7)]}, "content", "messages[0].content must be a list, not a number."),
        ({"model": "m", "messages": [user([7])]}, "content", "messages[0].content[0] must be an object"),
        ({"model": "m", "messages": [{"role": "tool", "content": "x"}]}, "messages", "Tools are not offered here"),
        (
            {"model": "m", "messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]},
            "messages",
            "Tools are not offered here",
        ),
        (
            {"model": "m", "messages": [user([{"type": "input_audio", "input_audio": {}}])]},
            "messages",
            "'input_audio', which is not taken",
        ),
        (
            {"model": "m", "messages": [user([{"type": "image_url", "image_url": {"url": "http://x/y.png"}}])]},
            "image_url",
            "must be a data: URL",
        ),
        ({"model": "m", "messages": [user([{"type": "image_url"}])]}, "image_url", "must be a data: URL"),
        ({"model": "m", "messages": [user("x")], "modalities": ["audio"]}, "wants", "'audio' is not a modality"),
        ({"model": "m", "messages": [user("x")], "stream": "maybe"}, "stream", "true or false"),
    ],
)
def test_requests_that_are_refused(body: object, param: str, message: str) -> None:
    with pytest.raises(Problem) as raised:
        openai.read_chat(json.dumps(body).encode())
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("modalities", "listed"), [(["image", "text"], True), (["IMAGE"], True), (["text", "image"], False), ([], False)]
)
def test_who_names_the_picture_first_wants_it_in_images_too(modalities: list[str], listed: bool) -> None:
    assert ask([{"role": "user", "content": "a fox"}], modalities=modalities).listed is listed
