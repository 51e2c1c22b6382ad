"""What is peculiar to a bucket: a store that is away, slow or closed to us, and processes that die in mid-upload."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import objects
from assets.conftest import pointed
from assets.rooms import BYTES_MAX, Room, content, listed
from danqing import assets
from danqing.assets import bucket as module
from danqing.assets.bucket import Bucket
from danqing.assets.disk import CHUNK, Disk
from danqing.domain.errors import Kind, Problem
from objects import Objects

FILM = "video/mp4"


@pytest.fixture
def room(tmp_path: Path, own_server: Objects) -> Room:
    return Room("moto", tmp_path / "cache", objects.ADDRESS)


@pytest.fixture
def bucket(room: Room) -> Iterator[Disk | Bucket]:
    bucket = room.opened()
    yield bucket
    bucket.close()


async def connected(address: str, folder: Path) -> Disk | Bucket:
    return await assets.connect(address, local=folder / "cache", bytes_max=BYTES_MAX, cache_bytes_max=1 << 30)


def refused(address: str, folder: Path) -> Problem:
    """Why no archive can be had at the address."""
    with pytest.raises(Problem) as caught:
        asyncio.run(connected(address, folder))
    assert address not in str(caught.value) or "@" not in address, "an address with a password is not repeated"
    return caught.value


@contextmanager
def soon(act: threading.Timer) -> Iterator[None]:
    act.start()
    try:
        yield
    finally:
        act.join()


def test_an_address_chooses_the_kind(tmp_path: Path, own_server: Objects) -> None:
    for address, kind in (
        (str(tmp_path / "a"), Disk),
        (f"file://{tmp_path}/b", Disk),
        (objects.ADDRESS, Bucket),
        (f"s3://{objects.BUCKET}", Bucket),
    ):
        archive = asyncio.run(connected(address, tmp_path))
        assert type(archive) is kind
        blob = asyncio.run(archive.put(b"film", FILM))
        assert asyncio.run(content(archive, blob)) == b"film"
        archive.close()


@pytest.mark.parametrize(
    "address", ["ftp://films/a", "s3://", "s3:///a", "s3://key:secret@films/a", "s3://films/a?region=eu", "relative"]
)
def test_an_address_that_means_nothing_is_refused(tmp_path: Path, address: str) -> None:
    problem = refused(address, tmp_path)
    assert (problem.kind, problem.param) == (Kind.INVALID, "assets")


def test_a_missing_bucket_is_told(tmp_path: Path, own_server: Objects) -> None:
    assert refused("s3://nowhere/a", tmp_path).code == "bucket_missing"


def test_a_bucket_that_goes_missing_is_told(room: Room, own_server: Objects) -> None:
    archive = Bucket("s3://nowhere/a", local=room.folder, bytes_max=9, cache_bytes_max=9)
    for attempt in (archive.put(b"film", FILM), listed(archive)):
        with pytest.raises(Problem) as caught:
            asyncio.run(attempt)
        assert caught.value.code == "bucket_missing"
    archive.close()


def test_a_bucket_that_is_not_ours_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if why := objects.lacking("moto"):
        pytest.skip(why)
    with objects.running(tmp_path / "server", settings={"INITIAL_NO_AUTH_ACTION_COUNT": "1"}) as server:
        pointed(monkeypatch, server)
        problem = refused(objects.ADDRESS, tmp_path)
    assert problem.code == "bucket_denied"


def test_no_credentials_are_told(tmp_path: Path, own_server: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")  # not the cloud that this machine may be in
    monkeypatch.setattr(module, "PROBE_S", 1)
    problem = refused(objects.ADDRESS, tmp_path)
    assert problem.code == "bucket_credentials"
    assert "AWS_ACCESS_KEY_ID" in str(problem)


def test_a_store_that_is_away_at_the_start_is_told(
    tmp_path: Path, own_server: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBE_S", 1)
    own_server.kill()
    problem = refused(objects.ADDRESS, tmp_path)
    assert (problem.code, bool(problem.retry_after)) == ("bucket_away", True)
    assert not list((tmp_path / "cache" / "incoming").glob("*/*")), "nothing is left of the attempt"


def test_a_put_outlasts_a_store_that_is_away(bucket: Bucket, own_server: Objects) -> None:
    own_server.kill()
    with soon(threading.Timer(3, own_server.start)):
        blob = asyncio.run(bucket.put(b"film", FILM))
    assert asyncio.run(content(bucket, blob)) == b"film"


def test_a_reader_outlasts_a_store_that_does_not_answer(bucket: Bucket, own_server: Objects) -> None:
    data = os.urandom(3 * CHUNK)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    async def main() -> bytes:
        blob = await bucket.put(data, FILM)
        beating = asyncio.create_task(beat())
        chunks = bucket.open(blob)
        with own_server.frozen(), soon(threading.Timer(1, own_server.thaw)):
            first = await anext(chunks)
        rest = [chunk async for chunk in chunks]
        beating.cancel()
        return b"".join([first, *rest])

    assert asyncio.run(main()) == data
    assert beats, "the event loop was free meanwhile"


def test_waiting_has_an_end(room: Room, own_server: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 1)
    bucket = room.opened()
    blob = asyncio.run(bucket.put(b"film", FILM))
    own_server.kill()

    for attempt in (bucket.put(b"other", FILM), content(bucket, blob), bucket.path(blob), listed(bucket)):
        with pytest.raises(Problem) as caught:
            asyncio.run(attempt)
        assert (caught.value.kind, caught.value.code) == (Kind.UNAVAILABLE, "bucket_away")
    assert not room.unfinished()
    bucket.close()


def test_same_content_at_once_is_uploaded_once(bucket: Bucket, own_server: Objects) -> None:
    async def main() -> None:
        await asyncio.gather(*(bucket.put(b"same", FILM) for _ in range(30)))

    asyncio.run(main())
    assert own_server.log().count("PUT /films/danqing/") == 1


def test_what_was_put_long_ago_is_uploaded_again_and_then_not_deleted(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        await bucket.put(b"same", FILM)
        (seen,) = await listed(bucket)
        await asyncio.sleep(1.1)  # stores tell the time in seconds
        await bucket.put(b"same", FILM)
        assert await listed(bucket) == [seen], "it is fresh"
        monkeypatch.setattr(module, "FRESH_S", 0)
        await bucket.put(b"same", FILM)
        assert not await bucket.delete(seen)
        (again,) = await listed(bucket)
        assert again.at > seen.at
        assert await bucket.delete(again)

    asyncio.run(main())


def test_a_copy_is_fetched_once(bucket: Bucket, own_server: Objects) -> None:
    async def main() -> None:
        blob = await bucket.put(b"input", FILM)
        assert len({await bucket.path(blob) for _ in range(3)}) == 1

    asyncio.run(main())
    assert own_server.log().count("GET /films/danqing/") == 1


_PUTS = """
import asyncio, sys
from pathlib import Path
from danqing.assets.bucket import Bucket

