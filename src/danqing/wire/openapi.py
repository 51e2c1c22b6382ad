"""The description of the native API in OpenAPI 3.1, made from the very types that requests are read by."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from danqing.domain.jobs import State
from danqing.domain.media import Medium
from danqing.domain.usage import By
from danqing.domain.webhooks import Fate
from danqing.wire.answers.shapes import Error
from danqing.wire.examples import example

Schema = dict[str, Any]
Who = Literal["key", "owner", "anybody"]

JSON = "application/json"
FILES = ("image/png", "image/jpeg", "image/webp", "video/mp4")
_REF = "#/components/schemas/{name}"
_DAY = {"type": "string", "examples": ["2026-11-26"]}
_TEXT = {"type": "string"}
_DOLLARS = {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9})?$", "examples": ["0.25"]}
_FATE = {"type": "string", "enum": [fate.value for fate in Fate]}
# By the name of a parameter, and behind a colon by what it is where it is not what it usually is.
QUERY: Mapping[str, tuple[str, Schema]] = {
    "limit": ("How many rows a page has.", {"type": "integer", "minimum": 1, "maximum": 200}),
    "before": ("Go on after this one: `next` of the page before.", _TEXT),
    "after": ("Where a stream broke off: the id of the last event.", {"type": "string", "pattern": "^[0-9]{1,16}$"}),
    "state": ("One or several states, with commas.", {"type": "string", "enum": [state.value for state in State]}),
    "state:fate": ("Those that wait, that were taken, or that were given up.", _FATE),
    "model": ("One or several models, with commas.", _TEXT),
    "kind": ("What was made.", {"type": "string", "enum": [medium.value for medium in Medium]}),
    "since": ("From this day or moment on (UTC).", _DAY),
    "until": ("Before this day or moment (UTC).", _DAY),
    "q": ("Words that all stand in its prompt or its parameters.", {"type": "string", "examples": ["fox seed:7"]}),
    "ratio": ("A width to a height.", {"type": "string", "pattern": "^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$"}),
    "starred": ("Only those that are marked, or that are not.", {"type": "boolean"}),
    "board": ("Those on this board.", _TEXT),
    "name": ("The name of a file; several with commas.", _TEXT),
    "size": ("Pixels of the longer side.", {"type": "integer", "enum": [256, 512]}),
    "attach": ("Have browsers save it.", _TEXT),
    "retiring": ("Only models that end.", _TEXT),
    "by": ("What figures are told apart by, with commas.", {"type": "string", "enum": [by.value for by in By]}),
    "key": ("Those of this key, by its id, if they may be seen; several with commas.", _TEXT),
    "cost_min": ("Whose job was charged no less than so many dollars.", _DOLLARS),
    "cost_max": ("Whose job was charged no more than so many dollars.", _DOLLARS),
    "account": (
        "Those of live keys, or of test keys, which spend play money.",
        {"type": "string", "enum": ["live", "test"]},
    ),
    "project": ("Those of this project.", _TEXT),
    "job": ("Those of this job.", _TEXT),
    "format": ("As a table instead, or `Accept: text/csv`.", {"type": "string", "enum": ["csv", "json"]}),
}
SPENDING = ("idempotency-key", "x-danqing-max-cost", "danqing-dry-run", "danqing-deadline", "danqing-webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call. `answers` and `body` are the types of what is sent as JSON; `mimes`, what comes that is no JSON.

    `also`: another status of success, with the same content. `raw`: the body is a file. `spends`: it costs money, and
    takes the headers that guard it.
    """

    method: str
    path: str
    name: str
    summary: str
    subject: str
    answers: Sequence[type] = ()
    status: int = 200
    also: int = 0
    mimes: Sequence[str] = ()
    body: type | None = None
    raw: bool = False
    query: Sequence[str] = ()
    who: Who = "key"
    spends: bool = False
    sample: Mapping[str, object] = field(default_factory=dict)


def document(operations: Iterable[Operation], *, version: str, server: str) -> Schema:
    """All of it, as one JSON document."""
    described = list(operations)
    types = [kind for row in described for kind in (*row.answers, row.body) if kind]
    unique = list(dict.fromkeys([Error, *types]))
    references, components = msgspec.json.schema_components(unique, ref_template=_REF)
    refs = dict(zip(unique, references, strict=True))
    paths: dict[str, Schema] = {}
    for row in described:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, refs, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Danqing",
            "version": version,
            "description": "Jobs, files, models, keys and money. Money is told in dollars and in whole nano-dollars.",
        },
        "servers": [{"url": server}],
        "security": [{"bearer": []}, {"header": []}],
        "tags": [{"name": name} for name in dict.fromkeys(row.subject for row in described)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-goog-api-key"},
            },
        },
    }


def _operation(row: Operation, refs: Mapping[type, Schema], components: Mapping[str, Schema]) -> Schema:
    told: Schema = {
        "operationId": row.name,
        "tags": [row.subject],
        "summary": row.summary,
        "parameters": [*_path(row), *_query(row), *_headers(row)],
        "responses": {
            **{
                str(status): {"description": row.summary, "content": _content(row, refs, components)}
                for status in (row.status, row.also)
                if status
            },
            "default": {"description": "What is wrong, and what to do.", "content": _json(refs[Error], components)},
        },
    }
    if row.who == "anybody":
        told["security"] = []
    if row.body:
        sent = _json(refs[row.body], components, row.sample)
        told["requestBody"] = {"required": bool(components[row.body.__name__].get("required")), "content": sent}
    elif row.raw:
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return told


def _content(row: Operation, refs: Mapping[type, Schema], components: Mapping[str, Schema]) -> Schema:
    schemas = [refs[answer] for answer in row.answers]
    content = _json(schemas[0] if len(schemas) == 1 else {"anyOf": schemas}, components) if schemas else {}
    return content | {mime: {"schema": {}} for mime in row.mimes}


def _json(schema: Schema, components: Mapping[str, Schema], sample: Mapping[str, object] | None = None) -> Schema:
    return {JSON: {"schema": schema, "example": dict(sample) if sample else example(schema, components)}}


def _path(row: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", row.path)
    ]


def _query(row: Operation) -> list[Schema]:
    told = [(name.partition(":")[0], *QUERY[name]) for name in row.query]
    return [{"name": name, "in": "query", "description": what, "schema": schema} for name, what, schema in told]


def _headers(row: Operation) -> list[Schema]:
    names = SPENDING if row.spends else ()
    return [{"name": name, "in": "header", "schema": {"type": "string"}} for name in names]
