"""The seams: what the gateway needs from the outside, as small protocols that the outer ring implements."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Protocol

from danqing.domain.gallery import ANY_JOB, JobSearch
from danqing.domain.generation import Generation, Translate
from danqing.domain.jobs import Event, Job, State, Told
from danqing.domain.keys import Key, KeyRole
from danqing.domain.ledger import Balance, Phase, Transfer
from danqing.domain.limits import Changes, Project, Standing
from danqing.domain.media import Blob, Shape, blob_named
from danqing.domain.models import Model
from danqing.domain.prompts.languages import Languages
from danqing.domain.retention import Keep
from danqing.domain.retiring import Use
from danqing.domain.sight import Sight
from danqing.domain.wording import Rewording, Wording

STATEMENT_LINES_MAX = 100
LEAVING = "leaving"  # the message of a cancellation after which another process goes on with the work
Update = Told
Source = AsyncIterator[bytes] | bytes | PurePath
Story = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a provider is asked to make. `ticket` is set when work is resumed: do not submit again, go on waiting.

    `job` is the same whenever the same work is asked for. `delivered` is how many outputs an earlier run of the same
    job has already delivered; they are not made again. `turned_away` is how often this upstream did not take it before.
    """

    job: str
    generation: Generation
    upstream: str
    ticket: str = ""
    delivered: int = 0
    turned_away: int = 0


class Assets(Protocol):
    """Files by their content."""

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Store bytes, a stream, or a finished file that may be moved away. Raises Problem(TOO_LARGE).

        A `story` (prompt, seed, model …) is written into the file itself, unless the file is signed.
        """

    def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`, in chunks. Raises Problem(NOT_FOUND), for an empty range too."""

    async def path(self, blob: Blob) -> str:
        """A local path of the file, for engines on this machine. Raises Problem(NOT_FOUND)."""


Probe = Callable[[Assets, Blob], Awaitable[Shape | None]]
"""Looks at a stored file's header: its pixels, length and sound; None when it tells nothing. Raises Problem."""


Fetch = Callable[[str], Awaitable[Blob]]
"""Stores the picture at an address on the web that a user gave. Raises Problem."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept: its `Blob.name`, its size in bytes, and when it was last put."""

    name: str
    size: int
    at: datetime

    @property
    def sha256(self) -> str:
        """Its hash in hex."""
        return self.name.partition(".")[0]

    @property
    def blob(self) -> Blob:
        """How the assets are asked for it."""
        return blob_named(self.name, self.size)


class Archive(Assets, Protocol):
    """The assets as their owner sees them, who may also clean up."""

    def stored(self, *hashes: str) -> AsyncIterator[Stored]:
        """What is kept of the files with these hashes, or everything when none is named, in no order."""

    async def delete(self, stored: Stored) -> bool:
        """Give a file up. False when it has been put again since it was listed, or is gone already.

        Ask only for what was put more than a day ago, or by nobody but the job that gives it up: a younger file may
        be on its way into a job.
        """


@dataclass(frozen=True, slots=True)
class Load:
    """How busy the keys of an upstream are. Those that were turned away rest for a while, `rests_s` is until the first
    can be asked, 0 when one can. `full`: each of those that can be asked has as much to do as it may."""

    keys: int
    resting: int
    rests_s: float
    full: bool


class Provider(Protocol):
    """A way of making. Found by the name of its module in `danqing.providers`.

    `repeatable`: it may be asked twice for the same `order.job` and does the work once. `honours`: names of
    `Generation.knobs` that it acts on. One with keys also has `load(model) -> Load`, one that can only do so much at
    once `slots`, how many jobs a process has it make, and one with connections `close()`.
    """

    repeatable: bool
    honours: frozenset[str]

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """Make it. Yields Accepted once, before waiting. Raises Problem, Declined only before that, and nothing else.

        When it is cancelled the engine is told to stop, if it can be; not so with the message LEAVING.
        """


