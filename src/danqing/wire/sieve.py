"""Takes the files out of a JSON text while it arrives, so that a film in an answer never stands in memory as text.

The opposite of `holes`: a long string of base64 is handed on decoded, piece by piece, and a short mark is kept in its
place. When the text has ended, `tree` gives the JSON with a Blob wherever a file was. What stands outside of strings is
not looked at, so the events of a stream pass through as they are.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
import pybase64

from danqing.domain.media import Blob

FILE_CHARACTERS_MIN = 16 << 10  # a shorter string stays in the text, whatever it is
TEXT_BYTES_MAX = 8 << 20  # the JSON without its files

_END_OR_ESCAPE = re.compile(rb'["\\]')
# Base64 in both alphabets as JSON may spell it: "/" as "\/", "+" and "=" as \u002b and \u003d, line breaks as \n.
_BASE64 = re.compile(
    rb"(?:data:[^,\"]{0,200};base64,)?(?:[A-Za-z0-9+/_=-]|\\[/nr]|\\u00(?:2[bBfFdD]|3[dD]|5[fF]))+(?:\\(?:u\w{0,3})?)?"
)
_DATA_URL = re.compile(rb"data:[^,]*,")
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|([^u]))")
_ESCAPE_BYTES_MAX = 6
# Base64 as well, and larger than many a picture, but no file: it stays empty in the text.
_SIGNATURE = re.compile(rb'"(?:thought_?[sS]ignature|signature)"\s*:\s*"$')
_NAME_BYTES_MAX = 64
_STANDARD = bytes.maketrans(b"-_", b"+/")
_MARK = "\0file:"


class Malformed(ValueError):
    """The text is no JSON, or a file in it is no base64. The message may be shown; it quotes nothing."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file begins; its bytes follow."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The file has ended."""


Find: TypeAlias = Opened | bytes | Closed
_State: TypeAlias = Callable[[bytes], Generator[Find, None, bytes]]


class Sieve:
    """One JSON text on its way. Feed it in pieces of any size."""

    def __init__(self, *, text_max: int = TEXT_BYTES_MAX) -> None:
        self._text = bytearray()
        self._text_left = self._text_max = text_max
        self._string = bytearray()  # the string under way, as long as it may still be short
        self._escaped = False  # the last piece ended between a backslash and what it escapes
        self._before = b""  # the end of the text that was given already
        self._files = 0
        self._base64 = _Base64()
        self._state: _State = self._outside

    def feed(self, piece: bytes) -> Iterator[Find]:
        """The files in this piece of the text. Raises Malformed."""
        while piece:
            piece = yield from self._state(piece)

    def text(self) -> bytes:
        """The text so far, with marks for files; it is given once. For streams, whose events are read one by one."""
        text = bytes(self._text)
        self._before = (self._before + text[-_NAME_BYTES_MAX:])[-_NAME_BYTES_MAX:]
        self._text.clear()
        return text

    def tree(self, blobs: Sequence[Blob]) -> object:
        """The whole text as JSON, with the Blobs in the order of their files. Raises Malformed."""
        if self._state != self._outside:
            raise Malformed("it breaks off within a string")
        return read_marked(self.text(), blobs)

    def _outside(self, piece: bytes) -> Generator[Find, None, bytes]:
        quote = piece.find(b'"')
        if quote < 0:
            self._keep(piece)
            return b""
        self._keep(piece[: quote + 1])
        self._state = self._within
        return piece[quote + 1 :]
        yield

    def _within(self, piece: bytes) -> Generator[Find, None, bytes]:
        end = self._end(piece)
        self._string += piece if end is None else piece[:end]
        if end is None and len(self._string) <= FILE_CHARACTERS_MIN:
            return b""
        content = bytes(self._string)
        self._string.clear()
        if len(content) > FILE_CHARACTERS_MIN and _SIGNATURE.search(self._before + self._text[-_NAME_BYTES_MAX:]):
            self._state = self._passed_over
        elif len(content) > FILE_CHARACTERS_MIN and _BASE64.fullmatch(content[:FILE_CHARACTERS_MIN]):
            self._keep(f"\\u0000file:{self._files}".encode())
            self._files += 1
            yield Opened()
            yield from self._base64.feed(_DATA_URL.sub(b"", content, count=1))
            self._state = self._in_file
        else:
            self._keep(content)
            self._state = self._in_text
        self._escaped = False if end is not None else self._escaped
        return b"" if end is None else piece[end:]

    def _in_text(self, piece: bytes) -> Generator[Find, None, bytes]:
        end = self._end(piece)
        if end is None:
            self._keep(piece)
            return b""
        self._keep(piece[: end + 1])
        self._state = self._outside
        return piece[end + 1 :]
        yield

    def _passed_over(self, piece: bytes) -> Generator[Find, None, bytes]:
        end = self._end(piece)
        if end is None:
            return b""
        self._keep(b'"')
        self._state = self._outside
        return piece[end + 1 :]
        yield

    def _in_file(self, piece: bytes) -> Generator[Find, None, bytes]:
        end = piece.find(b'"')
        yield from self._base64.feed(piece if end < 0 else piece[:end])
        if end < 0:
            return b""
        yield from self._base64.end()
        yield Closed()
        self._keep(b'"')
        self._state = self._outside
        return piece[end + 1 :]

    def _end(self, piece: bytes) -> int | None:
        """Where the string ends in this piece."""
        at = 1 if self._escaped else 0
        self._escaped = False
        while found := _END_OR_ESCAPE.search(piece, at):
            if found.group() == b'"':
                return found.start()
            at = found.start() + 2
        self._escaped = at > len(piece)
        return None

    def _keep(self, text: bytes) -> None:
        self._text_left -= len(text)
        if self._text_left < 0:
            raise Malformed(f"it has more than {self._text_max >> 20} MB of text")
        self._text += text


class _Base64:
    """Decodes base64 that comes in pieces, in both alphabets, with or without padding, as JSON may escape it."""

    def __init__(self) -> None:
        self._escape = b""  # one that is cut in two
        self._rest = b""  # less than four characters

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What these characters, and those left over, decode to."""
        data = self._rest + self._plain(self._escape + piece)
        cut = len(data) - len(data) % 4
        self._rest = data[cut:]
        yield from _decoded(data[:cut])

    def end(self) -> Iterator[bytes]:
        """What was left over."""
        rest, escape, self._rest, self._escape = self._rest, self._escape, b"", b""
        if escape:
            raise Malformed("a file in it ends within an escape")
        yield from _decoded(rest + b"=" * (-len(rest) % 4))

    def _plain(self, piece: bytes) -> bytes:
        self._escape = b""
        last = piece.rfind(b"\\", -_ESCAPE_BYTES_MAX)
        if last >= 0 and not _ESCAPE.match(piece, last):
            piece, self._escape = piece[:last], piece[last:]
        if b"\\" in piece:
            piece = _ESCAPE.sub(_unescape, piece)
        return piece.translate(_STANDARD) if b"-" in piece or b"_" in piece else piece


def _unescape(escape: re.Match[bytes]) -> bytes:
    code, character = escape.groups()
    if code:
        return chr(int(code, 16)).encode()
    return b"" if character in b"nr" else bytes(character)


def _decoded(characters: bytes) -> Iterator[bytes]:
    if not characters:
        return
    try:
        yield pybase64.b64decode(characters, validate=True)
    except ValueError:
        raise Malformed("a file in it is not base64") from None


def read_marked(text: bytes, blobs: Sequence[Blob]) -> object:
    """JSON whose files were taken out, with the Blobs put back in the places of their marks. Raises Malformed."""
    try:
        return _with_blobs(msgspec.json.decode(text), blobs)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("it is no JSON") from None


def _with_blobs(node: object, blobs: Sequence[Blob]) -> object:
    if isinstance(node, str):
        number = node.removeprefix(_MARK)
        known = node is not number and number.isdigit() and len(number) < 5 and int(number) < len(blobs)
        return blobs[int(number)] if known else node
    if isinstance(node, dict):
        return {name: _with_blobs(value, blobs) for name, value in node.items()}
    if isinstance(node, list):
        return [_with_blobs(value, blobs) for value in node]
    return node
