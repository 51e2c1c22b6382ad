"""What every archive promises: files whole or not at all, once, within limits, and never on the event loop's time."""

import asyncio
import hashlib
import os
import sys
import threading
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath

import pytest
from PIL import Image

from assets.rooms import Room, content, listed, stream
from danqing.assets.desk import Desk
from danqing.assets.disk import CHUNK
from danqing.assets.stamp import read
from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Archive, Source

MISSING = Blob("0" * 64, 1, "image/png")


@pytest.mark.parametrize("kind", ["bytes", "stream", "file"])
def test_what_is_put_can_be_opened(tmp_path: Path, room: Room, archive: Archive, kind: str) -> None:
    data = os.urandom(CHUNK + 17)
    file = tmp_path / "film.mp4"
    file.write_bytes(data)
    sources: dict[str, Source] = {
        "bytes": data,
        "stream": stream(data[:5], b"", data[5:]),
        "file": PurePath(file),
    }

    async def main() -> tuple[Blob, bytes, str]:
        blob = await archive.put(sources[kind], "video/mp4")
        return blob, await content(archive, blob), await archive.path(blob)

    blob, opened, path = asyncio.run(main())
    assert blob == Blob(hashlib.sha256(data).hexdigest(), len(data), "video/mp4")
    assert opened == data
    assert Path(path).read_bytes() == data
    assert file.exists() == (kind != "file"), "a file is moved, not copied"
    assert not room.unfinished()


@pytest.mark.parametrize("size", [5 << 20, (5 << 20) + 1, 17 << 20])
def test_large_files_come_back_as_they_were(archive: Archive, size: int) -> None:
    data = os.urandom(size)

    async def main() -> bytes:
        return await content(archive, await archive.put(stream(data), "video/mp4"))

    assert asyncio.run(main()) == data


def test_empty_file(archive: Archive) -> None:
    blob = asyncio.run(archive.put(b"", "image/png"))
    assert blob.size == 0
    assert asyncio.run(content(archive, blob)) == b""


def test_chunks_can_be_encoded_one_by_one(archive: Archive) -> None:
    async def main() -> list[int]:
        blob = await archive.put(bytes(2 * CHUNK + 1), "video/mp4")
        return [len(chunk) async for chunk in archive.open(blob)]

    assert asyncio.run(main()) == [CHUNK, CHUNK, 1]
    assert CHUNK % 3 == 0


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (7, 8), (CHUNK - 1, CHUNK + 1), (5, None), (CHUNK, 9 << 20), (4, 4), (9 << 20, None)]
)
def test_a_part_can_be_opened(room: Room, archive: Archive, start: int, stop: int | None) -> None:
    if room.kind == "s3rver" and (start, stop) == (0, 1):
        pytest.skip("s3rver 3.7.1 takes bytes=0-0 for the whole file")
    data = os.urandom(2 * CHUNK + 9)

    async def main() -> bytes:
        return await content(archive, await archive.put(data, "video/mp4"), start, stop)

    assert asyncio.run(main()) == data[start:stop]


def test_a_reader_may_leave_in_the_middle(archive: Archive) -> None:
    async def main() -> bytes:
        blob = await archive.put(bytes(4 * CHUNK), "video/mp4")
        async for _ in archive.open(blob):
            break
        return await content(archive, blob, 0, 3)

    assert asyncio.run(main()) == bytes(3)


def test_missing_file_is_not_found(archive: Archive) -> None:
    for attempt in (content(archive, MISSING), content(archive, MISSING, 0, 0), archive.path(MISSING)):
        with pytest.raises(Problem) as caught:
            asyncio.run(attempt)
        assert caught.value.kind is Kind.NOT_FOUND


def test_same_content_at_once_is_one_file(room: Room, archive: Archive) -> None:
    async def main() -> set[Blob]:
        return set(await asyncio.gather(*(archive.put(b"same", "image/png") for _ in range(30))))

    (blob,) = asyncio.run(main())
    assert [stored.name for stored in room.kept()] == [blob.name]
    assert not room.unfinished()


@pytest.mark.parametrize("kind", ["bytes", "stream", "file"])
def test_limit_leaves_nothing_behind(tmp_path: Path, room: Room, kind: str) -> None:
    archive = room.opened(bytes_max=10)
    file = tmp_path / "big.mp4"
    file.write_bytes(bytes(11))
    sources: dict[str, Source] = {"bytes": bytes(11), "stream": stream(bytes(6), bytes(5)), "file": PurePath(file)}
    with pytest.raises(Problem) as caught:
        asyncio.run(archive.put(sources[kind], "video/mp4"))
    assert caught.value.kind is Kind.TOO_LARGE
    assert not room.unfinished()
    assert not room.kept()
    assert asyncio.run(archive.put(bytes(10), "video/mp4")).size == 10
    archive.close()


def test_endless_stream_is_cut_off_at_the_limit(room: Room) -> None:
    archive = room.opened(bytes_max=5 << 20)
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1 << 20)

    with pytest.raises(Problem):
        asyncio.run(archive.put(endless(), "video/mp4"))
    assert taken == 6
    archive.close()


