"""Brings the tables to a revision: forward when a database is opened, back by hand."""

from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from danqing.domain.errors import Kind, Problem, invalid
from danqing.store.fleet import living
from danqing.store.tables import processes

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x64616E71  # "danq"; one process at a time migrates a Postgres database, as BEGIN IMMEDIATE does for SQLite


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Up to a revision. Raises Problem(UNAVAILABLE) for a database that a newer Danqing has written."""
    with engine.begin() as connection:
        take_turn(connection)
        move(connection, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Down to a revision; "base" leaves no table, and no data. Raises Problem(INVALID) for one that is not below."""
    with engine.begin() as connection:
        take_turn(connection)
        try:
            command.downgrade(_config(connection), revision)
        except CommandError as error:
            message = (
                f"From where the database stands there is no way down to {revision!r}; `danqing db current` tells."
            )
            raise invalid(message, param="revision") from error


def require_still(engine: Engine, lease_s: float) -> None:
    """Raises Problem(UNAVAILABLE) while processes work on the tables, by their names."""
    with engine.connect() as connection:
        known = inspect(connection).has_table(processes.name)
        alive = living(connection, timedelta(seconds=lease_s)) if known else {}
    if alive:
        names = ", ".join(f"{id} ({kind})" for id, kind in sorted(alive.items()))
        message = (
            f"At work on the database: {names}. Stop them first; one that was killed counts for {lease_s:g} seconds. "
            "To change the tables under them all the same, say it again with --force."
        )
        raise Problem(Kind.UNAVAILABLE, message, code="still_at_work")


def take_turn(connection: Connection) -> None:
    """Until the transaction ends, nobody else migrates."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def move(connection: Connection, revision: str) -> None:
    """Up to a revision, or down to "base", within a transaction. Raises Problem(UNAVAILABLE) for an unknown one."""
    try:
        (command.downgrade if revision == "base" else command.upgrade)(_config(connection), revision)
    except CommandError as error:
        message = "The database was made by a newer version of Danqing. Install that version."
        raise Problem(Kind.UNAVAILABLE, message, code="database_too_new") from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
