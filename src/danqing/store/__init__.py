"""Jobs and money in SQL, committed together: one code path for SQLite and Postgres."""

from danqing.store.database import Database, connect

__all__ = ["Database", "connect"]
