"""A file and what is said of it in one body, multipart/related (RFC 2387): JSON first, then the file as it comes."""

from collections.abc import Sequence

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from danqing.domain.errors import Kind, Problem, invalid

SAID_BYTES_MAX = 64 << 10


class RelatedReader:
    """Reads such a body piece by piece, wherever the pieces are cut. Every method raises Problem(INVALID).

    `said` is the first part when the second has begun.
    """

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind not in (b"multipart/related", b"multipart/mixed") or not options.get(b"boundary"):
            message = "The body must be multipart/related, and its content-type name the boundary of its parts."
            raise invalid(message, code="invalid_multipart")
        self.said = b""
        self._part = -1
        self._whole = False
        self._content: list[bytes] = []
        calls = {"on_part_begin": self._begin, "on_part_data": self._data, "on_end": self._end}
        try:
            self._parser = MultipartParser(options[b"boundary"], calls)  # type: ignore[arg-type]
        except FormParserError:
            raise _broken("its boundary is too long") from None

    def feed(self, piece: bytes) -> Sequence[bytes]:
        """What of the file is in this piece."""
        self._content = []
        try:
            self._parser.write(piece)
        except FormParserError:
            raise _broken("it is not as its content-type says") from None
        return self._content

    def close(self) -> None:
        """To be called when nothing more comes."""
        if not self._whole or self._part != 1:
            raise _broken("it must have two parts, JSON and the file, and an end")

    def _begin(self) -> None:
        self._part += 1

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part:
            self._content.append(data[start:end])
            return
        self.said += data[start:end]
        if len(self.said) > SAID_BYTES_MAX:
            message = f"What is said of a file may have {SAID_BYTES_MAX >> 10} KB."
            raise Problem(Kind.TOO_LARGE, message, code="invalid_multipart")

    def _end(self) -> None:
        self._whole = True


def _broken(why: str) -> Problem:
    return invalid(f"The body cannot be read: {why}.", code="invalid_multipart")
