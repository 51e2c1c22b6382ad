"""Fills a database with copies of a job that has ended, so that questions are asked of one that has seen much."""

import os

from sqlalchemy import text

from danqing.store.engine import Engines
from danqing.store.tables import deliveries, files, inputs, jobs, requests, transfers

_SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count)"
_SECOND = "CAST(1000000 AS BIGINT)"  # in microseconds


def fill(engines: Engines, count: int) -> None:
    """So many more jobs with all that is theirs, each a second before the last. The balances do not follow."""
    with engines.writing.begin() as connection:
        job = connection.execute(text("SELECT id FROM jobs WHERE state = 'done' LIMIT 1")).scalar_one()
        copy = f"'{os.urandom(4).hex()}-' || n"
        new = {
            "id": f"replace(id, '{job}', {copy})",
            "job": copy,
            "name": f"name || {copy}",
            "sha256": copy,
            "document": f"replace(document, '{job}', {copy})",
            "created": f"created - n * {_SECOND}",
            "updated": f"updated - n * {_SECOND}",
        }
        for table in (jobs, transfers, files, inputs, requests, deliveries):
            columns = [column.name for column in table.c]
            own = {"id": f"id || {copy}"} if table is deliveries else {}
            copied = ", ".join((new | own).get(name, name) for name in columns)
            its = "id" if table is jobs else "job"
            into = f"INSERT INTO {table.name} ({', '.join(columns)})"
            rows = f"SELECT {copied} FROM {table.name}, series WHERE {its} = :job"
            connection.execute(text(f"{_SERIES} {into} {rows}"), {"job": job, "count": count})
    with engines.writing.begin() as connection:
        connection.execute(text("ANALYZE"))  # as Postgres does by itself within a minute
