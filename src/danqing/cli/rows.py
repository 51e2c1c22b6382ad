"""Reads the rows of a batch file: each is a request, whose prompt may come from a template with variables."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from danqing.domain.errors import Problem, invalid

WORDS = ("prompt", "model", "aspect", "size", "negative")
NUMBERS = ("seconds", "seed", "count")
DIGITS_MAX = 18
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it ends in the file. `name` is the same for the same request, however often the file is read."""

    line: int
    name: str
    request: Mapping[str, object]


def read(text: str, file: str, *, model: str, template: str = "") -> list[Row]:
    """Every row. `model` is asked where a row names none. Raises Problem(INVALID) with the line.

    A row is named after its file, its request and how many rows before it ask for the same: rows may be added,
    moved and taken out without another one being made twice.
    """
    table = csv.DictReader(io.StringIO(text), strict=True)
    rows: list[Row] = []
    seen: Counter[str] = Counter()
    try:
        _check(table.fieldnames or (), template)
        for cells in table:
            request = {"model": model, **_request(cells, table.line_num, template)}
            digest = hashlib.sha256(json.dumps([file, request], sort_keys=True).encode()).hexdigest()[:32]
            rows.append(Row(table.line_num, f"batch-{digest}-{seen[digest]}", request))
            seen[digest] += 1
    except csv.Error as error:
        raise _wrong(table.line_num, f"is no CSV: {error}.") from error
    if not rows:
        raise _wrong(1, "is the only one; the rows to be made stand below the names of their columns.")
    return rows


def _check(columns: Sequence[str], template: str) -> None:
    variables = set(_VARIABLE.findall(template)) if template else {"prompt"}
    known = variables | {*WORDS, *NUMBERS} - {"prompt"}
    if twice := [name for name, times in Counter(columns).items() if times > 1]:
        raise _wrong(1, f"names the column {twice[0][:100]!r} twice.")
    if missing := sorted(variables - set(columns)):
        raise _wrong(1, f"has no column {missing[0]!r}.")
    if unknown := [name for name in columns if name not in known]:
        hint = f"--template does not use it. Columns besides its variables: {', '.join(sorted(known - variables))}."
        raise _wrong(1, f"has a column {unknown[0][:100]!r} that nothing is done with: {hint}")


def _request(cells: Mapping[str, str | None], line: int, template: str) -> dict[str, object]:
    if None in cells or None in cells.values():  # how csv tells of too many, and of too few
        raise _wrong(line, "does not have as many cells as there are columns.")
    given = {name: (value or "").strip() for name, value in cells.items()}
    request: dict[str, object] = {name: given[name] for name in WORDS if given.get(name)}
    request |= {name: _number(given[name], name, line) for name in NUMBERS if given.get(name)}
    if template:
        request["prompt"] = _VARIABLE.sub(lambda variable: given[variable[1]], template)
    if not str(request.get("prompt", "")).strip():
        raise _wrong(line, "has no prompt.")
    return request


def _number(text: str, name: str, line: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise _wrong(line, f"has {text[:100]!r} as {name}, which is a whole number.")
    return int(text)


def _wrong(line: int, what: str) -> Problem:
    return invalid(f"Line {line} {what}", param="file", code="batch_file")
