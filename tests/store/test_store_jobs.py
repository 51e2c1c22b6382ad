"""A job and its money are written together or not at all, once, and found again as they were."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Accepted, Cancelled, Finished, Job, Produced, Started
from danqing.domain.ledger import Balance, Phase, void
from danqing.domain.ports import Once, Store
from danqing.domain.wording import Rewritten, Wording
from danqing.store import Database
from danqing.store.engine import Engines
from danqing.store.tables import jobs, transfers

from .samples import COST, NOON, a_job, a_key, after, an_output, delivered, furnish


def stored(engines: Engines) -> tuple[int, int]:
    """How many jobs and how many holds there are."""
    holds = select(func.count()).where(transfers.c.phase == "hold")
    with engines.reading.connect() as connection:
        return (
            connection.execute(select(func.count()).select_from(jobs)).scalar_one(),
            connection.execute(holds).scalar_one(),
        )


async def test_it_is_the_gateways_store(database: Database) -> None:
    store: Store = database
    assert await store.job("nothing") is None


async def test_an_admitted_job_is_found_as_it_was(database: Database) -> None:
    await furnish(database)
    job = a_job()
    assert await database.admit(job, None) == job
    assert await database.job(job.id) == job


async def test_a_hold_takes_from_the_account_and_the_budget(database: Database) -> None:
    key = await furnish(database, money=100, budget=70)
    await database.admit(a_job(held=40), None)
    spending = await database.spending(key)
    assert spending.account == Balance(posted=100, held=40)
    assert spending.budget == Balance(posted=0, held=40, floor=-70)


async def test_a_job_that_costs_nothing_needs_no_money(database: Database) -> None:
    await furnish(database, money=0, budget=0)
    assert await database.admit(a_job(held=0), None) == a_job(held=0)


@pytest.mark.parametrize(
    ("money", "budget", "code", "words"),
    [
        (40_000_000, None, "insufficient_funds", "$0.05, and the account has $0.04 left"),
        (90_000_000, 30_000_000, "budget_exceeded", "$0.05, and the budget of this key has $0.03 left"),
        (0, 0, "insufficient_funds", "$0.05, and the account has $0.00 left"),
    ],
)
async def test_too_little_money_is_refused_and_nothing_written(
    database: Database, engines: Engines, money: int, budget: int | None, code: str, words: str
) -> None:
    key = await furnish(database, money=money, budget=budget)
    before = await database.spending(key)
    with pytest.raises(Problem) as refusal:
        await database.admit(a_job(held=50_000_000), Once("order-1", "f"))
    assert (refusal.value.kind, refusal.value.code) == (Kind.NO_FUNDS, code)
    assert words in refusal.value.message
    assert stored(engines) == (0, 0)
    assert await database.spending(key) == before


async def test_a_refused_request_may_be_sent_again(database: Database) -> None:
    await furnish(database, money=COST)
    once = Once("order-1", "f")
    with pytest.raises(Problem):
        await database.admit(a_job("dear", held=COST + 1), once)
    assert (await database.admit(a_job("cheap"), once)).id == "cheap"


async def test_the_last_coin_can_be_spent(database: Database) -> None:
    await furnish(database, money=2 * COST)
    await database.admit(a_job("first"), None)
    await database.admit(a_job("second"), None)
    with pytest.raises(Problem):
        await database.admit(a_job("third", held=1), None)


async def test_money_for_ten_admits_exactly_ten_of_fifty(database: Database, engines: Engines) -> None:
    key = await furnish(database, money=10 * COST)
    tries = [database.admit(a_job(f"job{n}"), None) for n in range(50)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 10
    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [problem.kind for problem in refused] == [Kind.NO_FUNDS] * 40
    assert stored(engines) == (10, 10)
    assert (await database.spending(key)).account.available == 0


async def test_the_same_request_is_one_job(database: Database) -> None:
    await furnish(database)
    once = Once("order-1", "f")
    first = await database.admit(a_job("first"), once)
    done, settled = delivered(first, "file1")
    await database.commit(done, settled)
    assert await database.admit(a_job("second"), once) == done


async def test_thirty_times_the_same_request_at_once_is_one_job(database: Database, engines: Engines) -> None:
    await furnish(database)
    tries = [database.admit(a_job(f"job{n}"), Once("order-1", "f")) for n in range(30)]
    assert len({job.id for job in await asyncio.gather(*tries)}) == 1
    assert stored(engines) == (1, 1)


async def test_another_body_under_the_same_name_is_refused(database: Database, engines: Engines) -> None:
    await furnish(database)
    await database.admit(a_job("first"), Once("order-1", "f"))
    with pytest.raises(Problem) as refusal:
        await database.admit(a_job("second"), Once("order-1", "another"))
    assert refusal.value.kind is Kind.MISMATCH
    assert stored(engines) == (1, 1)


async def test_names_of_requests_belong_to_their_key(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("other"), "digest2")
    await database.admit(a_job("first"), Once("order-1", "f"))
    theirs = await database.admit(a_job("second", key="other"), Once("order-1", "another"))
    assert theirs.id == "second"


async def test_a_delivered_job_is_charged_and_gives_the_rest_back(database: Database) -> None:
    key = await furnish(database, money=100, budget=90)
    job = await database.admit(a_job(held=2 * COST), None)
    done, settled = delivered(job, "file1")
    assert await database.commit(done, settled)
    assert await database.job(job.id) == done
    spending = await database.spending(key)
    assert spending.account == Balance(posted=100 - COST)
    assert spending.budget == Balance(posted=-COST, floor=-90)
    lines = [(line.phase, line.job, line.model, line.amount, line.held) for line in spending.statement]
    assert lines == [
        (Phase.POST, job.id, job.generation.model, COST, 2 * COST),
        (Phase.HOLD, job.id, job.generation.model, 2 * COST, 0),
    ]


async def test_what_was_done_to_a_prompt_is_a_line_of_its_own_and_counts_for_every_budget(database: Database) -> None:
    key = await furnish(database, money=200)
    job = await database.admit(a_job(held=2 * COST), None)
    worded = Rewritten(Wording(done=True, target="en", texts=("a fox",), by=("writer",), most=9, cost=7))
    assert await database.commit(*after(job, worded, Started(), Produced(an_output("file")), Finished()))
    spending = await database.spending(key)
    assert (spending.account, spending.by_model) == (Balance(posted=200 - COST - 7), (("imagen-4", 1, COST + 7),))
    lines = [(line.phase, line.amount, line.held) for line in spending.statement]
    assert lines == [(Phase.WORDS, 7, 7), (Phase.POST, COST, 2 * COST - 7), (Phase.HOLD, 2 * COST, 0)]
    found = await database.job(job.id)
    assert found
    assert (found.wording, found.charged) == (worded.wording, COST + 7)
    await database.limit_key(key.id, {"monthly": 500}, NOON + timedelta(hours=2))
    [monthly] = [row for row in await database.standings(key.id, NOON) if row.limit == "monthly"]
    assert monthly.used == COST + 7


async def test_a_cancelled_job_costs_nothing(database: Database) -> None:
    key = await furnish(database, money=100)
    job = await database.admit(a_job(), None)
    assert await database.commit(*after(job, Cancelled()))
    assert (await database.spending(key)).account == Balance(posted=100)


async def test_a_step_from_an_old_version_writes_nothing(database: Database) -> None:
    key = await furnish(database)
    job = await database.admit(a_job(), None)
    running, _ = after(job, Started(), Accepted("ticket"))
    assert await database.commit(running, ())
    before = await database.spending(key)
    assert not await database.commit(*delivered(job, "file1"))
    assert await database.job(job.id) == running
    assert await database.file("file1") is None
    assert await database.spending(key) == before


async def test_of_two_who_end_a_job_one_wins(database: Database) -> None:
    key = await furnish(database, money=100)
    job = await database.admit(a_job(), None)
    ends = [database.commit(*delivered(job, "file1")), database.commit(*after(job, Cancelled()))]
    assert sorted(await asyncio.gather(*ends)) == [False, True]
    assert (await database.spending(key)).account.held == 0


async def test_a_job_that_was_never_admitted_cannot_go_on(database: Database) -> None:
    await furnish(database)
    assert not await database.commit(*after(a_job(), Started()))


async def test_a_settled_hold_is_never_settled_again(database: Database) -> None:
    key = await furnish(database)
    job = await database.admit(a_job(), None)
    done, settled = delivered(job, "file1")
    await database.commit(done, settled)
    before = await database.spending(key)
    with pytest.raises(IntegrityError):
        await database.commit(replace(done, version=done.version + 1), [void(job.hold)])
    assert await database.job(job.id) == done
    assert await database.spending(key) == before


async def test_files_are_found_by_name_from_the_step_that_delivers_them(database: Database) -> None:
    await furnish(database)
    job = await database.admit(a_job(held=3 * COST), None)
    one, _ = after(job, Started(), Produced(an_output("file1")))
    await database.commit(one, ())
    assert await database.file("file1") == one
    three, settled = after(one, Produced(an_output("file2")), Produced(an_output()), Finished())
    await database.commit(three, settled)
    assert await database.file("file1") == await database.file("file2") == three
    assert await database.file("file3") is None
    assert await database.file("") is None


async def test_a_file_name_is_never_given_to_a_second_job(database: Database) -> None:
    await furnish(database)
    first = await database.admit(a_job("first"), None)
    second = await database.admit(a_job("second"), None)
    await database.commit(*delivered(first, "file1"))
    with pytest.raises(IntegrityError):
        await database.commit(*delivered(second, "file1"))
    assert await database.job("second") == second


async def test_unfinished_jobs_are_adopted_oldest_first(database: Database) -> None:
    await furnish(database)
    for id, minute in (("young", 3), ("old", 1), ("middle", 2), ("done", 0)):
        await database.admit(a_job(id, minute=minute), None)
    await database.commit(*delivered(a_job("done"), "file1"))
    running, _ = after(a_job("old", minute=1), Started(), Accepted("ticket"))
    await database.commit(running, ())
    adopted = await database.member("me", kind="serve", lease_s=15).adopt(())
    assert [job.id for job in adopted] == ["old", "middle", "young"]