class Translator(Protocol):
    """A way of saying texts in another language. Found by the name of its module in `danqing.prompts.translators`.

    `name` is what it is called in the configuration. Languages are codes such as "en", "ja", "zh-Hans" and "zh-Hant".
    """

    name: str

    def knows(self, source: str, target: str) -> bool:
        """Whether it translates from one language into the other."""

    def most(self, texts: Sequence[str]) -> int:
        """What a translation of these can cost at the most, in nano-dollars."""

    async def translate(self, texts: Sequence[str], source: str, target: str) -> Rewording:
        """Each text in the other language. Raises Problem and nothing else."""


class Breakers(Protocol):
    """How each upstream does with each model: who keeps failing is left alone for a while."""

    def admit(self, upstream: str, model: str) -> None:
        """Raises Declined while it is left alone."""

    def asking(self, upstream: str, model: str) -> AbstractContextManager[Callable[[Event], None]]:
        """While it is asked; to be told that it has accepted, and what it has come to."""


class Editor(Protocol):
    """What is done with an author's words before an engine gets them."""

    async def open(self) -> None:
        """Load what plans need; only the first call takes time."""

    def languages(self, generation: Generation) -> Languages:
        """What the prompt is written in, as the client says or as can be seen."""

    def plan(self, generation: Generation, model: Model, key: Key) -> Wording:
        """What is found in a request, what is to become of its prompt, and the most that it costs.

        Nobody is asked for anything yet. Raises Problem(INVALID) for what is found, when that is to be refused, and
        when the prompt must be translated and nobody here can.
        """

    async def reword(self, generation: Generation, wording: Wording) -> Wording:
        """Do what was planned. Raises Problem when it must be translated and could not be."""


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key: `name` as the client gave it and the SHA-256 of the request that it belongs to."""

    name: str
    fingerprint: str


class Store(Protocol):
    """Jobs and money, committed together. One implementation speaks SQLite and Postgres."""

    async def admit(self, job: Job, once: Once | None, *, driver: str | None = None) -> Job:
        """Store a new job with its hold, or return the one that `once` made before. `driver` answers for it.

        It comes back with the budgets that it counts in. Raises Problem(NO_FUNDS) and Problem(BUSY) for a limit that is
        used up, Problem(MISMATCH) for another body under the same name.
        """

    async def commit(self, job: Job, transfers: Sequence[Transfer]) -> bool:
        """One step, all or nothing. False when another process has taken the job further in the meantime."""

    async def job(self, id: str) -> Job | None:
        """One job by its id."""

    async def key(self, digest: str) -> Key | None:
        """The key with this digest, revoked ones too."""

    async def file(self, name: str) -> Job | None:
        """The job that delivered the file with this name."""


class Fleet(Protocol):
    """The processes that share a store, seen by one of them. A process that was not seen for a lease is dead."""

    id: str
    lease_s: float

    async def beat(self) -> None:
        """Be alive for another lease; the first time, be listed."""

    async def leave(self) -> None:
        """Be dead at once."""

    async def alive(self) -> Mapping[str, str]:
        """The living processes, this one too, and the kind of each."""

    async def answering(self) -> Mapping[str, bool]:
        """The unfinished jobs that this process answers for, and whether each waits to be claimed."""

    async def adopt(self, forsaken: Collection[str]) -> list[Job]:
        """Answer for every unfinished job that nobody alive answers for, and for one's own `forsaken` ones anew.

        They wait to be claimed, and whoever still drives one can commit nothing more.
        """

    async def claim(self, id: str) -> Job | None:
        """Drive a job that waits: the only one who may. None when it ended or another has claimed it."""


class Feed(Protocol):
    """What waits, and what has changed."""

    async def ahead(self, job: Job) -> int:
        """How many jobs are driven before one that waits."""

    async def durations(self, model: str) -> list[float]:
        """The seconds that the model's last jobs were worked on."""

    async def changed(self, sight: Sight, after: tuple[datetime, str], limit: int) -> list[Job]:
        """The jobs in sight that changed after a moment, by `updated` and id, the oldest change first."""


@dataclass(frozen=True, slots=True)
class News:
    """That a job has changed, for other processes. `changed`: its stored row, not its progress alone."""

    job: str
    key: str
    version: int
    state: State
    progress: float = 0.0
    stage: str = ""
    changed: bool = True


