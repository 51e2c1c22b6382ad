"""What is asked while jobs come and go is found by an index, however many jobs there have been."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, event

from danqing.domain.callbacks import Callback
from danqing.domain.gallery import AssetSearch
from danqing.domain.limits import Limits, Project
from danqing.domain.ports import Once
from danqing.domain.sight import EVERYBODY, sight_of
from danqing.domain.webhooks import Fate
from danqing.store import Database
from danqing.store.engine import Engines
from danqing.store.postbox import Postbox

from .filling import fill
from .samples import NOON, PICTURE, a_job, a_key, delivered, furnish

STORED = 5000
TOLD = Callback(("https://a.example",))
LARGE = "jobs|transfers|files|inputs|requests|deliveries"
READS_ALL = {"sqlite": rf"SCAN ({LARGE})(?! USING)", "postgresql": rf"Seq Scan on ({LARGE})"}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}

Asked = dict[str, object]  # every statement, with values it was asked with


@contextmanager
def listening() -> Iterator[Asked]:
    """What is said to any database while the block runs."""
    asked: Asked = {}

    def hear(_connection: object, _cursor: object, words: str, values: object, _context: object, many: bool) -> None:
        if words.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            asked[words] = values[0] if many and isinstance(values, list) else values

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def plan(engines: Engines, words: str, values: object) -> str:
    """How the database would go about it."""
    with engines.reading.connect() as connection:
        rows = connection.exec_driver_sql(f"{EXPLAIN[engines.reading.dialect.name]} {words}", values)
        return "\n".join(str(row[-1]) for row in rows)


async def a_day(database: Database) -> None:
    """Everything that happens all the time, once."""
    now = datetime.now(UTC)
    process = database.member("process", kind="serve", lease_s=60)
    await process.beat()
    for key in ("key", "ann"):
        film = replace(a_job(f"film of {key}", key=key), turn=0, created=now, callback=TOLD)
        for _ in range(2):
            film = await database.admit(film, Once("order", "f"), driver=process.id)
        await database.ahead(film)
        await database.durations(film.generation.model)
        await database.uses(["imagen-4", "veo-2"], now)
        await database.standings(key, now)
        for sight in (sight_of(key), sight_of("key", "ann"), EVERYBODY):
            await database.changed(sight, (now, ""), 100)
            await database.jobs(sight, limit=20)
            await database.jobs(sight, limit=20, before=film.id)
            await database.shelves().assets(sight, AssetSearch(), limit=20)
        await process.answering()
        await process.adopt({film.id})
        claimed = await process.claim(film.id)
        assert claimed
        await database.commit(*delivered(claimed, f"file of {key}"))
        await tell(database.postbox(), key)
        await database.file(f"file of {key}")
        await database.job(film.id)
        await database.named({PICTURE.sha256})


async def tell(box: Postbox, key: str) -> None:
    """The end of a job is told, and what became of that is looked at."""
    [told] = await box.claim(8, {"nobody"})
    await box.settle(replace(told, state=Fate.DELIVERED), ended=False)
    assert await box.webhook(told.webhook) is None
    await box.deliveries(key, limit=20)
    await box.deliveries(key, limit=20, before=told.id)
    await box.forget_deliveries(NOON - timedelta(days=9), dry=False)


async def test_one_key_s_own_rows_are_read_in_their_order(database: Database, engines: Engines) -> None:
    """Although there is an index of everybody's: a key that has made little does not pay for those who made much."""
    await furnish(database)
    job = await database.admit(a_job(), None)
    await database.commit(*delivered(job, job.id))
    fill(engines, STORED)
    await database.add_key(a_key("ann"), "digest of ann")
    with listening() as asked:
        await database.jobs(sight_of("ann"), limit=20)
        await database.changed(sight_of("ann"), (NOON, ""), 100)
        await database.shelves().assets(sight_of("ann"), AssetSearch(), limit=20)
    plans = [plan(engines, words, values) for words, values in asked.items()]
    assert len(plans) == 3
    for told, index in zip(
        plans, ("jobs_by_key_created_id", "jobs_by_key_updated_id", "files_by_key_created"), strict=True
    ):
        assert index in told


async def test_no_question_reads_all_that_was_ever_made(database: Database, engines: Engines) -> None:
    await furnish(database, money=10**9)
    limits = Limits(daily=10**6, per_minute=100, concurrent=100, storage=10**15)
    await database.add_project(Project(id="project", name="p", limits=limits, created=NOON))
    await database.add_key(replace(a_key("ann"), project="project", limits=limits), "digest of ann")
    for key in ("key", "ann"):  # the first job of a period counts what it has cost before
        job = await database.admit(
            replace(a_job(f"first of {key}", key=key), created=datetime.now(UTC), callback=TOLD), Once("1", "f")
        )
        await database.commit(*delivered(job, job.id))
        await tell(database.postbox(), key)
    fill(engines, STORED)
    with listening() as asked:
        await a_day(database)
    assert len(asked) > 30
    reads_all = READS_ALL[engines.reading.dialect.name]
    assert [words for words, values in asked.items() if re.search(reads_all, plan(engines, words, values))] == []
