"""Examples for a JSON Schema: values that fit it and look like what is really sent."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_DEPTH_MAX = 8
_TIME = "2026-11-26T10:00:00+00:00"
_FILE = "3f2a9c0d41b84e7f9d1c2b3a4e5f6071"
_KNOWN: Mapping[str, object] = {
    "id": "8167db37-2b7c-4794-9232-891d02ca7fa3",
    "job": "8167db37-2b7c-4794-9232-891d02ca7fa3",
    "model": "imagen-4.0-generate-001",
    "prompt": "a red fox in the snow",
    "rewritten": "",
    "stage": "drawing",
    "outcome": "ok",
    "usd": "0.03",
    "nanos": 30_000_000,
    "progress": 1.0,
    "file": _FILE,
    "url": f"https://pictures.example.com/api/files/{_FILE}",
    "mime": "image/png",
    "bytes": 1_482_113,
    "width": 1024,
    "height": 1024,
    "seed": 7,
    "count": 1,
    "aspect": "1:1",
    "provider": "google",
    "upstream": "imagen-4.0-generate-001",
    "by": "google/imagen-4.0-generate-001",
    "name": "best of",
    "key": "key_0123456789abcdef",
    "project": "project_0123456789abcdef",
    "account": "live",
    "hint": "sk-test-…ab12",
    "secret": "sk-test-shown-once",
    "message": "The model does not make this ratio. Choose 1:1, 3:4, 4:3, 9:16 or 16:9.",
    "code": "invalid_value",
    "param": "aspect",
    "ledger": "https://pictures.example.com/api/ledger?key=key_0123456789abcdef",
    "day": "2026-11-26",
    "next": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    **dict.fromkeys(("created", "updated", "at", "made", "expires", "last"), _TIME),
}


def example(schema: Schema, components: Mapping[str, Schema], name: str = "", depth: int = 0) -> Any:
    """A value that fits; `name` is the field that it is for."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rpartition("/")[2]], components, name, depth)
    if "anyOf" in schema:
        kinds = [kind for kind in schema["anyOf"] if kind.get("type") != "null"]
        if name in _KNOWN and _fits(_KNOWN[name], schema["anyOf"]):
            return _KNOWN[name]
        return None if len(kinds) < len(schema["anyOf"]) else example(kinds[0], components, name, depth)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        given = schema.get("properties", {})
        wanted = schema.get("required", []) if depth < _DEPTH_MAX else []
        return {field: example(given[field], components, field, depth + 1) for field in wanted}
    if kind == "array":
        items = schema.get("items", {})
        wanted = "$ref" in items or schema.get("minItems")
        return [example(items, components, "file", depth + 1)] if wanted and depth < _DEPTH_MAX else []
    if name in _KNOWN and _fits(_KNOWN[name], [schema]):
        return _KNOWN[name]
    return {"string": "…", "integer": schema.get("minimum", 1), "number": 1.0, "boolean": False}.get(str(kind))


def _fits(value: object, schemas: list[Schema]) -> bool:
    kinds = {"null": type(None), "string": str, "integer": int, "number": float, "boolean": bool}
    return any(type(value) is kinds.get(str(schema.get("type"))) for schema in schemas)
