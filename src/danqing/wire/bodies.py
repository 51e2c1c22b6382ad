"""Reading JSON bodies: strict about what JSON is, lenient about how clients spell it, and exact about what is wrong.

Clients of Google's dialects write proto-JSON in practice: names in camelCase or snake_case, numbers as strings, null
for "not given" (wire.md 2.11). `Fields` reads all of it and keeps count, so that no parameter is dropped in silence.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Knob

T = TypeVar("T")

KNOB_CHARACTERS_MAX = 16_000
NAME_CHARACTERS_MAX = 100
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_INTEGERS = range(-(2**63), 2**63)
_NUMBERS_MAX = 2**53
_FLAGS = {"true": True, "false": False}
_INDEX = re.compile(r"\[[^]]*\]")
_SNAKE = re.compile(r"_([a-z0-9])")


def decode(body: bytes, shape: type[T]) -> T:
    """A small body of a fixed form, as a msgspec Struct. Raises Problem(INVALID)."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise _unfit(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error) from None


def convert(value: object, shape: type[T]) -> T:
    """The same for what was read from JSON already. Raises Problem(INVALID)."""
    try:
        return msgspec.convert(value, type=shape)
    except msgspec.ValidationError as error:
        raise _unfit(error) from None


def _unfit(error: msgspec.ValidationError) -> Problem:
    what, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    # What msgspec says may quote the value.
    return invalid(f"{field or 'The body'}: {what[:200]}.", param=_name_of(field) or None)


def read(body: object, *, camel: bool = True) -> "Fields":
    """A body that must be a JSON object: its bytes, or what was read of them already. Raises Problem(INVALID)."""
    try:
        value = msgspec.json.decode(body) if isinstance(body, bytes) else body
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error) from None
    if not isinstance(value, dict):
        raise invalid(f"The body must be a JSON object, not {_kind_of(value)}.", code="invalid_json")
    return Fields(value, camel=camel)


def compact(value: object) -> str:
    """A value as compact JSON text."""
    return msgspec.json.encode(value).decode()


