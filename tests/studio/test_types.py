"""The studio's modules keep the promises of their types, and ask of the API what it answers."""

import pytest

from studio.types.checking import complaints, missing
from studio.types.declarations import typed

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

ASKING = 'import { api } from "./base/api.js";\n'
FINE = """
export const title = async () => (await api("GET", "/models")).models[0].title.toUpperCase();
export const held = async () => (await api("POST", `/jobs/${"a"}/cancel`)).held.nanos + 1;
export const star = async () => (await api("PUT", `/assets/${"a"}/star`)).starred;
export const found = async () => (await api("GET", `/assets?limit=${4}`)).assets[0].sketch;
export const told = async () => (await api("GET", `/webhooks/deliveries?job=${4}`)).deliveries;
export const made = async () => (await api("POST", "/jobs", { model: "a", prompt: "b", count: 2 })).progress * 2;
"""


def test_every_module_keeps_to_its_types() -> None:
    assert complaints() == []


def test_what_the_api_answers_and_takes_is_known_by_its_address() -> None:
    assert complaints({"asking.js": ASKING + FINE}) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('export const title = async () => (await api("GET", "/models")).modelz;', "'modelz' does not exist"),
        ('export const held = async () => (await api("GET", `/jobs/${"a"}`)).held.cents;', "'cents' does not exist"),
        ('export const made = () => api("POST", "/jobs", { model: "a", promt: "b" });', "'promt' does not exist"),
        ('export const many = () => api("POST", "/quote", { model: "a", count: "two" });', "not assignable"),
        ('export const none = async () => (await api("GET", "/job")).id;', "'id' does not exist"),
        ('import { wished } from "./desk/draft.js"; export const it = wished;', "no exported member named 'wished'"),
    ],
)
def test_a_wrong_name_is_found(wrong: str, told: str) -> None:
    lines = complaints({"asking.js": ASKING + wrong})
    assert len(lines) == 1
    assert told in lines[0]


def test_a_schema_becomes_a_type() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "kind": {"enum": ["a", 1]},
            "rows": {"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]}},
        },
        "required": ["id", "rows"],
        "additionalProperties": False,
    }
    assert typed(schema) == '{ "id": string; "kind"?: "a" | 1; "rows": (Row | null)[] }'
    assert typed({"type": "object", "additionalProperties": {"type": "integer"}}) == "{ [name: string]: number }"
