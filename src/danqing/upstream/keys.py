"""The keys of one engine: work goes to the one that is least busy, and what it began stays with it.

No key is given more than it may do at once or in a minute: the work waits. A key that was turned away rests for as long
as the engine says.
"""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.health import whole_seconds
from danqing.domain.ports import Load
from danqing.domain.routes import ANOTHER_KEY
from danqing.upstream.client import Authorize, Upstream
from danqing.upstream.faults import Judge
from danqing.upstream.settings import UNPACED, Pace

MARK_CHARACTERS = 12
MINUTE_S = 60.0
BUSY_REST_S = 1.0  # of a key whose engine does not say how long it is busy
REST_S_MAX = 300.0  # after that it is looked at again, whatever was said
LASTING_REST_S = 60.0  # of a key that is not known there, or has no money
_LASTING = frozenset({"upstream_credentials", "upstream_funds"})
Scheme = Callable[[str], Mapping[str, str]]


def bearer(key: str) -> Mapping[str, str]:
    """The header of most engines; an engine of one's own may need no key."""
    return {"authorization": f"Bearer {key}"} if key else {}


class _Key:
    """One key at work."""

    def __init__(self, upstream: Upstream, pace: Pace, clock: Callable[[], float]) -> None:
        self.upstream = upstream
        self._clock = clock
        self.busy = 0
        self.rests: dict[str, tuple[float, Declined]] = {}  # model -> until when, and why
        self._pace = pace
        self._begun: deque[float] = deque(maxlen=pace.per_minute or 0)

    def rests_s(self, model: str) -> float:
        until, _ = self.rests.get(model, (0.0, None))
        return max(until - self._clock(), 0.0)

    def full_s(self) -> float | None:
        """Seconds until it may be given more, 0 for now; None: when some of its work has ended."""
        if self._pace.concurrency is not None and self.busy >= self._pace.concurrency:
            return None
        if self._pace.per_minute is None or len(self._begun) < self._pace.per_minute:
            return 0.0
        return max(self._begun[0] + MINUTE_S - self._clock(), 0.0)

    def begin(self) -> None:
        self._begun.append(self._clock())

    def rest(self, model: str, rest_s: float, why: Declined) -> None:
        self.rests[model] = (self._clock() + rest_s, why)


class Keys:
    """One Upstream for each key. `scheme` says which headers a key is sent in.

    `authorize` takes the place of keys, for an engine that is opened in another way.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        keys: Sequence[str],
        *,
        scheme: Scheme = bearer,
        judge: Judge | None = None,
        authorize: Authorize | None = None,
        pace: Pace = UNPACED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._stranger = Upstream(name, base_url, _authorize({}), judge=judge)
        self._keys = {
            mark_of(key): _Key(Upstream(name, base_url, authorize or _authorize(scheme(key)), judge=judge), pace, clock)
            for key in keys or ("",)
        }
        self._pace = pace
        self._released = asyncio.Event()

    @asynccontextmanager
    async def lease(self, model: str, mark: str = "", *, begun: bool = True) -> AsyncIterator[tuple[str, Upstream]]:
        """A key's mark and its Upstream for one piece of work with a model, when it may be given one.

        With a `mark` it is that very key, at once when the work was `begun` with it; else the least busy one. A key
        that is Declined inside rests; `retry_after` of what is raised is ANOTHER_KEY when one can be asked at once.
        Raises Declined when all keys rest, Problem(UNKNOWN) when the marked one is no longer configured.
        """
        if mark and mark not in self._keys:
            message = f"The key of {self._name!r} that this job was begun with is not configured any more."
            raise Problem(Kind.UNKNOWN, message, code="upstream_key_gone")
        follows = mark and begun
        if not follows:
            mark = await self._free(model, [mark] if mark else list(self._keys))
        key = self._keys[mark]
        key.busy += 1
        try:
            yield mark, key.upstream
        except Declined as declined:
            if not follows:
                self._rest(key, model, declined)
            raise
        finally:
            key.busy -= 1
            self._released.set()
            self._released = asyncio.Event()

    def steady(self, name: str, turned_away: int = 0) -> str:
        """The mark of the same key whenever the same name is given, so that a request sent twice is known there.

        Another one for each time that it was turned away.
        """
        marks = sorted(self._keys, key=lambda mark: hashlib.sha256(f"{name} {mark}".encode()).digest())
        return marks[turned_away % len(marks)]

    def load(self, model: str) -> Load:
        """How busy they are."""
        rests = [key.rests_s(model) for key in self._keys.values()]
        full = all(key.rests_s(model) or key.full_s() != 0 for key in self._keys.values())
        return Load(keys=len(rests), resting=sum(map(bool, rests)), rests_s=min(rests), full=full)

    @property
    def slots(self) -> int | None:
        """How much can be done at once by all of them; None for no limit."""
        return None if self._pace.concurrency is None else self._pace.concurrency * len(self._keys)

    def each(self) -> Collection[Upstream]:
        """Every key's own, in the order in which they are written, for what is no work."""
        return [key.upstream for key in self._keys.values()]

    def stranger(self) -> Upstream:
        """The engine as somebody without a key meets it."""
        return self._stranger

    async def close(self) -> None:
        """Let go of every connection."""
        for upstream in (*self.each(), self._stranger):
            await upstream.close()

    async def _free(self, model: str, marks: Sequence[str]) -> str:
        """The mark of the least busy key that may be given work, as soon as there is one. Raises Declined."""
        while True:
            released = self._released
            awake = [mark for mark in marks if not self._keys[mark].rests_s(model)]
            if not awake:
                raise self._why_resting(model, marks)
            waits = {mark: self._keys[mark].full_s() for mark in awake}
            if free := [mark for mark, wait_s in waits.items() if wait_s == 0]:
                mark = min(free, key=lambda mark: self._keys[mark].busy)
                self._keys[mark].begin()
                return mark
            soonest = min((wait_s for wait_s in waits.values() if wait_s is not None), default=None)
            with suppress(TimeoutError):
                async with asyncio.timeout(soonest):
                    await released.wait()

    def _rest(self, key: _Key, model: str, declined: Declined) -> None:
        lasting = declined.code in _LASTING
        if declined.kind is not Kind.BUSY and not lasting:
            return
        rest_s = min(declined.retry_after or (LASTING_REST_S if lasting else BUSY_REST_S), REST_S_MAX)
        told = Declined(declined.kind, declined.message, code=declined.code)
        key.rest(model, rest_s, told)
        if any(not other.rests_s(model) for other in self._keys.values()):
            declined.retry_after = ANOTHER_KEY

    def _why_resting(self, model: str, marks: Sequence[str]) -> Declined:
        first = min((self._keys[mark] for mark in marks), key=lambda key: key.rests_s(model))
        _, told = first.rests[model]
        return Declined(told.kind, told.message, code=told.code, retry_after=whole_seconds(first.rests_s(model)))


def mark_of(key: str) -> str:
    """What a ticket remembers of a key: enough to find it again, nothing that opens a door."""
    return hashlib.sha256(key.encode()).hexdigest()[:MARK_CHARACTERS]


def _authorize(headers: Mapping[str, str]) -> Authorize:
    async def authorize() -> Mapping[str, str]:
        return headers

    return authorize
