"""Bodies that are no JSON, no object or of the wrong types, and how exactly that is told."""

import msgspec
import pytest

from danqing.domain.errors import Kind, Problem
from danqing.wire import bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"{",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":1e999}',
        b'{"a":1}x',
        b"{'a':1}",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"1" * 5000 + b"}",
        b"[]",
        b"null",
        b'"text"',
        b"1",
    ],
)
def test_what_is_not_a_json_object_is_a_problem(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        bodies.read(body)
    assert (raised.value.kind, raised.value.code) == (Kind.INVALID, "invalid_json")


class Point(msgspec.Struct, forbid_unknown_fields=True):
    x: int
    at: list[int] = []


def test_a_fixed_form_is_read() -> None:
    assert bodies.decode(b'{"x":1,"at":[2]}', Point) == Point(1, [2])


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b'{"x":"1"}', "x: Expected `int`, got `str`.", "x"),
        (b'{"x":1,"at":["a"]}', "at[0]: Expected `int`, got `str`.", "at"),
        (b'{"y":1}', "The body: Object contains unknown field `y`.", None),
        (b"{}", "The body: Object missing required field `x`.", None),
        (b"[]", "The body: Expected `object`, got `array`.", None),
        (b"{", "The body cannot be read as JSON (Input data was truncated).", None),
    ],
)
def test_a_fixed_form_says_which_field_is_wrong(body: bytes, message: str, param: str | None) -> None:
    with pytest.raises(Problem) as raised:
        bodies.decode(body, Point)
    assert (raised.value.kind, raised.value.message, raised.value.param) == (Kind.INVALID, message, param)


@pytest.mark.parametrize("name", ["sampleCount", "sample_count"])
@pytest.mark.parametrize("value", ["4", '"4"', "4.0"])
def test_numbers_and_names_in_the_spellings_of_proto_json(name: str, value: str) -> None:
    assert bodies.read(f'{{"{name}":{value}}}'.encode()).whole("sampleCount") == 4


@pytest.mark.parametrize("value", ['"4.5"', "4.5", "true", '""', "[]", "9" * 19, '"9999999999999999999"'])
def test_what_is_not_a_whole_number(value: str) -> None:
    with pytest.raises(Problem, match=r"^count must be a whole number, not "):
        bodies.read(f'{{"count":{value}}}'.encode()).whole("count")


@pytest.mark.parametrize(("value", "flag"), [("true", True), ('"FALSE"', False), ("null", None)])
def test_flags(value: str, flag: bool | None) -> None:
    assert bodies.read(f'{{"on":{value}}}'.encode()).flag("on") is flag


def test_the_path_of_a_wrong_field_is_told() -> None:
    inner = bodies.read(b'{"parameters":{"list":[{"deep":{"name":7}}]}}').nested("parameters").objects("list")[0]
    with pytest.raises(Problem) as raised:
        inner.nested("deep").text("name")
    assert raised.value.message == "parameters.list[0].deep.name must be a string, not a number."
    assert raised.value.param == "name"


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda fields: fields.objects("a"), "a[1] must be an object, not a string."),
        (lambda fields: fields.words("a"), "a[0] must be a string, not an object."),
        (lambda fields: fields.items("b"), "b[0] must be an object, not null."),
        (lambda fields: fields.nested("c"), "c must be an object, not true or false."),
        (lambda fields: fields.objects("c"), "c must be a list, not true or false."),
        (lambda fields: fields.flag("b"), "b must be true or false, not a list."),
    ],
)
def test_lists_and_objects_of_the_wrong_things(read, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Problem) as raised:
        read(bodies.read(b'{"a":[{},"x"],"b":[null],"c":true}'))
    assert raised.value.message == message


def test_null_is_the_same_as_nothing() -> None:
    fields = bodies.read(b'{"a":null}')
    assert "a" not in fields
    assert (fields.text("a"), fields.whole("a"), fields.flag("a"), fields.words("a")) == (None, None, None, [])
    assert list(fields.knobs()) == []


def test_what_was_not_asked_for_is_a_knob() -> None:
    fields = bodies.read(b'{"used":1,"guidance_scale":7.5,"on":false,"labels":{"b":[1, "x"]},"word":"w","n":3}')
    assert fields.whole("used") == 1
    assert list(fields.knobs()) == [
        ("guidanceScale", 7.5),
        ("on", False),
        ("labels", '{"b":[1,"x"]}'),
        ("word", "w"),
        ("n", 3),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"big":"' + b"x" * 16_001 + b'"}',
        b'{"big":["' + b"x" * 16_001 + b'"]}',
        b'{"' + b"n" * 101 + b'":1}',
        b'{"big":18446744073709551616}',
    ],
)
def test_a_knob_has_limits(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        list(bodies.read(body).knobs())
    assert raised.value.kind is Kind.INVALID
    assert len(raised.value.message) < 200


def test_what_a_body_says_is_not_told_at_length() -> None:
    with pytest.raises(Problem) as raised:
        bodies.decode(b'{"x":1,"' + b"n" * 1000 + b'":1}', Point)
    assert len(raised.value.message) < 250
