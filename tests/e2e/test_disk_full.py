"""A disk that takes nothing any more: whoever is told "done" can rely on it, everybody else is told to come again.

The disk is a small one in memory, which only root may mount. Everywhere else a limit on the size of files makes every
write of the server fail.
"""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from e2e.traces import documents, eventually, ledger, orphans
from serving import Answer, Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits are set on another process, with prlimit")

Full = Callable[[Server], AbstractContextManager[None]]
PICTURE = "/gemini/v1beta/models/imagen-3.0-generate-002:predict"
DISK_MB = 48
ENDED = {"done", "failed", "unknown", "cancelled"}


@contextmanager
def no_more_writes(server: Server) -> Iterator[None]:
    """Every write beyond a file's first byte fails with EFBIG, in the database as in a file."""
    assert server.process is not None
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def no_more_room(server: Server) -> Iterator[None]:
    """The disk is filled to its last byte."""
    filler = server.data / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            yield
    filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory with little room."""
    room = tmp_path / "small"
    room.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", room], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield room
    subprocess.run(["umount", "--lazy", room], check=True)


def ask(server: Server, prompt: str) -> Answer:
    body = {"instances": [{"prompt": prompt}], "parameters": {"sampleCount": 1}}
    return server.call("POST", PICTURE, body)


def expect_sound(server: Server, told_done: list[str]) -> None:
    """The database is whole, whoever was told "done" has the file, and the books balance."""
    with closing(sqlite3.connect(server.data / "danqing.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    stored = {str(document["id"]): document for document in documents(server.data)}
    for id in told_done:
        assert stored[id]["state"] == "done"
        for output in server.call("GET", f"/api/jobs/{id}").json()["outputs"]:
            assert server.call("GET", f"/api/files/{output['file']}").status == 200
    books = ledger(server.data)
    done = [id for id, document in stored.items() if document["state"] == "done"]
    delivered = sum(len(server.call("GET", f"/api/jobs/{id}").json()["outputs"]) for id in done)
    assert (books.spent, books.held) == (delivered * 30_000_000, 0)
    phases = {id: sorted(phase for phase, job, _ in books.transfers if job == id) for id in stored}
    assert all(phase == ["hold", "post" if id in done else "void"] for id, phase in phases.items())


def expect_nothing_taken_and_all_back(server: Server, full: Full) -> None:
    told_done = [ask(server, "A kite").headers["danqing-job"]]
    with full(server):
        for number in range(3):
            answer = ask(server, f"A drum {number}")
            assert answer.status == 503, answer.body
            assert "Look at its disk" in str(answer.json()["error"]) or "full" in str(answer.json()["error"])
        told = server.call("POST", "/api/jobs", {"model": "imagen-3.0-generate-002", "prompt": "A drum"})
        assert told.status == 503
        assert server.call("POST", "/api/keys", {"name": "late"}, key=server.owner_key).status == 503
        assert server.call("POST", "/api/sweep", {}, key=server.owner_key).status in (200, 503)
        assert server.call("GET", "/api/jobs").status == 200, "what is there can be read"
        [output] = server.call("GET", f"/api/jobs/{told_done[0]}").json()["outputs"]
        assert server.call("GET", f"/api/files/{output['file']}").status == 200
    again = eventually(lambda: (answer := ask(server, "A harp")).status == 200 and answer)
    told_done.append(again.headers["danqing-job"])
    eventually(lambda: ledger(server.data).held == 0)
    expect_sound(server, told_done)
    assert server.stop() == 0, server.log()[-3000:]
    assert "defect" not in server.log(), server.log()[-3000:]
    server.start()
    expect_sound(server, told_done)
    assert server.stop() == 0
    assert orphans(server.data) == set()


def test_a_full_disk(small_disk: Path) -> None:
    server = Server(small_disk / "server").start()
    try:
        expect_nothing_taken_and_all_back(server, no_more_room)
    finally:
        if server.process and server.process.poll() is None:
            server.kill()


def test_a_disk_that_refuses_every_write(new_server: Callable[..., Server]) -> None:
    expect_nothing_taken_and_all_back(new_server(), no_more_writes)


def expect_made_when_there_is_room(server: Server, full: Full) -> None:
    """What was admitted is made once there is room again, and paid for once."""
    told_done = [ask(server, "A kite").headers["danqing-job"]]  # whose worker draws the next one, too
    asked = {"model": "imagen-3.0-generate-002", "prompt": "[danqing:slow=1] A well"}
    job = str(server.call("POST", "/api/jobs", asked).json()["id"])
    with full(server):
        eventually(lambda: server.call("GET", f"/api/jobs/{job}").json()["stage"] == "waiting for storage")
    ended = eventually(lambda: (told := server.call("GET", f"/api/jobs/{job}").json())["state"] in ENDED and told)
    assert ended["state"] == "done", ended
    expect_sound(server, [*told_done, job])
    assert server.stop() == 0
    assert "defect" not in server.log()


def test_a_disk_that_fills_up_while_a_picture_is_made(small_disk: Path) -> None:
    server = Server(small_disk / "server").start()
    try:
        expect_made_when_there_is_room(server, no_more_room)
    finally:
        if server.process and server.process.poll() is None:
            server.kill()


def test_a_disk_that_breaks_while_a_picture_is_made(new_server: Callable[..., Server]) -> None:
    expect_made_when_there_is_room(new_server(), no_more_writes)
