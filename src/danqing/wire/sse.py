"""Server-sent events: the frames that streams are sent in, and a parser for whoever reads one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from danqing.wire.holes import Json, Piece, plan

DONE = b"data: [DONE]\n\n"  # ends an OpenAI stream; google-genai takes it for broken JSON (wire.md 8)
COMMENT = b": keep-alive\n\n"  # for OpenAI clients; google-genai takes nothing but blank lines (wire.md 8, 10)
BLANK = b"\n"  # the one sign of life that google-genai accepts

_LINE_END = re.compile(rb"\r\n|\n|\r")


def event(tree: Json, *, name: str = "", id: str = "") -> tuple[Piece, ...]:
    """One event with a tree as its data, in one line. `name` and `id` must not hold line breaks."""
    head = b"".join(b"%s: %s\n" % (field, value.encode()) for field, value in ((b"event", name), (b"id", id)) if value)
    pieces: tuple[Piece, ...] = (head + b"data: ", *plan(tree), b"\n\n")
    return tuple(_joined(pieces))


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbouring bytes as one piece, since each piece is a write to the socket."""
    text = b""
    for piece in pieces:
        if isinstance(piece, bytes):
            text += piece
        else:
            yield text
            yield piece
            text = b""
    yield text


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was read. `id` is the last one that the stream gave, for resuming."""

    data: str
    event: str = "message"
    id: str = ""


class Parser:
    """Reads a stream chunk by chunk, wherever the chunks are cut (WHATWG HTML, section 9.2.6)."""

    def __init__(self) -> None:
        self._line: list[bytes] = []
        self._after_return = False
        self._data: list[str] = []
        self._name = ""
        self._id = ""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that this chunk completes."""
        if not chunk:
            return
        if self._after_return:
            chunk = chunk.removeprefix(b"\n")
        self._after_return = chunk.endswith(b"\r")
        *ends, rest = _LINE_END.split(chunk)
        for end in ends:
            line = b"".join((*self._line, end)).decode("utf-8", "replace")
            self._line.clear()
            if line:
                self._read(line)
            elif self._data:
                yield Event("\n".join(self._data), self._name or "message", self._id)
                self._forget()
            else:
                self._forget()
        self._line.append(rest)

    def _read(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name.removeprefix("\ufeff"):
            case "data":
                self._data.append(value)
            case "event":
                self._name = value
            case "id" if "\0" not in value:
                self._id = value

    def _forget(self) -> None:
        self._data = []
        self._name = ""


def parse(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The events of a stream. An event that the end of the stream cuts off is not one."""
    parser = Parser()
    for chunk in chunks:
        yield from parser.feed(chunk)
