"""Which revision the tables stand at, told without Alembic, which takes longer to import than a database to open."""

from sqlalchemy import Engine, Text, column, inspect, select, table

from danqing.domain.errors import invalid

HEAD = "0009"  # the newest revision in `migrations/versions`

_versions = table("alembic_version", column("version_num", Text))


def current(engine: Engine) -> str:
    """The revision that the tables stand at; "" when there are none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.execute(select(_versions.c.version_num)).scalar() or ""


def is_current(engine: Engine) -> bool:
    """Whether there is nothing to migrate."""
    return current(engine) == HEAD


def require_current(engine: Engine) -> None:
    """Raises Problem(INVALID) when the tables are not those of this Danqing."""
    if not is_current(engine):
        message = "The database is new, or another version of Danqing made it. Start this one's server first."
        raise invalid(message, param="database")
