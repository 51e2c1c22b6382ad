"""Limits of keys and projects, exact for any number of requests at once on two machines that share a database."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Cancelled, Job
from danqing.domain.ledger import Phase
from danqing.domain.limits import Changes, Limits, Project, Standing
from danqing.domain.ports import Once
from danqing.store import Database, connect
from danqing.store.engine import Engines
from danqing.store.tables import balances, transfers

from .samples import COST, NOON, a_job, a_key, after, delivered, furnish

CROWD = 200
PLENTY = 10**9
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def pair(database: Database, database_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two machines on one database."""
    other = await connect(database_url)
    yield database, other
    await other.close()


async def crowd(pair: Sequence[Database], jobs: Iterable[Job], once: Once | None = None) -> list[Job | Problem]:
    """All jobs asked for at once, on either machine in turn; each admitted job or its refusal."""
    tries = [pair[n % 2].admit(job, once) for n, job in enumerate(jobs)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    for outcome in outcomes:
        assert isinstance(outcome, Job | Problem), outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Job | Problem)]


def admitted(outcomes: Iterable[Job | Problem]) -> list[Job]:
    return [outcome for outcome in outcomes if isinstance(outcome, Job)]


def codes(outcomes: Iterable[Job | Problem]) -> set[str]:
    return {outcome.code for outcome in outcomes if isinstance(outcome, Problem)}


def many(name: str, count: int = CROWD, **fields: object) -> list[Job]:
    return [a_job(f"{name}{n}", **fields) for n in range(count)]


async def refused(database: Database, job: Job) -> Problem:
    with pytest.raises(Problem) as refusal:
        await database.admit(job, None)
    return refusal.value


async def standings(database: Database, at: datetime = NOON, key: str = "key") -> dict[str, Standing]:
    account, *rows = await database.standings(key, at)
    assert (account.whose, account.limit) == ("account", "balance")
    return {f"{row.whose} {row.limit}": row for row in rows}


async def limit(database: Database, changes: Changes, at: datetime = NOON) -> None:
    assert await database.limit_key("key", changes, at)


async def a_project(database: Database, limits: Limits, *keys: str) -> None:
    """A project with keys that have all the money they may want."""
    await database.fund("house", PLENTY, "opening")
    await database.add_project(Project(id="project", name="films", limits=limits, created=NOON))
    for key in keys:
        await database.add_key(replace(a_key(key), project="project"), f"digest of {key}")


async def test_money_for_ten_admits_ten_of_two_hundred_fifty_times_over(pair: tuple[Database, Database]) -> None:
    await pair[0].fund("house", 0, "opening")
    await pair[0].add_key(a_key(), "digest")
    for turn in range(50):
        await pair[0].fund("house", 10 * COST, f"turn {turn}")
        outcomes = await crowd(pair, many(f"turn{turn}-"))
        assert len(admitted(outcomes)) == 10
        assert codes(outcomes) == {"insufficient_funds"}
        assert (await pair[1].spending(a_key())).account.available == 0


async def test_a_hundred_times_the_same_request_is_one_job_and_one_charge(pair: tuple[Database, Database]) -> None:
    key = await furnish(pair[0])
    outcomes = await crowd(pair, many("again", 100), Once("order-1", "f"))
    job = admitted(outcomes)[0]
    assert [outcome.id for outcome in admitted(outcomes)] == [job.id] * 100
    assert await pair[1].commit(*delivered(job, "file"))
    spending = await pair[0].spending(key)
    assert (spending.account.posted, spending.account.held) == (1000 - COST, 0)


async def test_cancelling_and_finishing_at_once_settles_once(pair: tuple[Database, Database], engines: Engines) -> None:
    await furnish(pair[0], money=PLENTY)
    jobs = admitted(await crowd(pair, many("race", 40)))
    ends = [
        commit
        for job in jobs
        for commit in (pair[0].commit(*delivered(job, job.id)), pair[1].commit(*after(job, Cancelled())))
    ]
    won = await asyncio.gather(*ends)
    assert [won[n] + won[n + 1] for n in range(0, len(won), 2)] == [1] * 40
    with engines.reading.connect() as connection:
        settled = connection.execute(select(transfers.c.job).where(transfers.c.id.endswith(":settle"))).scalars()
        assert sorted(settled) == sorted(job.id for job in jobs)
    assert (await pair[0].spending(a_key())).account.held == 0


