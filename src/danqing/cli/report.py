"""What a command has to say when it is done, for machines and for people, and what it says when it cannot be done."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from rich.console import Console, RenderableType

from danqing.domain.errors import Problem
from danqing.wire import native

PIPE_COLUMNS = 160  # where no terminal says how wide it is


@dataclass(frozen=True, slots=True)
class Report:
    """`document` is what `--json` prints, `lines` is what people read."""

    document: object
    lines: Sequence[RenderableType]


def console(*, stderr: bool = False) -> Console:
    """A console that takes text as it is: a prompt may hold brackets, and a path must not be broken in two."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_COLUMNS
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=width)


def show(report: Report, *, json: bool) -> None:
    """Print a report on stdout."""
    if json:
        print_json(report.document)
        return
    out = console()
    for line in report.lines:
        out.print(line, soft_wrap=isinstance(line, str))


def complain(problem: Problem, *, json: bool) -> None:
    """Say why it did not work: one sentence on stderr, or a document on stdout."""
    if json:
        print_json(native.error(problem))
    else:
        console(stderr=True).print(problem.message, soft_wrap=True)


def print_json(document: object) -> None:
    """One JSON document, and nothing else."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.flush()
