"""JSON whose files are filled in while it is sent, so that a film never stands in memory as text.

A tree holds a `Hole` wherever a file belongs. `plan` writes everything else and leaves the file's place open between
two pieces; `spell` puts the file's standard, padded base64 there while the pieces are sent.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

import msgspec
import pybase64

from danqing.domain.media import Blob


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of a file in a tree: a JSON string with the file's base64.

    `spaced` puts one blank before the string. A JSON parser does not see it, but `grep -o '"data":"[^"]*"'` passes the
    string over, which keeps the second copy of a picture out of the file that curl users write (wire.md 9.3).
    With `url` the string is a data: URL.
    """

    blob: Blob
    spaced: bool = False
    url: bool = False

    @property
    def opening(self) -> bytes:
        """What stands before the base64, the quote included."""
        head = f"data:{self.blob.mime};base64," if self.url else ""
        return f'{" " if self.spaced else ""}"{head}'.encode()


Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | Hole | None"
Tree: TypeAlias = dict[str, Json]
Piece: TypeAlias = bytes | Blob


def given(values: Mapping[str, Json]) -> Tree:
    """Those members of an object that have a value; for fields that are left out rather than sent as null."""
    return {name: value for name, value in values.items() if value is not None}


# 0xFF occurs nowhere in UTF-8, so no text of a user can be taken for a gap.
_GAP = b"\xff"
_RAW_GAP = msgspec.Raw(_GAP)

# google-genai up to 2.34 ends a line of a stream at these characters, even inside a string (wire.md 8).
_LINE_BREAKS = {
    "\u0085".encode(): rb"\u0085",
    "\u2028".encode(): rb"\u2028",
    "\u2029".encode(): rb"\u2029",
}


def plan(tree: Json) -> tuple[Piece, ...]:
    """The tree as compact JSON: bytes, and a Blob wherever its base64 is to be put in, quotes excluded."""
    holes: list[Hole] = []
    text = msgspec.json.encode(_without_holes(tree, holes))
    for character, escaped in _LINE_BREAKS.items():
        text = text.replace(character, escaped)
    return tuple(_pieces(text.split(_GAP), holes))


def length(pieces: Iterable[Piece]) -> int:
    """How many bytes the pieces come to when sent: the Content-Length."""
    return sum(len(piece) if isinstance(piece, bytes) else base64_length(piece.size) for piece in pieces)


async def spell(pieces: Iterable[Piece], open: Callable[[Blob], AsyncIterator[bytes]]) -> AsyncIterator[bytes]:
    """The text of the pieces; `open` gives the bytes of a file in chunks."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        rest = b""
        async for chunk in open(piece):
            data = rest + chunk if rest else chunk
            cut = len(data) - len(data) % 3  # only whole groups of three, so that padding comes at the very end
            rest = data[cut:]
            yield pybase64.b64encode(data[:cut])
        if rest:
            yield pybase64.b64encode(rest)


def base64_length(size: int) -> int:
    """How many characters the padded base64 of `size` bytes has."""
    return (size + 2) // 3 * 4


def _without_holes(node: Json, holes: list[Hole]) -> object:
    if isinstance(node, Hole):
        holes.append(node)
        return _RAW_GAP
    if isinstance(node, Mapping):
        return {name: _without_holes(value, holes) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_without_holes(value, holes) for value in node]
    return node


def _pieces(texts: list[bytes], holes: list[Hole]) -> Iterator[Piece]:
    closing = b""
    for text, hole in zip_longest(texts, holes):
        if hole is None:
            yield closing + text
            return
        yield closing + text + hole.opening
        yield hole.blob
        closing = b'"'
