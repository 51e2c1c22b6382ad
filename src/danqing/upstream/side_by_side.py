"""Several calls for one order, made at once: what some of them deliver is kept when others fail."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from typing import Any

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.ports import Update


async def side_by_side(
    calls: Sequence[Coroutine[Any, Any, list[Update]]],
) -> AsyncGenerator[list[Update]]:
    """What each call came to, in their order. Raises Problem after that, when one of them did."""
    tasks = [asyncio.create_task(call) for call in calls]
    problems: list[Problem] = []
    try:
        for task in tasks:
            try:
                updates = await task
            except Problem as problem:
                problems.append(problem)
            else:
                yield updates
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if problems:
        raise gravest(problems)


def gravest(problems: Sequence[Problem]) -> Problem:
    """The one to be told of several."""
    return max(problems, key=_gravity)


def _gravity(problem: Problem) -> int:
    """Work that may have been done outweighs work that failed, and that outweighs work that was not taken."""
    if problem.kind is Kind.UNKNOWN:
        return 2
    return 0 if isinstance(problem, Declined) else 1