@pytest.mark.parametrize("name", ["total", "monthly", "daily"])
async def test_a_budget_of_a_key_cannot_be_overrun(pair: tuple[Database, Database], name: str) -> None:
    await furnish(pair[0], money=PLENTY)
    await limit(pair[0], {name: 10 * COST + COST - 1})
    outcomes = await crowd(pair, many("job"))
    assert len(admitted(outcomes)) == 10
    assert codes(outcomes) == {"budget_exceeded" if name == "total" else f"{name}_budget_exceeded"}
    assert (await standings(pair[1]))[f"key {name}"].left == COST - 1


@pytest.mark.parametrize("name", ["total", "monthly", "daily"])
async def test_a_budget_of_a_project_cannot_be_overrun_by_its_keys(pair: tuple[Database, Database], name: str) -> None:
    await a_project(pair[0], Limits(**{name: 10 * COST}), "ann", "bob")
    wanted = [a_job(f"job{n}", key=("ann", "bob")[n // 2 % 2]) for n in range(CROWD)]
    outcomes = await crowd(pair, wanted)
    assert len(admitted(outcomes)) == 10
    assert codes(outcomes) == {"project_budget_exceeded" if name == "total" else f"project_{name}_budget_exceeded"}
    assert (await standings(pair[0], key="bob"))[f"project {name}"].left == 0


@pytest.mark.parametrize(("name", "code"), [("per_minute", "rate_limit_exceeded"), ("concurrent", "too_many_jobs")])
@pytest.mark.parametrize("whose", ["key", "project"])
async def test_rates_are_exact(pair: tuple[Database, Database], whose: str, name: str, code: str) -> None:
    await a_project(pair[0], Limits(), "ann", "bob")
    change = pair[0].limit_key if whose == "key" else pair[0].limit_project
    assert await change("ann" if whose == "key" else "project", {name: 7}, NOON)
    keys = ["ann"] if whose == "key" else ["ann", "bob"]
    outcomes = await crowd(pair, [a_job(f"job{n}", key=keys[n // 2 % len(keys)]) for n in range(CROWD)])
    assert len(admitted(outcomes)) == 7
    assert codes(outcomes) == {code}


async def test_what_files_take_is_exact_whatever_is_at_work(pair: tuple[Database, Database]) -> None:
    await furnish(pair[0], money=PLENTY)
    await limit(pair[0], {"storage": 7_000_000})
    outcomes = await crowd(pair, many("job"))
    assert len(admitted(outcomes)) == 3, "each may take two megabytes"
    assert codes(outcomes) == {"storage_exceeded"}
    for job in admitted(outcomes):
        assert await pair[0].commit(*delivered(job, job.id))  # a thousand bytes each
    assert (await standings(pair[0]))["key storage"].used == 3 * 1024
    assert len(admitted(await crowd(pair, many("more", 4)))) == 3


async def test_files_that_are_given_up_make_room(database: Database, engines: Engines) -> None:
    """Once, however often the same job gives something up."""
    await furnish(database, money=PLENTY)
    await limit(database, {"storage": 2_001_024})
    done, settled = delivered(await database.admit(a_job("first"), None), "one", "two")
    assert await database.commit(done, settled)
    assert (await refused(database, a_job("second"))).code == "storage_exceeded"
    part = replace(done, outputs=(replace(done.outputs[0], gone=NOON), done.outputs[1]), version=done.version + 1)
    assert await database.give_up(part)
    assert not await database.give_up(part)
    assert await database.give_up(replace(part, inputs_gone=NOON, version=part.version + 1))
    assert (await standings(database))["key storage"].used == 1024
    assert await database.admit(a_job("second"), None)


async def test_what_files_take_is_counted_right_while_they_come_and_go(pair: tuple[Database, Database]) -> None:
    """And neither waits for the other for ever, nor for who sets a limit meanwhile."""
    await furnish(pair[0], money=PLENTY)

    async def live(number: int) -> None:
        ours, theirs = pair[number % 2], pair[number // 2 % 2]
        done, settled = delivered(await ours.admit(a_job(f"job{number}"), None), f"{number} a", f"{number} b")
        assert await theirs.commit(done, settled)
        if number % 3 == 0:
            gone = tuple(replace(output, gone=NOON) for output in done.outputs)
            assert await ours.give_up(replace(done, outputs=gone, version=done.version + 1))

    lives = [live(number) for number in range(60)]
    limits = [pair[number % 2].limit_key("key", {"storage": PLENTY + number}, NOON) for number in range(60)]
    await asyncio.gather(*(both for pairs in zip(lives, limits, strict=True) for both in pairs))
    assert (await standings(pair[0]))["key storage"].used == 40 * 2 * 1024


async def test_a_limit_set_in_the_middle_counts_what_was_spent(database: Database, engines: Engines) -> None:
    await furnish(database, money=PLENTY)
    for name, when in (("before", NOON - DAY), ("early", NOON - HOUR), ("late", NOON)):
        job = await database.admit(replace(a_job(name, held=2 * COST), created=when), None)
        await database.commit(*delivered(job, name))
    await database.admit(a_job("at work", held=2 * COST), None)
    cancelled = await database.admit(a_job("cancelled", held=2 * COST), None)
    await database.commit(*after(cancelled, Cancelled()))
    await limit(database, {"daily": 5 * COST, "monthly": 5 * COST})
    rows = await standings(database)
    assert (rows["key daily"].used, rows["key monthly"].used) == (4 * COST, 5 * COST)
    assert (await refused(database, a_job("too much"))).code == "monthly_budget_exceeded"
    with engines.reading.connect() as connection:
        opened = connection.execute(select(transfers.c.amount).where(transfers.c.phase == Phase.OPEN.value))
        assert sorted(opened.scalars()) == [4 * COST, 5 * COST]


async def test_a_limit_that_was_away_for_a_while_counts_that_while(database: Database) -> None:
    await furnish(database, money=PLENTY)
    await limit(database, {"daily": 10 * COST})
    await database.admit(a_job("first"), None)
    await limit(database, {"daily": None})
    assert await standings(database) == {}
    await database.admit(a_job("unseen"), None)
    await limit(database, {"daily": 3 * COST})
    assert (await standings(database))["key daily"].used == 2 * COST
    await database.admit(a_job("third"), None)
    assert (await refused(database, a_job("fourth"))).code == "daily_budget_exceeded"


async def test_a_change_of_a_limit_holds_at_once_on_every_machine(pair: tuple[Database, Database]) -> None:
    ours, theirs = pair
    await furnish(ours, money=PLENTY)
    await ours.admit(a_job("first"), None)
    await limit(theirs, {"total": COST, "concurrent": 1})
    assert (await refused(ours, a_job("second"))).code == "budget_exceeded"
    await limit(theirs, {"total": None})
    assert (await refused(ours, a_job("second"))).code == "too_many_jobs"
    await limit(theirs, {"concurrent": None})
    assert await ours.admit(a_job("second"), None)


async def test_setting_a_limit_while_hundreds_ask_loses_no_cent(pair: tuple[Database, Database]) -> None:
    await furnish(pair[0], money=PLENTY)
    asked = asyncio.ensure_future(crowd(pair, many("job", 100)))
    await asyncio.sleep(0.02)
    await limit(pair[1], {"daily": 60 * COST})
    done = len(admitted(await asked))
    assert (await standings(pair[0]))["key daily"].used == done * COST
    assert len(admitted(await crowd(pair, many("more", 100)))) == max(0, 60 - done)


async def test_a_settlement_goes_back_to_the_budgets_that_were_held(database: Database) -> None:
    await furnish(database, money=PLENTY)
    await limit(database, {"daily": 3 * COST, "monthly": 9 * COST})
    job = await database.admit(a_job(held=3 * COST), None)
    assert job.budgets == ("budget:key:2026-11", "budget:key:2026-11-22")
    assert (await database.job(job.id)) == job
    await database.admit(replace(a_job("tomorrow", held=3 * COST), created=NOON + DAY), None)
    done, settled = delivered(job, "file")
    await database.commit(done, settled)
    today, next_day = await standings(database), await standings(database, NOON + DAY)
    assert (today["key daily"].used, next_day["key daily"].used) == (COST, 3 * COST)
    assert today["key monthly"].used == 4 * COST


async def test_a_refusal_says_which_limit_how_much_and_until_when(database: Database) -> None:
    cent = 10_000_000
    await furnish(database, money=100 * cent)
    at = datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC)
    await limit(database, {"daily": 10 * cent, "monthly": 12 * cent}, at)
    await database.admit(replace(a_job("first", held=8 * cent), created=at), None)
    daily = await refused(database, replace(a_job("second", held=3 * cent), created=at))
    assert daily.kind is Kind.NO_FUNDS
    assert "up to $0.03, and the daily budget of this key has $0.02 left" in daily.message
    assert "anew at 2027-01-01 00:00 UTC" in daily.message
    assert daily.retry_after == 3600
    monthly = await refused(database, replace(a_job("third", held=5 * cent), created=at))
    assert (monthly.code, monthly.retry_after) == ("monthly_budget_exceeded", 3600)
    assert "the monthly budget of this key has $0.04 left" in monthly.message


async def test_the_minute_slides(database: Database) -> None:
    await furnish(database, money=PLENTY)
    await limit(database, {"per_minute": 2})
    for second in (0, 20):
        await database.admit(replace(a_job(f"at {second}"), created=NOON + timedelta(seconds=second)), None)
    early = await refused(database, replace(a_job("early"), created=NOON + timedelta(seconds=45)))
    assert (early.kind, early.code, early.retry_after) == (Kind.BUSY, "rate_limit_exceeded", 15)
    assert "2 requests a minute" in early.message
    assert "at 2026-11-22 12:01:00 UTC" in early.message
    assert await database.admit(replace(a_job("late"), created=NOON + MINUTE), None)


async def test_a_refused_request_counts_nowhere(database: Database, engines: Engines) -> None:
    await furnish(database, money=PLENTY)
    await limit(database, {"daily": COST, "monthly": PLENTY, "per_minute": 5, "concurrent": 5})
    rows = select(balances).order_by(balances.c.balance)
    with engines.reading.connect() as connection:
        before = connection.execute(rows).all()
    await refused(database, a_job(held=COST + 1))
    with engines.reading.connect() as connection:
        assert connection.execute(rows).all() == before
    used = await standings(database)
    assert (used["key per_minute"].used, used["key concurrent"].used) == (0, 0)


async def test_a_limit_needs_somebody(database: Database) -> None:
    await furnish(database)
    assert await database.limit_key("nobody", {"daily": 1}, NOON) is None
    assert await database.limit_project("key", {"daily": 1}, NOON) is None
    with pytest.raises(Problem, match="no project"):
        await database.add_key(replace(a_key("new"), project="none"), "another digest")


async def test_limits_are_read_as_they_were_written(database: Database) -> None:
    limits = Limits(total=5, monthly=4, daily=3, per_minute=2, concurrent=1, storage=6)
    await a_project(database, limits, "ann")
    assert [project.limits for project in await database.projects()] == [limits]
    await database.limit_key("ann", {"daily": 7, "total": 9}, NOON)
    await database.limit_key("ann", {"daily": None, "per_minute": 8}, NOON)
    found = await database.key("digest of ann")
    assert found is not None
    assert (found.limits, found.project) == (Limits(total=9, per_minute=8), "project")
