"""Files on a disk: whole or not at all, once, within limits, and never on the event loop's time."""

import asyncio
import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from errno import ENOSPC
from pathlib import Path, PurePath

import pytest
from PIL import Image

from danqing.assets import disk as module
from danqing.assets.disk import CHUNK, Disk
from danqing.assets.stamp import read
from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Assets, Source

MISSING = Blob("0" * 64, 1, "image/png")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "assets", bytes_max=80 << 20)
    yield disk
    disk.close()


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def content(assets: Assets, blob: Blob) -> bytes:
    return b"".join([chunk async for chunk in assets.open(blob)])


def stored(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "assets").glob("??/*"))


def unfinished(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "assets" / "incoming").glob("*/*") if path.name != "lock"]


@pytest.mark.parametrize("kind", ["bytes", "stream", "file"])
def test_what_is_put_can_be_opened(tmp_path: Path, disk: Disk, kind: str) -> None:
    data = os.urandom(CHUNK + 17)
    file = tmp_path / "film.mp4"
    file.write_bytes(data)
    sources: dict[str, Source] = {
        "bytes": data,
        "stream": stream(data[:5], b"", data[5:]),
        "file": PurePath(file),
    }
    assets: Assets = disk

    async def main() -> tuple[Blob, bytes, str]:
        blob = await assets.put(sources[kind], "video/mp4")
        return blob, await content(assets, blob), await assets.path(blob)

    blob, opened, path = asyncio.run(main())
    assert blob == Blob(hashlib.sha256(data).hexdigest(), len(data), "video/mp4")
    assert opened == data
    assert Path(path).read_bytes() == data
    assert Path(path) == tmp_path / "assets" / blob.sha256[:2] / f"{blob.sha256}.mp4"
    assert file.exists() == (kind != "file"), "a file is moved, not copied"
    assert not unfinished(tmp_path)


def test_empty_file(disk: Disk) -> None:
    blob = asyncio.run(disk.put(b"", "image/png"))
    assert blob.size == 0
    assert asyncio.run(content(disk, blob)) == b""


def test_chunks_can_be_encoded_one_by_one(disk: Disk) -> None:
    async def main() -> list[int]:
        blob = await disk.put(bytes(2 * CHUNK + 1), "video/mp4")
        return [len(chunk) async for chunk in disk.open(blob)]

    assert asyncio.run(main()) == [CHUNK, CHUNK, 1]
    assert CHUNK % 3 == 0


def test_missing_file_is_not_found(disk: Disk) -> None:
    for attempt in (content(disk, MISSING), disk.path(MISSING)):
        with pytest.raises(Problem) as caught:
            asyncio.run(attempt)
        assert caught.value.kind is Kind.NOT_FOUND


def test_same_content_is_written_once(tmp_path: Path, disk: Disk) -> None:
    async def main() -> set[Blob]:
        return set(await asyncio.gather(*(disk.put(b"same", "image/png") for _ in range(30))))

    assert len(asyncio.run(main())) == 1
    (home,) = stored(tmp_path)
    before = home.stat()
    asyncio.run(disk.put(stream(b"sa", b"me"), "image/png"))
    assert (home.stat().st_ino, home.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not unfinished(tmp_path)


@pytest.mark.parametrize("kind", ["bytes", "stream", "file"])
def test_limit_leaves_nothing_behind(tmp_path: Path, kind: str) -> None:
    disk = Disk(tmp_path / "assets", bytes_max=10)
    file = tmp_path / "big.mp4"
    file.write_bytes(bytes(11))
    sources: dict[str, Source] = {"bytes": bytes(11), "stream": stream(bytes(6), bytes(5)), "file": PurePath(file)}
    with pytest.raises(Problem) as caught:
        asyncio.run(disk.put(sources[kind], "video/mp4"))
    assert caught.value.kind is Kind.TOO_LARGE
    assert not unfinished(tmp_path)
    assert not stored(tmp_path)
    assert asyncio.run(disk.put(bytes(10), "video/mp4")).size == 10
    disk.close()


def test_endless_stream_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "assets", bytes_max=5 << 20)
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1 << 20)

    with pytest.raises(Problem):
        asyncio.run(disk.put(endless(), "video/mp4"))
    assert taken == 6
    disk.close()


def test_stream_that_breaks_leaves_nothing_behind(tmp_path: Path, disk: Disk) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)
        raise ConnectionError("the other side is gone")

    with pytest.raises(ConnectionError):
        asyncio.run(disk.put(broken(), "video/mp4"))
    assert not unfinished(tmp_path)
    assert not stored(tmp_path)


def test_caller_who_goes_away_leaves_nothing_behind(tmp_path: Path, disk: Disk) -> None:
    waiting = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)
        waiting.set()
        await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(disk.put(stuck(), "video/mp4"))
        await waiting.wait()
        assert unfinished(tmp_path)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert not unfinished(tmp_path)


