"""Addresses that can be used, the rules that every connection follows, and troubles told as Problems."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from danqing.domain.errors import Kind, Problem
from danqing.store import connect, engine
from danqing.store.engine import open_engines

from .samples import a_job, furnish


@pytest.mark.parametrize(
    "address", ["", "danqing.db", "sqlite://", "sqlite:///:memory:", "mysql://root:secret@host/db"]
)
def test_other_addresses_are_refused_without_repeating_them(address: str) -> None:
    with pytest.raises(Problem) as refusal:
        open_engines(address)
    assert (refusal.value.kind, refusal.value.param) == (Kind.INVALID, "database")
    assert "secret" not in refusal.value.message


@pytest.mark.parametrize("address", ["postgresql://user@host/name", "postgres://user@host/name"])
def test_postgres_is_reached_through_its_current_driver(address: str) -> None:
    engines = open_engines(address)
    assert engines.writing.dialect.driver == engines.reading.dialect.driver == "psycopg"
    assert not engines.single_writer


async def test_postgres_keeps_what_is_written(postgres_url: str) -> None:
    database = await connect(postgres_url)
    key = await furnish(database)
    await database.close()
    again = await connect(postgres_url)
    assert await again.keys() == [key]
    await again.close()


async def test_the_folder_of_a_new_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "state" / "deep" / "danqing.db"
    database = await connect(f"sqlite:///{path}")
    await database.close()
    assert path.is_file()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)]
)
def test_every_connection_to_a_file_is_safe(sqlite_url: str, pragma: str, value: str | int) -> None:
    engines = open_engines(sqlite_url)
    for each in (engines.writing, engines.reading):
        with each.connect() as connection:
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    engines.dispose()


def test_readers_cannot_write(sqlite_url: str) -> None:
    engines = open_engines(sqlite_url)
    with engines.reading.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("DELETE FROM balances"))
    engines.dispose()


async def test_another_process_that_keeps_the_lock_makes_us_busy(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PATIENCE", 0)
    database = await connect(sqlite_url)
    await furnish(database)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Problem) as refusal:
        await database.admit(a_job(), None)
    assert refusal.value.kind is Kind.BUSY
    assert refusal.value.retry_after
    other.execute("ROLLBACK")
    other.close()
    assert (await database.admit(a_job(), None)).id == "job"
    await database.close()


@pytest.mark.parametrize("place", ["folder", "file/danqing.db"])
async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(Problem) as refusal:
        await connect(f"sqlite:///{tmp_path / place}")
    assert refusal.value.kind is Kind.UNAVAILABLE


async def test_two_databases_on_one_file_share_their_money(sqlite_url: str) -> None:
    ours, theirs = await connect(sqlite_url), await connect(sqlite_url)
    await furnish(ours, money=10)
    tries = [(ours, theirs)[n % 2].admit(a_job(f"job{n}", held=1), None) for n in range(30)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(outcome, Problem) for outcome in outcomes) == 10
    await ours.close()
    await theirs.close()


async def test_what_was_asked_for_never_stands_in_an_error(sqlite_url: str) -> None:
    database = await connect(sqlite_url)
    await furnish(database)
    await database.admit(a_job(), None)
    with pytest.raises(Exception, match="UNIQUE") as error:
        await database.admit(a_job(model="a secret"), None)
    assert "a secret" not in str(error.value)
    await database.close()
