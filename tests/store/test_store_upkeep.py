"""What keeps the store small: files that are given up are named by nobody, and one process at a time cleans."""

import sys
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest
from sqlalchemy import select

from danqing.domain.jobs import Job
from danqing.domain.media import Blob
from danqing.domain.ports import Once
from danqing.domain.retention import Kept, present, without
from danqing.store import Database, connect
from danqing.store.engine import Engines
from danqing.store.tables import files, jobs
from store.samples import NOON, PICTURE, a_job, a_key, delivered, furnish

pytestmark = pytest.mark.anyio

LATER = NOON + timedelta(days=9)
BEGINNING = (NOON - timedelta(days=9), "")
OTHER = Blob("cd" * 32, 10, "image/png")


async def a_delivered_job(database: Database, id: str, *, once: Once | None = None, minute: int = 0) -> Job:
    job = a_job(id, minute=minute)
    await database.admit(job, once)
    done, transfers = delivered(job, f"{id}file")
    done = replace(done, updated=done.updated + timedelta(minutes=minute))
    assert await database.commit(done, transfers)
    return done


async def test_files_that_are_given_up_are_named_by_nobody(database: Database, engines: Engines) -> None:
    await furnish(database)
    first, second = await a_delivered_job(database, "a"), await a_delivered_job(database, "b")
    assert await database.named({PICTURE.sha256, OTHER.sha256}) == {PICTURE.sha256}

    assert await database.give_up(without(first, set(Kept), LATER))
    assert await database.named({PICTURE.sha256}) == {PICTURE.sha256}, "another job has the same file"
    assert await database.give_up(without(second, set(Kept), LATER))
    assert await database.named({PICTURE.sha256}) == set()

    found = await database.file("afile")
    assert found is not None
    assert found.outputs[0].gone == LATER, "the file's name still leads to its job"
    assert (await database.spending(a_key())).statement[0].amount > 0
    with engines.reading.connect() as connection:
        assert list(connection.execute(select(files.c.sha256, files.c.bytes))) == [("", 0)] * 2
        assert None not in list(connection.execute(select(jobs.c.swept)).scalars())


async def test_a_mask_and_a_film_are_named_for_as_long_as_what_a_job_was_asked_with(database: Database) -> None:
    await furnish(database)
    mask, film = OTHER, Blob("ef" * 32, 10, "video/mp4")
    job = replace(a_job(), generation=replace(a_job().generation, mask=mask, film=film))
    await database.admit(job, None)
    asked_with = {PICTURE.sha256, mask.sha256, film.sha256}
    assert await database.named(asked_with) == asked_with
    done, transfers = delivered(job, "file")
    await database.commit(done, transfers)
    assert await database.give_up(without(done, {Kept.INPUTS}, LATER))
    assert await database.named(asked_with) == {PICTURE.sha256}, "which was made, too"


async def test_a_part_is_given_up_and_the_rest_is_still_named(database: Database) -> None:
    await furnish(database)
    job = replace(a_job(), generation=replace(a_job().generation, first_frame=OTHER))
    await database.admit(job, None)
    done, transfers = delivered(job, "file")
    await database.commit(done, transfers)
    assert await database.give_up(without(done, {Kept.INPUTS}, LATER))
    assert await database.named({PICTURE.sha256, OTHER.sha256}) == {PICTURE.sha256}
    [left] = await database.ended("key", before=LATER, after=BEGINNING, limit=9)
    assert present(left) == {Kept.PICTURES}


async def test_a_job_that_changed_in_the_meantime_is_left_alone(database: Database) -> None:
    await furnish(database)
    done = await a_delivered_job(database, "a")
    assert await database.give_up(without(done, {Kept.INPUTS}, LATER))
    assert not await database.give_up(without(done, set(Kept), LATER))
    assert await database.named({PICTURE.sha256}) == {PICTURE.sha256}


async def test_ended_jobs_come_in_pages_the_oldest_first(database: Database) -> None:
    await furnish(database)
    await database.admit(a_job("waits"), None)
    ended = [await a_delivered_job(database, id, minute=minute) for minute, id in enumerate("cab")]
    seen: list[str] = []
    after = BEGINNING
    while page := await database.ended("key", before=ended[-1].updated, after=after, limit=1):
        seen += [job.id for job in page]
        after = (page[-1].updated, page[-1].id)
    assert seen == ["c", "a"], "b ended at the moment itself, the other has not ended"


async def test_old_idempotency_keys_are_forgotten(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("danqing.store.database.REQUESTS_AT_ONCE", 2)
    await furnish(database)
    for number in range(5):
        await a_delivered_job(database, f"old{number}", once=Once(f"name{number}", "print"))
    unfinished = a_job("unfinished")
    await database.admit(unfinished, Once("held", "print"))
    await a_delivered_job(database, "young", once=Once("young", "print"), minute=60)

    before = NOON + timedelta(minutes=30)
    assert await database.forget(before, dry=True) == 5
    assert await database.forget(before, dry=False) == 5
    assert await database.forget(before, dry=False) == 0
    again = a_job("again")
    assert (await database.admit(again, Once("held", "print"))).id == "unfinished"
    assert (await database.admit(again, Once("young", "print"))).id == "young"
    assert (await database.admit(again, Once("name0", "print"))).id == "again"


async def test_a_key_says_how_long_its_files_are_kept(database: Database) -> None:
    await furnish(database)
    assert await database.keeps() == {"key": {}}
    await database.limit_key("key", {"keep_films": 7, "keep_inputs": 0, "per_minute": 3}, NOON)
    assert await database.keeps() == {"key": {Kept.FILMS: 7, Kept.INPUTS: 0}}
    await database.limit_key("key", {"keep_films": None}, NOON)
    assert await database.keeps() == {"key": {Kept.INPUTS: 0}}


async def test_one_at_a_time_has_the_turn(database: Database, database_url: str) -> None:
    other = await connect(database_url)
    async with database.turn() as ours:
        assert ours
        async with other.turn() as theirs:
            assert not theirs
    async with other.turn() as theirs:
        assert theirs
    await other.close()


HOLD_FOR_EVER = """
import asyncio, sys
from danqing.store import connect
async def main():
    async with (await connect(sys.argv[1])).turn() as ours:
        print(ours, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_a_turn_ends_with_its_process(database: Database, database_url: str) -> None:
    process = await anyio.open_process([sys.executable, "-c", HOLD_FOR_EVER, database_url])
    assert process.stdout
    assert (await process.stdout.receive()).strip() == b"True"
    async with database.turn() as ours:
        assert not ours
    process.kill()
    await process.wait()
    with anyio.fail_after(10):
        while True:
            async with database.turn() as ours:
                if ours:
                    return
            await anyio.sleep(0.05)
