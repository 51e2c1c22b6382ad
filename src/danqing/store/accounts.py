"""Accounts and keys in rows: who may ask, with whose money, and what was spent on what."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from danqing.domain.errors import invalid
from danqing.domain.keys import Key
from danqing.domain.ledger import Phase, account_of, budget_of, fund
from danqing.domain.ports import STATEMENT_LINES_MAX, Line, Spending
from danqing.domain.retention import Keep
from danqing.store.documents import read_keep
from danqing.store.tables import balances, jobs, keys, projects, transfers
from danqing.store.transfers import balance, book_once, insert_once

_KEY = (keys.c.id, keys.c.name, keys.c.account, keys.c.test, keys.c.hint, keys.c.budget, keys.c.created, keys.c.revoked)
_find_key = select(*_KEY).where(keys.c.digest == bindparam("digest"))
_all_keys = select(*_KEY).order_by(keys.c.created.desc(), keys.c.id.desc())
_all_limits = select(keys.c.id, keys.c.limits, projects.c.limits).join(
    projects, projects.c.id == keys.c.project, isouter=True
)
_find_balance = select(balances.c.balance).where(balances.c.balance == bindparam("name"))
_insert_balance = insert(balances)
_insert_key = insert(keys)
_revoke = update(keys).where(keys.c.id == bindparam("this"), keys.c.revoked.is_(None))
_charged = (
    select(jobs.c.model, func.count(), func.sum(transfers.c.amount))
    .join(jobs, jobs.c.id == transfers.c.job)
    .where(transfers.c.key == bindparam("key"), transfers.c.phase == Phase.POST.value)
    .group_by(jobs.c.model)
    .order_by(jobs.c.model)
)
_statement = (
    select(transfers.c.created, transfers.c.phase, transfers.c.job, jobs.c.model, transfers.c.amount, transfers.c.held)
    .join(jobs, jobs.c.id == transfers.c.job)
    .where(transfers.c.key == bindparam("key"))
    .order_by(transfers.c.created.desc(), transfers.c.id.desc())
    .limit(STATEMENT_LINES_MAX)
)


def fund_account(connection: Connection, name: str, amount: int, cause: str, at: datetime) -> bool:
    """Pay into an account, which is created when it is new. False when the same cause has paid before."""
    insert_once(connection, balances, {"balance": account_of(name), "posted": 0, "held": 0, "floor": 0})
    return book_once(connection, fund(name, amount, cause), at)


def add_key(connection: Connection, key: Key, digest: str) -> None:
    """Write a new key and the balance that counts against its budget. Raises Problem(INVALID) without an account."""
    if connection.execute(_find_balance, {"name": account_of(key.account)}).first() is None:
        raise invalid(f"There is no account {key.account!r}. Open it first.", param="account")
    floor = None if key.budget is None else -key.budget
    connection.execute(_insert_balance, {"balance": budget_of(key.id), "posted": 0, "held": 0, "floor": floor})
    connection.execute(_insert_key, {**asdict(key), "digest": digest})


def find_key(connection: Connection, digest: str) -> Key | None:
    """The key with this digest, revoked or not."""
    row = connection.execute(_find_key, {"digest": digest}).mappings().first()
    return Key(**row) if row else None


def all_keys(connection: Connection) -> list[Key]:
    """Every key, newest first."""
    return [Key(**row) for row in connection.execute(_all_keys).mappings()]


def keeps(connection: Connection) -> dict[str, Keep]:
    """For every key how long its files are kept: what was set for its project, and for itself."""
    rows = connection.execute(_all_limits)
    return {id: {**read_keep(project or "{}"), **read_keep(own)} for id, own, project in rows}


def revoke(connection: Connection, id: str, at: datetime) -> bool:
    """Mark a key as revoked. False when it does not exist or was revoked before."""
    return connection.execute(_revoke, {"this": id, "revoked": at}).rowcount == 1


def spending(connection: Connection, key: Key) -> Spending:
    """What a key has, may still spend, and was charged by model."""
    charged = connection.execute(_charged, {"key": key.id})
    lines = connection.execute(_statement, {"key": key.id})
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
