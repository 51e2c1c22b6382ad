"""Whose turn it is: one process at a time, of all that share a database, does what need not be done twice.

The turn ends with the block or with the process, however it dies. Whatever is done in it must bear being done twice all
the same: a network that breaks ends a turn too.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, NullPool, create_engine, text

_LOCK = 0x64616E72  # the one after the lock of `migrate`


@contextmanager
def turn(engine: Engine) -> Iterator[bool]:
    """Whether it is this process's turn, held until the block ends; False at once when it is another's."""
    held = _held_on_disk(f"{engine.url.database}.turn") if engine.dialect.name == "sqlite" else _held_in(engine)
    with held as ours:
        yield ours


@contextmanager
def _held_on_disk(path: str) -> Iterator[bool]:
    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def _held_in(engine: Engine) -> Iterator[bool]:
    """On a connection of its own: those of the pool are for those who work."""
    apart = create_engine(engine.url, poolclass=NullPool, hide_parameters=True)
    with apart.begin() as connection:
        # For as long as a transaction, because a pooler between us and Postgres keeps a session for no longer.
        yield bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar())
