"""OpenAI's images calls: every way to ask, what is refused, and the answers that old and new clients look into."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import Any

import msgspec
import pytest

from danqing.domain.errors import Problem
from danqing.domain.generation import Output
from danqing.domain.media import Medium, cited
from danqing.wire.forms import Form, FormFile
from danqing.wire.openai import images
from danqing.wire.openai.images import ImagesAsk

from .samples import CREATED, PICTURE, PICTURE_64, blob_of, job, jpeg, received

URL = f"data:image/png;base64,{PICTURE_64}"


def asked(**fields: object) -> ImagesAsk:
    return images.read_images(msgspec.json.encode({"prompt": "a fox", "model": "gpt-image-2", **fields}))


def edited(**fields: object) -> ImagesAsk:
    return images.read_edit(msgspec.json.encode({"prompt": "a fox", "model": "gpt-image-2", **fields}))


def sent(name: str, data: bytes = PICTURE) -> FormFile:
    return FormFile(name, "a.png", "text/plain", PurePath(name), len(data), sha256(data).hexdigest(), data)


def form(*files: FormFile, **texts: str) -> Form:
    return Form((("prompt", "in the snow"), ("model", "gpt-image-1"), *texts.items()), files)


def test_everything_that_can_be_asked_for() -> None:
    ask = asked(
        n=2,
        size="1536x1024",
        quality="high",
        output_format="webp",
        output_compression=80,
        background="transparent",
        moderation="low",
        partial_images=2,
        style="vivid",
        user="u-1",
    )
    wanted = ask.generation
    assert (wanted.model, wanted.prompt, wanted.wants) == ("gpt-image-2", "a fox", {Medium.IMAGE})
    assert (wanted.count, wanted.pixels, wanted.mime, wanted.quality) == (2, "1536x1024", "image/webp", 80)
    assert dict(wanted.knobs) == {
        "quality": "high",
        "background": "transparent",
        "moderation": "low",
        "partial_images": 2,
        "style": "vivid",
        "user": "u-1",
    }


def test_what_asks_for_nothing_in_particular_is_not_passed_on() -> None:
    wanted = asked(size="auto", quality="auto", background="auto", moderation="auto", partial_images=0, n=None)
    assert wanted.generation == asked().generation


@pytest.mark.parametrize(
    ("size", "pixels", "word", "aspect"),
    [
        ("1024x1024", "1024x1024", None, None),
        ("1024X1792", "1024x1792", None, None),
        ("2K", None, "2K", None),
        ("16:9", None, None, "16:9"),
        ("huge", "huge", None, None),  # the model refuses it, with those that it makes
    ],
)
def test_a_size_in_every_spelling(size: str, pixels: str | None, word: str | None, aspect: str | None) -> None:
    wanted = asked(size=size).generation
    assert (wanted.pixels, wanted.size, wanted.aspect) == (pixels, word, aspect)


@pytest.mark.parametrize(
    ("fields", "model"),
    [({}, "dall-e-2"), ({"background": "opaque"}, "gpt-image-1"), ({"stream": True}, "gpt-image-1")],
)
def test_who_names_no_model_gets_the_one_that_was_usual(fields: dict[str, object], model: str) -> None:
    assert asked(model=None, **fields).generation.model == model


@pytest.mark.parametrize(("word", "meant"), [("standard", "medium"), ("hd", "high"), ("low", "low")])
def test_qualities_of_retired_models_have_a_meaning(word: str, meant: str) -> None:
    assert dict(asked(quality=word).generation.knobs) == {"quality": meant}


@pytest.mark.parametrize(
    ("fields", "param", "sentence"),
    [
        ({"prompt": " "}, "prompt", "Say what should be made"),
        ({"prompt": 3}, "prompt", "must be a string"),
        ({"output_format": "gif"}, "output_format", "png, jpeg or webp"),
        ({"output_format": "svg"}, "output_format", "not as svg"),
        ({"output_compression": 50}, "output_compression", "jpeg or webp"),
        ({"output_format": "png", "output_compression": 50}, "output_compression", "jpeg or webp"),
        ({"quality": "max"}, "quality", "low, medium, high"),
        ({"background": "green"}, "background", "transparent, opaque, auto"),
        ({"background": "transparent", "output_format": "jpeg"}, "background", "png or webp"),
        ({"moderation": "none"}, "moderation", "low, auto"),
        ({"response_format": "html"}, "response_format", "b64_json, url"),
        ({"partial_images": 4}, "partial_images", "0 to 3"),
        ({"n": "two"}, "n", "whole number"),
        ({"stream": "perhaps"}, "stream", "true or false"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(fields: dict[str, object], param: str, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence) as refused:
        asked(**fields)
    assert refused.value.param == param


def test_a_form_with_pictures_and_a_mask() -> None:
    ask = images.read_edit(form(sent("image[]"), sent("image[]", jpeg()), sent("mask"), n="2", stream="true"))
    wanted, mask = ask.generation, blob_of(PICTURE)
    assert (wanted.prompt, wanted.model, wanted.count, ask.stream) == ("in the snow", "gpt-image-1", 2, True)
    assert wanted.pictures == (blob_of(PICTURE), blob_of(jpeg(), "image/jpeg"))
    assert wanted.mask == mask
    assert [upload.data for upload in ask.uploads] == [PurePath("image[]"), PurePath("image[]"), PurePath("mask")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", URL),
        ("image", [URL]),
        ("images", [{"image_url": URL}]),
        ("images", [{"image_url": {"url": URL}}]),
    ],
)
def test_json_with_pictures_in_every_place(field: str, value: object) -> None:
    assert edited(**{field: value}).generation.pictures == (blob_of(PICTURE),)


def test_files_of_the_key_are_named() -> None:
    ask = edited(images=[{"file_id": "file-abc1"}, {"image_url": "https://h/api/files/abc2"}], mask={"file_id": "abc3"})
    assert ask.generation.pictures == (cited("abc1"), cited("abc2"))
    assert ask.generation.mask == cited("abc3")


@pytest.mark.parametrize(
    ("said", "param", "sentence"),
    [
        (form(), "image", "Send the picture"),
        (form(sent("image", b"text")), "image", "not a PNG"),
        (form(sent("image"), sent("mask"), sent("mask")), "mask", "one picture, not 2"),
        (form(sent("image"), sent("markup")), "markup", "markup is not offered"),
        (form(sent("image"), sent("sketch")), "sketch", "It takes image, mask"),
        (b'{"prompt": "a", "image": [3]}', "image", "must be an object"),
        (b'{"prompt": "a", "image": "http://example.com/a.png"}', "image", "or an https:// address"),
        (b"[]", None, "must be a JSON object"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(said: Form | bytes, param: str | None, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence) as refused:
        images.read_edit(said)
    assert refused.value.param == param


def made(ask: ImagesAsk, *outputs: Output, **fields: Any) -> Mapping[str, Any]:
    row = job(generation=ask.generation, outputs=outputs or (PAINTED,), **fields)
    return received(images.answer(row, ask, lambda output: f"https://h/{output.file}"))


PAINTED = Output(medium=Medium.IMAGE, blob=blob_of(PICTURE), file="abc1", width=1536, height=1024, tokens=700)


def test_an_answer_has_the_picture_and_its_link_unless_one_is_chosen() -> None:
    assert made(asked())["data"] == [{"b64_json": PICTURE_64, "url": "https://h/abc1"}]
    assert made(asked(response_format="url"))["data"] == [{"url": "https://h/abc1"}]
    assert made(asked(response_format="b64_json"))["data"] == [{"b64_json": PICTURE_64}]


def test_an_answer_tells_what_the_pictures_are_like() -> None:
    wished = {"quality": "high", "background": "transparent"}
    told = made(asked(**wished), input_tokens=10, prompt="a red fox")
    assert told["created"] == int(CREATED.timestamp())
    assert told["data"][0]["revised_prompt"] == "a red fox"
    assert {name: told[name] for name in ("background", "output_format", "quality", "size")} == {
        "background": "transparent",
        "output_format": "png",
        "quality": "high",
        "size": "1536x1024",
    }
    assert told["usage"] == {
        "input_tokens": 10,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": 10},
        "output_tokens": 700,
        "output_tokens_details": {"image_tokens": 700, "text_tokens": 0},
        "total_tokens": 710,
    }


def test_what_was_not_honoured_is_not_told_as_if_it_were() -> None:
    told = made(asked(quality="high", background="transparent"), ignored=("quality", "background"))
    assert "quality" not in told
    assert told["background"] == "opaque"


def test_a_stream_ends_with_one_event_for_each_picture() -> None:
    ask = images.read_edit(form(sent("image"), stream="true"))
    second = Output(medium=Medium.IMAGE, blob=blob_of(PICTURE), width=1024, height=1024, tokens=300)
    row = job(generation=ask.generation, outputs=(PAINTED, second), input_tokens=300)
    first, last = map(received, images.completed(row, "image_edit"))
    assert (first["type"], first["b64_json"], first["size"]) == ("image_edit.completed", PICTURE_64, "1536x1024")
    assert (last["size"], last["quality"], last["output_format"]) == ("1024x1024", "auto", "png")
    assert [event["usage"]["total_tokens"] for event in (first, last)] == [1000, 300]
    assert first["usage"]["input_tokens_details"] == {"image_tokens": 258, "text_tokens": 42}
