"""Forms as clients send them, multipart/form-data (RFC 7578): what is in one, and how it is read while it arrives."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeAlias

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from danqing.domain.errors import Kind, Problem, invalid
from danqing.wire.bodies import Fields

PARTS_MAX = 100
NAME_CHARACTERS_MAX = 200
TEXT_BYTES_MAX = 256 << 10
EDGE_BYTES = 1 << 20  # of a file's beginning and of its end, for whoever has to see what it is
_AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file of a form, on this machine's disk for as long as the form is open, from where it may be moved away.

    `name` is the field that it was sent as, `filename` and `mime` are what the client calls it. `head` and `tail` are
    the first and the last of it, EDGE_BYTES each at the most.
    """

    name: str
    filename: str
    mime: str
    path: PurePath
    size: int
    sha256: str
    head: bytes = field(repr=False)
    tail: bytes = field(default=b"", repr=False)

    def part(self, start: int, stop: int) -> bytes:
        """Some of its bytes, as far as they are in its head or its tail."""
        if stop <= len(self.head):
            return self.head[start:stop]
        begun = self.size - len(self.tail)
        return self.tail[start - begun : stop - begun] if start >= begun else b""


@dataclass(frozen=True, slots=True)
class Form:
    """Texts and files, each in the order in which they were sent."""

    texts: tuple[tuple[str, str], ...]
    files: tuple[FormFile, ...]

    def fields(self) -> Fields:
        """The texts as fields; those of one name, and those of "name[]", are a list."""
        values: dict[str, object] = {}
        for name, text in self.texts:
            bare = name.removesuffix("[]")
            before = values.get(bare)
            if bare != name or before is not None:
                values[bare] = [*(before if isinstance(before, list) else [before] if before else []), text]
            else:
                values[bare] = text
        return Fields(values, camel=False)

    def files_of(self, *names: str) -> list[FormFile]:
        """The files under any of these names."""
        return [file for file in self.files if file.name in names]

    @property
    def content(self) -> bytes:
        """What the form says, whatever boundary it was sent with: the same for the same texts and files."""
        seen = hashlib.sha256()
        texts = (("text", name, text) for name, text in self.texts)
        files = (("file", file.name, file.filename, file.sha256) for file in self.files)
        for entry in (*texts, *files):
            for word in entry:
                told = word.encode()
                seen.update(b"%d:%b" % (len(told), told))
        return seen.digest()


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a part: the field's name; `filename` is None when it is a text."""

    name: str
    filename: str | None
    mime: str


@dataclass(frozen=True, slots=True)
class End:
    """The end of a part."""


Event: TypeAlias = Part | bytes | End


class FormReader:
    """Reads a form piece by piece, wherever the pieces are cut. Every method raises Problem(INVALID)."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            message = "The body must be multipart/form-data, and its content-type name the boundary of its parts."
            raise invalid(message, code="invalid_form")
        self._events: list[Event] = []
        self._headers: dict[str, bytes] = {}
        self._name = self._value = b""
        self._parts = self._text_bytes = 0
        self._whole = False
        self._is_text = False
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._data,
                    "on_part_end": self._part_end,
                    "on_end": self._form_end,
                },
            )
        except FormParserError:
            raise _broken("its boundary is too long") from None

    def feed(self, piece: bytes) -> Sequence[Event]:
        """What this piece tells: Parts, each followed by its bytes and an End."""
        self._events = []
        try:
            self._parser.write(piece)
        except FormParserError:
            raise _broken("it is not as its content-type says") from None
        return self._events

    def close(self) -> None:
        """To be called when nothing more comes."""
        if not self._whole:
            raise _broken("it breaks off")

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > PARTS_MAX:
            raise invalid(f"A form may have {PARTS_MAX} parts at the most.", code="invalid_form")
        self._headers = {}

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _headers_end(self) -> None:
        part = _part(self._headers)
        self._is_text, self._text_bytes = part.filename is None, 0
        self._events.append(part)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._text_bytes += end - start
        if self._is_text and self._text_bytes > TEXT_BYTES_MAX:
            message = f"A text of a form may have {TEXT_BYTES_MAX >> 10} KB; send what is longer as a file."
            raise Problem(Kind.TOO_LARGE, message, code="invalid_form")
        self._events.append(data[start:end])

    def _part_end(self) -> None:
        self._events.append(End())

    def _form_end(self) -> None:
        self._whole = True


def read_text(data: bytes, name: str) -> str:
    """The text of a part. Raises Problem(INVALID)."""
    return _utf8(data, name)


def _part(headers: Mapping[str, bytes]) -> Part:
    disposition, options = parse_options_header(headers.get("content-disposition", b""))
    if disposition != b"form-data" or not options.get(b"name"):
        raise _broken("a part of it has no name")
    if headers.get("content-transfer-encoding", b"").strip().lower().decode("latin-1") not in _AS_IT_IS:
        raise _broken("a part of it is encoded; send its bytes as they are")
    name = _utf8(options[b"name"], "the name of a part")
    filename = _utf8(options[b"filename"], "the name of a file") if b"filename" in options else None
    if max(len(name), len(filename or "")) > NAME_CHARACTERS_MAX:
        raise _broken(f"a name in it has more than {NAME_CHARACTERS_MAX} characters")
    mime, _ = parse_options_header(headers.get("content-type", b""))
    return Part(name, filename, mime.decode("latin-1"))


def _utf8(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise invalid(f"{what[:NAME_CHARACTERS_MAX]} is not UTF-8.", code="invalid_form") from None


def _broken(why: str) -> Problem:
    return invalid(f"The form cannot be read: {why}.", code="invalid_form")