def peak_kb():  # not ru_maxrss, which begins with that of the process that started this one
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])

async def main(address, folder, film):
    bucket = Bucket(address, local=Path(folder), bytes_max=1 << 30, cache_bytes_max=1 << 30)
    await bucket.put(b"warm", "video/mp4")
    before = peak_kb()
    blob = await bucket.put(Path(film), "video/mp4", {"prompt": "p"})
    async for chunk in bucket.open(blob):
        pass
    print(blob.size, peak_kb() - before)
    bucket.close()

asyncio.run(main(*sys.argv[1:]))
"""


def putting(room: Room, film: Path) -> subprocess.Popen[bytes]:
    """A process that stores the film."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _PUTS, room.address, str(room.folder), str(film)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is looked up in /proc")
def test_a_film_is_never_in_memory_as_a_whole(tmp_path: Path, room: Room) -> None:
    size = 64 << 20
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(size))
    told, _ = putting(room, film).communicate(timeout=60)
    stored, more_kb = map(int, told.split())
    assert stored == size
    assert more_kb < size >> 11, "a film of 20 MB needs as much as one of any size: two parts and two chunks"


def test_a_process_killed_in_mid_upload_leaves_nothing_that_is_served(
    tmp_path: Path, room: Room, own_server: Objects
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(60 << 20))
    with putting(room, film) as process:
        while "partNumber=2" not in own_server.log():
            assert process.poll() is None
            time.sleep(0.002)
        with own_server.frozen():
            process.kill()
            process.wait()
    assert "partNumber=12&" not in own_server.log(), "it was killed before the last part"
    assert [stored.size for stored in room.kept()] == [len(b"warm")]
    assert not room.unfinished(), "what it left on this machine was swept by the next to start"
