"""Stories in PNG: international text chunks right behind the header.

Sources: PNG specification (W3C), sections 5 and 11.3.3.4; C2PA specification, appendix A.3.2.1 (chunk caBX).
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from danqing.assets import story as stories
from danqing.assets.binary import TEXT_MAX, Malformed, copy, exactly, length, text
from danqing.domain.ports import Story

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"danqing"
_OURS = (_KEYWORD, b"Description", b"Software")

_Chunk = tuple[bytes, int, int]  # kind, offset of the whole chunk, size of its data


def write(source: BinaryIO, target: BinaryIO, story: Story) -> bool:
    """Copy the picture with its story. False, with nothing promised of the target, when it is signed."""
    chunks = list(_chunks(source))
    if _is_signed(chunks):
        return False
    target.write(SIGNATURE)
    for kind, offset, size in chunks:
        if kind == b"iTXt" and _keyword(source, offset, size) in _OURS:
            continue
        copy(source, target, offset, size + 12)
        if kind == b"IHDR":
            target.write(_itxt(_KEYWORD, stories.dump(story)))
            target.write(_itxt(b"Description", stories.caption(story)))
            target.write(_itxt(b"Software", stories.software(story)))
    _, offset, size = chunks[-1]
    end = offset + size + 12
    copy(source, target, end, length(source) - end)
    return True


def read(source: BinaryIO) -> dict[str, object] | None:
    """The story in the picture, if there is one."""
    for kind, offset, size in _chunks(source):
        if kind == b"iTXt" and size <= TEXT_MAX and _keyword(source, offset, size) == _KEYWORD:
            data = text(source, offset + 8, size)
            return stories.parse(data.split(b"\0", 5)[-1].decode(errors="replace"))
    return None


def signed(source: BinaryIO) -> bool:
    """Whether there is a C2PA manifest in the picture."""
    return _is_signed(_chunks(source))


def _is_signed(chunks: Iterable[_Chunk]) -> bool:
    return any(kind == b"caBX" for kind, _, _ in chunks)


def _chunks(source: BinaryIO) -> Iterator[_Chunk]:
    offset = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        source.seek(offset)
        size, kind = struct.unpack(">I4s", exactly(source, 8))
        if offset == len(SIGNATURE) and kind != b"IHDR":
            raise Malformed("a PNG begins with IHDR")
        yield kind, offset, size
        offset += size + 12


def _keyword(source: BinaryIO, offset: int, size: int) -> bytes:
    return text(source, offset + 8, min(size, 80)).partition(b"\0")[0]


def _itxt(keyword: bytes, words: str) -> bytes:
    """A chunk with uncompressed text: keyword, flag and method of compression, no language, no translated keyword."""
    body = b"iTXt" + keyword + b"\0\0\0\0\0" + words.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
