"""The store and the books on one database: the only door to the tables."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module

from danqing.domain.gallery import ANY_JOB, JobSearch
from danqing.domain.generation import Translate
from danqing.domain.jobs import Job
from danqing.domain.keys import Key, KeyRole
from danqing.domain.ledger import Transfer
from danqing.domain.limits import Changes, Project, Standing
from danqing.domain.media import Blob
from danqing.domain.ports import Once, Spending
from danqing.domain.retention import Keep
from danqing.domain.retiring import Use
from danqing.domain.shelf import File
from danqing.domain.sight import Sight
from danqing.store import accounts, batches, feed, jobs, register, sessions, shelf, upkeep
from danqing.store.batches import Docket
from danqing.store.engine import Engines, open_engines, troubles_told
from danqing.store.fleet import Member
from danqing.store.gallery import Shelves
from danqing.store.postbox import Postbox
from danqing.store.revision import is_current
from danqing.store.statements import Statements
from danqing.store.turn import turn
from danqing.store.writer import T, Work, reader, writer

REQUESTS_AT_ONCE = 500


async def connect(url: str) -> "Database":
    """Open the database at `sqlite:///path/to/file` or `postgresql://…`, with its tables made or brought up to date.

    Raises Problem(INVALID) for another kind of address, Problem(BUSY) and Problem(UNAVAILABLE).
    """
    with troubles_told():
        return Database(await asyncio.to_thread(_open, url))


class Database:
    """Implements the ports Store, Books, Register, Limiter, Upkeep, Shelves and Finding.

    Every method raises Problem(BUSY or UNAVAILABLE).
    """

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._writer = writer(engines)
        self._reader = reader(engines)

    async def close(self) -> None:
        """Finish what was begun and close every connection."""
        await self._writer.close()
        await self._reader.close()
        self._engines.dispose()

    def member(self, id: str, *, kind: str, lease_s: float) -> Member:
        """This process among those that share the database; `id` must never have been another's."""
        alone = self._engines.single_writer
        return Member(self._read, self._write, id=id, kind=kind, lease_s=lease_s, alone=alone)

    def docket(self) -> Docket:
        """The batches on it."""
        return Docket(self._read, self._write)

    def shelves(self) -> Shelves:
        """What was delivered, as people look for it."""
        return Shelves(self._read, self._write)

    def statements(self) -> Statements:
        """The ledger as it is read."""
        return Statements(self._read)

    def postbox(self) -> Postbox:
        """Webhooks and their notifications."""
        return Postbox(self._read, self._write)

    async def admit(self, job: Job, once: Once | None, *, driver: str | None = None) -> Job:
        """Store a new job with its hold, or return the one that `once` made before. `driver` answers for it.

        Raises Problem(NO_FUNDS) or Problem(MISMATCH), with nothing written.
        """
        return await self._write(lambda connection: jobs.admit(connection, job, once, driver))

    async def commit(self, job: Job, transfers: Sequence[Transfer]) -> bool:
        """One step, all or nothing. False when another process has taken the job further in the meantime."""
        return await self._write(lambda connection: jobs.commit(connection, job, transfers))

    async def job(self, id: str) -> Job | None:
        """One job by its id."""
        return await self._read(lambda connection: jobs.find(connection, id))

    async def file(self, name: str) -> Job | None:
        """The job that delivered the file with this name."""
        return await self._read(lambda connection: jobs.find_file(connection, name))

    async def shelve(self, file: File) -> None:
        """Write down a new file, whole or not. Raises Problem(INVALID) for its name, Problem(NO_FUNDS) for its size."""
        await self._write(lambda connection: shelf.shelve(connection, file))

    async def extend(self, file: File, part: Blob) -> bool:
        """One more part of an upload. False when somebody else has sent it meanwhile, or it is gone."""
        return await self._write(lambda connection: shelf.extend(connection, file, part))

    async def complete(self, file: File) -> bool:
        """An upload is whole. False when it was before, or is gone."""
        return await self._write(lambda connection: shelf.complete(connection, file))

    async def unshelve(self, file: File) -> bool:
        """Take a file or an unfinished upload away. False when it is gone."""
        return await self._write(lambda connection: shelf.unshelve(connection, file))

    async def upload(self, id: str) -> File | None:
        """An upload by its id, finished or not."""
        return await self._read(lambda connection: shelf.find(connection, id))

    async def on_shelf(self, key: str, name: str) -> File | None:
        """The key's file of this name that was sent or written, and is whole."""
        now = datetime.now(UTC)
        return await self._read(lambda connection: shelf.on_shelf(connection, key, name, now))

    async def filed(self, key: str, after: tuple[datetime, str] | None, limit: int, purpose: str = "") -> list[File]:
        """A key's files, those of its jobs too, newest first; all of them, or those for a purpose."""
        now = datetime.now(UTC)
        return await self._read(lambda connection: shelf.filed(connection, key, after, limit, purpose, now))

    async def expired(self, before: datetime, limit: int) -> list[File]:
        """Files and unfinished uploads whose time was over before a moment."""
        return await self._read(lambda connection: shelf.expired(connection, before, limit))

    async def jobs(
        self, sight: Sight, *, limit: int, before: str | None = None, search: JobSearch = ANY_JOB
    ) -> list[Job]:
        """Jobs in sight, newest first; `before` is the id of the last one seen. Raises Problem(NOT_FOUND) for it."""
        return await self._read(lambda connection: jobs.newest(connection, sight, limit, before, search))

    async def key(self, digest: str) -> Key | None:
        """The key with this digest, revoked ones too."""
        now = datetime.now(UTC)
        return await self._read(lambda connection: register.find_key(connection, digest, now))

    async def keys(self) -> list[Key]:
        """All keys, newest first."""
        return await self._read(register.all_keys)

    async def add_key(self, key: Key, digest: str) -> None:
        """Remember a new key. Raises Problem(INVALID) when its account or its project does not exist."""
        await self._write(lambda connection: register.add_key(connection, key, digest))

    async def revoke(self, id: str) -> bool:
        """Refuse the key from now on. False when there is none that can be revoked."""
        now = datetime.now(UTC)
        return await self._write(lambda connection: register.revoke(connection, id, now))

    async def end_session(self, id: str, until: datetime) -> None:
        """Remember that a session has ended, until it would have ended anyway."""
        now = datetime.now(UTC)
        await self._write(lambda connection: sessions.end(connection, id, until, now))

    async def is_session_ended(self, id: str) -> bool:
        """Whether a session was ended before its time."""
        return await self._read(lambda connection: sessions.is_ended(connection, id))

    async def rename_key(self, id: str, name: str) -> Key | None:
        """Give a key another name. None when it does not exist."""
        return await self._write(lambda connection: register.rename(connection, id, name))

    async def names(self, keys: Collection[str]) -> dict[str, str]:
        """What keys are called, by their ids."""
        return await self._read(lambda connection: register.names(connection, keys))

    async def set_role(self, id: str, role: KeyRole) -> Key | None:
        """Give a key another role. None when it does not exist."""
        return await self._write(lambda connection: register.set_role(connection, id, role))

    async def rotate_key(self, id: str, secret: tuple[str, str], until: datetime | None) -> Key | None:
        """Give a key another secret (digest, hint); the one before opens until then. None when none is in force."""
        return await self._write(lambda connection: register.rotate(connection, id, secret, until))

    async def limit_key(self, id: str, changes: Changes, at: datetime) -> Key | None:
        """Set some limits of a key, which hold at once everywhere. None when it does not exist."""
        return await self._write(lambda connection: register.change_key(connection, id, changes, at))

    async def translate_for(self, id: str, translate: Translate | None) -> Key | None:
        """Set what becomes of a key's prompts in other languages. None when it does not exist."""
        return await self._write(lambda connection: register.set_translate(connection, id, translate))

    async def projects(self) -> list[Project]:
        """All projects, newest first."""
        return await self._read(register.all_projects)

    async def add_project(self, project: Project) -> None:
        """Remember a new project."""
        await self._write(lambda connection: register.add_project(connection, project))

    async def limit_project(self, id: str, changes: Changes, at: datetime) -> Project | None:
        """Set some limits of a project, which hold at once everywhere. None when it does not exist."""
        return await self._write(lambda connection: register.change_project(connection, id, changes, at))

    async def fund(self, account: str, amount: int, cause: str) -> bool:
        """Pay into an account, created when it is new. The same cause pays once: False when it did before."""
        now = datetime.now(UTC)
        return await self._write(lambda connection: accounts.fund_account(connection, account, amount, cause, now))

    async def spending(self, key: Key) -> Spending:
        """The key's money: one moment's figures, taken together."""
        return await self._read(lambda connection: accounts.spending(connection, key))

    async def standings(self, key: str, at: datetime) -> tuple[Standing, ...]:
        """How far the account of a key, its own limits and those of its project are used up."""
        return await self._read(lambda connection: accounts.standings(connection, key, at))

    async def ahead(self, job: Job) -> int:
        """How many jobs are driven before one that waits."""
        return await self._read(lambda connection: feed.ahead(connection, job))

    async def durations(self, model: str) -> list[float]:
        """The seconds that the model's last jobs were worked on."""
        return await self._read(lambda connection: feed.durations(connection, model))

    async def uses(self, models: Collection[str], since: datetime) -> list[Use]:
        """Which keys had work done by these names of models since a moment."""
        return await self._read(lambda connection: feed.uses(connection, models, since))

    async def changed(self, sight: Sight, after: tuple[datetime, str], limit: int) -> list[Job]:
        """The jobs in sight that changed after a moment, by `updated` and id, the oldest change first."""
        return await self._read(lambda connection: feed.changed(connection, sight, after, limit))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Whether this process may clean now; until the block ends no other may."""
        held = turn(self._engines.reading)
        with troubles_told():
            ours = await asyncio.to_thread(held.__enter__)
        try:
            yield ours
        finally:
            await asyncio.to_thread(held.__exit__, None, None, None)

    async def keeps(self) -> dict[str, Keep]:
        """For every key how long its files are kept, where that was set."""
        return await self._read(register.keeps)

    async def ended(self, key: str, *, before: datetime, after: tuple[datetime, str], limit: int) -> list[Job]:
        """The key's jobs that ended before a moment and may still have files, oldest first."""
        return await self._read(lambda connection: upkeep.ended(connection, key, before, after, limit))

    async def give_up(self, job: Job) -> bool:
        """Commit an ended job that says which of its files are gone. False when it changed in the meantime."""
        now = datetime.now(UTC)
        return await self._write(lambda connection: upkeep.give_up(connection, job, now))

    async def named(self, hashes: Collection[str]) -> set[str]:
        """Which of these files, by their SHA-256, some job names."""
        return await self._read(lambda connection: upkeep.named(connection, hashes))

    async def forget(self, before: datetime, *, dry: bool) -> int:
        """Drop the Idempotency-Keys of jobs made before a moment, many in each commit, or only count them.

        Batches that ended before it are forgotten with them.
        """
        if dry:
            return await self._read(lambda connection: upkeep.old_requests(connection, before))
        await self._write(lambda connection: batches.forget(connection, before))
        dropped = 0
        while batch := await self._write(lambda connection: upkeep.forget(connection, before, REQUESTS_AT_ONCE)):
            dropped += batch
        return dropped

    async def _write(self, work: Work[T]) -> T:
        with troubles_told():
            return await self._writer.run(work)

    async def _read(self, work: Work[T]) -> T:
        with troubles_told():
            return await self._reader.run(work)


def _open(url: str) -> Engines:
    engines = open_engines(url)
    try:
        if not is_current(engines.reading):
            # Alembic takes long to import and is needed once in the life of a database.
            import_module("danqing.store.migrate").upgrade(engines.writing)
    except Exception:
        engines.dispose()
        raise
    return engines
