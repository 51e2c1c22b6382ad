"""One moment of the whole database, read while others go on writing, as lines of JSON; and the way back.

Values are told as the tables hold them (money in nano-dollars, time in microseconds), so that what one kind of database
has told another can take.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    delete,
    func,
    insert,
    inspect,
    literal,
    null,
    select,
    type_coerce,
    union,
)

from danqing.domain.errors import Kind, Problem, invalid
from danqing.store import upkeep
from danqing.store.engine import open_engines, troubles_told
from danqing.store.revision import HEAD, require_current
from danqing.store.tables import Moment, files, metadata
from danqing.store.turn import turn

Lines = Callable[[], Iterator[bytes]]

BATCH = 500  # rows on their way at a time
_OF_LIVING_PROCESSES = {"processes"}  # tables, and a column, that mean nothing in another life
_DRIVER = "driver"
_FILLED_BY_USE = ("keys", "jobs", "transfers")


class Snapshot:
    """The tables as they were when it was taken."""

    revision = HEAD
    tables = tuple(table.name for table in metadata.sorted_tables if table.name not in _OF_LIVING_PROCESSES)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lines(self, table: str) -> Iterator[bytes]:
        """Every row of a table, each a JSON object on a line of its own."""
        rows = metadata.tables[table]
        every = select(*map(_told, rows.columns)).order_by(*rows.primary_key.columns)
        result = self._connection.execute(every, execution_options={"yield_per": BATCH})
        return (msgspec.json.encode(dict(row)) + b"\n" for row in result.mappings())

    def named(self, hashes: Collection[str]) -> set[str]:
        """Which of these files, by their SHA-256, some job names."""
        return upkeep.named(self._connection, hashes)

    def files(self) -> int:
        """How many different files are named in all."""
        hashes = union(*(select(table.c.sha256).where(table.c.sha256 != "") for table in upkeep.NAMING)).subquery()
        return self._connection.execute(select(func.count()).select_from(hashes)).scalar_one()


@contextmanager
def snapshot(address: str) -> Iterator[Snapshot]:
    """Of the database at an address, which may be in use. Until the block ends nobody sweeps.

    Raises Problem(INVALID) when its tables are not those of this Danqing, Problem(BUSY) while somebody sweeps.
    """
    engines = open_engines(address)
    try:
        with troubles_told():
            require_current(engines.reading)
            with turn(engines.reading) as ours:
                if not ours:
                    raise Problem(Kind.BUSY, "A sweep is at work. Try again in a minute.", retry_after=60)
                with engines.reading.begin() as connection:
                    connection.execute(select(func.count()).select_from(files))  # the moment begins with a first look
                    yield Snapshot(connection)
    finally:
        engines.dispose()


def load(address: str, revision: str, tables: Mapping[str, Lines]) -> None:
    """Fill an empty database with what a snapshot of that revision has told, and bring it up to date: all or nothing.

    Raises Problem(INVALID) when the database has been used, Problem(UNAVAILABLE) for a revision that is not known here.
    """
    migrate = import_module("danqing.store.migrate")  # Alembic takes long to import
    engines = open_engines(address)
    try:
        with troubles_told(), engines.writing.begin() as connection:
            migrate.take_turn(connection)
            _require_unused(connection)
            migrate.move(connection, "base")
            migrate.move(connection, revision)
            _fill(connection, tables)
            migrate.move(connection, "head")
    finally:
        engines.dispose()


def require_unused(address: str) -> None:
    """Raises Problem(INVALID) when the database at an address has been used."""
    engines = open_engines(address)
    try:
        with troubles_told(), engines.writing.begin() as connection:
            _require_unused(connection)
    finally:
        engines.dispose()


def _require_unused(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names())
    for name in _FILLED_BY_USE:
        if name in there and connection.execute(select(literal(1)).select_from(metadata.tables[name])).first():
            message = "The database is not empty. Restore into a new one; a server that was started has put a key in."
            raise invalid(message, param="database", code="database_not_empty")


def _fill(connection: Connection, tables: Mapping[str, Lines]) -> None:
    then = MetaData()
    then.reflect(connection)
    for table in then.sorted_tables:
        if lines := tables.get(table.name):
            connection.execute(delete(table))  # the two balances that a revision begins with
            for rows in _batches(lines()):
                connection.execute(insert(table), rows)


def _batches(lines: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    rows = map(msgspec.json.decode, lines)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _told(column: Column[Any]) -> ColumnElement[Any]:
    name = column.name
    if name == _DRIVER:
        return null().label(name)
    return type_coerce(column, BigInteger).label(name) if isinstance(column.type, Moment) else column
