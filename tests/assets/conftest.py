"""Archives of every kind: on a disk, and on each server of the S3 protocol that this machine can run."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest

import objects
from assets.rooms import Room
from danqing.assets.bucket import Bucket
from danqing.assets.disk import Disk
from objects import Objects

Serving = Callable[[str], Objects]


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Gives the one server of a kind, for tests that leave it as it is."""
    with ExitStack() as stack:

        @cache
        def server(kind: str) -> Objects:
            return stack.enter_context(objects.running(tmp_path_factory.mktemp(kind), kind))

        yield server


def pointed(monkeypatch: pytest.MonkeyPatch, server: Objects) -> None:
    """Have buckets of this process reach the server."""
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["disk", *objects.KINDS])
def room(request: pytest.FixtureRequest, tmp_path: Path, serving: Serving, monkeypatch: pytest.MonkeyPatch) -> Room:
    if request.param == "disk":
        return Room("disk", tmp_path / "assets")
    if why := objects.lacking(request.param):
        pytest.skip(why)
    pointed(monkeypatch, serving(request.param))
    return Room(request.param, tmp_path / "cache", f"{objects.ADDRESS}/{uuid4().hex}")


@pytest.fixture
def archive(room: Room) -> Iterator[Disk | Bucket]:
    archive = room.opened()
    yield archive
    archive.close()


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    """A moto that the test may stop."""
    if why := objects.lacking("moto"):
        pytest.skip(why)
    with objects.running(tmp_path / "server") as server:
        pointed(monkeypatch, server)
        yield server
