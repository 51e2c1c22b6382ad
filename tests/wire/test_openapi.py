"""The description of the native API: every call with its shapes, and an example that fits each of them."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import msgspec
import pytest

from danqing.catalog import load
from danqing.dialects.native import Assets, Jobs, Models, Money, Office, Webhooks
from danqing.domain import retention
from danqing.front import Front
from danqing.wire import native
from danqing.wire.answers import jobs, models, money
from danqing.wire.openapi import JSON, Operation, document
from danqing.wire.openapi_page import POLICY, page

from .samples import film_output, job, picture_output, received

FRONT = Front(*[None] * 8)  # type: ignore[arg-type]  # nobody asks
CALLS: list[Operation] = [
    call.operation for kind in (Jobs, Assets, Models, Money, Office, Webhooks) for call in kind(FRONT).calls()
]
DOCUMENT = document(CALLS, version="1.0", server="http://h/api")


def every(node: Any, name: str) -> Iterator[Any]:
    """All values under a name, wherever they stand."""
    if isinstance(node, dict):
        for field, value in node.items():
            if field == name:
                yield value
            yield from every(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from every(value, name)


def test_every_call_is_described_once() -> None:
    described = [(method, path) for path, calls in DOCUMENT["paths"].items() for method in calls]
    assert sorted(described) == sorted((call.method.lower(), call.path) for call in CALLS)
    names = list(every(DOCUMENT["paths"], "operationId"))
    assert len(set(names)) == len(CALLS) == len(described)
    for reference in every(DOCUMENT, "$ref"):
        assert reference.removeprefix("#/components/schemas/") in DOCUMENT["components"]["schemas"], reference
    for path, calls in DOCUMENT["paths"].items():
        for call in calls.values():
            named = [row["name"] for row in call["parameters"] if row["in"] == "path"]
            assert named == re.findall(r"\{(\w+)\}", path)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_example_fits_its_shape(call: Operation) -> None:
    told = DOCUMENT["paths"][call.path][call.method.lower()]
    answers = [(kind, told["responses"][str(call.status)]["content"]) for kind in call.answers[:1]]
    bodies = [(call.body, told["requestBody"]["content"])] if call.body else []
    for kind, content in (*answers, *bodies):
        msgspec.convert(content[JSON]["example"], kind)
    assert call.answers or call.mimes, "it answers something"
    assert "default" in told["responses"]


def test_what_is_sent_has_the_shape_that_is_told() -> None:
    """A field that is new is told of here first; all other shapes are held over a socket."""
    told = native.job(job(outputs=(picture_output(), film_output())), lambda output: output.file)
    msgspec.convert(received(told), jobs.Job)
    swept = {field.name for field in fields(retention.Swept)}
    assert set(money.Swept.__struct_fields__) == swept
    for model in load().models:
        msgspec.convert(received(native.model(model)), models.Model)


def test_the_page_shows_all_of_it_and_loads_nothing() -> None:
    text = page(DOCUMENT)
    for call in CALLS:
        assert f"/api{call.path}" in text
    for name in DOCUMENT["components"]["schemas"]:
        assert f"<details id={name}>" in text
    assert not re.search(r"<script|\bsrc=|url\(|@import", text)
    assert "script-src" not in POLICY
    assert "default-src 'none'" in POLICY
