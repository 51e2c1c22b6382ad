"""Whatever happens to jobs, in whatever order, the money in the database is what the ledger says it is."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from danqing.domain import ledger
from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import (
    Accepted,
    Cancelled,
    Event,
    Failed,
    Finished,
    IllegalStep,
    Job,
    Produced,
    Started,
    Withheld,
)
from danqing.domain.ledger import Balance, Overdrawn, Transfer, account_of, budget_of, is_memorandum
from danqing.domain.ports import Once
from danqing.store import Database, connect
from danqing.store.engine import Engines, open_engines
from danqing.store.tables import balances, transfers

from .samples import COST, a_job, a_key, after, an_output

T = TypeVar("T")

EVENTS: list[Event] = [
    Started(),
    Accepted("ticket"),
    Produced(an_output()),
    Withheld("too dark"),
    Finished(),
    Failed(Problem(Kind.UPSTREAM, "out of paint")),
    Failed(Problem(Kind.UNKNOWN, "nobody knows")),
    Cancelled(),
]
NAMES = count()  # accounts and jobs of all examples live in one database, under names of their own


class Bank(RuleBasedStateMachine):
    """A model of all balances beside the real ones; every rule changes both."""

    runner: asyncio.Runner
    database: Database
    engines: Engines

    def __init__(self) -> None:
        super().__init__()
        self.model = self.real()
        self.written = self.count_transfers()
        self.jobs: dict[str, Job] = {}
        self.requests: dict[tuple[str, str], tuple[str, str]] = {}

    @initialize(money=st.integers(0, 10 * COST), budgets=st.tuples(*[st.none() | st.integers(0, 5 * COST)] * 2))
    def open(self, money: int, budgets: tuple[int | None, int | None]) -> None:
        self.account = f"account{next(NAMES)}"
        self.wait(self.database.fund(self.account, money, self.account))
        self.wait(self.database.fund(self.account, money + 1, self.account))
        self.fold(ledger.fund(self.account, money, self.account))
        self.keys = [f"{self.account}-{n}" for n in range(len(budgets))]
        for key, budget in zip(self.keys, budgets, strict=True):
            self.wait(self.database.add_key(a_key(key, account=self.account, budget=budget), f"digest of {key}"))
            self.model[budget_of(key)] = Balance(floor=None if budget is None else -budget)

    @rule(
        which=st.integers(0, 1),
        held=st.integers(0, 4 * COST),
        name=st.none() | st.sampled_from("ab"),
        fingerprint=st.sampled_from("xy"),
    )
    def admit(self, which: int, held: int, name: str | None, fingerprint: str) -> None:
        job = a_job(f"job{next(NAMES)}", key=self.keys[which], account=self.account, held=held)
        once = Once(name, fingerprint) if name else None
        expected = self.answer(job, once)
        outcome: str | Kind
        try:
            outcome = self.wait(self.database.admit(job, once)).id
        except Problem as problem:
            outcome = problem.kind
        assert outcome == expected
        if outcome == job.id:
            self.fold(job.hold)
            self.jobs[job.id] = job
            if once:
                self.requests[job.key, once.name] = (once.fingerprint, job.id)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), event=st.sampled_from(EVENTS))
    def take_a_step(self, data: st.DataObject, event: Event) -> None:
        job = self.pick(data)
        try:
            next_job, moved = after(job, event)
        except IllegalStep:
            return
        assert self.wait(self.database.commit(next_job, moved))
        self.jobs[job.id] = next_job
        self.fold(*moved)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), behind=st.integers(0, 3))
    def come_too_late(self, data: st.DataObject, behind: int) -> None:
        job = self.pick(data)
        stale = replace(job, version=job.version - behind, prompt="stale")
        assert not self.wait(self.database.commit(stale, [ledger.post(job.hold, 0)]))

    @precondition(lambda self: any(job.state.ended for job in self.jobs.values()))
    @rule(data=st.data())
    def settle_again(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from([job for job in self.jobs.values() if job.state.ended]))
        with pytest.raises(IntegrityError):
            self.wait(self.database.commit(replace(job, version=job.version + 1), [ledger.void(job.hold)]))

    @invariant()
    def the_balances_are_the_ledgers(self) -> None:
        real = self.real()
        assert real == self.model
        assert sum(balance.posted for name, balance in real.items() if not is_memorandum(name)) == 0
        assert all(balance.held >= 0 for balance in real.values())
        assert all(balance.available is None or balance.available >= 0 for balance in real.values())
        assert self.count_transfers() == self.written

    @invariant()
    def what_is_held_is_held_for_unfinished_jobs(self) -> None:
        unfinished = [job for job in self.jobs.values() if not job.state.ended]
        if self.jobs:
            assert self.model[account_of(self.account)].held == sum(job.held for job in unfinished)

    def teardown(self) -> None:
        for job in self.jobs.values():
            assert self.wait(self.database.job(job.id)) == job

    def answer(self, job: Job, once: Once | None) -> str | Kind:
        """The id of the job that must come of this request, or the kind of Problem."""
        if once and (job.key, once.name) in self.requests:
            fingerprint, id = self.requests[job.key, once.name]
            return id if fingerprint == once.fingerprint else Kind.MISMATCH
        try:
            ledger.add(self.model, job.hold)
        except Overdrawn:
            return Kind.NO_FUNDS
        return job.id

    def pick(self, data: st.DataObject) -> Job:
        return self.jobs[data.draw(st.sampled_from(sorted(self.jobs)))]

    def fold(self, *moved: Transfer) -> None:
        for transfer in moved:
            self.model = ledger.add(self.model, transfer)
            self.written += 1

    def wait(self, coroutine: Coroutine[None, None, T]) -> T:
        return self.runner.run(coroutine)

    def real(self) -> dict[str, Balance]:
        with self.engines.reading.connect() as connection:
            rows = connection.execute(select(balances)).all()
        return {row.balance: Balance(row.posted, row.held, row.floor) for row in rows}

    def count_transfers(self) -> int:
        with self.engines.reading.connect() as connection:
            return connection.execute(select(func.count()).select_from(transfers)).scalar_one()


def test_any_history_keeps_the_books_right(database_url: str) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(connect(database_url))
        engines = open_engines(database_url)
        machine = type("BankHere", (Bank,), {"runner": runner, "database": database, "engines": engines})
        run_state_machine_as_test(
            machine, settings=settings(max_examples=25, stateful_step_count=30, deadline=None, database=None)
        )
        engines.dispose()
        runner.run(database.close())
