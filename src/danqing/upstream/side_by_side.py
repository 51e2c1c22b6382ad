"""Several calls for one order, made at once: what some of them deliver is kept when others fail."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from typing import Any

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.ports import Update


async def side_by_side(
    calls: Sequence[Coroutine[Any, Any, list[Update]]],
) -> AsyncGenerator[list[Update]]:
    """What each call came to, in their order. Raises Problem after that, when one of them did.

    It is Declined only when the engine took none of them.
    """
    begun = False
    tasks = [asyncio.create_task(call) for call in calls]
    problems: list[Problem] = []
    try:
        for task in tasks:
            try:
                updates = await task
            except Problem as problem:
                problems.append(problem)
            else:
                begun = True
                yield updates
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if problems:
        raise gravest(problems, begun=begun)


def gravest(problems: Sequence[Problem], *, begun: bool = False) -> Problem:
    """The one to be told of several. With `begun` it is not Declined: some of the work was taken."""
    worst = max(problems, key=_gravity)
    return Problem(worst.kind, worst.message, code=worst.code) if begun and isinstance(worst, Declined) else worst


def _gravity(problem: Problem) -> int:
    """Work that may have been done outweighs work that failed, and that outweighs work that was not taken."""
    if problem.kind is Kind.UNKNOWN:
        return 2
    return 0 if isinstance(problem, Declined) else 1
