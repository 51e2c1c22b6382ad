"""Remembers what was said anew: the same text is worked on, and paid for, once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace

from danqing.domain.wording import Rewording

ENTRIES_MAX = 2_000
CHARACTERS_MAX = 4_000_000  # of all that is remembered


class Memory:
    """Of one process; the least recently used goes first. Those who ask for the same at once wait for one answer."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Rewording] = OrderedDict()
        self._asked: dict[Hashable, asyncio.Task[Rewording]] = {}
        self._characters = 0

    async def recall(self, name: Hashable, make: Callable[[], Awaitable[Rewording]]) -> Rewording:
        """What is known under a name, for nothing, or what `make` makes of it. Raises what `make` raises."""
        if known := self._known.get(name):
            self._known.move_to_end(name)
            return replace(known, cost=0)
        if asked := self._asked.get(name):
            return replace(await asyncio.shield(asked), cost=0)
        # A task of its own: whoever came first may leave while others still wait for it.
        task = asyncio.ensure_future(self._make(name, make))
        self._asked[name] = task
        task.add_done_callback(lambda _: self._answered(name))
        return await asyncio.shield(task)

    def _answered(self, name: Hashable) -> None:
        task = self._asked.pop(name)
        if not task.cancelled():
            task.exception()  # everybody who asked may have left

    async def _make(self, name: Hashable, make: Callable[[], Awaitable[Rewording]]) -> Rewording:
        made = await make()
        self._known[name] = made
        self._characters += _size(made)
        while len(self._known) > ENTRIES_MAX or self._characters > CHARACTERS_MAX:
            self._characters -= _size(self._known.popitem(last=False)[1])
        return made


def _size(made: Rewording) -> int:
    return sum(map(len, made.texts))
