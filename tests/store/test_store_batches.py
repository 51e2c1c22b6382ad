"""Batches in rows: one step at a time, adopted from the dead, told of by their jobs, which wait behind all others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from danqing.domain.batches import UNFINISHED_MAX, Batch, Stage
from danqing.domain.errors import Problem
from danqing.domain.jobs import Job, State
from danqing.domain.media import JSONL, Blob
from danqing.domain.membership import Member
from danqing.store import Database

from .samples import NOON, a_job, a_key, delivered, furnish

pytestmark = pytest.mark.anyio

LINES = Blob("cd" * 32, 9, JSONL)


def a_batch(id: str = "batch", *, key: str = "key", minute: int = 0) -> Batch:
    at = NOON + timedelta(minutes=minute)
    return Batch(id=id, key=key, model="m", source=LINES, count=3, inline=True, created=at, updated=at)


def waiting(id: str, *, key: str = "key", number: int | None = None) -> Job:
    member = None if number is None else Member("batch", number)
    return replace(a_job(id, key=key), turn=0, member=member)


async def test_a_batch_is_taken_one_step_further_at_a_time(database: Database) -> None:
    await furnish(database)
    docket = database.docket()
    batch = await docket.open_batch(a_batch(), "me")
    assert await docket.open_batch(replace(a_batch(), title="another"), "me") == batch, "the same id is the same batch"
    running = batch.at(Stage.RUNNING, NOON)
    assert await docket.advance(running)
    assert not await docket.advance(batch.at(Stage.CANCELLED, NOON)), "somebody else was quicker"
    assert await docket.batch("batch") == running
    assert await database.named({LINES.sha256}) == {LINES.sha256}
    assert await docket.drop_batch("batch")
    assert not await docket.drop_batch("batch")
    assert await docket.batch("batch") is None
    assert await database.named({LINES.sha256}) == set()


async def test_what_the_dead_have_left_is_driven_by_the_living(database: Database) -> None:
    await furnish(database)
    docket = database.docket()
    for minute, id in enumerate("abc"):
        await docket.open_batch(a_batch(id, minute=minute), "dead" if id == "b" else "me")
    assert await docket.advance(a_batch("a").at(Stage.SUCCEEDED, NOON))
    assert [batch.id for batch in await docket.adopt_batches("me", {"me", "dead"})] == ["c"]
    assert [batch.id for batch in await docket.adopt_batches("me", {"me"})] == ["b", "c"]
    assert await docket.adopt_batches("other", {"me", "other"}) == []
    assert [batch.id for batch in await docket.batches("key", None, 2)] == ["c", "b"]
    assert [batch.id for batch in await docket.batches("key", (NOON + timedelta(minutes=1), "b"), 2)] == ["a"]
    for before, left in ((NOON, 3), (NOON + timedelta(days=1), 2)):
        await database.forget(before, dry=False)
        assert len(await docket.batches("key", None, 9)) == left, "what has not ended is never forgotten"


async def test_a_key_has_so_many_batches_at_a_time(database: Database) -> None:
    await furnish(database)
    docket = database.docket()
    for number in range(UNFINISHED_MAX):
        await docket.open_batch(a_batch(f"b{number}"), "me")
    with pytest.raises(Problem) as refusal:
        await docket.open_batch(a_batch("more"), "me")
    assert refusal.value.code == "too_many_batches"
    await docket.advance(a_batch("b0").at(Stage.SUCCEEDED, NOON))
    await docket.open_batch(a_batch("more"), "me")


async def test_the_jobs_of_a_batch_tell_of_it(database: Database) -> None:
    await furnish(database)
    docket = database.docket()
    for number in (2, 0):
        await database.admit(waiting(f"m{number}", number=number), None)
    await database.admit(waiting("alone"), None)
    done = await database.job("m0")
    assert done is not None
    await database.commit(*delivered(done, "file"))
    assert await docket.states("batch") == {State.DONE: 1, State.QUEUED: 1}
    assert await docket.numbers("batch") == {0, 2}
    assert [job.id for job in await docket.members("batch", -1, 9)] == ["m0", "m2"]
    assert [job.id for job in await docket.members("batch", 0, 1)] == ["m2"]
    assert await docket.key_of("key") == a_key()
    assert await docket.key_of("nobody") is None


async def test_what_nobody_waits_for_waits_behind_all_others(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("bob"), "digest of bob")
    first = await database.admit(waiting("batch0", number=0), None)
    second = await database.admit(waiting("batch1", number=1), None)
    other = await database.admit(waiting("film", key="bob"), None)
    third = await database.admit(waiting("batch2", number=2), None)
    turns = [job.turn or 0 for job in (other, first, second, third)]
    assert turns == sorted(turns)
    assert len(set(turns)) == 4
    assert [await database.ahead(job) for job in (other, first, second, third)] == [0, 1, 2, 3]
