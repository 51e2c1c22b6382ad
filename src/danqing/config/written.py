"""Reads danqing.toml and knows on which line each of its settings stands."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Name = tuple[str, ...]
"""A setting with the tables that it is in: ("upstreams", "google", "key_env")."""


class Unreadable(ValueError):
    """The file is there and cannot be used: the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class Written:
    """One danqing.toml. A file that is not there is an empty one."""

    path: Path
    table: Mapping[str, object] = field(default_factory=dict)
    text: str = ""

    def at(self, *name: str) -> str:
        """Where a setting stands, or the nearest table around it: `danqing.toml:7`."""
        while name and name not in self._lines:
            name = name[:-1]
        return f"{self.path}:{self._lines[name]}" if name else str(self.path)

    @cached_property
    def _lines(self) -> Mapping[Name, int]:
        return lines_of(self.text)


def read(path: Path) -> Written:
    """The file at a path. Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Written(path)
    except UnicodeDecodeError as error:
        raise Unreadable("is not TOML: it is not UTF-8") from error
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    try:
        return Written(path, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"is not TOML: {error}") from error


def lines_of(text: str) -> dict[Name, int]:
    """The line on which each setting of a TOML text begins, counted from 1.

    No parser with positions is kept well, but a beginning of the text is TOML itself exactly where a statement ends, so
    that whatever it has more than the one before stands in that statement.
    """
    found: dict[Name, int] = {}
    lines = text.split("\n")
    begins = 1
    for count in range(1, len(lines) + 1):
        try:
            table = tomllib.loads("\n".join([*lines[:count], ""]))
        except tomllib.TOMLDecodeError:
            continue
        for name in _names(table):
            found.setdefault(name, begins)
        begins = count + 1
    return found


def _names(table: Mapping[str, object], above: Name = ()) -> Iterator[Name]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _names(value, (*above, name))
