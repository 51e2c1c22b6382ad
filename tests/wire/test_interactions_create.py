"""Interactions as clients ask for them: one Generation from every form, and a Problem that says what to do."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from danqing.domain.callbacks import Callback
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Delivery, Generation, Task, Turn
from danqing.domain.media import Blob, Cited, Medium, linked
from danqing.domain.models import Ability
from danqing.wire.google.content import SIGNATURE_CHARACTERS_MAX
from danqing.wire.google.interactions import Create, placed, read_create, write_interaction
from filming import a_film
from making import a_generation

from .samples import PICTURE, PICTURE_64, blob_of, model_row, sent

BLOB = blob_of(PICTURE)
WORDS = {"type": "text", "text": "a fox"}
IMAGE = {"type": "image", "data": PICTURE_64, "mime_type": "image/jpeg"}
FILM = {"type": "video", "uri": "http://h/gemini/v1beta/files/f1:download?alt=media", "mime_type": "video/mp4"}
FILMS = frozenset({Medium.VIDEO})
ASKED = Turn("user", ("a fox", BLOB))
TALKER = model_row("talker", ability=Ability(makes=frozenset({Medium.TEXT, Medium.IMAGE}), pictures_max=3))
FILMER = model_row("filmer", ability=Ability(makes=FILMS, frames=True, pictures_max=3))


def read(**body: object) -> Create:
    return read_create(json.dumps({"model": "m", "input": "a fox", **body}).encode())


def refusal(**body: object) -> Problem:
    with pytest.raises(Problem) as caught:
        read(**body)
    assert caught.value.kind is Kind.INVALID
    return caught.value


def test_words_alone_want_whatever_the_model_makes() -> None:
    ask = read()
    assert ask == Create(generation=replace(a_generation("a fox", model="m"), wants=frozenset(), count=1))
    assert placed(ask.generation, "", TALKER).wants == {Medium.TEXT, Medium.IMAGE}
    assert placed(ask.generation, "", FILMER).wants == FILMS


@pytest.mark.parametrize(
    "written",
    [
        [WORDS, IMAGE],
        [{"text": "a fox"}, IMAGE],
        [{"type": "user_input", "content": [WORDS, IMAGE]}],
        [{"type": "user_input", "content": "a fox"}, {"type": "user_input", "content": IMAGE}],
        [{"role": "user", "content": [WORDS, IMAGE]}],
        [WORDS, {"type": "image", "uri": f"data:image/png;base64,{PICTURE_64}"}],
    ],
)
def test_every_form_of_input_is_the_same_turn(written: object) -> None:
    ask = read(input=written)
    assert ask.generation.turns == (ASKED,)
    assert [upload.data for upload in ask.uploads] == [PICTURE]
    assert ask.generation.knobs == ()


def test_a_conversation_that_is_sent_whole_keeps_its_signatures() -> None:
    ask = read(
        input=[
            {"type": "user_input", "content": [WORDS]},
            {"type": "thought", "signature": "aaa", "summary": [{"type": "text", "text": "Hm."}]},
            {"type": "model_output", "content": [{"type": "text", "text": "Here.", "annotations": []}, IMAGE]},
            {"type": "thought", "signature": "b" * (SIGNATURE_CHARACTERS_MAX + 1)},
            {"type": "model_output", "content": [{"type": "text", "text": "And more."}]},
            {"type": "user_input", "content": "in blue"},
        ],
        system_instruction="Be brief.",
    )
    assert ask.generation.turns == (
        Turn("system", ("Be brief.",)),
        Turn("user", ("a fox",)),
        Turn("model", ("Here.", BLOB, "And more."), ("", "aaa", "")),
        Turn("user", ("in blue",)),
    )


def test_a_picture_is_asked_for_with_all_that_can_be_said_of_it() -> None:
    ask = read(
        response_format={
            "type": "image",
            "aspect_ratio": "16:9",
            "image_size": "2k",
            "mime_type": "image/jpg",
            "delivery": "URI",
            "sharpness": 3,
        },
        generation_config={"seed": 7, "temperature": 0.5, "stop_sequences": ["x"]},
        background=True,
        stream=True,
        previous_interaction_id="p1",
        service_tier="flex",
        labels={"a": "b"},
        safety_settings=[{"type": "hate_speech", "threshold": "block_none"}],
        store=True,
        tools=[],
    )
    asked = ask.generation
    assert (asked.wants, asked.aspect, asked.size, asked.mime) == ({Medium.IMAGE}, "16:9", "2K", "image/jpeg")
    assert (asked.seed, asked.count, asked.delivery) == (7, 1, Delivery.URI)
    assert (ask.background, ask.stream, ask.previous) == (True, True, "p1")
    assert dict(asked.knobs) == {
        "temperature": 0.5,
        "stop_sequences": '["x"]',
        "response_format.sharpness": 3,
        "service_tier": "flex",
        "safetySettings": '[{"category":"HARM_CATEGORY_HATE_SPEECH","threshold":"BLOCK_NONE"}]',
        "labels": '{"a":"b"}',
    }


def test_a_picture_on_the_web_is_named() -> None:
    ask = read(input=[WORDS, {"type": "image", "uri": "https://h/a.png"}])
    assert ask.generation.turns == (Turn("user", ("a fox", linked("https://h/a.png"))),)


def test_a_film_is_asked_for_in_a_list_beside_words() -> None:
    film = {"type": "video", "aspect_ratio": "9:16", "resolution": "1080P", "duration": "8s", "delivery": "inline"}
    asked = read(
        response_format=[{"type": "text", "mime_type": "text/plain"}, film], service_tier="standard"
    ).generation
    assert asked.wants == {Medium.TEXT, Medium.VIDEO}
    assert (asked.aspect, asked.size, asked.seconds, asked.delivery) == ("9:16", "1080p", 8, Delivery.INLINE)
    assert asked.knobs == ()


def test_the_older_fields_say_the_same() -> None:
    config = {"image_config": {"aspect_ratio": "3:4", "image_size": "1k"}}
    asked = read(
        response_modalities=["TEXT", "image"], response_mime_type="image/png", generation_config=config
    ).generation
    assert (asked.wants, asked.mime) == ({Medium.TEXT, Medium.IMAGE}, "image/png")
    assert (asked.aspect, asked.size) == ("3:4", "1K")


@pytest.mark.parametrize(("word", "task"), [(None, Task.EDIT), ("edit", Task.EDIT), ("extend", Task.EXTEND)])
def test_a_film_is_given_by_its_name(word: str | None, task: Task) -> None:
    config = {"generation_config": {"video_config": {"task": word}}} if word else {}
    ask = read(input=[WORDS, FILM], **config)
    assert (ask.generation.film, ask.generation.task) == (Cited("", 0, "", "f1"), task)
    assert [upload.blob for upload in ask.uploads] == [ask.generation.film]
    assert ask.generation.turns == (Turn("user", ("a fox",)),)


def test_a_film_is_given_inside(tmp_path: Path) -> None:
    data = a_film(tmp_path / "a.mp4", seconds=2).read_bytes()
    ask = read(input=[WORDS, {"type": "video", "data": base64.b64encode(data).decode()}])
    assert (ask.generation.film, ask.generation.film_ms) == (blob_of(data, "video/mp4"), 2000)
    assert [upload.data for upload in ask.uploads] == [data]


def test_a_film_alone_is_something_that_is_asked() -> None:
    assert read(input=FILM).generation.turns == (Turn("user", ()),)


def begun(word: str, *pictures: Blob) -> Generation:
    ask = read(generation_config={"video_config": {"task": word}} if word else {})
    asked = replace(ask.generation, turns=(Turn("user", ("it runs", *pictures)),))
    return placed(asked, ask.beginning, FILMER)


@pytest.mark.parametrize("word", ["", "image_to_video"])
def test_one_picture_is_what_a_film_begins_on(word: str) -> None:
    asked = begun(word, BLOB)
    assert (asked.first_frame, asked.turns, asked.wants) == (BLOB, (Turn("user", ("it runs",)),), FILMS)


@pytest.mark.parametrize(("word", "pictures"), [("reference_to_video", (BLOB,)), ("", (BLOB, BLOB)), ("", ())])
def test_all_others_are_what_it_goes_by(word: str, pictures: tuple[Blob, ...]) -> None:
    asked = begun(word, *pictures)
    assert (asked.first_frame, asked.pictures) == (None, pictures)


def test_a_model_that_cannot_begin_on_a_picture_is_given_it_as_it_is() -> None:
    asked = read(input=[IMAGE]).generation
    row = model_row("m", ability=Ability(makes=FILMS, pictures_max=1))
    assert placed(asked, "", row).pictures == (BLOB,)


@pytest.mark.parametrize(
    ("word", "pictures", "told"),
    [("text_to_video", (BLOB,), "takes no pictures"), ("image_to_video", (), "one picture of the last step, not on 0")],
)
def test_pictures_must_be_there_for_what_they_are_said_to_be(word: str, pictures: tuple[Blob, ...], told: str) -> None:
    with pytest.raises(Problem, match=told):
        begun(word, *pictures)


def test_a_model_of_pictures_makes_no_film_of_them() -> None:
    with pytest.raises(Problem, match="talker makes no films"):
        placed(read().generation, "image_to_video", TALKER)


@pytest.mark.parametrize(
    ("body", "param", "told"),
    [
        ({"model": ""}, "model", "Name the model"),
        ({"agent": "deep-research"}, "agent", "name a model"),
        ({"webhook_config": {"uris": "https://h"}}, "uris", "webhook_config.uris must be a list"),
        ({"webhook_config": {"secret": "s"}}, "webhook", "webhook_config.secret is not known"),
        ({"cached_content": "c"}, "cached_content", "previous_interaction_id"),
        ({"continuation_token": "t"}, "continuation_token", "leave it out"),
        ({"tools": [{"type": "google_search"}]}, "tools", "leave them out"),
        ({"store": False}, "store", "DELETE the interaction"),
        ({"response_format": {"type": "audio"}}, "wants", "text, image, video"),
        ({"response_format": {"type": "object"}}, "wants", "text, image, video"),
        ({"response_format": {"type": "text", "schema": {}}}, "response_format", "not as JSON"),
        ({"response_format": [{"type": "image"}, {"type": "video"}]}, "wants", "one at a time"),
        ({"response_format": {"type": "video", "gcs_uri": "gs://b"}}, "gcs_uri", "leave it out"),
        ({"response_format": {"type": "video", "duration": "long"}}, "seconds", "response_format.duration"),
        ({"response_format": {"type": "image", "delivery": "mail"}}, "delivery", "inline, uri"),
        ({"response_modalities": ["audio"]}, "wants", "text, image, video"),
        ({"response_modalities": ["image", "VIDEO"]}, "wants", "ask for one"),
        ({"response_mime_type": "application/json"}, "response_mime_type", "as they are"),
        ({"generation_config": {"video_config": {"task": "rotate"}}}, "generation_config.video_config.task", "upscale"),
        ({"input": [{"type": "function_call"}]}, "input", "tools are not offered"),
        ({"input": [{"type": "audio", "data": "aa"}]}, "input", "Allowed: text, image, video"),
        ({"input": [{"type": "image"}]}, "input", "its data or its uri"),
        ({"input": [{"type": "image", "uri": "http://h/a.png"}]}, "input.uri", "https:// address"),
        ({"input": [{"type": "video", "data": "aaaa"}]}, "input.data", "not an MP4 film"),
        ({"input": [{"type": "video", "uri": "https://h/a.mp4"}]}, "input.uri", "files/abc123"),
        ({"input": [{"type": "video"}]}, "input", "its data or its uri"),
        ({"input": [{"type": "user_input", "content": "a"}] * 101}, "input", ""),
        ({"input": 3}, "input", "a list"),
        ({"safety_settings": [{"threshold": "off"}]}, "safety_settings", "type and threshold"),
        ({"input": " "}, "input", "Say in input"),
        ({"input": None, "previous_interaction_id": "p1"}, "input", "Say in input"),
        ({"input": [{"type": "model_output", "content": "b"}]}, "input", "Say in input"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_to_do(body: dict[str, object], param: str, told: str) -> None:
    if not told:  # turns of the same role are one
        assert len(read(**body).generation.turns) == 1
        return
    problem = refusal(**body)
    assert told in problem.message
    assert problem.param == param


def test_a_conversation_that_is_sent_whole_has_an_end_too() -> None:
    pair = [{"type": "user_input", "content": "a"}, {"type": "model_output", "content": "b"}]
    assert refusal(input=pair * 51).code == "conversation_too_long"


ROUNDS = {
    "words": a_generation("a fox", wants=FILMS, aspect="16:9", size="720p", seconds=8, seed=3),
    "a beginning": a_generation("it runs", wants=FILMS, first_frame=BLOB, seed=1),
    "pictures": replace(a_generation(wants=FILMS), turns=(Turn("user", ("these", BLOB, BLOB)),)),
    "a picture": a_generation("a fox", size="2K", aspect="1:1", mime="image/jpeg"),
    "a conversation": replace(
        a_generation(),
        turns=(
            Turn("system", ("Be brief.",)),
            Turn("user", ("a cat", BLOB)),
            Turn("model", ("Here.", BLOB), ("", "c2ln")),
            Turn("user", ("in blue",)),
        ),
    ),
}


@pytest.mark.parametrize("name", ROUNDS)
def test_what_an_engine_is_asked_is_read_as_what_was_meant(name: str) -> None:
    """One Danqing before another gets the same as whoever asks the first."""
    meant = ROUNDS[name]
    ask = read_create(sent(write_interaction("m", meant, background=True)))
    film = Medium.VIDEO in meant.wants
    expected = replace(meant, model="m", count=1, delivery=Delivery.URI if film else None)
    assert placed(ask.generation, ask.beginning, FILMER if film else TALKER) == expected
    assert ask.background


def test_who_is_told_of_its_end() -> None:
    config = {"uris": ["https://h/done"], "user_metadata": {"order": 7}}
    ask = read(webhook_config=config)
    assert ask.callback == Callback(("https://h/done",), '{"order":7}')
    assert ask.generation.knobs == ()
    assert read().callback is None
