"""Connections to the database: its address, the rules of each dialect, and its troubles as Problems."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from danqing.domain.errors import Kind, Problem, invalid

READERS = 4  # connections, and threads, that read at the same time
WRITERS = 8  # the same for writing to Postgres; SQLite has one writer
_PATIENCE = 30  # seconds to wait for another process that writes to the same SQLite file

# FULL: a commit that was answered survives a power cut. WAL: readers never wait for the writer.
_SQLITE: Mapping[str, str] = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON"}

# Somebody else holds the lock, by SQLite's and by Postgres' name: busy, deadlock, serialisation failure, lock timeout.
_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "40P01", "40001", "55P03"})


@dataclass(frozen=True, slots=True)
class Engines:
    """The two ways into one database. Units of work on `writing` exclude each other on SQLite."""

    writing: Engine
    reading: Engine

    @property
    def single_writer(self) -> bool:
        """Whether one transaction at a time may write, so that many units of work should share it."""
        return self.writing.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every connection."""
        self.reading.dispose()
        self.writing.dispose()


def open_engines(address: str) -> Engines:
    """For `sqlite:///path/to/file` or `postgresql://…`; makes the folder of a SQLite file. Raises Problem(INVALID)."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise _unusable() from error
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        return _open_sqlite(url.set(drivername="sqlite"))
    if url.get_backend_name() in ("postgresql", "postgres"):
        return _open_postgres(url.set(drivername="postgresql+psycopg"))
    raise _unusable()


@contextmanager
def troubles_told() -> Iterator[None]:
    """Raises Problem(BUSY) or Problem(UNAVAILABLE) when the database, not the statement, is at fault."""
    try:
        yield
    except (OperationalError, OSError) as error:
        raise _trouble(error) from error


def _trouble(error: OperationalError | OSError) -> Problem:
    cause = getattr(error, "orig", None)
    if {getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None)} & _BUSY:
        return Problem(Kind.BUSY, "The database is busy. Try again.", code="database_busy", retry_after=1)
    message = "The database cannot be reached or written to. Look at its disk or its server, then try again."
    return Problem(Kind.UNAVAILABLE, message, code="database_unavailable")


def _unusable() -> Problem:
    # The address may hold a password, so it is not repeated.
    return invalid("The database must be sqlite:///path/to/file or postgresql://user@host/name.", param="database")


def _open_sqlite(url: URL) -> Engines:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    return Engines(
        writing=_sqlite_engine(url, "BEGIN IMMEDIATE", 1, _SQLITE),
        reading=_sqlite_engine(url, "BEGIN", READERS, {**_SQLITE, "query_only": "ON"}),
    )


def _sqlite_engine(url: URL, begin: str, connections: int, pragmas: Mapping[str, str]) -> Engine:
    # The driver's own transactions begin late and take the write lock later still, where waiting is impossible.
    arguments = {"isolation_level": None, "timeout": _PATIENCE}
    engine = create_engine(url, connect_args=arguments, pool_size=connections, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        for name, value in pragmas.items():
            connection.cursor().execute(f"PRAGMA {name} = {value}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _open_postgres(url: URL) -> Engines:
    # Several reads of one unit of work see one moment; writes see what was committed while they waited for a lock.
    return Engines(
        writing=_postgres_engine(url, "READ COMMITTED", WRITERS),
        reading=_postgres_engine(url, "REPEATABLE READ", READERS),
    )


def _postgres_engine(url: URL, isolation: IsolationLevel, connections: int) -> Engine:
    return create_engine(
        url,
        isolation_level=isolation,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )
