"""Sessions of browsers that were ended before their time; all others are known by their seal, and not written down."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from danqing.store.tables import ended_sessions
from danqing.store.transfers import insert_once


def end(connection: Connection, id: str, until: datetime, at: datetime) -> None:
    """Remember that a session has ended, and forget those whose time is over, so that few are ever remembered."""
    connection.execute(delete(ended_sessions).where(ended_sessions.c.until < at))
    insert_once(connection, ended_sessions, {"id": id, "until": until})


def is_ended(connection: Connection, id: str) -> bool:
    """Whether it was ended."""
    return connection.execute(select(ended_sessions.c.id).where(ended_sessions.c.id == id)).first() is not None
