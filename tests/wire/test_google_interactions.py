"""Interactions as they are sent, field for field, and every way in which they end."""

import json

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Task, Turn
from danqing.domain.media import Medium
from danqing.domain.money import Units
from danqing.wire.delivered import File
from danqing.wire.google.interactions import read_interaction, write_interaction
from making import a_generation

from .samples import FILM, FILM_64, PICTURE, PICTURE_64, blob_of, received

BLOB = blob_of(PICTURE)
FILMS = frozenset({Medium.VIDEO})
SENT = {"type": "image", "mime_type": "image/png", "data": PICTURE_64}


def test_a_film_of_words_alone() -> None:
    asked = a_generation("a fox", wants=FILMS, aspect="16:9", size="720p", seconds=8, seed=3)
    assert received(write_interaction("gemini-omni-1.1-flash", asked, background=True)) == {
        "model": "gemini-omni-1.1-flash",
        "input": "a fox",
        "response_format": {
            "type": "video",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "duration": "8s",
            "delivery": "uri",
        },
        "generation_config": {"seed": 3, "video_config": {"task": "text_to_video"}},
        "background": True,
    }


def test_a_film_that_begins_with_a_picture() -> None:
    asked = a_generation("it runs", wants=FILMS, first_frame=BLOB)
    sent = received(write_interaction("m", asked, background=True))
    assert sent["input"] == [{"type": "user_input", "content": [{"type": "text", "text": "it runs"}, SENT]}]
    assert sent["generation_config"] == {"video_config": {"task": "image_to_video"}}


def test_a_conversation_that_wants_a_picture() -> None:
    turns = (
        Turn("system", ("Be", "brief.")),
        Turn("user", ("a cat",)),
        Turn("model", (BLOB,)),
        Turn("user", ("in blue", BLOB)),
    )
    wants = frozenset({Medium.TEXT, Medium.IMAGE})
    asked = Generation(model="m", turns=turns, wants=wants, size="2K", mime="image/jpeg", knobs=(("top_p", 0.9),))
    assert received(write_interaction("g", asked, background=False)) == {
        "model": "g",
        "input": [
            {"type": "user_input", "content": [{"type": "text", "text": "a cat"}]},
            {"type": "model_output", "content": [SENT]},
            {"type": "user_input", "content": [{"type": "text", "text": "in blue"}, SENT]},
        ],
        "system_instruction": "Be\nbrief.",
        "response_format": {"type": "image", "image_size": "2K", "mime_type": "image/jpeg"},
        "generation_config": {"top_p": 0.9},
    }


def ended(status: str = "completed", *content: object, **fields: object) -> bytes:
    steps = [{"type": "thought", "signature": "c2ln"}, {"type": "model_output", "content": list(content)}]
    usage = {"total_input_tokens": 7, "total_output_tokens": 100, "total_thought_tokens": 5}
    return json.dumps({"id": "i1", "status": status, "steps": steps, "usage": usage, **fields}).encode()


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_one_that_works(status: str) -> None:
    interaction = read_interaction(json.dumps({"id": "i1", "status": status}).encode())
    assert (interaction.id, interaction.done) == ("i1", False)


def test_films_inline_and_by_address() -> None:
    inline = {"type": "video", "mime_type": "video/mp4", "data": FILM_64}
    linked = {"type": "video", "mime_type": "video/mp4", "uri": "https://h/v1beta/files/a1:download?alt=media"}
    interaction = read_interaction(ended("completed", {"type": "text", "text": "Here."}, inline, linked))
    assert interaction.done
    assert interaction.problem is None
    assert interaction.reply.words == "Here."
    signed = File("video/mp4", FILM, signature="c2ln")  # by the thought before it
    assert interaction.reply.files == [signed, File("video/mp4", uri=linked["uri"])]
    assert interaction.reply.units == Units(input_tokens=7, output_tokens=105)


def test_a_film_that_is_changed_goes_along_with_what_is_to_be_done() -> None:
    film = blob_of(FILM, "video/mp4")
    asked = a_generation("at night", wants=FILMS, film=film, task=Task.EDIT, seconds=8)
    sent = received(write_interaction("m", asked, background=True))
    inline = {"type": "video", "mime_type": "video/mp4", "data": FILM_64}
    assert sent["input"] == [{"type": "user_input", "content": [{"type": "text", "text": "at night"}, inline]}]
    assert sent["generation_config"] == {"video_config": {"task": "edit"}}
    assert "duration" not in sent["response_format"], "it is as long as it was"


def test_what_an_engine_has_signed_goes_back_to_it_behind_its_thought() -> None:
    turns = (Turn("user", ("a cat",)), Turn("model", ("Here.", BLOB), ("", "c2ln")), Turn("user", ("in blue",)))
    asked = Generation(model="m", turns=turns, wants=frozenset({Medium.IMAGE}))
    assert received(write_interaction("g", asked, background=False))["input"][1:-1] == [
        {"type": "model_output", "content": [{"type": "text", "text": "Here."}]},
        {"type": "thought", "signature": "c2ln"},
        {"type": "model_output", "content": [SENT]},
    ]


ENDINGS = {
    "failed": ("gave no reason", Kind.UPSTREAM),
    "cancelled": ("cancelled there", Kind.UPSTREAM),
    "incomplete": ("before the work was whole", Kind.UPSTREAM),
    "budget_exceeded": ("used up", Kind.UPSTREAM),
    "requires_action": ("'requires_action'", Kind.UPSTREAM),
    "": ("''", Kind.UPSTREAM),
}


@pytest.mark.parametrize("status", ENDINGS)
def test_every_other_ending_is_a_problem(status: str) -> None:
    problem = read_interaction(ended(status)).problem
    assert problem is not None
    assert ENDINGS[status][0] in problem.message
    assert problem.kind is ENDINGS[status][1]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"code": "https://errors/internal", "message": "It broke."}, Kind.UPSTREAM),
        ({"code": 3, "message": "It broke."}, Kind.INVALID),
        ({"code": "x", "message": "It violates our usage guidelines."}, Kind.FILTERED),
        ({"code": "blocked_by_safety", "message": "No."}, Kind.FILTERED),
        ({"code": "filtered", "message": "Not that."}, Kind.FILTERED),
    ],
)
@pytest.mark.parametrize("place", ["errors", "step"])
def test_an_error_at_the_end_or_in_a_step(place: str, fault: dict[str, object], kind: Kind) -> None:
    more = {"errors": [fault]} if place == "errors" else {"steps": [{"type": "model_output", "error": fault}]}
    problem = read_interaction(ended("failed", **more)).problem
    assert problem is not None
    assert (problem.kind, problem.message) == (kind, fault["message"])


@pytest.mark.parametrize(
    "body", [b"[]", b'{"steps":{}}', b'{"id":1}', b'{"steps":[{"type":"model_output","content":1}]}', b"nope"]
)
def test_nonsense_is_the_upstream_s_fault(body: bytes) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        read_interaction(body)


def test_an_error_inside_a_success() -> None:
    with pytest.raises(Problem, match=r"^Slow down\."):
        read_interaction(b'{"error":{"code":"too_many","message":"Slow down."}}')
