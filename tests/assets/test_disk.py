"""What is peculiar to a disk: where a file lies, in which order things are flushed, what a killed process leaves."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path

import pytest

from assets.rooms import Room, listed, stream
from danqing.assets import disk as module
from danqing.assets.disk import Disk
from danqing.domain.errors import Kind, Problem


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room("disk", tmp_path / "assets")


@pytest.fixture
def disk(room: Room) -> Iterator[Disk]:
    disk = Disk(room.folder, bytes_max=80 << 20)
    yield disk
    disk.close()


def stored(room: Room) -> list[Path]:
    return list(room.folder.glob("??/*"))


def test_a_file_lies_where_its_content_says(room: Room, disk: Disk) -> None:
    blob = asyncio.run(disk.put(b"film", "video/mp4"))
    home = room.folder / blob.sha256[:2] / f"{blob.sha256}.mp4"
    assert asyncio.run(disk.path(blob)) == str(home)
    assert stored(room) == [home]


def test_same_content_is_written_once(room: Room, disk: Disk) -> None:
    async def main() -> None:
        await asyncio.gather(*(disk.put(b"same", "image/png") for _ in range(30)))

    asyncio.run(main())
    (home,) = stored(room)
    before = home.stat()
    asyncio.run(disk.put(stream(b"sa", b"me"), "image/png"))
    assert (home.stat().st_ino, home.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not room.unfinished()


def test_what_is_put_again_is_not_deleted(room: Room, disk: Disk) -> None:
    async def main() -> None:
        await disk.put(b"same", "image/png")
        (seen,) = await listed(disk)
        await asyncio.sleep(0.02)  # longer than one tick of the file system's clock
        await disk.put(b"same", "image/png")
        assert not await disk.delete(seen)
        (again,) = await listed(disk)
        assert await disk.delete(again)

    asyncio.run(main())
    assert not stored(room)


def test_what_is_not_danqing_s_is_neither_listed_nor_in_the_way(room: Room, disk: Disk) -> None:
    (room.folder / "lost+found").mkdir()
    (room.folder / "ab").mkdir()
    (room.folder / "ab" / "notes.txt").write_text("mine")
    assert asyncio.run(listed(disk)) == []


def test_work_that_was_begun_is_finished_even_if_nobody_waits_for_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, release = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(fd: int) -> None:
        busy.set()
        release.wait(10)
        fsync(fd)

    monkeypatch.setattr(module, "_THREADS", 1)
    disk = Disk(room.folder, bytes_max=10)
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
    assert {path.read_bytes() for path in stored(room)} == {b"first", b"queued"}


def test_full_disk_is_told(room: Room, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(Problem) as caught:
        asyncio.run(disk.put(b"x", "image/png"))
    assert (caught.value.kind, caught.value.code) == (Kind.UNAVAILABLE, "disk_full")
    assert not room.unfinished()
    assert not stored(room)


def test_file_is_flushed_before_it_is_renamed_and_its_directory_after(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
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


def test_what_a_killed_process_left_over_is_swept_at_the_next_start(room: Room) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", _DYING, str(room.folder)], stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        neighbour = Disk(room.folder, bytes_max=1)
        assert len(room.unfinished()) == 1, "the other process is alive, its file is not left over"
        neighbour.close()
        process.send_signal(signal.SIGKILL)
    assert not stored(room)
    assert len(room.unfinished()) == 1
    Disk(room.folder, bytes_max=1).close()
    assert [path.name for path in (room.folder / "incoming").iterdir()] == ["lock"]
