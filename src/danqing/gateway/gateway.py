"""The deep module: everything a dialect can ask for, in a few verbs."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import structlog

from danqing.domain.callbacks import Callback
from danqing.domain.errors import Kind, Problem, not_found
from danqing.domain.faults import removed
from danqing.domain.generation import Generation, Output
from danqing.domain.health import Standing
from danqing.domain.jobs import Cancelled, Event, Failed, IllegalStep, Job, step
from danqing.domain.keys import Key
from danqing.domain.membership import Member
from danqing.domain.models import Catalog
from danqing.domain.ports import Archive, Bus, Editor, Feed, Fleet, News, Once, Probe, Provider, Store
from danqing.domain.queueing import Place
from danqing.domain.routes import Upstream
from danqing.gateway import feed
from danqing.gateway.advising import Advisor
from danqing.gateway.breakers import Breakers
from danqing.gateway.checking import Checker
from danqing.gateway.dispatch import Queue
from danqing.gateway.drafting import Drafter
from danqing.gateway.events import Alone, Hub
from danqing.gateway.keyring import Keyring
from danqing.gateway.lobby import Lobby
from danqing.gateway.routing import Router
from danqing.gateway.runner import Runner, late
from danqing.gateway.verbatim import Verbatim
from danqing.gateway.watch import Watch

log = structlog.get_logger("danqing.gateway")

KEY_MEMORY_S = 1.0  # a revoked key is refused after at most this long
KEYS_REMEMBERED = 10_000
WAITING_MAX = 5000  # films that wait and that one process answers for
DRIVES_MAX = 1000  # jobs that one process drives at once
RETRY_S = 30
LIVE_JOBS_MAX = 256  # unfinished jobs per key
CANCEL_ATTEMPTS = 10


def utc_now() -> datetime:
    """The clock of the gateway."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a gateway is made of."""

    catalog: Catalog
    store: Store
    feed: Feed
    assets: Archive
    providers: Mapping[str, Provider]
    queue: Queue
    fleet: Fleet
    keyring: Keyring
    probe: Probe
    upstreams: Sequence[Upstream] = ()
    editor: Editor = field(default_factory=Verbatim)
    breakers: Breakers | None = None
    bus: Bus = field(default_factory=Alone)
    now: Callable[[], datetime] = utc_now


