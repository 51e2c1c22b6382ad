"""`danqing db`: up and down on SQLite and on Postgres, and never beside a server that works on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from danqing.store.revision import HEAD
from fleet import fleet
from serving import Server

from .terminal import Terminal


@pytest.fixture(params=["sqlite", "postgres"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A machine with an empty database of either kind."""
    own = {"DANQING_DATA": str(tmp_path / "data")}
    if request.param == "sqlite":
        yield Terminal(tmp_path, own)
        return
    with fleet(tmp_path, request.getfixturevalue("postgres_server")) as machines:
        yield Terminal(tmp_path, {**machines.settings, **own})


def stands(here: Terminal, *words: str) -> object:
    """The revision that a command tells."""
    ended = here.run("db", *words, "--json")
    assert ended.status == 0, ended
    return ended.json()["revision"]


def test_up_and_down(here: Terminal) -> None:
    assert stands(here, "current") == "base"
    assert stands(here, "upgrade") == HEAD
    assert here.run("db", "downgrade", "0001").status == 1
    assert stands(here, "current") == HEAD, "nothing is lost before it is confirmed"
    assert stands(here, "downgrade", "0001", "--yes") == "0001"
    assert here.run("db", "current").out == f"0001 (the newest is {HEAD})\n"
    for nowhere in (HEAD, "nowhere"):
        refused = here.run("db", "downgrade", nowhere, "--yes")
        assert (refused.status, refused.out) == (1, "")
        assert f"no way down to '{nowhere}'" in refused.err
    assert stands(here, "upgrade") == HEAD


def test_not_beside_a_server_at_work_on_sqlite(server: Server, tmp_path: Path) -> None:
    here = Terminal(tmp_path, {"DANQING_DATA": str(server.data)})
    assert stands(here, "current") == HEAD
    for words in (["upgrade"], ["downgrade", "0001", "--yes"]):
        refused = here.run("db", *words)
        assert refused.err == f"A server is already running on {server.data}: {server.url}. Stop it first.\n"
        assert refused.status == 1
    assert stands(here, "current") == HEAD
