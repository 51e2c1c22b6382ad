"""Google in, Google out: what `golden/generate_content.json` holds of requests and answers goes through unchanged.

Byte for byte where a file is, field for field elsewhere: a request is read as clients send it and written as the engine
is sent it, an answer read as the engine gives it and written as clients get it.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from danqing.domain.errors import Kind
from danqing.domain.faults import Fault
from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.wire.delivered import File
from danqing.wire.google.candidates import generated
from danqing.wire.google.content import Reply, read_content, write_content
from danqing.wire.google.dialogue import read_generate

from .samples import PICTURE, blob_of, failed, generation, job, received

GOLDEN = json.loads((Path(__file__).parent / "golden" / "generate_content.json").read_text())


@pytest.mark.parametrize("name", GOLDEN["requests"])
def test_a_request_goes_through_unchanged(name: str) -> None:
    request = GOLDEN["requests"][name]
    ask = read_generate("m", json.dumps(request).encode())
    assert received(write_content(ask.generation, vertex="Vertex" in name)) == request
    assert {upload.data for upload in ask.uploads} <= {PICTURE}


@pytest.mark.parametrize("name", GOLDEN["answers"])
def test_an_answer_goes_through_unchanged(name: str) -> None:
    answer = GOLDEN["answers"][name]
    told = received(generated(job_of(read_content(json.dumps(answer).encode()))))
    assert {part: without_message(told[part]) for part in answer} == answer


def job_of(reply: Reply) -> Job:
    """The job that has delivered what was read."""
    asked = replace(generation(model="gemini", wants=(Medium.TEXT, Medium.IMAGE)), count=1)
    if reply.withheld:
        fault = Fault(Kind.FILTERED, "filtered", f"The content was filtered: {reply.withheld}")
        return failed(fault, generation=asked, withheld=(reply.withheld,))
    return job(generation=asked, outputs=tuple(map(output_of, reply.parts)))


def output_of(part: str | File) -> Output:
    if isinstance(part, str):
        return Output(medium=Medium.TEXT, text=part)
    assert part.data == PICTURE
    return Output(medium=Medium.IMAGE, blob=blob_of(PICTURE), signature=part.signature)


def without_message(told: object) -> object:
    """Less the sentence that is told beside the vendor's word."""
    if isinstance(told, list):
        return [without_message(each) for each in told]
    assert isinstance(told, dict)
    return {name: value for name, value in told.items() if name not in ("finishMessage", "blockReasonMessage")}
