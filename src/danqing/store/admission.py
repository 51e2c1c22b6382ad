"""What a job must pass to be admitted: its money is held, and it is counted against every limit of its key and project.

The balance of the key is locked first and that of its project next, so whatever is counted after that is exact for any
number of requests at once, on any number of machines. A key without limits pays for one look at its row.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, bindparam, select

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Job
from danqing.domain.ledger import Entry, account_of, budget_of, is_memorandum
from danqing.domain.limits import MINUTE, UNLIMITED, Limits, budgets, over_budget, room, too_fast, too_full, too_many
from danqing.domain.money import show
from danqing.store.documents import read_limits
from danqing.store.scopes import KEY, PROJECT, Scope
from danqing.store.tables import keys, projects
from danqing.store.transfers import add, balance, write

_find_key = select(keys.c.limits, keys.c.project).where(keys.c.id == bindparam("key"))
_find_project = select(projects.c.limits).where(projects.c.id == bindparam("project"))


def counted(connection: Connection, job: Job) -> Job:
    """The job with the budgets that it counts in from now on besides its key's own; its balances are locked.

    Raises Problem(NO_FUNDS) and Problem(BUSY), naming the limit; the caller's transaction must then be rolled back.
    """
    return replace(job, budgets=tuple(_count(connection, job)))


def pay(connection: Connection, job: Job) -> None:
    """Hold the money of a job that was counted. It comes last, because everybody waits for the account's row.

    Raises Problem(NO_FUNDS); the caller's transaction must then be rolled back.
    """
    _hold(connection, job, account_of(job.account))
    write(connection, job.hold, job.created)


def _count(connection: Connection, job: Job) -> Iterator[str]:
    """Hold to every limit, and give the names of the budgets besides the key's own."""
    _hold(connection, job, budget_of(job.key))
    text, project = connection.execute(_find_key, {"key": job.key}).one()
    limited = [(KEY, job.key, read_limits(text))]
    if project:
        _hold(connection, job, budget_of(project))
        yield budget_of(project)
        text = connection.execute(_find_project, {"project": project}).scalar_one()
        limited.append((PROJECT, project, read_limits(text)))
    for scope, owner, limits in limited:
        if limits != UNLIMITED:
            _keep_pace(connection, job, scope, owner, limits)
            yield from _spend(connection, job, scope, owner, limits)


def _spend(connection: Connection, job: Job, scope: Scope, owner: str, limits: Limits) -> Iterator[str]:
    for budget in budgets(owner, limits, job.created):
        if not add(connection, _reserved(job, budget.balance)):
            # The first request of a period has no balance to count in yet.
            scope.open(connection, owner, budget, job.created)
            _hold(connection, job, budget.balance)
        yield budget.balance


def _keep_pace(connection: Connection, job: Job, scope: Scope, owner: str, limits: Limits) -> None:
    """Raises Problem when there are too many requests, jobs or bytes."""
    if limits.per_minute is not None:
        latest = scope.latest(connection, owner, limits.per_minute, since=job.created - MINUTE)
        if len(latest) == limits.per_minute:
            raise too_fast(scope.whose, limits.per_minute, latest[-1] + MINUTE, job.created)
    if limits.concurrent is not None and scope.unfinished(connection, owner) >= limits.concurrent:
        raise too_many(scope.whose, limits.concurrent)
    if limits.storage is not None and (more := room(job.generation)):
        used = scope.stored(connection, owner)
        if used + more > limits.storage:
            raise too_full(scope.whose, limits.storage, used)


def _hold(connection: Connection, job: Job, name: str) -> None:
    if not add(connection, _reserved(job, name)):
        raise _refusal(connection, job, name)


def _reserved(job: Job, name: str) -> Entry:
    return Entry(name, held=job.held, guarded=True)


def _refusal(connection: Connection, job: Job, name: str) -> Problem:
    account = balance(connection, account_of(job.account)).available or 0
    if is_memorandum(name) and account >= job.held:
        left = max(0, balance(connection, name).available or 0)
        return over_budget(name, job.key, job.held, left, job.created)
    message = (
        f"This can cost up to ${show(job.held)}, and the account has ${show(account)} left. "
        "Ask for less, or add money to the account."
    )
    return Problem(Kind.NO_FUNDS, message, code="insufficient_funds")
