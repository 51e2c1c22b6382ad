"""Fixtures that many tests share: one server for the whole run, and fresh ones for those that break theirs."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

import postgres
from serving import Server

settings.register_profile("any machine", deadline=None)  # how long an example takes is no fault of what it shows
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody may stop."""
    server = Server(tmp_path_factory.mktemp("server")).start()
    yield server
    assert server.stop() == 0, server.log()[-3000:]
    assert "defect" not in server.log(), server.log()[-5000:]
    assert server.audit() == []


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of the test's own, each on a new data directory."""
    started: list[Server] = []

    def start(env: Mapping[str, str] | None = None) -> Server:
        server = Server(tmp_path / f"server{len(started)}", env or {})
        started.append(server)
        return server.start()

    yield start
    for server in started:
        if server.process and server.process.poll() is None:
            server.kill()
    for server in started:
        assert server.audit() == []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A Postgres for the whole run."""
    with postgres.running() as url:
        if url is None:
            pytest.skip("Postgres is not installed on this machine")
        yield url