def test_work_that_was_begun_is_finished_even_if_nobody_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, release = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(fd: int) -> None:
        busy.set()
        release.wait(10)
        fsync(fd)

    monkeypatch.setattr(module, "_THREADS", 1)
    disk = Disk(tmp_path / "assets", bytes_max=10)
    monkeypatch.setattr(module.os, "fsync", slow)

    async def main() -> None:
        first = asyncio.create_task(disk.put(b"first", "image/png"))
        await asyncio.to_thread(busy.wait, 10)
        queued = asyncio.create_task(disk.put(b"queued", "image/png"))
        await asyncio.sleep(0)
        queued.cancel()
        release.set()
        await first

    asyncio.run(main())
    disk.close()
    assert {path.read_bytes() for path in stored(tmp_path)} == {b"first", b"queued"}


def test_full_disk_is_told(tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(Problem) as caught:
        asyncio.run(disk.put(b"x", "image/png"))
    assert (caught.value.kind, caught.value.code) == (Kind.UNAVAILABLE, "disk_full")
    assert not unfinished(tmp_path)
    assert not stored(tmp_path)


def test_file_is_flushed_before_it_is_renamed_and_its_directory_after(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(fd: int) -> None:
        steps.append("directory" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file")
        fsync(fd)

    def note_replace(source: Path, target: Path) -> None:
        steps.append("rename")
        replace(source, target)

    monkeypatch.setattr(module.os, "fsync", note_fsync)
    monkeypatch.setattr(module.os, "replace", note_replace)
    asyncio.run(disk.put(b"x", "image/png"))
    assert steps == ["file", "directory", "rename", "directory"]  # a new directory, then the file in it


def test_no_file_is_touched_on_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(tmp_path / "assets", bytes_max=1 << 20)
    loop_thread = threading.get_ident()
    touched: set[int] = set()
    listening = True  # a hook cannot be taken away again

    def note(event: str, args: tuple[object, ...]) -> None:
        if listening and event in ("open", "os.rename", "os.mkdir", "os.remove") and str(tmp_path) in str(args[0]):
            touched.add(threading.get_ident())

    sys.addaudithook(note)

    async def main() -> None:
        blob = await disk.put(stream(b"abc"), "image/png")
        await disk.put(b"abc", "image/png", {"prompt": "p"})
        await content(disk, blob)

    asyncio.run(main())
    listening = False
    assert touched
    assert loop_thread not in touched
    disk.close()


def test_big_stream_needs_little_memory(disk: Disk) -> None:
    async def big() -> AsyncIterator[bytes]:
        for _ in range(1024):
            yield bytes(64 << 10)

    async def main() -> int:
        blob = await disk.put(big(), "video/mp4", {"prompt": "p"})
        return sum([len(chunk) async for chunk in disk.open(blob)])

    tracemalloc.start()
    try:
        assert asyncio.run(main()) == 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_story_is_written_into_the_file_before_it_is_named(tmp_path: Path, disk: Disk) -> None:
    source = tmp_path / "a.png"
    Image.new("RGB", (8, 8), "red").save(source)
    plain = source.read_bytes()

    async def main() -> tuple[Blob, Path]:
        blob = await disk.put(PurePath(source), "image/png", {"prompt": "red", "seed": 1})
        return blob, Path(await disk.path(blob))

    blob, home = asyncio.run(main())
    data = home.read_bytes()
    assert data != plain
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (blob.sha256, blob.size)
    assert read(home) == {"prompt": "red", "seed": 1}
    assert not unfinished(tmp_path)


def test_file_that_cannot_carry_a_story_is_stored_as_it_is(disk: Disk) -> None:
    blob = asyncio.run(disk.put(b"not a picture", "image/png", {"prompt": "p"}))
    assert asyncio.run(content(disk, blob)) == b"not a picture"


def test_link_is_followed_not_stored(tmp_path: Path, disk: Disk) -> None:
    (tmp_path / "real.mp4").write_bytes(b"film")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "real.mp4")

    async def main() -> Path:
        return Path(await disk.path(await disk.put(PurePath(tmp_path / "link.mp4"), "video/mp4")))

    home = asyncio.run(main())
    assert not home.is_symlink()
    assert home.read_bytes() == b"film"


_DYING = """
import asyncio, sys
from pathlib import Path
from danqing.assets.disk import Disk

async def stuck():
    yield bytes(2 << 20)
    print("written", flush=True)
    await asyncio.Event().wait()

asyncio.run(Disk(Path(sys.argv[1]), bytes_max=1 << 30).put(stuck(), "video/mp4"))
"""


def test_what_a_killed_process_left_over_is_swept_at_the_next_start(tmp_path: Path) -> None:
    root = tmp_path / "assets"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", _DYING, str(root)], stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        neighbour = Disk(root, bytes_max=1)
        assert len(unfinished(tmp_path)) == 1, "the other process is alive, its file is not left over"
        neighbour.close()
        process.send_signal(signal.SIGKILL)
    assert not stored(tmp_path)
    assert len(unfinished(tmp_path)) == 1
    Disk(root, bytes_max=1).close()
    assert [path.name for path in (root / "incoming").iterdir()] == ["lock"]
