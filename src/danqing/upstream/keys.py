"""The keys of one engine: work goes to the one that is least busy, and what it began stays with it."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from danqing.domain.errors import Kind, Problem
from danqing.upstream import Authorize, Upstream
from danqing.upstream.faults import Judge

MARK_CHARACTERS = 12
Scheme = Callable[[str], Mapping[str, str]]


def bearer(key: str) -> Mapping[str, str]:
    """The header of most engines; an engine of one's own may need no key."""
    return {"authorization": f"Bearer {key}"} if key else {}


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
    ) -> None:
        self._name = name
        self._stranger = Upstream(name, base_url, _authorize({}), judge=judge)
        self._upstreams = {
            mark_of(key): Upstream(name, base_url, authorize or _authorize(scheme(key)), judge=judge)
            for key in keys or ("",)
        }
        self._busy = dict.fromkeys(self._upstreams, 0)

    @contextmanager
    def lease(self, mark: str = "") -> Iterator[tuple[str, Upstream]]:
        """A key's mark and its Upstream for one piece of work: with a mark that very key, else the least busy one.

        Raises Problem(UNKNOWN) when that key is no longer configured.
        """
        mark = mark or min(self._busy, key=self._busy.__getitem__)
        if mark not in self._upstreams:
            message = f"The key of {self._name!r} that this job was begun with is not configured any more."
            raise Problem(Kind.UNKNOWN, message, code="upstream_key_gone")
        self._busy[mark] += 1
        try:
            yield mark, self._upstreams[mark]
        finally:
            self._busy[mark] -= 1

    def steady(self, name: str) -> str:
        """The mark of the same key whenever the same name is given, so that a request sent twice is known there."""
        return max(self._upstreams, key=lambda mark: hashlib.sha256(f"{name} {mark}".encode()).digest())

    def each(self) -> Collection[Upstream]:
        """Every key's own, in the order in which they are written, for what is no work."""
        return self._upstreams.values()

    def stranger(self) -> Upstream:
        """The engine as somebody without a key meets it."""
        return self._stranger

    async def close(self) -> None:
        """Let go of every connection."""
        for upstream in (*self._upstreams.values(), self._stranger):
            await upstream.close()


def mark_of(key: str) -> str:
    """What a ticket remembers of a key: enough to find it again, nothing that opens a door."""
    return hashlib.sha256(key.encode()).hexdigest()[:MARK_CHARACTERS]


def _authorize(headers: Mapping[str, str]) -> Authorize:
    async def authorize() -> Mapping[str, str]:
        return headers

    return authorize
