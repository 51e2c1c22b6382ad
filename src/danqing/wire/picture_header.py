"""What a picture's first bytes say of it: its true format and its size in pixels, without decoding it."""

from collections.abc import Callable
from dataclasses import dataclass

# Start-of-frame markers of JPEG: C0 to CF but for the tables DHT (C4), JPG (C8) and DAC (CC).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length: TEM, RST0 to RST7, SOI
_JPEG_STOP = frozenset({0xD9, 0xDA})  # EOI, SOS: no frame header came before the pixels


@dataclass(frozen=True, slots=True)
class Header:
    """The format as a media type, and pixels."""

    mime: str
    width: int
    height: int


def read_header(data: bytes) -> Header | None:
    """The header of a PNG, JPEG or WebP; None for anything else and for one that is cut short or has no pixels."""
    for recognised, mime, measure in _FORMATS:
        if recognised(data):
            size = measure(data)
            return Header(mime, *size) if size and all(size) else None
    return None


def _png(data: bytes) -> tuple[int, int] | None:
    """The IHDR chunk comes first and has width and height as its first eight bytes."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Segment after segment up to the frame header: precision (1 byte), height (2), width (2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        elif marker in _JPEG_STOP:
            return None
        elif marker in _JPEG_FRAMES:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    """The first chunk is lossy (VP8), lossless (VP8L) or extended (VP8X); each measures in its own way."""
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8 " if data[23:26] == b"\x9d\x01\x2a":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case b"VP8L" if data[20] == 0x2F:
            bits = _little(data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_Recognise = Callable[[bytes], bool]
_Measure = Callable[[bytes], tuple[int, int] | None]
_FORMATS: tuple[tuple[_Recognise, str, _Measure], ...] = (
    (lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), "image/png", _png),
    (lambda data: data.startswith(b"\xff\xd8\xff"), "image/jpeg", _jpeg),
    (lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", "image/webp", _webp),
)
