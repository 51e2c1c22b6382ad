"""The revisions make the tables that the code speaks of, and take them away again."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

import danqing.store
from danqing.domain.errors import Kind, Problem
from danqing.domain.keys import KeyRole
from danqing.domain.media import Blob
from danqing.domain.shelf import File
from danqing.store import Database, connect, revision
from danqing.store.documents import write_job
from danqing.store.engine import Engines, open_engines
from danqing.store.migrate import downgrade, upgrade
from danqing.store.tables import files, inputs, jobs, keys, metadata

from .samples import COST, NOON, PICTURE, a_job, an_output, delivered, furnish

OPEN_AND_TELL = """
import asyncio, sys
from danqing.store import connect
async def main():
    await (await connect(sys.argv[1])).close()
asyncio.run(main())
print("alembic" in sys.modules)
"""


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_the_newest_revision_is_the_one_that_is_asked_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(danqing.store.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [revision.HEAD]


async def test_the_revisions_make_the_tables_of_the_code(engines: Engines) -> None:
    with engines.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


async def test_down_and_up_again(engines: Engines) -> None:
    downgrade(engines.writing, "base")
    assert tables(engines.writing) == {"alembic_version"}
    assert not revision.is_current(engines.reading)
    upgrade(engines.writing)
    assert tables(engines.writing) == {"alembic_version", *metadata.tables}
    assert revision.is_current(engines.reading)


async def test_what_was_written_before_the_second_revision_is_filled_in(engines: Engines) -> None:
    """The new columns tell what stands in the documents, and going back and forth again changes nothing."""
    downgrade(engines.writing, "0001")
    job = replace(a_job(), outputs=(an_output("file1"),))
    row = {"id": job.id, "key": job.key, "document": write_job(job)}
    with engines.writing.begin() as connection:
        connection.execute(text("INSERT INTO keys VALUES ('key', 'd', 'n', 'house', TRUE, 'h', NULL, 1, NULL)"))
        connection.execute(text("INSERT INTO jobs VALUES (:id, :key, 'house', 'done', 3, 'm', 5, :document)"), row)
        connection.execute(text("INSERT INTO files VALUES ('file1', :id, 0)"), row)
    for _ in range(2):
        upgrade(engines.writing)
        with engines.reading.connect() as connection:
            [told] = connection.execute(select(jobs.c.provider, jobs.c.updated, jobs.c.driver)).all()
            assert told == ("sketch", job.updated, None)
            [file] = connection.execute(select(files.c.key, files.c.sha256, files.c.bytes)).all()
            assert file == ("key", PICTURE.sha256, PICTURE.size)
            assert connection.execute(select(inputs.c.job, inputs.c.sha256)).all() == [("job", PICTURE.sha256)]
        downgrade(engines.writing, "0001")


async def test_what_files_took_before_the_third_revision_is_added_up(engines: Engines, database: Database) -> None:
    await furnish(database)
    await database.commit(*delivered(await database.admit(a_job(), None), "one", "two"))
    downgrade(engines.writing, "0002")
    upgrade(engines.writing)
    with engines.reading.connect() as connection:
        assert connection.execute(select(keys.c.stored)).scalars().all() == [2 * PICTURE.size]


async def test_what_was_sent_is_not_counted_below_the_fourth_revision(engines: Engines, database: Database) -> None:
    await furnish(database)
    blob = Blob("cd" * 32, 7, "image/png")
    file = File(id="f", key="key", name="f", size=7, created=NOON, updated=NOON, expires=NOON, blob=blob)
    await database.shelve(file)
    await database.commit(*delivered(await database.admit(a_job(), None), "one"))
    downgrade(engines.writing, "0003")
    with engines.reading.connect() as connection:
        assert connection.execute(select(keys.c.stored)).scalars().all() == [PICTURE.size]
    upgrade(engines.writing)
    with engines.reading.connect() as connection:
        assert connection.execute(select(keys.c.stored)).scalars().all() == [PICTURE.size]


async def test_what_jobs_were_charged_before_the_eighth_revision_is_filled_in(
    engines: Engines, database: Database
) -> None:
    await furnish(database)
    await database.commit(*delivered(await database.admit(a_job(held=2 * COST), None), "one", "two"))
    await database.admit(a_job("waits"), None)
    downgrade(engines.writing, "0007")
    upgrade(engines.writing)
    with engines.reading.connect() as connection:
        told = connection.execute(select(jobs.c.id, jobs.c.charged).order_by(jobs.c.id)).all()
        assert told == [("job", 2 * COST), ("waits", 0)]
    [key] = await database.keys()
    assert key.role is KeyRole.MEMBER


async def test_opening_again_keeps_what_is_there(database_url: str, database: Database) -> None:
    await furnish(database)
    job = await database.admit(a_job(), None)
    again = await connect(database_url)
    assert await again.job(job.id) == job
    await again.close()


async def test_a_new_database_may_be_opened_many_times_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    everyone = await asyncio.gather(*(connect(url) for _ in range(4)))
    await furnish(everyone[0])
    assert all([await database.key("digest") for database in everyone])
    for database in everyone:
        await database.close()


async def test_a_database_of_the_future_is_left_alone(database_url: str, database: Database) -> None:
    engines = open_engines(database_url)
    with engines.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engines.dispose()
    with pytest.raises(Problem) as refusal:
        await connect(database_url)
    assert (refusal.value.kind, refusal.value.code) == (Kind.UNAVAILABLE, "database_too_new")


def test_an_existing_database_opens_without_alembic(sqlite_url: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL, sqlite_url],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False\n"
