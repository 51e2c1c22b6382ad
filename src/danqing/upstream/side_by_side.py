"""Several calls for one order, made at once: what some of them deliver is kept when others fail."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.ports import Update
from danqing.domain.routes import ANOTHER_KEY, ATTEMPTS_MAX, BACKOFF_S, BUSY_RETRIES

PAUSE_S_MAX = 20.0
Call = Callable[[], Coroutine[Any, Any, list[Update]]]


async def side_by_side(
    calls: Sequence[Call],
) -> AsyncGenerator[list[Update]]:
    """What each call came to, in their order. Raises Problem after that, when one of them did.

    What one key declined is asked with another, and what an engine that took others was too busy for is asked again
    after them. It is Declined only when the engine took none of them.
    """
    begun = False
    busy: list[tuple[Call, Declined]] = []
    tasks = [asyncio.create_task(_with_any_key(call)) for call in calls]
    problems: list[Problem] = []
    try:
        for call, task in zip(calls, tasks, strict=True):
            try:
                updates = await task
            except Problem as problem:
                problems.append(problem)
                if isinstance(problem, Declined) and problem.kind is Kind.BUSY:
                    busy.append((call, problem))
            else:
                begun = True
                yield updates
        for call, declined in busy if begun else ():
            problems.remove(declined)
            try:
                updates = await _later(call, declined)
            except Problem as problem:
                problems.append(problem)
            else:
                yield updates
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if problems:
        raise gravest(problems, begun=begun)


async def _with_any_key(call: Call) -> list[Update]:
    for _ in range(ATTEMPTS_MAX):
        try:
            return await call()
        except Declined as declined:
            if declined.retry_after != ANOTHER_KEY:
                raise
    return await call()


async def _later(call: Call, declined: Declined) -> list[Update]:
    """Once more when the engine has said, a few times. Raises Problem."""
    for number in range(BUSY_RETRIES):
        pause_s = declined.retry_after or BACKOFF_S * 2**number
        if pause_s > PAUSE_S_MAX:
            break
        await asyncio.sleep(pause_s)
        try:
            return await _with_any_key(call)
        except Declined as again:
            declined = again
    raise declined


def gravest(problems: Sequence[Problem], *, begun: bool = False) -> Problem:
    """The one to be told of several. With `begun` it is not Declined: some of the work was taken."""
    worst = max(problems, key=_gravity)
    return Problem(worst.kind, worst.message, code=worst.code) if begun and isinstance(worst, Declined) else worst


def _gravity(problem: Problem) -> int:
    """Work that may have been done outweighs work that failed, and that outweighs work that was not taken."""
    if problem.kind is Kind.UNKNOWN:
        return 2
    return 0 if isinstance(problem, Declined) else 1
