"""Accounts in rows: whose money there is, what was spent on what, and how far each limit is used up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from danqing.domain.keys import Key
from danqing.domain.ledger import CHARGES, Phase, account_of, budget_of, fund
from danqing.domain.limits import MINUTE, UNLIMITED, Limits, Standing, budgets
from danqing.domain.ports import STATEMENT_LINES_MAX, Line, Spending
from danqing.store.documents import read_limits
from danqing.store.scopes import KEY, PROJECT, Scope
from danqing.store.sight import within
from danqing.store.tables import balances, jobs, keys, projects, transfers
from danqing.store.transfers import balance, book_once, insert_once

_charged = (
    select(jobs.c.model, func.count(jobs.c.id.distinct()), func.sum(transfers.c.amount))
    .join(jobs, jobs.c.id == transfers.c.job)
    .where(transfers.c.phase.in_(sorted(CHARGES)))
    .group_by(jobs.c.model)
    .order_by(jobs.c.model)
)
_limited = (
    select(keys.c.account, keys.c.budget, keys.c.limits, keys.c.project, projects.c.limits.label("shared"))
    .join(projects, projects.c.id == keys.c.project, isouter=True)
    .where(keys.c.id == bindparam("key"))
)
_statement = (
    select(transfers.c.created, transfers.c.phase, transfers.c.job, jobs.c.model, transfers.c.amount, transfers.c.held)
    .join(jobs, jobs.c.id == transfers.c.job)
    .order_by(transfers.c.created.desc(), transfers.c.id.desc())
    .limit(STATEMENT_LINES_MAX)
)


def fund_account(connection: Connection, name: str, amount: int, cause: str, at: datetime) -> bool:
    """Pay into an account, which is created when it is new. False when the same cause has paid before."""
    insert_once(connection, balances, {"balance": account_of(name), "posted": 0, "held": 0, "floor": 0})
    return book_once(connection, fund(name, amount, cause), at)


def spending(connection: Connection, key: Key) -> Spending:
    """What a key has, may still spend, and was charged by model."""
    counted = within(key.spenders, transfers.c.key)
    charged = connection.execute(_charged.where(counted))
    lines = connection.execute(_statement.where(counted))
    return Spending(
        account=balance(connection, account_of(key.account)),
        budget=balance(connection, budget_of(key.id)),
        # Postgres adds up BIGINT as a Decimal.
        by_model=tuple((model, count, int(amount)) for model, count, amount in charged),
        statement=tuple(
            Line(at=at, phase=Phase(phase), job=job, model=model, amount=amount, held=held)
            for at, phase, job, model, amount, held in lines
        ),
    )


def standings(connection: Connection, key: str, at: datetime) -> tuple[Standing, ...]:
    """How far the account of a key, its own limits and those of its project are used up at a moment."""
    row = connection.execute(_limited, {"key": key}).one()
    account = balance(connection, account_of(row.account))
    own = replace(read_limits(row.limits), total=row.budget)
    shared = read_limits(row.shared) if row.project else UNLIMITED
    return (
        Standing(whose="account", limit="balance", most=account.posted, used=account.held),
        *_standings(connection, KEY, key, own, at),
        *_standings(connection, PROJECT, row.project, shared, at),
    )


def _standings(connection: Connection, scope: Scope, owner: str, limits: Limits, at: datetime) -> Iterator[Standing]:
    def told(limit: str, most: int, used: int, resets: datetime | None = None) -> Standing:
        return Standing(whose=scope.whose, limit=limit, most=most, used=used, resets=resets)

    if limits.total is not None:
        yield told("total", limits.total, _used(connection, budget_of(owner)))
    for budget in budgets(owner, limits, at):
        yield told(budget.limit, budget.most, _used(connection, budget.balance), budget.resets)
    if limits.per_minute is not None:
        latest = scope.latest(connection, owner, limits.per_minute, since=at - MINUTE)
        yield told("per_minute", limits.per_minute, len(latest), latest[-1] + MINUTE if latest else None)
    if limits.concurrent is not None:
        yield told("concurrent", limits.concurrent, scope.unfinished(connection, owner))
    if limits.storage is not None:
        yield told("storage", limits.storage, scope.stored(connection, owner))


def _used(connection: Connection, budget: str) -> int:
    counted = balance(connection, budget)
    return counted.held - counted.posted
