"""Which revision the tables stand at, told without Alembic, which takes longer to import than a database to open."""

from sqlalchemy import Engine, Text, column, inspect, select, table

HEAD = "0002"  # the newest revision in `migrations/versions`

_versions = table("alembic_version", column("version_num", Text))


def is_current(engine: Engine) -> bool:
    """Whether there is nothing to migrate."""
    with engine.connect() as connection:
        return (
            inspect(connection).has_table("alembic_version")
            and connection.execute(select(_versions.c.version_num)).scalar() == HEAD
        )
