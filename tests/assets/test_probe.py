"""What a stored file really is: read off its header, in whatever order its boxes and segments come."""

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from danqing.assets.disk import Disk
from danqing.assets.probe import probe
from danqing.domain.media import Blob, Shape
from danqing.wire.film_header import FilmHeader, look
from filming import a_film


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "assets", bytes_max=1 << 26)
    yield disk
    disk.close()


def header_of(data: bytes) -> FilmHeader | None:
    """What `look` finds in bytes."""
    search = look(len(data))
    try:
        start, stop = next(search)
        while True:
            start, stop = search.send(data[start:stop])
    except StopIteration as end:
        found: FilmHeader | None = end.value
        return found


@pytest.mark.parametrize("movflags", ["+faststart", "frag_keyframe+empty_moov", ""])
@pytest.mark.parametrize(
    ("width", "height", "seconds", "fps", "audio"),
    [(64, 36, 1, 24, True), (36, 64, 2, 30, False), (128, 72, 1.5, 24, True)],
)
async def test_a_film_is_measured(
    assets: Disk, tmp_path: Path, movflags: str, width: int, height: int, seconds: float, fps: int, audio: bool
) -> None:
    film = a_film(
        tmp_path / "film.mp4", width=width, height=height, seconds=seconds, fps=fps, audio=audio, movflags=movflags
    )
    shape = await probe(assets, await assets.put(film, "video/mp4", {"prompt": "a fox"}))
    assert shape is not None
    assert (shape.width, shape.height) == (width, height)
    if movflags.startswith("frag"):
        assert shape.duration_ms == shape.fps == 0, "its length is told piece by piece, so that it is not known"
    else:
        assert (shape.duration_ms, shape.fps, shape.audio) == (round(seconds * 1000), fps, audio)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_is_measured(assets: Disk, kind: str) -> None:
    file = BytesIO()
    Image.new("RGB", (48, 32)).save(file, kind)
    blob = await assets.put(file.getvalue(), f"image/{kind.lower()}", {"prompt": "x" * 3000})
    assert await probe(assets, blob) == Shape(width=48, height=32)


async def test_a_jpeg_that_begins_with_a_long_signature_is_measured(assets: Disk) -> None:
    file = BytesIO()
    Image.new("RGB", (48, 32)).save(file, "JPEG")
    jpeg = file.getvalue()
    signature = (b"\xff\xeb" + struct.pack(">H", 65_000) + b"JP" + b"\0" * 64_996) * 5
    blob = await assets.put(jpeg[:2] + signature + jpeg[2:], "image/jpeg")
    assert await probe(assets, blob) == Shape(width=48, height=32)


@pytest.mark.parametrize(("data", "mime"), [(b"\x89PNG\r\n\x1a\n", "image/png"), (b"\0\0\0\x18ftypmp42", "video/mp4")])
async def test_a_header_that_tells_nothing_is_no_shape(assets: Disk, data: bytes, mime: str) -> None:
    assert await probe(assets, await assets.put(data, mime)) is None


async def test_a_film_is_not_read_as_a_whole(assets: Disk, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film.mp4")
    with film.open("ab") as file:
        file.write(struct.pack(">I4s", 8 + (20 << 20), b"free"))
        file.truncate(film.stat().st_size + 8 + (20 << 20))
    blob = await assets.put(film, "video/mp4")
    asked: list[int] = []

    class Counting:
        def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> object:
            assert stop is not None
            asked.append(stop - start)
            return assets.open(blob, start, stop)

    assert await probe(Counting(), blob)  # type: ignore[arg-type]
    assert sum(asked) < 4096


def test_a_film_that_was_filmed_on_its_side_is_measured_upright(tmp_path: Path) -> None:
    data = bytearray(a_film(tmp_path / "film.mp4", audio=False).read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version and flags, times, ids, layer, volume: then the matrix
    assert struct.unpack_from(">i", data, at) == (0x10000,)
    struct.pack_into(">9i", data, at, 0, 0x10000, 0, -0x10000, 0, 0, 0x240000, 0, 0x40000000)
    header = header_of(bytes(data))
    assert header is not None
    assert (header.width, header.height) == (36, 64)


@given(st.binary(max_size=400))
def test_what_is_no_film_has_no_header_and_raises_nothing(data: bytes) -> None:
    header_of(data)
    header_of(b"\0\0\0\x08ftyp" + struct.pack(">I4s", 8 + len(data), b"moov") + data)


@given(st.integers(0, 1200), st.binary(min_size=1, max_size=16))
def test_a_film_that_is_damaged_anywhere_raises_nothing(film_bytes: bytes, at: int, noise: bytes) -> None:
    data = bytearray(film_bytes)
    data[at : at + len(noise)] = noise
    header_of(bytes(data))
    header_of(bytes(data[:at]))


@pytest.fixture(scope="module")
def film_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return a_film(tmp_path_factory.mktemp("film") / "film.mp4").read_bytes()


def test_a_film_is_not_searched_for_among_ever_more_boxes(film_bytes: bytes) -> None:
    empty = struct.pack(">I4s", 8, b"free")
    assert header_of(film_bytes)
    assert header_of(empty * 10 + film_bytes) == header_of(film_bytes)
    assert header_of(empty * 100 + film_bytes) is None
    at = film_bytes.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", film_bytes, at)
    padded = struct.pack(">I4s", size + 800, b"moov") + empty * 100 + film_bytes[at + 8 : at + size]
    assert header_of(film_bytes[:at] + padded) is None
