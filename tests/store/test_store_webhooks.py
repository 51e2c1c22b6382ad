"""Notifications are written with the end of their job or not at all, and sent by one process at a time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from danqing.domain.callbacks import Callback
from danqing.domain.errors import Problem
from danqing.domain.jobs import Cancelled, Job
from danqing.domain.retention import Kept, without
from danqing.domain.webhooks import EVERYTHING, WEBHOOKS_MAX, Delivery, Event, Fate, Webhook, own_webhook, replayed
from danqing.store import Database, connect
from danqing.store.audit import opened
from danqing.store.engine import Engines
from danqing.store.postbox import Postbox
from danqing.store.tables import deliveries
from store.samples import NOON, a_job, a_key, after, delivered, furnish

pytestmark = pytest.mark.anyio

HERE = Callback(("https://a.example",))
LATER = NOON + timedelta(days=40)


def a_webhook(nth: int = 0, *, key: str = "key", events: tuple[Event, ...] = EVERYTHING) -> Webhook:
    moment = NOON + timedelta(minutes=nth)
    return Webhook(id=f"webhook_{nth}", key=key, url="https://b.example", events=events, base="b", created=moment)


async def ended(database: Database, id: str = "job", *, callback: Callback | None = HERE, key: str = "key") -> Job:
    job = await database.admit(replace(a_job(id, key=key), callback=callback), None)
    done, transfers = delivered(job, f"{id}file")
    assert await database.commit(done, transfers)
    return done


async def all_of(box: Postbox, key: str = "key") -> list[Delivery]:
    return await box.deliveries(key, limit=100)


async def test_it_is_written_with_the_end_and_only_once(database: Database) -> None:
    await furnish(database)
    box = database.postbox()
    job = await database.admit(replace(a_job(), callback=HERE), None)
    done, transfers = delivered(job, "file")
    assert not await database.commit(replace(done, version=7), transfers), "somebody else was faster"
    assert await all_of(box) == []
    assert await database.commit(done, transfers)
    [row] = await all_of(box)
    assert (row.job, row.event, row.url, row.state, row.attempts) == ("job", "job.done", HERE.urls[0], Fate.PENDING, 0)
    assert await database.job("job") == replace(done, callback=HERE)

    [claimed] = await box.claim(9, ())
    assert await box.settle(replace(claimed, state=Fate.DELIVERED, updated=NOON), ended=False)
    assert await box.forget_deliveries(LATER, dry=False) == 1
    assert await database.give_up(without(done, set(Kept), LATER)), "its files are taken away"
    assert await all_of(box) == [], "which is no second end"


async def test_a_step_that_cannot_be_written_tells_nobody(database: Database) -> None:
    await furnish(database)
    await ended(database, "first")
    job = await database.admit(replace(a_job("second"), callback=HERE), None)
    done, transfers = after(job, Cancelled())
    with pytest.raises(IntegrityError):
        await database.commit(done, [replace(transfers[0], id="first:hold")])
    assert [row.job for row in await all_of(database.postbox())] == ["first"]


async def test_one_claims_what_is_due_and_the_next_one_when_nothing_came_of_it(
    database: Database, database_url: str, engines: Engines
) -> None:
    await furnish(database)
    for nth in range(6):
        await ended(database, f"job{nth}")
    other = await connect(database_url)
    boxes = [database.postbox(), other.postbox()]
    try:
        claimed = await asyncio.gather(*(box.claim(2, ()) for box in boxes * 4))
    finally:
        await other.close()
    rows = [row for batch in claimed for row in batch]
    assert len(rows) == len({row.id for row in rows}) == 6
    assert {row.attempts for row in rows} == {1}
    box = boxes[0]
    assert await box.claim(9, ()) == []

    with engines.writing.begin() as connection:  # its process died, and the claim is over
        connection.execute(update(deliveries).where(deliveries.c.id == rows[0].id).values(due=NOON))
    [again] = await box.claim(9, ())
    assert (again.id, again.attempts) == (rows[0].id, 2)
    assert not await box.settle(replace(rows[0], state=Fate.DELIVERED), ended=False), "the first is too late"
    assert await box.settle(replace(again, state=Fate.DELIVERED, status=200), ended=False)
    assert not await box.settle(replace(again, state=Fate.DEAD), ended=False), "what is delivered stays so"
    assert await box.delivery(again.id) == replace(again, state=Fate.DELIVERED, status=200)


async def test_a_key_with_much_under_way_keeps_nobody_waiting(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("other"), "other digest")
    await ended(database)
    await ended(database, "another", key="other")
    assert [row.key for row in await database.postbox().claim(9, {"key"})] == ["other"]


async def test_webhooks_of_the_key_hear_what_they_listen_to(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("other"), "other digest")
    box = database.postbox()
    for row in (a_webhook(0), a_webhook(1, events=(Event.FAILED,)), a_webhook(2, key="other")):
        assert await box.add(row)
    assert await box.webhooks("key") == [a_webhook(0), a_webhook(1, events=(Event.FAILED,))]
    await ended(database, callback=None)
    [told] = await all_of(box)
    assert told.webhook == "webhook_0"

    [claimed] = await box.claim(9, ())
    gone = claimed.dead("gone", LATER)
    await ended(database, "second", callback=None)
    assert await box.settle(gone, ended=True)
    assert [row.state for row in await all_of(box)] == [Fate.DEAD, Fate.DEAD], "what waited is given up too"
    assert (await box.webhook("webhook_0")) == replace(a_webhook(0), ended=LATER)
    await ended(database, "third", callback=None)
    assert len(await all_of(box)) == 2


async def test_what_is_deleted_is_told_nothing(database: Database) -> None:
    await furnish(database)
    box = database.postbox()
    await box.add(a_webhook())
    await ended(database, callback=None)
    assert not await box.remove("other", "webhook_0", LATER)
    assert await box.remove("key", "webhook_0", LATER)
    [row] = await all_of(box)
    assert (row.state, row.error) == (Fate.DEAD, "The webhook was deleted.")
    assert await box.webhooks("key") == []


async def test_a_key_has_few(database: Database) -> None:
    await furnish(database)
    box = database.postbox()
    added = await asyncio.gather(*(box.add(a_webhook(nth)) for nth in range(WEBHOOKS_MAX + 3)))
    assert sum(added) == WEBHOOKS_MAX


async def test_a_rotation_counts_on(database: Database) -> None:
    await furnish(database)
    box = database.postbox()
    await box.add(a_webhook())
    assert await box.rotate(a_webhook(), LATER) == replace(a_webhook(), secret=2, rotated=LATER)
    own = own_webhook("key", NOON)
    assert (await box.rotate(own, NOON)).secret == 1
    assert (await box.rotate(own, LATER)).secret == 2
    assert (await box.webhook(own.id)) == replace(own, secret=2, rotated=LATER)
    assert [row.id for row in await box.webhooks("key")] == ["webhook_0"], "it is no address of the key"
    assert not await box.remove("key", own.id, LATER)


async def test_they_are_told_newest_first_and_forgotten_when_they_are_old(database: Database) -> None:
    await furnish(database)
    box = database.postbox()
    for nth in range(4):
        await ended(database, f"job{nth}")
    rows = await all_of(box)
    assert [row.id for row in await box.deliveries("key", limit=2, before=rows[1].id)] == [row.id for row in rows[2:]]
    with pytest.raises(Problem):
        await box.deliveries("other", limit=2, before=rows[1].id)
    first, second, *_ = await box.claim(2, ())
    await box.settle(replace(first, state=Fate.DELIVERED), ended=False)
    await box.settle(second.dead("no", NOON), ended=False)
    assert [row.id for row in await box.deliveries("key", limit=9, state=Fate.DEAD)] == [second.id]
    assert await box.forget_deliveries(LATER, dry=True) == 2
    assert await box.forget_deliveries(LATER, dry=False) == 2
    assert {row.state for row in await all_of(box)} == {Fate.PENDING}, "what waits is kept"


async def test_what_is_replayed_is_due_again(database: Database) -> None:
    await furnish(database)
    await ended(database)
    box = database.postbox()
    [row] = await box.claim(9, ())
    await box.settle(row.dead("no", NOON), ended=False)
    assert await box.claim(9, ()) == []
    await box.replay(replayed(row.dead("no", NOON), datetime.now(UTC)))
    [again] = await box.claim(9, ())
    assert (again.id, again.attempts) == (row.id, 2)


async def test_the_audit_counts_them_and_finds_one_that_is_false(
    database: Database, database_url: str, engines: Engines
) -> None:
    await furnish(database)
    await database.postbox().add(a_webhook())
    await ended(database, callback=None)
    with opened(database_url) as books:
        found = books.audit()
    assert [found.counts[name] for name in ("webhooks", "deliveries", "undelivered")] == [1, 1, 1]
    assert found.clean
    with engines.writing.begin() as connection:
        connection.execute(update(deliveries).values(event="job.failed"))
    with opened(database_url) as books:
        assert ["notification" in row for row in books.audit().differences] == [True]
