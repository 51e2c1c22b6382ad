"""What an MP4's boxes say of a film: pixels, length, frame rate and sound, without decoding a frame.

`look` asks for the few ranges of the file that it needs, so that a film is never read as a whole. Source: ISO 14496-12,
sections 4.2 (boxes), 8.2.2 (mvhd), 8.3.2 (tkhd), 8.4.2 (mdhd), 8.4.3 (hdlr), 8.6.1.2 (stts).
"""

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass

BOXES_MAX = 64  # on a level; films have a handful
MOVIE_BYTES_MAX = 1 << 20  # what describes half an hour takes half of it

Ask = tuple[int, int]
"""A range of the file: from the first byte up to the one after the last."""


@dataclass(frozen=True, slots=True)
class FilmHeader:
    """Pixels as they are shown, frames a second and milliseconds; 0 for what is not told."""

    width: int
    height: int
    duration_ms: int
    fps: int
    audio: bool


@dataclass(frozen=True, slots=True)
class _Track:
    kind: bytes
    pixels: tuple[int, int] = (0, 0)
    ticks_a_second: int = 0
    ticks: int = 0
    frames: int = 0


def look(size: int) -> Generator[Ask, bytes, FilmHeader | None]:
    """Yields ranges of a file of `size` bytes, is sent what is there, returns its header; None when it has none."""
    at = 0
    for _ in range(BOXES_MAX):
        if at + 8 > size:
            return None
        head = yield at, min(at + 16, size)
        box = _head(head, size - at)
        if box is None:
            return None
        kind, header, length = box
        if kind == b"moov":
            if length > MOVIE_BYTES_MAX:
                return None
            return _read((yield at + header, at + length))
        at += length
    return None


def _head(data: bytes, left: int) -> tuple[bytes, int, int] | None:
    """Kind, bytes of its header, bytes of all of it; None when that cannot be."""
    length, kind = struct.unpack_from(">I4s", data) if len(data) >= 8 else (0, b"")
    header = 8
    if length == 1 and len(data) >= 16:
        (length,) = struct.unpack_from(">Q", data, 8)
        header = 16
    elif length == 0:
        length = left
    return (kind, header, length) if header <= length <= left else None


def _read(movie: bytes) -> FilmHeader | None:
    try:
        tracks = [_track(box) for kind, box in _boxes(movie) if kind == b"trak"]
    except struct.error:
        return None
    film = next((track for track in tracks if track.kind == b"vide" and all(track.pixels)), None)
    if film is None:
        return None
    rate = film.ticks_a_second
    length_ms = round(film.ticks * 1000 / rate) if rate else 0
    fps = round(film.frames * rate / film.ticks) if film.ticks else 0
    audio = any(track.kind == b"soun" and track.frames for track in tracks)
    return FilmHeader(*film.pixels, length_ms, fps, audio)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes inside of one, by kind; whatever is wrong ends them."""
    at = 0
    for _ in range(BOXES_MAX):
        box = _head(data[at : at + 16], len(data) - at)
        if box is None:
            return
        kind, header, length = box
        yield kind, data[at + header : at + length]
        at += length


def _inside(data: bytes, *path: bytes) -> bytes:
    """The first box at the end of a path of kinds; nothing when it is not there."""
    for wanted in path:
        data = next((box for kind, box in _boxes(data) if kind == wanted), b"")
    return data


def _track(data: bytes) -> _Track:
    kind = _inside(data, b"mdia", b"hdlr")[8:12]
    rate, ticks = _clock(_inside(data, b"mdia", b"mdhd"))
    frames, lasting = _frames(_inside(data, b"mdia", b"minf", b"stbl", b"stts"))
    return _Track(kind, _pixels(_inside(data, b"tkhd")), rate, lasting or ticks, frames)


def _clock(box: bytes) -> tuple[int, int]:
    """Ticks a second and in all. Version 1 has times of 8 bytes."""
    if not box:
        return 0, 0
    times = ">QQIQ" if box[0] == 1 else ">IIII"
    _, _, rate, ticks = struct.unpack_from(times, box, 4)
    return rate, ticks


def _frames(box: bytes) -> tuple[int, int]:
    """How many, and the ticks that they last."""
    if not box:
        return 0, 0
    (rows,) = struct.unpack_from(">I", box, 4)
    table = list(struct.iter_unpack(">II", box[8:][: 8 * rows]))
    return sum(count for count, _ in table), sum(count * ticks for count, ticks in table)


def _pixels(box: bytes) -> tuple[int, int]:
    """The last 8 bytes, as fractions of 65536; before them a matrix that may turn the picture on its side."""
    if len(box) < 44:
        return 0, 0
    width, height = (side >> 16 for side in struct.unpack_from(">II", box, len(box) - 8))
    across, _, _, _, down = struct.unpack_from(">iiiii", box, len(box) - 44)
    return (height, width) if across == down == 0 else (width, height)
