"""What agents are told and may say: every tool is whole, and every answer says what it cost and who made it."""

from dataclasses import replace
from typing import get_args

import msgspec
import pytest
from jsonschema import Draft202012Validator

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Output
from danqing.domain.jobs import State
from danqing.domain.media import Blob, Medium
from danqing.wire import mcp, native
from making import a_job

PICTURE = Output(medium=Medium.IMAGE, blob=Blob("ab" * 32, 1234, "image/png"), file="f1", width=64, height=48, seed=7)


def url(output: Output) -> str:
    return f"https://danqing.test/cdn/{output.file}.png"


def test_every_call_is_a_tool_with_a_schema() -> None:
    told = {tool["name"]: tool for tool in mcp.tools()}
    assert {mcp.TOOLS[name].shape for name in told} == {*get_args(mcp.Making), *get_args(mcp.Call)} - {mcp.Making}
    for tool in told.values():
        Draft202012Validator.check_schema(tool["inputSchema"])
        assert tool["inputSchema"]["type"] == "object"
        assert tool["inputSchema"]["additionalProperties"] is False
        assert tool["description"].endswith(".")
        msgspec.json.encode(tool)


@pytest.mark.parametrize(
    ("name", "arguments", "body"),
    [
        ("generate_image", {"prompt": "a fox"}, {"model": "auto", "prompt": "a fox", "wants": ["image"], "count": 1}),
        (
            "generate_image",
            {"prompt": "a fox", "model": "m", "aspect": "16:9", "seed": 3, "pictures": ["files/f1"]},
            {"model": "m", "prompt": "a fox", "aspect": "16:9", "seed": 3, "count": 1, "pictures": ["files/f1"]},
        ),
        (
            "edit_image",
            {"prompt": "", "picture": "files/f1", "references": ["files/f2"], "task": "upscale", "factor": 2},
            {
                "model": "auto",
                "prompt": "",
                "wants": ["image"],
                "pictures": ["files/f1", "files/f2"],
                "task": "upscale",
                "factor": 2,
            },
        ),
        (
            "generate_video",
            {"prompt": "it hops", "first_frame": "files/f1", "seconds": 5},
            {"model": "auto", "prompt": "it hops", "wants": ["video"], "first_frame": "files/f1", "seconds": 5},
        ),
    ],
)
def test_a_call_becomes_a_request_for_a_job(name: str, arguments: dict[str, object], body: dict[str, object]) -> None:
    call = mcp.read_call(name, arguments)
    assert isinstance(call, mcp.Making)
    sent = {field: value for field, value in msgspec.json.decode(call.request()).items() if value not in ("", [])}
    assert sent == {field: value for field, value in body.items() if value != ""}
    native.read_job(call.request())


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("draw", {}, "There is no tool draw; there are generate_image"),
        ("generate_image", {}, "missing required field `prompt`"),
        ("generate_image", {"prompt": ""}, "prompt: Expected `str` of length >= 1"),
        ("generate_image", {"prompt": "a fox", "colour": "red"}, "unknown field `colour`"),
        ("generate_image", {"prompt": "a fox", "max_cost": "cheap"}, "max_cost: Expected `str` matching regex"),
        ("generate_image", {"prompt": "a fox", "wait_seconds": 9999}, "wait_seconds: Expected `int` <= 600"),
        ("edit_image", {"prompt": "red", "picture": "files/f1", "task": "sing"}, "task: Invalid enum value"),
        ("job_status", {"job": 7}, "job: Expected `str`, got `int`"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(name: str, arguments: dict[str, object], says: str) -> None:
    with pytest.raises(Problem) as caught:
        mcp.read_call(name, arguments)
    assert says in caught.value.message
    assert mcp.refusal(caught.value)["content"] == [{"type": "text", "text": caught.value.message}]


def test_a_job_that_is_done_tells_its_cost_its_files_and_that_it_is_a_sketch() -> None:
    job = replace(a_job(state=State.DONE), outputs=(replace(PICTURE, missing=("owl",)),), charged=40_000_000, test=True)
    told, said = mcp.told(job, url), mcp.summary(job, url)
    assert told["charged"] == {"usd": "0.04", "nanos": 40_000_000}
    assert told["outputs"][0]["url"] == url(PICTURE)
    for words in (job.id, "$0.04 of play money", "files/f1: image/png, 64x48, seed 7", "Not drawn: owl", url(PICTURE)):
        assert words in said
    assert ("a sketch by the embedded Sketch engine" in said) == told["sketch"] == job.sketch
    msgspec.json.encode(told)


def test_a_job_at_work_tells_how_to_come_back_to_it() -> None:
    job = replace(a_job(state=State.RUNNING), progress=0.37, stage="filming", held=6_000_000_000, test=False)
    said = mcp.summary(job, url)
    assert f"Job {job.id} is still at work (filming, 37%). At most $6.00 will be charged. Call job_status" in said
    assert mcp.told(job, url)["state"] == "running"


def test_a_file_that_was_taken_away_is_not_linked() -> None:
    job = a_job(state=State.DONE)
    job = replace(job, outputs=(replace(PICTURE, gone=job.created),))
    assert "files/f1" not in mcp.summary(job, url)
    assert "url" not in mcp.told(job, url)["outputs"][0]


def test_a_refusal_is_a_result_that_a_model_can_act_on() -> None:
    told = mcp.refusal(Problem(Kind.BUSY, "Wait a little.", retry_after=3))
    assert told["isError"] is True
    assert told["structuredContent"]["error"]["retry_after"] == 3
