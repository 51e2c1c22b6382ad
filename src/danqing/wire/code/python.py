"""Python as people lay it out: calls, lists and objects on one line where they fit, and one entry a line where not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS_MAX = 100
_STEP = "    "


@dataclass(frozen=True, slots=True)
class Source:
    """An expression as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call, with its arguments by name."""

    name: str
    named: Mapping[str, object]
    given: Sequence[object] = ()


def expression(value: object, *, depth: int = 0, before: int = 0) -> str:
    """The value as an expression, `depth` steps in and `before` columns behind the beginning of its line."""
    flat = _flat(value)
    lines = value.split("\n") if isinstance(value, str) else []
    if len(lines) <= 1 and len(_STEP) * depth + before + len(flat) < COLUMNS_MAX:
        return flat
    if len(lines) > 1:
        pieces = [literal(f"{line}\n" if at < len(lines) - 1 else line) for at, line in enumerate(lines)]
        return _apart("(", [piece for piece in pieces if piece != '""'], ")", depth)
    match value:
        case Call():
            named = [f"{name}={_inner(part, depth, f'{name}=')}" for name, part in value.named.items()]
            given = [_inner(part, depth) for part in value.given]
            return _apart(f"{value.name}(", [f"{entry}," for entry in (*given, *named)], ")", depth)
        case Mapping():
            entries = [f"{literal(key)}: {_inner(part, depth, literal(key) + ': ')}," for key, part in value.items()]
            return _apart("{", entries, "}", depth)
        case list() | tuple():
            ends = "[]" if isinstance(value, list) else "()"
            return _apart(ends[0], [f"{_inner(part, depth)}," for part in value], ends[1], depth)
    return flat


def literal(text: str) -> str:
    """A string; whatever cannot be seen in it is spelled out, so that it reads as what it is."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _spelled(letter) for letter in quoted)


def assigned(name: str, value: object) -> str:
    """A line, or several, that give a name to a value."""
    return f"{name} = {expression(value, before=len(name) + 3)}"


def _inner(value: object, depth: int, before: str = "") -> str:
    return expression(value, depth=depth + 1, before=len(before) + 1)


def _apart(opening: str, entries: Sequence[str], closing: str, depth: int) -> str:
    pad = _STEP * (depth + 1)
    return "\n".join([opening, *(f"{pad}{entry}" for entry in entries), f"{_STEP * depth}{closing}"])


def _flat(value: object) -> str:
    match value:
        case Source():
            return value.text
        case Call():
            named = (f"{name}={_flat(part)}" for name, part in value.named.items())
            return f"{value.name}({', '.join([*map(_flat, value.given), *named])})"
        case str():
            return literal(value)
        case Mapping():
            return f"{{{', '.join(_pairs(value))}}}"
        case list():
            return f"[{', '.join(map(_flat, value))}]"
        case tuple():
            return f"({', '.join(map(_flat, value))})"
    return repr(value)


def _pairs(value: Mapping[str, object]) -> Iterator[str]:
    return (f"{literal(key)}: {_flat(part)}" for key, part in value.items())


def _spelled(letter: str) -> str:
    point = ord(letter)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
