"""The drill: a server is backed up in the middle of its work and comes back elsewhere, whatever dies on the way."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.test_kill import FILM, FILM_NANOS, Operation, films_of, finished, measured, order, while_filming
from e2e.traces import documents, eventually, ledger, orphans
from serving import Server

PICTURE = "/gemini/v1beta/models/imagen-3.0-generate-002:predict"
PICTURES = 6
NANOS = 30_000_000


@dataclass(frozen=True)
class Past:
    """What the backup was made of: the running film, and the pictures by name."""

    server: Server
    backup: Path
    film: Operation
    key: str
    pictures: dict[str, bytes]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """A server with pictures that are done and a film under way, a backup of that moment, and then the worst."""
    server = Server(tmp_path_factory.mktemp("past") / "server").start()
    try:
        yield lived(server, tmp_path_factory.mktemp("backup") / "backup.tar")
    finally:
        server.kill()


def lived(server: Server, backup: Path) -> Past:
    """Ask for something and back the server up while it is at work."""
    body = {"instances": [{"prompt": "A kite"}], "parameters": {"sampleCount": PICTURES // 2}}
    for number in range(2):
        answer = server.call("POST", PICTURE, body, headers={"idempotency-key": f"kite-{number}"})
        assert answer.status == 200
    listed = server.call("GET", "/api/jobs").json()["jobs"]
    names = [output["file"] for job in listed for output in job["outputs"]]
    pictures = {name: server.call("GET", f"/api/files/{name}").body for name in names}
    assert len(pictures) == PICTURES
    film = order(server)
    while_filming(server, film)
    key = server.key
    ended = danqing("backup", str(backup), data=server.data)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["tables"]["jobs"], told["files"], told["missing"], told["secret"]) == (3, PICTURES, 0, True)
    server.kill()  # for good
    return Past(server, backup, film, key, pictures)


def danqing(*words: str, data: Path) -> "subprocess.CompletedProcess[str]":
    """A command on a data directory, to its end."""
    command = [sys.executable, "-m", "danqing", *words, "--data", str(data), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def expect_all_of_it(past: Past, data: Path) -> None:
    """A server on the restored data goes on with the film, and has everything else."""
    server = Server(data).start()
    try:
        assert server.key == past.key
        for name, content in past.pictures.items():
            assert server.call("GET", f"/api/files/{name}").body == content
        body = {"instances": [{"prompt": "A kite"}], "parameters": {"sampleCount": PICTURES // 2}}
        again = server.call("POST", PICTURE, body, headers={"idempotency-key": "kite-0"})
        assert (again.status, len(again.json()["predictions"])) == (200, PICTURES // 2)
        assert "error" not in finished(server, past.film).json()
        assert [measured(film) for film in films_of(server, past.film)] == [FILM]
        expect_exact_books(past, data)
        usage = server.call("GET", "/api/usage").json()
        assert usage["account"]["held"]["nanos"] == 0
        assert server.stop() == 0, server.log()[-3000:]
        assert orphans(data) == set()
    finally:
        if server.process and server.process.poll() is None:
            server.kill()


def expect_exact_books(past: Past, data: Path) -> None:
    """Each job has one hold and one charge, and the account has spent just that."""
    books = ledger(data)
    ids = sorted(str(document["id"]) for document in documents(data))
    assert sorted((phase, job) for phase, job, _ in books.transfers) == sorted(
        (phase, job) for job in ids for phase in ("hold", "post")
    )
    assert (books.spent, books.held) == (PICTURES * NANOS + FILM_NANOS, 0)


def test_a_server_comes_back_elsewhere_as_it_was(past: Past, tmp_path: Path) -> None:
    ended = danqing("restore", str(past.backup), data=tmp_path / "new")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["tables"]["jobs"] == 3
    refused = danqing("restore", str(past.backup), data=tmp_path / "new")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, "database_not_empty")
    expect_all_of_it(past, tmp_path / "new")


def a_file_is_there(data: Path) -> bool:
    """The moment when some files are restored and no row is."""
    return any((data / "assets").glob("??/*"))


def the_secret_is_there(data: Path) -> bool:
    """The moment before the rows are written."""
    return (data / "secret").exists()


def rows_are_written(data: Path) -> bool:
    """The moment within the one transaction."""
    log = data / "danqing.sqlite-wal"
    return log.exists() and log.stat().st_size > 0


@pytest.mark.parametrize("moment", [a_file_is_there, the_secret_is_there, rows_are_written])
def test_a_restore_that_is_killed_leaves_nothing_half_and_can_be_done_again(
    past: Past, tmp_path: Path, moment: Callable[[Path], bool]
) -> None:
    data = tmp_path / "new"
    command = [sys.executable, "-m", "danqing", "restore", str(past.backup), "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        eventually(lambda: moment(data) or process.poll() is not None, pause_s=0.0)
        os.kill(process.pid, signal.SIGKILL)
    ended = danqing("restore", str(past.backup), data=data)
    if process.returncode != 0 and ended.returncode == 0:
        assert json.loads(ended.stdout)["tables"]["jobs"] == 3
    else:  # the commit was quicker than the kill
        assert json.loads(ended.stdout)["error"]["code"] == "database_not_empty"
    if moment is rows_are_written:
        expect_all_of_it(past, data)
    else:
        assert len(documents(data)) == 3


def test_a_backup_that_is_killed_is_not_there(past: Past, tmp_path: Path) -> None:
    target = tmp_path / "killed"
    draft = tmp_path / ".killed.draft"
    command = [sys.executable, "-m", "danqing", "backup", str(target), "--data", str(past.server.data)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        eventually(lambda: (draft / "tables").exists() or process.poll() is not None, pause_s=0.0)
        os.kill(process.pid, signal.SIGKILL)
    if not target.exists():
        if not (draft / "manifest.json").exists():
            refused = danqing("restore", str(draft), data=tmp_path / "new")
            assert "not complete" in json.loads(refused.stdout)["error"]["message"]
        assert danqing("backup", str(target), data=past.server.data).returncode == 0
    assert (target / "manifest.json").exists()
    assert not draft.exists()
