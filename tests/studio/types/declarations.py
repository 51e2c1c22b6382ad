"""TypeScript's view of the native API, made from its OpenAPI description: what is answered, and what is sent."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from danqing.wire.openapi import JSON

Schema = Mapping[str, Any]

SPACE = "Api"
PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
SUCCESSES = ("200", "201")


def declarations(document: Schema) -> str:
    """One namespace with every shape, and `Calls`: by "METHOD /path", what is sent and what is answered."""
    shapes = [f"  type {name} = {typed(schema)};" for name, schema in document["components"]["schemas"].items()]
    calls = [f"    {row};" for row in _calls(document["paths"])]
    return "\n".join([f"declare namespace {SPACE} {{", *shapes, "  interface Calls {", *calls, "  }", "}", ""])


def typed(schema: Schema) -> str:
    """A JSON Schema, as far as the API uses it, as a type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(typed(part) for part in schema["anyOf"])
    match schema.get("type"):
        case "array":
            return f"({typed(schema['items'])})[]"
        case "object":
            return _object(schema)
        case None:
            return "unknown"
        case kind:
            return PRIMITIVES[kind]


def _object(schema: Schema) -> str:
    needed = schema.get("required", ())
    rows = [
        f"{json.dumps(name)}{'' if name in needed else '?'}: {typed(field)}"
        for name, field in schema.get("properties", {}).items()
    ]
    others = schema.get("additionalProperties", True)
    if others is not False:
        rows.append(f"[name: string]: {'any' if others is True else typed(others)}")
    return f"{{ {'; '.join(rows)} }}"


def _calls(paths: Mapping[str, Schema]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, told in methods.items():
            answers = [told["responses"][status] for status in SUCCESSES if status in told["responses"]]
            sent, answer = _json(told.get("requestBody", {})), _json(answers[0])
            yield f"{json.dumps(f'{method.upper()} {path}')}: {{ sent: {sent}; answer: {answer} }}"


def _json(message: Schema) -> str:
    content = message.get("content", {})
    return typed(content[JSON]["schema"]) if JSON in content else "never"