class Gateway:
    """Admits generations, remembers them as jobs, has them made and settles their money.

    A blocking client is `submit` and `wait`, a polling one `submit` and later `job`, a watching one `submit` and
    `watch`. Every job goes on when its client goes away.
    """

    def __init__(self, parts: Parts) -> None:
        self.catalog = parts.catalog
        self.assets = parts.assets
        self._store = parts.store
        self._editor = parts.editor
        breakers = parts.breakers or Breakers(parts.now)
        self._router = Router(parts.catalog, parts.upstreams, parts.providers, parts.now, breakers)
        self._drafter = Drafter(parts.catalog, parts.editor, self._router, parts.now)
        self.advisor = Advisor(parts.catalog, self._router, parts.editor, parts.now)
        self._queue = parts.queue
        self._keyring = parts.keyring
        self._now = parts.now
        self._me = parts.fleet.id
        self._bus = parts.bus
        self._hub = Hub(parts.bus)
        self.latest = self._hub.latest  # the newest that is known here of a job, without asking the store
        self._runner = _runner(parts, self._router, self._hub)
        self._watch = Watch(
            parts.fleet,
            parts.queue,
            self._runner,
            tell=self._hub.publish,
            release=self._hub.release,
            expire=self._expire,
            now=parts.now,
        )
        self._lobby = Lobby(parts.feed, parts.fleet, parts.providers)
        self._feed = parts.feed
        self._known: dict[str, tuple[float, Key]] = {}

    async def open(self) -> None:
        """Begin to work, and go on with every job that a crash or a stop has left to nobody."""
        await self._bus.open(self._hear)
        await self._queue.open(self._runner.drive)
        await self._watch.open()

    async def close(self) -> None:
        """Stop within moments; unfinished jobs are resumed by another process, or by the next `open`."""
        await self._watch.close()
        await self._runner.close()
        await self._queue.close()
        await self._watch.leave()
        await self._bus.close()

    async def key(self, token: str) -> Key:
        """Who asks. Raises Problem(UNAUTHENTICATED)."""
        known = self._known.get(token)
        if known and time.monotonic() - known[0] < KEY_MEMORY_S:
            return known[1]
        key = await self._store.key(self._keyring.digest(token)) if token else None
        if key is None or key.revoked:
            self._known.pop(token, None)
            hint = "is not known or was revoked" if token else "is missing"
            message = f"The API key {hint}. Send it as x-goog-api-key, as Authorization: Bearer, or as ?key=."
            raise Problem(Kind.UNAUTHENTICATED, message, code="invalid_api_key")
        if len(self._known) >= KEYS_REMEMBERED:
            self._known.clear()
        self._known[token] = (time.monotonic(), key)
        return key

    async def ready(self) -> None:
        """Return when quotes can be made at once, which only the first time takes a moment."""
        await self._editor.open()

    def quote(
        self, key: Key, generation: Generation, *, ceiling: int | None = None, member: Member | None = None
    ) -> Job:
        """The job that `submit` would admit: who would make it, what is ignored, and `held`, the most that it can cost.

        To be called when `ready` has returned. Nothing is stored. Raises whatever `submit` would raise but for money,
        limits and a repeated `once`.
        """
        return self._drafter.draft(key, generation, ceiling=ceiling, member=member)

    async def submit(
        self,
        key: Key,
        generation: Generation,
        *,
        once: Once | None = None,
        shared: bool = False,
        ceiling: int | None = None,
        within_s: int | None = None,
        member: Member | None = None,
        callback: Callback | None = None,
    ) -> Job:
        """Admit a generation: checked, priced, its money held, its work begun. The same `once` gives the same job.

        `ceiling` is the most that it may cost, in nano-dollars. What has not ended in `within_s` seconds, with waiting,
        ends as a timeout. A `member` of a batch waits behind all others. `callback` says who is told of the end. Raises
        Problem: INVALID, NOT_FOUND for the model, NO_FUNDS, MISMATCH, BUSY, UNAVAILABLE, and FORBIDDEN for a viewer,
        who may have begun what asks here before it was one.
        """
        key.require_more_than_looking()
        if (alive := self._hub.alive(key.id)) >= LIVE_JOBS_MAX:
            message = f"This key has {alive} unfinished jobs; wait for some of them to end."
            raise Problem(Kind.BUSY, message, code="too_many_jobs", retry_after=10)
        await self.ready()
        draft = self._drafter.draft(key, generation, ceiling=ceiling, member=member, shared=shared)
        draft = _on_terms(draft, within_s, callback)
        self._make_room(draft)
        job = await self._store.admit(draft, once, driver=self._me)
        if job.id == draft.id:
            await self._dispatch(job)
        return job

    async def wait(self, job: Job) -> Job:
        """The job when it has ended, well or not."""
        async for newest in self.watch(job):
            job = newest
        return job

    def watch(self, job: Job) -> AsyncIterator[Job]:
        """The job now, then after every change, until it has ended."""
        return self._hub.follow(job.id, lambda: self._load(job.id))

    async def job(self, key: Key, id: str) -> Job:
        """One of the jobs that a key sees, with its progress. Raises Problem(NOT_FOUND)."""
        job = await self._load(id)
        if not key.sight.sees(job.key):
            raise not_found(f"job {id[:64]}")
        return self._hub.latest(job)

    async def place(self, job: Job) -> Place | None:
        """Where a job stands that waits, and about how long it will be; None when it does not wait."""
        return await self._lobby.place(job)

    def events(self, key: Key, after: datetime | None = None) -> AsyncIterator[Job]:
        """All jobs that a key sees as they change from now on, or after a moment, without an end."""
        return feed.follow(self._feed, self._hub, key.sight, after or self._now())

    def upstreams(self) -> tuple[Standing, ...]:
        """How the upstreams do, as this process sees them."""
        return self._router.standings()

    async def shared_job(self, id: str) -> Job:
        """A job that anybody may watch who knows its id. Raises Problem(NOT_FOUND)."""
        job = await self._load(id)
        if not job.shared:
            raise not_found(f"job {id[:64]}")
        return self._hub.latest(job)

    async def cancel(self, key: Key, id: str) -> Job:
        """End a job and give its money back; an ended job is returned as it is."""
        for _ in range(CANCEL_ATTEMPTS):
            job = await self.job(key, id)
            try:
                if ended := await self._end(job, Cancelled()):
                    return ended
            except IllegalStep:
                return job
        raise Problem(Kind.BUSY, "The job is changing too fast to be cancelled; try again.", retry_after=1)

    async def file(self, key: Key, name: str) -> tuple[Output, Job]:
        """A delivered file by its name, with the job that made it. Raises Problem(NOT_FOUND)."""
        found = await self._find(name)
        if found is None or not key.sight.sees(found[1].key):
            raise not_found(f"file {name[:64]}")
        return _there(*found)

    def link(self, output: Output, job: Job) -> tuple[date, str]:
        """A public, expiring link to a file: the day and the name that go into its path."""
        day = job.created.date()
        return day, self._keyring.link(output.file, day)

    async def linked_file(self, day: date, name: str) -> tuple[Output, Job]:
        """The file behind a public link. Raises Problem(NOT_FOUND) when it is forged, expired or gone."""
        file = self._keyring.opens(name, day, self._now().date())
        found = await self._find(file) if file else None
        if found is None:
            raise Problem(Kind.NOT_FOUND, "This link is not valid, or it has expired.", code="link_expired")
        return _there(*found)

    def _hear(self, news: News) -> None:
        if news.state.ended:
            self._runner.stop(news.job)  # cancelled elsewhere, or taken over and finished
        else:
            self._runner.yields(news.job, news.version)
        self._hub.hear(news)

    def _make_room(self, draft: Job) -> None:
        """Raises Problem(BUSY) when this process has taken in as much as it can keep in mind."""
        full = self._watch.waiting >= WAITING_MAX if draft.turn is not None else self._runner.busy >= DRIVES_MAX
        if full:
            message = "This server has more work than it can take in; try again later, or ask another."
            raise Problem(Kind.BUSY, message, code="server_full", retry_after=RETRY_S)

    async def _expire(self, id: str) -> None:
        job = await self._store.job(id)
        if job and job.turn is not None and not job.state.ended:
            await self._end(job, Failed(late()))

    async def _end(self, job: Job, event: Event) -> Job | None:
        """End a job from outside of its drive; None when it has gone on meanwhile. Raises IllegalStep."""
        after, transfers = step(job, event, self._now())
        after = replace(after, version=job.version + 1, turn=None)
        if not await self._store.commit(after, transfers):
            return None
        self._runner.stop(job.id)
        self._hub.publish(after)
        return after

    async def _dispatch(self, job: Job) -> None:
        self._hub.publish(job)
        if job.turn is not None:
            await self._watch.put(job)
        else:
            self._runner.begin(job)

    async def _load(self, id: str) -> Job:
        job = await self._store.job(id)
        if job is None:
            raise not_found(f"job {id[:64]}")
        return job

    async def _find(self, name: str) -> tuple[Output, Job] | None:
        job = await self._store.file(name)
        output = next((output for output in job.outputs if output.file == name), None) if job else None
        return (output, job) if job and output and output.blob else None


def _runner(parts: Parts, router: Router, hub: Hub) -> Runner:
    checker = Checker(parts.probe, parts.assets, parts.catalog, router.sent)
    return Runner(
        parts.store, parts.assets, parts.providers, router, parts.editor, checker, hub, parts.fleet, parts.now
    )


def _on_terms(draft: Job, within_s: int | None, callback: Callback | None) -> Job:
    """The job with what was said beside the request: how soon it must have ended, and who is told."""
    deadline = draft.created + timedelta(seconds=within_s) if within_s else draft.deadline
    return replace(draft, deadline=deadline, callback=callback)


def _there(output: Output, job: Job) -> tuple[Output, Job]:
    if output.gone:
        raise removed(output.gone).problem()
    return output, job