def test_stream_that_breaks_leaves_nothing_behind(room: Room, archive: Archive) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)
        raise ConnectionError("the other side is gone")

    with pytest.raises(ConnectionError):
        asyncio.run(archive.put(broken(), "video/mp4"))
    assert not room.unfinished()
    assert not room.kept()


def test_caller_who_goes_away_leaves_nothing_behind(room: Room, archive: Archive) -> None:
    waiting = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)
        waiting.set()
        await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(archive.put(stuck(), "video/mp4"))
        await waiting.wait()
        assert room.unfinished()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert not room.unfinished()


@pytest.mark.parametrize("kind", ["stream", "large bytes"])
def test_full_local_disk_is_told(
    tmp_path: Path, room: Room, archive: Archive, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(desk: Desk) -> Path:
        sheet = tmp_path / "sheet"
        sheet.symlink_to("/dev/full")
        return sheet

    sources: dict[str, Source] = {"stream": stream(b"x"), "large bytes": bytes(9 << 20)}
    monkeypatch.setattr(Desk, "sheet", full)
    with pytest.raises(Problem) as caught:
        asyncio.run(archive.put(sources[kind], "image/png", {"prompt": "p"}))
    assert (caught.value.kind, caught.value.code) == (Kind.UNAVAILABLE, "disk_full")
    assert not (tmp_path / "sheet").is_symlink()
    assert not room.kept()


def test_no_file_is_touched_on_the_event_loop(tmp_path: Path, room: Room) -> None:
    archive = room.opened()
    loop_thread = threading.get_ident()
    touched: set[int] = set()
    listening = True  # a hook cannot be taken away again

    def note(event: str, args: tuple[object, ...]) -> None:
        if listening and event in ("open", "os.rename", "os.mkdir", "os.remove") and str(tmp_path) in str(args[0]):
            touched.add(threading.get_ident())

    sys.addaudithook(note)

    async def main() -> None:
        blob = await archive.put(stream(b"abc"), "image/png")
        await archive.put(b"abc", "image/png", {"prompt": "p"})
        await content(archive, blob)
        await archive.path(blob)
        for stored in await listed(archive):
            await archive.delete(stored)

    asyncio.run(main())
    listening = False
    assert touched
    assert loop_thread not in touched
    archive.close()


def test_big_stream_needs_little_memory(archive: Archive) -> None:
    async def big() -> AsyncIterator[bytes]:
        for _ in range(1024):
            yield bytes(64 << 10)

    async def main() -> int:
        blob = await archive.put(big(), "video/mp4", {"prompt": "p"})
        return sum([len(chunk) async for chunk in archive.open(blob)])

    tracemalloc.start()
    try:
        assert asyncio.run(main()) == 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_story_is_written_into_the_file_before_it_is_named(tmp_path: Path, room: Room, archive: Archive) -> None:
    source = tmp_path / "a.png"
    Image.new("RGB", (8, 8), "red").save(source)
    plain = source.read_bytes()

    async def main() -> tuple[Blob, Path]:
        blob = await archive.put(PurePath(source), "image/png", {"prompt": "red", "seed": 1})
        return blob, Path(await archive.path(blob))

    blob, home = asyncio.run(main())
    data = home.read_bytes()
    assert data != plain
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (blob.sha256, blob.size)
    assert read(home) == {"prompt": "red", "seed": 1}
    assert not room.unfinished()


def test_file_that_cannot_carry_a_story_is_stored_as_it_is(archive: Archive) -> None:
    blob = asyncio.run(archive.put(b"not a picture", "image/png", {"prompt": "p"}))
    assert asyncio.run(content(archive, blob)) == b"not a picture"


def test_link_is_followed_not_stored(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "real.mp4").write_bytes(b"film")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "real.mp4")

    async def main() -> Path:
        return Path(await archive.path(await archive.put(PurePath(tmp_path / "link.mp4"), "video/mp4")))

    home = asyncio.run(main())
    assert not home.is_symlink()
    assert home.read_bytes() == b"film"


def test_what_is_kept_is_listed_and_can_be_deleted(archive: Archive) -> None:
    async def main() -> None:
        blobs = {await archive.put(bytes(size), "image/png") for size in (1, 2, 3)}
        kept = {stored.name: stored for stored in await listed(archive)}
        assert {(stored.name, stored.size) for stored in kept.values()} == {(blob.name, blob.size) for blob in blobs}
        assert all(abs(datetime.now(UTC) - stored.at) < timedelta(minutes=1) for stored in kept.values())
        gone = blobs.pop()
        await archive.path(gone)
        assert await archive.delete(kept[gone.name])
        assert not await archive.delete(kept[gone.name])
        assert {stored.name for stored in await listed(archive)} == {blob.name for blob in blobs}
        for attempt in (content(archive, gone), archive.path(gone)):
            with pytest.raises(Problem) as caught:
                await attempt
            assert caught.value.kind is Kind.NOT_FOUND

    asyncio.run(main())
