"""Runs many machines on one: gateways and workers as processes of their own, on one Postgres and one store of files."""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from danqing.store.audit import opened
from serving import Server, Worker

T = TypeVar("T")
SECRET = "5e" * 32
LEASE_S = 2.0
PATIENCE_S = 120.0


@dataclass
class Fleet:
    """Gateways and workers that share a database, a secret and a store of files; each has its own data directory."""

    folder: Path
    database: str
    env: Mapping[str, str] = field(default_factory=dict)
    gateways: list[Server] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """What every process is told."""
        shared = {
            "DANQING_DATABASE": self.database,
            "DANQING_SECRET": SECRET,
            "DANQING_ASSETS": str(self.folder / "files"),
            "DANQING_LEASE": str(LEASE_S),
            "DANQING_SKETCH_WORKERS": "1",
        }
        return shared | dict(self.env)

    def gateway(self, *options: str) -> Server:
        """One more `danqing serve`, which makes no films itself unless `--work` is among its options."""
        server = Server(self.folder / f"gateway{len(self.gateways)}", self.settings, options=options or ("--no-work",))
        self.gateways.append(server)
        return server.start()

    def worker(self, *options: str) -> Worker:
        """One more `danqing worker`."""
        worker = Worker(self.folder / f"worker{len(self.workers)}", self.settings, options=options)
        self.workers.append(worker)
        return worker.start()

    def look(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """Rows of the shared database, past the store."""
        engine = _engine(self.database)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query), values)]
        finally:
            engine.dispose()

    def audit(self) -> list[str]:
        """Every difference in the shared books."""
        with opened(self.database) as books:
            return books.audit().differences

    def close(self) -> None:
        """Kill what still runs."""
        for process in (machine.process for machine in (*self.gateways, *self.workers)):
            if process and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


@contextmanager
def fleet(folder: Path, server: str, env: Mapping[str, str] | None = None) -> Iterator[Fleet]:
    """A fleet on an empty database of a running Postgres; nothing runs yet."""
    name = f"fleet_{uuid4().hex[:12]}"
    house = _engine(server)
    try:
        with house.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        made = Fleet(folder, url, env or {})
        try:
            yield made
        finally:
            made.close()
            with house.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        house.dispose()


def eventually(look: Callable[[], T], seconds: float = PATIENCE_S) -> T:
    """What `look` finds, as soon as it finds anything."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)
    return found


def _engine(url: str) -> Engine:
    # A new connection each time: a test may have had the server stopped since the last one.
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
