"""Interactions as they are answered: every state of a job as a whole and as events, and as another Danqing reads it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.generation import Delivery, Output, Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Medium
from danqing.domain.money import Units
from danqing.wire.delivered import File
from danqing.wire.google.interactions import events, interaction, read_event_id, read_interaction
from danqing.wire.holes import Tree

from .samples import (
    CREATED,
    FILM,
    FILM_64,
    JOB_ID,
    PICTURE_64,
    film_output,
    generation,
    job,
    picture_output,
    received,
    sent,
    words_output,
)

HEAD = {"id": JOB_ID, "object": "interaction", "model": "imagen-3.0-generate-002", "created": "2025-06-15T15:06:40Z"}
INLINE = {"type": "image", "mime_type": "image/png", "data": PICTURE_64}
LINKED = {"type": "video", "mime_type": "video/mp4", "uri": "http://h/abc123"}
HERE = {"type": "text", "text": "Here."}
FILTERED = Fault(Kind.FILTERED, "filtered", "The content was filtered: no.")


def address(output: Output) -> str:
    return f"http://h/{output.file}"


def told(row: Job, asked: tuple[Turn, ...] = ()) -> Tree:
    return received(interaction(row, address, asked=asked))


def delivered(*outputs: Output, **fields: object) -> Job:
    return job(outputs=outputs, updated=CREATED + timedelta(seconds=5), **fields)


def test_words_and_a_picture() -> None:
    row = delivered(words_output("Here."), picture_output(), input_tokens=3)
    assert told(row) == {
        **HEAD,
        "status": "completed",
        "role": "model",
        "updated": "2025-06-15T15:06:45Z",
        "steps": [{"type": "model_output", "content": [HERE, INLINE]}],
        "usage": {
            "total_input_tokens": 3,
            "total_output_tokens": 10,
            "total_tokens": 13,
            "input_tokens_by_modality": [{"modality": "text", "tokens": 3}],
            "output_tokens_by_modality": [{"modality": "text", "tokens": 10}],
        },
    }


def test_a_film_by_its_address_in_a_conversation_that_goes_on() -> None:
    asked = replace(generation(wants=(Medium.VIDEO,)), delivery=Delivery.URI, follows="p1")
    answer = told(delivered(film_output(), words_output("Here."), generation=asked))
    assert answer["steps"] == [{"type": "model_output", "content": [LINKED, HERE]}]
    assert answer["previous_interaction_id"] == "p1"
    inline = told(delivered(film_output(), generation=replace(asked, delivery=None)))
    assert inline["steps"][0]["content"] == [{"type": "video", "mime_type": "video/mp4", "data": FILM_64}]


def test_what_was_signed_stands_behind_its_thought() -> None:
    row = delivered(words_output("Here."), picture_output(signature="c2ln"), words_output("There."))
    assert told(row)["steps"] == [
        {"type": "model_output", "content": [HERE]},
        {"type": "thought", "signature": "c2ln"},
        {"type": "model_output", "content": [INLINE, {"type": "text", "text": "There."}]},
    ]


def test_words_that_follow_words_are_a_paragraph_of_their_own() -> None:
    content = told(delivered(words_output("Here."), words_output("There.")))["steps"][0]["content"]
    assert "".join(part["text"] for part in content) == "Here.\n\nThere."


def test_what_it_was_asked_is_told_to_who_wants_it() -> None:
    asked = (Turn("user", ("a cat", picture_output().blob)),)  # type: ignore[arg-type]
    answer = told(delivered(picture_output()), asked)
    assert answer["input"] == [{"type": "user_input", "content": [{"type": "text", "text": "a cat"}, INLINE]}]


STATES = {
    "queued": (job(state=State.QUEUED), "in_progress", []),
    "running": (job(state=State.RUNNING), "in_progress", []),
    "done": (delivered(picture_output()), "completed", []),
    "partial": (delivered(words_output("I may not."), withheld=("Not that.",)), "incomplete", ["Not that."]),
    "filtered": (job(state=State.FAILED, fault=FILTERED, withheld=("no.",)), "failed", [FILTERED.message]),
    "unknown": (job(state=State.UNKNOWN, fault=Fault(Kind.UNKNOWN, "outcome_unknown", "?")), "failed", ["?"]),
    "cancelled": (job(state=State.CANCELLED, fault=Fault(Kind.CANCELLED, "cancelled", "Off.")), "cancelled", ["Off."]),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_word_and_its_reasons(state: str) -> None:
    row, status, reasons = STATES[state]
    answer = told(row)
    assert answer["status"] == status
    assert [error["message"] for error in answer.get("errors", [])] == reasons
    assert ("steps" in answer, "usage" in answer) == ((row.state is State.DONE),) * 2


@pytest.mark.parametrize("state", STATES)
def test_an_engine_that_answers_so_is_understood(state: str) -> None:
    row, status, _ = STATES[state]
    read = read_interaction(sent(interaction(row, address)))
    assert (read.id, read.done) == (JOB_ID, row.state.ended)
    assert (read.problem is not None) == (row.state.ended and status != "completed")
    assert (read.problem is not None and read.problem.kind is Kind.FILTERED) == (state in ("filtered", "partial"))


def test_what_was_made_is_read_as_it_was_told() -> None:
    row = delivered(words_output("Here."), film_output(signature="c2ln"), input_tokens=3)
    reply = read_interaction(sent(interaction(row, address))).reply
    assert reply.parts == ("Here.", File("video/mp4", FILM, signature="c2ln"))
    assert reply.units == Units(input_tokens=3, output_tokens=10)


def kinds(row: Job) -> list[str]:
    return [str(event["event_type"]) for event in events(row, address)]


BEGUN = ["interaction.created", "interaction.status_update"]
STEP = ["step.start", "step.delta", "step.stop"]


def test_a_stream_is_numbered_and_ends_without_its_files() -> None:
    row = delivered(words_output("Here."), picture_output(signature="c2ln"))
    told = received(events(row, address))
    assert [event["event_id"] for event in told] == [str(number) for number in range(1, len(told) + 1)]
    assert kinds(row) == [*BEGUN, *STEP, *STEP, *STEP, "interaction.completed"]
    created, update = told[:2]
    assert created["interaction"] == {**HEAD, "status": "in_progress", "updated": HEAD["created"]}
    assert (update["interaction_id"], update["status"]) == (JOB_ID, "in_progress")
    starts = [event["step"] for event in told if event["event_type"] == "step.start"]
    assert starts == [{"type": "model_output"}, {"type": "thought"}, {"type": "model_output"}]
    deltas = [(event["index"], event["delta"]) for event in told if event["event_type"] == "step.delta"]
    assert deltas == [(0, HERE), (1, {"type": "thought_signature", "signature": "c2ln"}), (2, INLINE)]
    assert [event["index"] for event in told if event["event_type"] == "step.stop"] == [0, 1, 2]
    assert told[-1]["interaction"]["status"] == "completed"
    assert told[-1]["interaction"]["usage"]["total_output_tokens"] == 10
    assert "steps" not in told[-1]["interaction"]


def test_what_was_told_once_never_changes() -> None:
    """So that whoever was cut off goes on behind any event, at any server."""
    outputs = (words_output("a"), words_output("b"), picture_output(signature="c2ln"), picture_output())
    done = delivered(*outputs, withheld=("One less.",))
    begun = replace(done, state=State.RUNNING, withheld=(), updated=CREATED)
    lives = [replace(begun, outputs=outputs[:count]) for count in range(len(outputs) + 1)]
    for before, after in zip(lives, [*lives[1:], done], strict=True):
        said = events(before, address)
        assert said == events(after, address)[: len(said)]
        assert len(said) < len(events(after, address))


def test_a_failure_ends_a_stream_with_an_error() -> None:
    row = replace(STATES["filtered"][0], outputs=(words_output("Hm."),))
    assert kinds(row) == [*BEGUN, *STEP, "interaction.status_update", "error"]
    update, error = events(row, address)[-2:]
    assert (update["status"], error["error"]) == ("failed", {"code": "filtered", "message": FILTERED.message})
    assert kinds(STATES["partial"][0])[-2:] == ["error", "interaction.completed"]


def test_an_event_is_named_by_its_number() -> None:
    assert (read_event_id(None), read_event_id(""), read_event_id("12")) == (0, 0, 12)
    for odd in ("x", "-1", "1.5", "٣", "9" * 10):
        with pytest.raises(Problem, match="last_event_id"):
            read_event_id(odd)
