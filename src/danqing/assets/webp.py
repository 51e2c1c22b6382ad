"""Stories in WebP: an XMP chunk at the end of the RIFF file, which must be of the extended kind to have one.

Sources: RFC 9649 (WebP), sections 2.5 to 2.7; C2PA specification, appendix A.3.7 (chunk C2PA).
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from danqing.assets import xmp
from danqing.assets.binary import Malformed, copy, exactly, length, text
from danqing.domain.ports import Story

SIGNATURE = b"RIFF"
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10

_Chunk = tuple[bytes, int, int]  # kind, offset of the whole chunk, size of its data


def write(source: BinaryIO, target: BinaryIO, story: Story) -> bool:
    """Copy the picture with its story. False, with nothing promised of the target, when it is signed."""
    chunks = list(_chunks(source))
    packet = xmp.packet(story, _old_packet(source, chunks))
    if packet is None or _is_signed(chunks):
        return False
    target.write(b"RIFF\0\0\0\0WEBP" + _chunk(b"VP8X", _extended_header(source, chunks)))
    for kind, offset, size in chunks:
        if kind not in (b"VP8X", b"XMP "):
            copy(source, target, offset, 8 + size)
            target.write(b"\0" * (size % 2))
    target.write(_chunk(b"XMP ", packet))
    size = target.tell()
    target.seek(4)
    target.write(struct.pack("<I", size - 8))
    return True


def read(source: BinaryIO) -> dict[str, object] | None:
    """The story in the picture, if there is one."""
    return xmp.read(_old_packet(source, list(_chunks(source))))


def signed(source: BinaryIO) -> bool:
    """Whether there is a C2PA manifest in the picture."""
    return _is_signed(_chunks(source))


def _is_signed(chunks: Iterable[_Chunk]) -> bool:
    return any(kind == b"C2PA" for kind, _, _ in chunks)


def _chunks(source: BinaryIO) -> Iterator[_Chunk]:
    end = length(source)
    source.seek(0)
    _, size, kind = struct.unpack("<4sI4s", exactly(source, 12))
    if kind != b"WEBP":
        raise Malformed("this RIFF file is not WebP")
    end = min(end, size + 8)
    offset = 12
    while offset < end:
        source.seek(offset)
        kind, size = struct.unpack("<4sI", exactly(source, 8))
        yield kind, offset, size
        offset += 8 + size + size % 2


def _old_packet(source: BinaryIO, chunks: list[_Chunk]) -> bytes:
    return next((text(source, offset + 8, size) for kind, offset, size in chunks if kind == b"XMP "), b"")


def _extended_header(source: BinaryIO, chunks: list[_Chunk]) -> bytes:
    """The data of VP8X, with the bit set that announces XMP; made from the bit stream when there is none yet."""
    if not chunks:
        raise Malformed("an empty WebP")
    kind, offset, size = chunks[0]
    source.seek(offset + 8)
    head = exactly(source, min(size, 10))
    if kind == b"VP8X" and len(head) == 10:
        return bytes([head[0] | _HAS_XMP]) + head[1:]
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", head[6:10]))
        return _vp8x(_HAS_XMP, width, height)
    if kind == b"VP8L" and head[:1] == b"\x2f":
        bits = int.from_bytes(head[1:5], "little")
        alpha = _HAS_ALPHA if bits >> 28 & 1 else 0
        return _vp8x(_HAS_XMP | alpha, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    raise Malformed(f"a WebP that begins with {kind!r}")


def _vp8x(flags: int, width: int, height: int) -> bytes:
    return struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
