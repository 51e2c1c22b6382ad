"""The description of the native API as one page of plain HTML: nothing of it comes from elsewhere, and nothing runs."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import msgspec

Schema = Mapping[str, Any]

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: #f6f4ef; padding: .75rem; overflow: auto; border-radius: 4px; }
summary { cursor: pointer; padding: .35rem 0; border-top: 1px solid #e4e0d8; }
summary b { display: inline-block; min-width: 4.5rem; }
summary code { font-size: 14px; margin-right: .75rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .15rem 1rem .15rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) {
  body { background: #1c1b19; color: #ddd; } pre { background: #282623; } summary { border-color: #3a3733; }
  a { color: #8ab4d8; }
}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page(document: Schema) -> str:
    """The page: every call with its parameters, bodies and examples, and every shape that they speak of."""
    info = document["info"]
    title = f"{info['title']} {info['version']}"
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}: the API</title>",
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style>",
        f"<h1>{escape(title)}</h1><p>{escape(info['description'])}",
        "<p>Send your key as <code>Authorization: Bearer …</code> or <code>x-goog-api-key</code>.",
        " The same for machines: <a href='/api/openapi.json'>openapi.json</a>.",
        *_calls(document),
        "<h2 id=shapes>Shapes</h2>",
        *_shapes(document["components"]["schemas"]),
    ]
    return "\n".join(parts)


def _calls(document: Schema) -> Iterator[str]:
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2>"
        for path, methods in document["paths"].items():
            for method, call in methods.items():
                if tag["name"] in call["tags"]:
                    yield _call(method, f"/api{path}", call)


def _call(method: str, path: str, call: Schema) -> str:
    head = f"<summary><b>{method.upper()}</b><code>{escape(path)}</code>{escape(call['summary'])}</summary>"
    rows = "".join(
        f"<tr><td><code>{escape(row['name'])}</code><td>{row['in']}<td>{escape(row.get('description', ''))}"
        for row in call["parameters"]
    )
    told = [head, f"<table>{rows}</table>" if rows else ""]
    if body := call.get("requestBody"):
        told.append(f"<p>Body{_content(body['content'])}")
    for status, answer in call["responses"].items():
        told.append(f"<p>{'Refusal' if status == 'default' else f'Answer {status}'}{_content(answer['content'])}")
    return f"<details>{''.join(told)}</details>"


def _content(content: Schema) -> str:
    told = []
    for mime, part in content.items():
        told.append(f": <code>{escape(mime)}</code> {_kind(part['schema'])}")
        if "example" in part:
            text = msgspec.json.format(msgspec.json.encode(part["example"]), indent=2).decode()
            told.append(f"<pre>{escape(text)}</pre>")
    return "".join(told)


def _shapes(schemas: Mapping[str, Schema]) -> Iterator[str]:
    for name, schema in schemas.items():
        rows = "".join(
            f"<tr><td><code>{escape(field)}</code><td>{_kind(kind)}<td>{_need(field, schema)}"
            for field, kind in schema.get("properties", {}).items()
        )
        words = ", ".join(map(str, schema.get("enum", ())))
        told = f"<p>{escape(schema.get('description', words))}<table>{rows}</table>"
        yield f"<details id={escape(name)}><summary><code>{escape(name)}</code></summary>{told}</details>"


def _need(field: str, schema: Schema) -> str:
    return "" if field in schema.get("required", ()) else "may be left out"


def _kind(schema: Schema) -> str:
    """A schema in a few words, with links to those that it speaks of."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_kind(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        return escape(", ".join(map(str, schema["enum"])))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return escape(str(schema.get("type", "a file")))
