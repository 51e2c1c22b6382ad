"""Stories in JPEG: an XMP segment behind the JFIF and Exif headers.

Sources: XMP specification part 3, section 1.1.3 (APP1); JPEG XT / JUMBF (ISO 19566-5) and C2PA appendix A.3.1 (APP11).
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from danqing.assets import xmp
from danqing.assets.binary import Malformed, copy, exactly, length, text
from danqing.assets.story import shorter
from danqing.domain.ports import Story

SIGNATURE = b"\xff\xd8\xff"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_JUMBF = b"JP"
_APP0, _APP1, _APP11, _SOS = 0xE0, 0xE1, 0xEB, 0xDA
_PACKET_MAX = 65_533 - len(_XMP)
_SHORTENINGS = 16  # enough to halve the longest prompt away

_Segment = tuple[int, bytes, int, int]  # marker, first bytes of the data, offset of the whole, size of the whole


def write(source: BinaryIO, target: BinaryIO, story: Story) -> bool:
    """Copy the picture with its story. False, with nothing promised of the target, when it is signed or has no room.

    A segment holds 64 kB: a longer prompt is cut, and ends in an ellipsis.
    """
    segments = list(_segments(source))
    if _is_signed(segments):
        return False
    packet = _fitting(story, _old_packet(source, segments))
    if packet is None:
        return False
    kept = [segment for segment in segments if not _is_xmp(segment)]
    leading = next((at for at, segment in enumerate(kept) if not _leads(segment)), len(kept))
    target.write(SIGNATURE[:2])
    for _, _, offset, size in kept[:leading]:
        copy(source, target, offset, size)
    target.write(struct.pack(">BBH", 0xFF, _APP1, len(_XMP) + len(packet) + 2) + _XMP + packet)
    for _, _, offset, size in kept[leading:]:
        copy(source, target, offset, size)
    return True


def read(source: BinaryIO) -> dict[str, object] | None:
    """The story in the picture, if there is one."""
    return xmp.read(_old_packet(source, list(_segments(source))))


def signed(source: BinaryIO) -> bool:
    """Whether there is a C2PA manifest in the picture."""
    return _is_signed(_segments(source))


def _is_signed(segments: Iterable[_Segment]) -> bool:
    return any(marker == _APP11 and head.startswith(_JUMBF) for marker, head, _, _ in segments)


def _segments(source: BinaryIO) -> Iterator[_Segment]:
    """Every segment; the last one is the picture's data, up to the end of the file."""
    offset = 2
    while True:
        source.seek(offset)
        mark, marker, size = struct.unpack(">BBH", exactly(source, 4))
        if mark != 0xFF or not 0xC0 <= marker <= 0xFE or size < 2:
            raise Malformed(f"{mark:02x}{marker:02x} is not a JPEG segment")
        if marker == _SOS:
            yield marker, b"", offset, length(source) - offset
            return
        head = exactly(source, min(size - 2, len(_XMP)))
        yield marker, head, offset, size + 2
        offset += size + 2


def _leads(segment: _Segment) -> bool:
    """Whether readers expect the segment before all others."""
    marker, head, _, _ = segment
    return marker == _APP0 or (marker == _APP1 and head.startswith(_EXIF))


def _is_xmp(segment: _Segment) -> bool:
    marker, head, _, _ = segment
    return marker == _APP1 and head == _XMP


def _old_packet(source: BinaryIO, segments: list[_Segment]) -> bytes:
    for segment in segments:
        if _is_xmp(segment):
            _, _, offset, size = segment
            skipped = 4 + len(_XMP)
            return text(source, offset + skipped, size - skipped)
    return b""


def _fitting(story: Story, old: bytes) -> bytes | None:
    for _ in range(_SHORTENINGS):
        packet = xmp.packet(story, old)
        if packet is None or len(packet) <= _PACKET_MAX:
            return packet
        story = shorter(story)
    return None
