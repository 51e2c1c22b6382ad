"""Waiting for an engine: lost polls are borne for minutes, and what nobody wants any more is called off."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import chain, repeat
from typing import TypeVar

from danqing.domain.errors import Declined, Kind, Problem, Unstored
from danqing.domain.ports import LEAVING

T = TypeVar("T")

LOST_POLLS_S = 600.0  # for which an engine that works may be out of reach
RETRY_S = 5.0
PAUSE_S_MAX = 60.0  # however long an engine wants to be left alone that has the work, or the file
ROOM_PAUSES_S = (0.5, 2.0, 5.0, 10.0, 20.0)  # the last one again and again
CALL_OFF_S = 10.0  # nobody waits longer for an engine that does not even take a cancellation
USELESS_MAX = 30  # answers that cannot be read, before they are taken for what the engine has to say
_PASSING = frozenset({Kind.BUSY, Kind.UNAVAILABLE, Kind.UPSTREAM})
_LASTING = frozenset(
    {f"upstream_{what}" for what in ("credentials", "funds", "redirect", "not_found", "link", "refused")}
)
USELESS = frozenset({"upstream_malformed", "bad_answer"})


async def patiently(ask: Callable[[], Awaitable[T]], *, pause_s: float = RETRY_S) -> T:
    """The answer to a question that costs nothing, asked until it comes. Raises the last Problem when it never does."""
    clock = asyncio.get_running_loop().time
    until = clock() + LOST_POLLS_S
    useless = 0
    while True:
        try:
            return await ask()
        except Problem as problem:
            useless += problem.code in USELESS
            passing = problem.kind in _PASSING and problem.code not in _LASTING and useless < USELESS_MAX
            if not passing or clock() + pause_s > until:
                raise
            await asyncio.sleep(min(max(pause_s, problem.retry_after or 0), max(pause_s, PAUSE_S_MAX)))


async def until_stored(fetch: Callable[[], Awaitable[T]]) -> T:
    """A file that can be had again, had until there is room for it. The deadline of its job ends that."""
    for pause_s in chain(ROOM_PAUSES_S, repeat(ROOM_PAUSES_S[-1])):
        try:
            return await fetch()
        except Unstored:
            await asyncio.sleep(pause_s)
    raise AssertionError("the pauses do not end")


async def undeclined(asking: Awaitable[T]) -> T:
    """What was accepted before is asked of nobody else, whatever is said of it now: Declined becomes a Problem."""
    try:
        return await asking
    except Declined as declined:
        raise Problem(declined.kind, declined.message, code=declined.code) from declined


@asynccontextmanager
async def called_off(cancel: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Tells the engine when the work inside is cancelled, unless this process only leaves it to the next one."""
    try:
        yield
    except asyncio.CancelledError as cancelled:
        if LEAVING not in cancelled.args:
            with suppress(Problem, TimeoutError):
                async with asyncio.timeout(CALL_OFF_S):
                    await cancel()
        raise