class Bus(Protocol):
    """News between the processes that share a store. It may be lost, and nothing may depend on it."""

    async def open(self, hear: Callable[[News], None]) -> None:
        """Begin; `hear` is told what others publish, and not what this process does."""

    def publish(self, news: News) -> None:
        """Tell the others, without waiting for it."""

    async def close(self) -> None:
        """Stop listening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement: a transfer, and the model that it was for. Amounts as in `Transfer`."""

    at: datetime
    phase: Phase
    job: str
    model: str
    amount: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """A key's money in nano-dollars: its account, its budget, what it spent per model, and its newest transfers."""

    account: Balance
    budget: Balance
    by_model: tuple[tuple[str, int, int], ...]  # model, jobs, nano-dollars charged
    statement: tuple[Line, ...]  # newest first, STATEMENT_LINES_MAX at the most


class Books(Protocol):
    """What people read: money spent, limits used, jobs done. And where money comes in."""

    async def fund(self, account: str, amount: int, cause: str) -> bool:
        """Pay into an account, created when it is new. The same cause pays once: False when it did before."""

    async def spending(self, key: Key) -> Spending:
        """The key's money."""

    async def standings(self, key: str, at: datetime) -> tuple[Standing, ...]:
        """How far the account of a key, its own limits and those of its project are used up."""

    async def jobs(
        self, sight: Sight, *, limit: int, before: str | None = None, search: JobSearch = ANY_JOB
    ) -> list[Job]:
        """The jobs in sight that are looked for, in their order; `before` is the id of the last one seen."""

    async def names(self, keys: Collection[str]) -> Mapping[str, str]:
        """What keys are called, by their ids."""

    async def uses(self, models: Collection[str], since: datetime) -> list[Use]:
        """Which keys had work done by these names of models since a moment."""


class Register(Protocol):
    """Who may ask."""

    async def add_key(self, key: Key, digest: str) -> None:
        """Remember a new key. Raises Problem(INVALID) when its account or its project does not exist."""

    async def keys(self) -> list[Key]:
        """All keys, newest first."""

    async def revoke(self, id: str) -> bool:
        """Refuse the key from now on. False when there is none that can be revoked."""

    async def translate_for(self, id: str, translate: Translate | None) -> Key | None:
        """Set what becomes of a key's prompts in other languages. None when it does not exist."""

    async def add_project(self, project: Project) -> None:
        """Remember a new project."""

    async def projects(self) -> list[Project]:
        """All projects, newest first."""


class Locksmith(Protocol):
    """What becomes of a key that is there."""

    async def rename_key(self, id: str, name: str) -> Key | None:
        """Give it another name. None when it does not exist."""

    async def rotate_key(self, id: str, secret: tuple[str, str], until: datetime | None) -> Key | None:
        """Give it another secret, told by its digest and its hint; the one before opens until then, or no more.

        None when there is no such key in force.
        """

    async def set_role(self, id: str, role: KeyRole) -> Key | None:
        """Give it another role. None when it does not exist."""


class Limiter(Protocol):
    """How much they may ask for. A change holds at once, on every machine."""

    async def limit_key(self, id: str, changes: Changes, at: datetime) -> Key | None:
        """Set some limits of a key. None when it does not exist."""

    async def limit_project(self, id: str, changes: Changes, at: datetime) -> Project | None:
        """Set some limits of a project. None when it does not exist."""


class Upkeep(Protocol):
    """What keeps a store small."""

    def turn(self) -> AbstractAsyncContextManager[bool]:
        """Whether this process may clean now; until the block ends no other may. False at once when another does."""

    async def keeps(self) -> Mapping[str, Keep]:
        """For every key what was set for it."""

    async def ended(self, key: str, *, before: datetime, after: tuple[datetime, str], limit: int) -> list[Job]:
        """The key's jobs that ended before a moment and may still have files, oldest first.

        `after` is `updated` and `id` of the last one seen.
        """

    async def give_up(self, job: Job) -> bool:
        """Commit an ended job that says which of its files are gone; nothing names them then. False when it changed."""

    async def named(self, hashes: Collection[str]) -> set[str]:
        """Which of these files, by their SHA-256, some job has made or was asked with."""

    async def forget(self, before: datetime, *, dry: bool) -> int:
        """Drop the Idempotency-Keys of jobs made before a moment, or only count them; ended batches go with them."""
