"""The JSON Schema of what a model can be asked for allows what the model does, and nothing that it refuses."""

import json
from typing import Any

import msgspec
import pytest

from danqing.catalog import load
from danqing.domain.errors import Problem
from danqing.domain.models import Model, fit
from danqing.wire import asking, native

MODELS = [model for model in load().models if model.ability.anew]  # the others need a picture for everything


def schema(model: Model) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(msgspec.json.encode(asking.schema(model)))
    return told


def allows(told: dict[str, Any], name: str, value: object) -> bool:
    """By the few words of JSON Schema that stand in it."""
    row = told["properties"].get(name)
    if row is None:
        return False
    if "enum" in row:
        return value in row["enum"]
    assert (row["type"], isinstance(value, int)) == ("integer", True)
    return bool(row["minimum"] <= value <= row["maximum"])


def taken(row: Model, **fields: object) -> bool:
    try:
        fit(native.read_job(json.dumps({"model": row.id, "prompt": "a fox", **fields}).encode()).generation, row)
    except Problem:
        return False
    return True


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_it_is_valid_and_says_what_the_model_takes(model: Model) -> None:
    told = schema(model)
    tried = {
        "count": [0, 1, 2, 4, 5, 100],
        "aspect": ["1:1", "16:9", "7:5"],
        "size": ["1K", "2K", "720p", "1080p", "9K"],
        "seconds": [4, 5, 6, 8, 9],
        "person": ["allow_all", "allow_adult", "dont_allow", "nobody"],
        "mime": ["image/png", "image/jpeg", "image/gif"],
        "task": ["edit", "upscale", "sing"],
    }
    for name, values in tried.items():
        for value in values:
            if name == "task" and model.ability.tasks:
                continue  # it needs something that the task is done to
            assert allows(told, name, value) == taken(model, **{name: value}), (name, value)
    defaults = {name: row["default"] for name, row in told["properties"].items() if "default" in row}
    assert defaults["model"] == model.id
    assert taken(model, **defaults)
    assert told["additionalProperties"] is False
    assert set(told["properties"]) <= set(native.JobRequest.__struct_fields__)
