"""Jobs of a process that died, and many that reach for them at once: each is driven by one, and by nobody else."""

import asyncio
from collections import Counter
from dataclasses import replace

from sqlalchemy import text

from danqing.domain.jobs import Job
from danqing.store import Database, connect
from danqing.store.audit import opened
from danqing.store.engine import Engines, open_engines
from danqing.store.fleet import Member

from .samples import COST, a_job, a_key, delivered, furnish

PROCESSES, JOBS, ROUNDS = 4, 12, 6
MONEY = 10**6


def member(database: Database, id: str) -> Member:
    return Member(database._read, database._write, id=id, kind="worker", lease_s=600, alone=False)


async def left_behind(database: Database, name: str) -> dict[str, Job]:
    """Jobs that a process which nobody lists any more answers for, as it knew them: every other one it drives."""
    gone = member(database, "gone")
    jobs = {}
    for number in range(JOBS):
        job = await database.admit(replace(a_job(f"{name} {number}"), turn=0), None, driver=gone.id)
        claimed = await gone.claim(job.id) if number % 2 else job
        assert claimed
        jobs[job.id] = claimed
    return jobs


async def reached_for(processes: dict[str, Database], jobs: dict[str, Job]) -> tuple[list[Job], Counter[str]]:
    """What was claimed while everybody adopts and claims, and what the one who was gone finished meanwhile."""

    async def reach(id: str, database: Database) -> list[Job]:
        me, claimed = member(database, id), []
        for _ in range(3):
            await me.adopt(())
            claimed += await asyncio.gather(*(me.claim(job) for job in jobs))
        return [job for job in claimed if job]

    async def go_on(job: Job, database: Database) -> Counter[str]:
        return Counter({job.id: await database.commit(*delivered(job, f"{job.id}, too late"))})

    driven = [job for job in jobs.values() if job.turn is None]
    *claimed, finished = await asyncio.gather(
        *(reach(id, database) for id, database in processes.items()),
        asyncio.gather(*map(go_on, driven, [*processes.values()] * JOBS)),
    )
    return [job for many in claimed for job in many], sum(finished, Counter())


async def test_every_job_has_one_driver_and_one_end(database: Database, database_url: str) -> None:
    await furnish(database, money=MONEY)
    processes = {f"process {number}": await connect(database_url) for number in range(PROCESSES)}
    for id, its in processes.items():
        await member(its, id).beat()
    for turn in range(ROUNDS):
        jobs = await left_behind(database, f"round {turn}")
        claimed, finished = await reached_for(processes, jobs)
        assert Counter(job.id for job in claimed) + finished == Counter(dict.fromkeys(jobs, 1))
        for job in claimed:
            assert not await database.commit(*delivered(jobs[job.id], f"{job.id}, much too late"))
            assert await database.commit(*delivered(job, job.id))
    spending = await database.spending(a_key())
    assert (spending.account.posted, spending.account.held) == (MONEY - ROUNDS * JOBS * COST, 0)
    for its in processes.values():
        await its.close()
    with opened(database_url) as books:
        assert books.audit().differences == []


async def test_what_is_claimed_while_somebody_adopts_it_is_passed_over(postgres_url: str) -> None:
    """The adopter has seen that nobody alive answers for the job, and waits for its row."""
    database, engines = await connect(postgres_url), open_engines(postgres_url)
    await furnish(database)
    await database.admit(replace(a_job(), turn=0), None, driver="gone")
    adopter, claimer = member(database, "adopter"), member(database, "claimer")
    await adopter.beat()
    await claimer.beat()
    with engines.writing.begin() as connection:
        connection.execute(text("UPDATE jobs SET driver = 'claimer', turn = NULL, version = version + 1"))
        adopting = asyncio.ensure_future(adopter.adopt(()))
        await until_somebody_waits(engines)
    assert await adopting == []
    assert await claimer.answering() == {"job": False}
    engines.dispose()
    await database.close()


async def until_somebody_waits(engines: Engines) -> None:
    """For a row, on Postgres."""
    async with asyncio.timeout(30):
        while True:
            with engines.reading.connect() as connection:
                if connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                    return
            await asyncio.sleep(0.02)