class Fields:
    """An object of a body, read field by field. What was never asked for is what `knobs` returns.

    Every reader gives None for a field that is missing or null, and raises Problem(INVALID) with the field's path for
    one of the wrong type. With `camel`, snake_case names are taken for their camelCase twins.
    """

    def __init__(self, values: Mapping[str, object], path: str = "", *, camel: bool = True) -> None:
        self._camel = camel
        self._path = path
        self._values: dict[str, object] = {}
        for name, value in values.items():
            if value is not None:
                self._values.setdefault(_to_camel(name) if camel else name, value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def take(self, *names: str) -> object:
        """The value under the first of these names that is there; the others are taken as well."""
        found = [self._values.pop(name) for name in names if name in self._values]
        return found[0] if found else None

    def text(self, *names: str) -> str | None:
        """A string."""
        value = self.take(*names)
        if value is None or isinstance(value, str):
            return value
        raise _wrong(self.path(names[0]), "a string", value)

    def whole(self, *names: str) -> int | None:
        """An integer of 64 bits: 4, 4.0 or "4"."""
        value = self.take(*names)
        if value is None:
            return None
        number = _to_integer(value)
        if number is None:
            raise _wrong(self.path(names[0]), "a whole number", value)
        return number

    def tally(self, *names: str) -> int:
        """How many of something were counted, such as tokens; never less than none."""
        return max(self.whole(*names) or 0, 0)

    def number(self, *names: str) -> float | None:
        """A number that is only told along, such as a progress; what is none, or cannot be one, was not told."""
        value = self.take(*names)
        return float(value) if isinstance(value, int | float) and abs(value) < _NUMBERS_MAX else None

    def flag(self, *names: str) -> bool | None:
        """true or false, or one of these words."""
        value = self.take(*names)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _FLAGS:
            return _FLAGS[value.lower()]
        raise _wrong(self.path(names[0]), "true or false", value)

    def nested(self, *names: str) -> "Fields":
        """An object; an empty one when there is none."""
        value = self.take(*names)
        return self._inner(self.path(names[0]), {} if value is None else value)

    def objects(self, *names: str) -> "list[Fields]":
        """A list of objects; an empty one when there is none."""
        return [self._inner(path, item) for path, item in self._list(names)]

    def one_or_more(self, name: str) -> "list[Fields]":
        """A list of objects, or one object that stands without its list, which is how Google's examples write it."""
        return [self.nested(name)] if isinstance(self._values.get(name), dict) else self.objects(name)

    def items(self, *names: str) -> "list[Fields | str]":
        """A list of objects and strings; an empty one when there is none."""
        return [item if isinstance(item, str) else self._inner(path, item) for path, item in self._list(names)]

    def one_or_several(self, name: str) -> "list[Fields | str]":
        """A list of objects and strings, or one of them that stands without its list."""
        value = self._values.get(name)
        if isinstance(value, str | dict):
            self._values[name] = [value]
        return self.items(name)

    def words(self, *names: str) -> list[str]:
        """A list of strings; an empty one when there is none."""
        words = []
        for path, item in self._list(names):
            if not isinstance(item, str):
                raise _wrong(path, "a string", item)
            words.append(item)
        return words

    def is_text(self, name: str) -> bool:
        """Whether the field is a string; it is not taken."""
        return isinstance(self._values.get(name), str)

    def knobs(self, prefix: str = "") -> Iterator[tuple[str, Knob]]:
        """All that was not taken, by name; lists and objects as compact JSON text."""
        for name in tuple(self._values):
            if len(name) > NAME_CHARACTERS_MAX:
                raise invalid(f"A field has a name of more than {NAME_CHARACTERS_MAX} characters.")
            yield prefix + name, self._knob(name)

    def path(self, name: str) -> str:
        """Where a field stands in the body, such as "parameters.sampleCount"."""
        return f"{self._path}.{name}" if self._path else name

    def _knob(self, name: str) -> Knob:
        value = self.take(name)
        if isinstance(value, int) and value not in _INTEGERS:
            raise _wrong(self.path(name), "a number of 64 bits", value)
        if isinstance(value, bool | int | float):
            return value
        try:
            text = value if isinstance(value, str) else compact(value)
        except RecursionError:
            raise invalid(f"{self.path(name)} is nested too deeply.", param=name) from None
        if len(text) > KNOB_CHARACTERS_MAX:
            raise invalid(f"{self.path(name)} is not known here and too long to be passed on.", param=name)
        return text

    def _list(self, names: tuple[str, ...]) -> list[tuple[str, object]]:
        """The items of a list, each with its path."""
        value = self.take(*names)
        path = self.path(names[0])
        if value is None:
            value = []
        if not isinstance(value, list):
            raise _wrong(path, "a list", value)
        return [(f"{path}[{at}]", item) for at, item in enumerate(value)]

    def _inner(self, path: str, value: object) -> "Fields":
        if not isinstance(value, dict):
            raise _wrong(path, "an object", value)
        return Fields(value, path, camel=self._camel)


def _wrong(path: str, expected: str, value: object) -> Problem:
    return invalid(f"{path} must be {expected}, not {_kind_of(value)}.", param=_name_of(path))


def _name_of(path: str) -> str:
    """The field that a path such as "messages[0].content" leads to, as errors name it."""
    return _INDEX.sub("", path).rpartition(".")[2]


def _malformed(error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        return invalid("The body is nested too deeply.", code="invalid_json")
    if isinstance(error, UnicodeDecodeError):
        return invalid("The body is not UTF-8.", code="invalid_json")
    return invalid(f"The body cannot be read as JSON ({error}).", code="invalid_json")


def _to_camel(name: str) -> str:
    return _SNAKE.sub(lambda match: match[1].upper(), name)


def _to_integer(value: object) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value in _INTEGERS:
        return value
    return None


def _kind_of(value: object) -> str:
    """What a JSON value is, in words; never the value itself, which may be private."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number that is out of range" if isinstance(value, int) and value not in _INTEGERS else "a number"
        case list():
            return "a list"
        case _:
            return "an object"
