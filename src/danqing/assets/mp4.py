"""Stories in MP4: an XMP box behind everything else, so that no byte of the film moves and faststart stays intact.

Sources: ISO 14496-12, section 4.2 (boxes); XMP specification part 3, section 1.2.7 (uuid box); C2PA specification,
appendix A.5 (uuid box).
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from uuid import UUID

from danqing.assets import xmp
from danqing.assets.binary import Malformed, exactly, length, text
from danqing.domain.ports import Story

_XMP = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
_C2PA = UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes

_Box = tuple[bytes, bytes, int, int, int]  # kind, user type, offset of the box, offset of its data, size of its data


def append(film: BinaryIO, story: Story) -> bool:
    """Write the story into an open film, in place. False, with the film untouched, when it is signed or has no end."""
    boxes = list(_boxes(film))
    if _is_signed(boxes):
        return False
    packet = xmp.packet(story, _old_packet(film, boxes))
    if packet is None or _is_open_ended(film, boxes[-1]):
        return False
    film.seek(0, 2)
    film.write(struct.pack(">I4s", 24 + len(packet), b"uuid") + _XMP + packet)
    for _, user, offset, _, _ in boxes:
        if user == _XMP:
            film.seek(offset + 4)
            film.write(b"free")
    return True


def read(film: BinaryIO) -> dict[str, object] | None:
    """The story in the film, if there is one."""
    return xmp.read(_old_packet(film, list(_boxes(film))))


def signed(film: BinaryIO) -> bool:
    """Whether there is a C2PA manifest in the film."""
    return _is_signed(_boxes(film))


def _is_signed(boxes: Iterable[_Box]) -> bool:
    return any(user == _C2PA for _, user, _, _, _ in boxes)


def _boxes(film: BinaryIO) -> Iterator[_Box]:
    """The boxes of the top level."""
    end = length(film)
    offset = 0
    while offset < end:
        film.seek(offset)
        size, kind = struct.unpack(">I4s", exactly(film, 8))
        header = 8
        if size == 1:
            (size,) = struct.unpack(">Q", exactly(film, 8))
            header = 16
        elif size == 0:
            size = end - offset
        user = exactly(film, 16) if kind == b"uuid" else b""
        header += len(user)
        if size < header or offset + size > end:
            raise Malformed(f"a box of {size} bytes at {offset} of {end}")
        yield kind, user, offset, offset + header, size - header
        offset += size


def _is_open_ended(film: BinaryIO, box: _Box) -> bool:
    """Whether the box lasts to the end of the file, whatever its length, so that nothing can follow it."""
    film.seek(box[2])
    return exactly(film, 4) == b"\0\0\0\0"


def _old_packet(film: BinaryIO, boxes: list[_Box]) -> bytes:
    return next((text(film, data, size) for _, user, _, data, size in boxes if user == _XMP), b"")
