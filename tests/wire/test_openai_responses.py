"""Responses: what may be asked for and what is refused, and every job told as a whole and in events with numbers."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.generation import Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Medium, cited
from danqing.wire.holes import Tree
from danqing.wire.openai.responses import Create, Teller, made_item, placed, read_after, read_create, response

from .samples import (
    JOB_ID,
    PICTURE,
    PICTURE_64,
    blob_of,
    failed,
    generation,
    job,
    model_row,
    picture_output,
    received,
    words_output,
)

TOOL = {"type": "image_generation"}
BOTH = (Medium.TEXT, Medium.IMAGE)
CALL = "response.image_generation_call"


def asked(said: object = "a fox", **fields: object) -> Create:
    return read_create(msgspec.json.encode({"model": "gpt-5", "input": said, "tools": [TOOL], **fields}))


def kinds(events: list[Tree]) -> list[str]:
    return [str(event["type"]).removeprefix("response.") for event in events]


def numbers(events: list[Tree]) -> list[Any]:
    return [event["sequence_number"] for event in events]


def test_everything_that_was_said_is_read() -> None:
    words = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Here."}]}
    shown = [{"type": "input_text", "text": "in snow"}, {"type": "input_image", "file_id": "file-abc"}]
    ask = asked(
        [
            {"role": "user", "content": "a fox"},
            {"type": "reasoning", "summary": []},
            words,
            {"type": "image_generation_call", "id": "ig_x_0", "result": PICTURE_64},
            {"type": "image_generation_call", "id": f"ig_{JOB_ID}_0"},
            {"role": "user", "content": shown},
        ],
        instructions="Be brief.",
        tools=[
            TOOL
            | {"model": "gpt-image-2", "size": "16:9", "input_image_mask": {"file_id": "m"}, "input_fidelity": "high"}
        ],
        previous_response_id="resp_1",
        truncation="auto",
    )
    assert ask.generation.turns == (
        Turn("system", ("Be brief.",)),
        Turn("user", ("a fox",)),
        Turn("model", ("Here.",)),
        Turn("model", (blob_of(PICTURE),)),
        Turn("model", (cited(f"ig_{JOB_ID}_0"),)),
        Turn("user", ("in snow", cited("abc"))),
    )
    assert (ask.previous, ask.model, ask.generation.model) == ("1", "gpt-5", "gpt-image-2")
    assert (ask.generation.aspect, ask.generation.mask, ask.generation.wants) == ("16:9", cited("m"), frozenset(BOTH))
    assert dict(ask.generation.knobs) == {"input_fidelity": "high", "truncation": "auto"}
    assert [upload.data for upload in ask.uploads] == [PICTURE, None, None, None]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"input": "  "}, "prompt is empty"),
        ({"input": [{"role": "assistant", "content": "hm"}]}, "prompt is empty"),
        ({"input": [{"type": "function_call", "name": "f"}]}, "'function_call' is not taken"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "item_reference"),
        ({"input": [{"type": "image_generation_call", "result": "?"}]}, "not base64"),
        ({"input": [{"role": "user", "content": [{"type": "input_file"}]}]}, "'input_file', which is not taken"),
        ({"tools": [{"type": "web_search"}]}, "one tool is offered here"),
        ({"tools": [TOOL, TOOL]}, "once"),
        ({"tools": [TOOL | {"action": "dance"}]}, "generate, edit, auto"),
        ({"tools": [TOOL | {"output_format": "gif"}]}, "png, jpeg or webp"),
        ({"tools": [], "tool_choice": "required"}, "send tools="),
        ({"tool_choice": {"type": "function", "name": "f"}}, "tool_choice 'function' is not offered"),
        ({"text": {"format": {"type": "json_schema"}}}, "not as JSON"),
        ({"conversation": "conv_1"}, "previous_response_id"),
        ({"metadata": "shelf"}, "metadata must be an object"),
        ({"metadata": {"shelf": "x" * 513}}, "at most 16 values of 512"),
        ({"metadata": {str(at): "x" for at in range(17)}}, "at most 16 values of 512"),
        ({"store": False, "background": True}, "leave store out"),
        ({"input": [{"role": "user", "content": "a"}] * 101}, "at most 100 turns"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_is(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence.replace("=", ".")) as raised:
        asked(**{"said": fields.pop("input", "a fox"), **fields})
    assert raised.value.kind is Kind.INVALID


def test_who_makes_it() -> None:
    picture, film = model_row(), model_row(ability=replace(model_row().ability, makes=frozenset({Medium.VIDEO})))
    before = job()

    def chosen(ask: Create, **there: Any) -> tuple[str, dict[str, object]]:
        made = placed(ask, ask.generation, there.get("named"), there.get("before"))
        return made.model, dict(made.knobs)

    of_tool = asked(tools=[TOOL | {"model": "gpt-image-2"}])
    assert chosen(of_tool, named=picture, before=before) == ("gpt-image-2", {"model": "gpt-5"})
    assert chosen(asked(), named=picture, before=before) == (picture.id, {})
    assert chosen(asked(), before=before) == (before.generation.model, {"model": "gpt-5"})
    assert chosen(asked()) == ("auto", {"model": "gpt-5"})
    for ask, named, sentence in [
        (asked(), film, "makes films"),
        (asked(tools=[]), None, "not here to answer in words"),
        (asked(tool_choice="none"), None, "not here to answer in words"),
        (asked(tools=[TOOL | {"action": "edit"}]), picture, "no picture to edit"),
    ]:
        with pytest.raises(Problem, match=sentence):
            placed(ask, ask.generation, named, None)


def test_the_same_events_come_at_any_time_and_previews_have_their_numbers() -> None:
    asking = replace(generation(), knobs=(("partial_images", 2),))
    rough = blob_of(b"rough")
    done = job(generation=asking, outputs=(picture_output(),))
    stages = [
        replace(done, state=State.QUEUED, outputs=()),
        replace(done, state=State.RUNNING, outputs=(), preview=rough),
        replace(done, state=State.RUNNING),
        done,
    ]
    teller = Teller(-1)
    live = [event for stage in stages for event in teller.tell(stage)]
    late = list(Teller(-1).tell(done))
    assert kinds(live) == [
        *("created", "in_progress", "output_item.added", "image_generation_call.in_progress"),
        *("image_generation_call.generating", "image_generation_call.partial_image"),
        *("image_generation_call.completed", "output_item.done", "completed"),
    ]
    assert numbers(live) == [0, 1, 2, 3, 4, 5, 7, 8, 9]
    assert late == [event for event in live if event["type"] != f"{CALL}.partial_image"]
    assert numbers(list(Teller(7).tell(done))) == [8, 9]


def test_words_and_pictures_stand_in_their_order() -> None:
    outputs = (words_output("Look."), words_output("Here."), picture_output(), words_output("Done."))
    done = job(generation=generation(wants=BOTH), outputs=outputs)
    told = received(response(done))
    assert [item["type"] for item in told["output"]] == ["message", "image_generation_call", "message"]
    assert told["output"][0]["content"][0]["text"] == "Look.\n\nHere."
    assert told["output"][1]["result"] == PICTURE_64
    assert made_item(done, told["output"][1]["id"]) == blob_of(PICTURE)
    growing = [replace(done, state=State.RUNNING, outputs=outputs[:count]) for count in range(5)]
    teller = Teller(-1)
    live = [event for stage in (*growing, done) for event in teller.tell(stage)]
    assert live == list(Teller(-1).tell(done))
    assert numbers(live) == list(range(len(live)))
    assert [event["delta"] for event in live if event["type"] == "response.output_text.delta"] == [
        "Look.\n\nHere.",
        "Done.",
    ]


@pytest.mark.parametrize(
    ("kept", "status", "error", "last"),
    [
        (failed(Fault(Kind.FILTERED, "filtered", "no")), "failed", "image_content_policy_violation", "failed"),
        (failed(Fault(Kind.UPSTREAM, "x", "no")), "failed", "server_error", "failed"),
        (replace(failed(Fault(Kind.CANCELLED, "x", "no")), state=State.CANCELLED), "cancelled", None, "failed"),
        (job(outputs=(picture_output(),), withheld=("no",)), "incomplete", None, "incomplete"),
        (job(state=State.RUNNING), "in_progress", None, "image_generation_call.generating"),
        (job(state=State.QUEUED), "queued", None, "image_generation_call.generating"),
    ],
)
def test_every_end_is_told(kept: Job, status: str, error: str | None, last: str) -> None:
    told = received(response(kept))
    assert (told["status"], (told["error"] or {}).get("code")) == (status, error)
    assert (told["incomplete_details"] == {"reason": "content_filter"}) == (status == "incomplete")
    assert kinds(list(Teller(-1).tell(kept)))[-1] == last


@pytest.mark.parametrize(("knob", "told"), [('{"shelf":"foxes"}', {"shelf": "foxes"}), ("shelf", {}), (3, {})])
def test_metadata_is_told_again(knob: str | int, told: dict[str, str]) -> None:
    kept = job(generation=replace(generation(), knobs=(("metadata", knob),)))
    assert received(response(kept))["metadata"] == told


@pytest.mark.parametrize("id", ["ig_", "ig_1", f"ig_{JOB_ID}_1", f"ig_{JOB_ID}_-1", f"ig_{JOB_ID}_99999"])
def test_an_item_that_is_none_is_not_found(id: str) -> None:
    with pytest.raises(Problem, match="item ig_"):
        made_item(job(outputs=(picture_output(),)), id)


@pytest.mark.parametrize("text", ["-1", "x", "9" * 10, "１"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="sequence_number"):
        read_after(text)
