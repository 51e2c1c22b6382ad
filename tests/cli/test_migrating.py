"""`danqing db`: up and down on SQLite and on Postgres, and never beside a server that works on SQLite."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from danqing.store import connect
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


def test_not_under_processes_at_work_on_postgres(postgres_server: str, tmp_path: Path) -> None:
    with fleet(tmp_path, postgres_server, {"DANQING_LEASE": "3600"}) as machines:
        here = Terminal(tmp_path, {**machines.settings, "DANQING_DATA": str(tmp_path / "data")})
        assert stands(here, "upgrade") == HEAD
        asyncio.run(listed(machines.database, "vm-7"))
        assert stands(here, "upgrade") == HEAD, "nothing is changed under anybody"
        refused = here.run("db", "downgrade", "0001", "--yes")
        assert refused.err.startswith("At work on the database: vm-7 (worker). Stop them first;")
        assert (refused.status, stands(here, "current")) == (1, HEAD)
        assert stands(here, "downgrade", "0002", "--yes", "--force") == "0002"
        assert here.run("db", "upgrade").err == refused.err
        assert stands(here, "upgrade", "--force") == HEAD
        machines.look("UPDATE processes SET seen = 0 RETURNING id")
        assert stands(here, "downgrade", "0001", "--yes") == "0001", "who is dead is in nobody's way"


async def listed(address: str, name: str) -> None:
    """Have somebody be at work there."""
    database = await connect(address)
    await database.member(name, kind="worker", lease_s=3600).beat()
    await database.close()


def test_not_beside_a_server_at_work_on_sqlite(server: Server, tmp_path: Path) -> None:
    here = Terminal(tmp_path, {"DANQING_DATA": str(server.data)})
    assert stands(here, "current") == HEAD
    for words in (["upgrade"], ["downgrade", "0001", "--yes"]):
        refused = here.run("db", *words)
        assert refused.err == f"A server is already running on {server.data}: {server.url}. Stop it first.\n"
        assert refused.status == 1
    assert stands(here, "current") == HEAD
