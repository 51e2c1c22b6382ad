"""Keys, projects, limits and statements: what the owner of a server, or of a key, sets and reads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from danqing.domain.errors import invalid, not_found
from danqing.domain.gallery import ANY_JOB, JobSearch
from danqing.domain.generation import Translate
from danqing.domain.jobs import Job
from danqing.domain.keys import ID_PREFIX, Key, KeyRole, Sessions, require_fitting
from danqing.domain.limits import UNLIMITED, Changes, Limits, Project, Standing
from danqing.domain.models import Model
from danqing.domain.money import DOLLAR
from danqing.domain.ports import Books, Limiter, Locksmith, Register, Spending
from danqing.domain.retiring import LATELY, Retiring, retiring
from danqing.domain.sight import Sight
from danqing.gateway.gateway import utc_now
from danqing.gateway.keyring import Keyring, hint

TEST_ACCOUNT = "test"
LIVE_ACCOUNT = "live"
FIRST_KEY = f"{ID_PREFIX}first"
PLAY_MONEY = 1_000_000 * DOLLAR  # what the test account is opened with; not worth a cent
NAME_CHARACTERS_MAX = 100
PAGE_MAX = 200


class Ledgers(Books, Register, Limiter, Locksmith, Sessions, Protocol):
    """All that is written down about keys and money; one store keeps it."""


class Accounts:
    """Everything about keys and money that is not a generation."""

    def __init__(self, books: Ledgers, keyring: Keyring, now: Callable[[], datetime] = utc_now) -> None:
        self._books = books
        self._keyring = keyring
        self._now = now

    async def open(self) -> None:
        """Make sure that the two accounts exist: test keys pay with play money, live keys with what was paid in."""
        await self._books.fund(TEST_ACCOUNT, PLAY_MONEY, f"open:{TEST_ACCOUNT}")
        await self._books.fund(LIVE_ACCOUNT, 0, f"open:{LIVE_ACCOUNT}")

    async def fund(self, amount: int, cause: str) -> bool:
        """Pay nano-dollars into the live account. The same `cause`, such as an invoice number, pays once."""
        if not 1 <= len(cause) <= NAME_CHARACTERS_MAX:
            raise invalid(f"Name the cause of the payment in 1 to {NAME_CHARACTERS_MAX} characters.", param="cause")
        return await self._books.fund(LIVE_ACCOUNT, amount, f"paid:{cause}")

    def is_owner(self, token: str) -> bool:
        """Whether the caller holds the owner's key."""
        return self._keyring.is_owner(token)

    def session(self, token: str) -> tuple[str, datetime]:
        """What a browser is given in place of a key that was found good, and when it ends."""
        return self._keyring.session(token)

    async def end_session(self, token: str) -> None:
        """Have a session stand for nothing any more, wherever else it was copied to. What is none is left alone."""
        if session := self._keyring.session_of(token):
            await self._books.end_session(*session)

    def session_ends(self, token: str) -> datetime | None:
        """When a session ends by itself; None for what is no session."""
        session = self._keyring.session_of(token)
        return session[1] if session else None

    async def is_ended(self, token: str) -> bool:
        """Whether this is a session that was ended."""
        session = self._keyring.session_of(token)
        return session is not None and await self._books.is_session_ended(session[0])

    async def create_key(
        self,
        name: str,
        *,
        test: bool,
        project: str | None = None,
        role: KeyRole = KeyRole.MEMBER,
        limits: Limits = UNLIMITED,
        translate: Translate | None = None,
    ) -> tuple[Key, str]:
        """A new key and its secret, which is shown this once. Raises Problem(INVALID) for an unknown project."""
        require_fitting(role, project)
        name = _checked(name, "key")
        token = self._keyring.mint(test=test)
        key = Key(
            id=f"{ID_PREFIX}{uuid4().hex[:16]}",
            name=name,
            account=TEST_ACCOUNT if test else LIVE_ACCOUNT,
            test=test,
            hint=hint(token),
            limits=limits,
            project=project,
            role=role,
            translate=translate,
            created=self._now(),
        )
        await self._books.add_key(key, self._keyring.digest(token))
        return key, token

    async def first_key(self) -> str:
        """The secret of the first test key, the same on every machine that shares the database and its pepper.

        Raises Problem(INVALID) when the database was made with another pepper: no key in it could be recognised.
        """
        token = self._keyring.first_token
        if known := next((key for key in await self._books.keys() if key.id == FIRST_KEY), None):
            if known.hint != hint(token):
                message = (
                    "The database was made with another secret. Set DANQING_SECRET to the one that it was made with:"
                    " it is in the file secret of the data directory of the server that made it."
                )
                raise invalid(message, code="other_secret")
            return token
        key = Key(
            id=FIRST_KEY,
            name="first test key",
            account=TEST_ACCOUNT,
            test=True,
            hint=hint(token),
            created=self._now(),
        )
        try:
            await self._books.add_key(key, self._keyring.digest(token))
        except Exception:
            # Another machine may have been quicker; whatever else went wrong shows itself again.
            if all(key.id != FIRST_KEY for key in await self._books.keys()):
                raise
            return await self.first_key()
        return token

    async def keys(self) -> list[Key]:
        """All keys, newest first."""
        return await self._books.keys()

    async def revoke(self, id: str) -> None:
        """Refuse the key within a second, for ever. Raises Problem(NOT_FOUND)."""
        if not await self._books.revoke(id):
            raise not_found(f"key {id[:64]} in force")

    async def limit_key(self, id: str, changes: Changes) -> Key:
        """Set some of a key's limits; they hold from this moment on, everywhere. Raises Problem(NOT_FOUND)."""
        if key := await self._books.limit_key(id, changes, self._now()):
            return key
        raise not_found(f"key {id[:64]}")

    async def translate_for(self, id: str, translate: Translate | None) -> Key:
        """Set what becomes of a key's prompts in other languages; None is what the server does.

        Holds within a second. Raises Problem(NOT_FOUND).
        """
        if key := await self._books.translate_for(id, translate):
            return key
        raise not_found(f"key {id[:64]}")

    async def rename_key(self, id: str, name: str) -> Key:
        """Another name for a key. Raises Problem(NOT_FOUND)."""
        if key := await self._books.rename_key(id, _checked(name, "key")):
            return key
        raise not_found(f"key {id[:64]}")

    async def set_role(self, id: str, role: KeyRole) -> Key:
        """Another role for a key, within a second. Raises Problem(NOT_FOUND), and INVALID where it does not fit."""
        known = next((key for key in await self._books.keys() if key.id == id), None)
        if known:
            require_fitting(role, known.project)
            known = await self._books.set_role(id, role)
        if known is None:
            raise not_found(f"key {id[:64]}")
        return known

    async def names(self, key: Key, ids: Collection[str]) -> Mapping[str, str]:
        """What keys are called whose things a key sees."""
        others = set(ids) - {key.id}
        return {key.id: key.name, **(await self._books.names(others) if others else {})}

    async def rotate_key(self, id: str, grace: timedelta) -> tuple[Key, str]:
        """A new secret for a key, shown this once; the one before is good for the grace, or refused within a second.

        Everything else of the key stays. Raises Problem(NOT_FOUND) unless it is in force, Problem(INVALID) for the
        first test key: its secret follows from the server's own.
        """
        if id == FIRST_KEY:
            raise invalid("The first test key follows from the server's secret. Create another key.", param="key")
        known = next((key for key in await self._books.keys() if key.id == id and not key.revoked), None)
        if known is None:
            raise not_found(f"key {id[:64]} in force")
        token = self._keyring.mint(test=known.test)
        until = self._now() + grace if grace else None
        key = await self._books.rotate_key(id, (self._keyring.digest(token), hint(token)), until)
        if key is None:
            raise not_found(f"key {id[:64]} in force")
        return key, token

    async def create_project(self, name: str, limits: Limits = UNLIMITED) -> Project:
        """A new project, for keys that share limits."""
        id = f"project_{uuid4().hex[:16]}"
        project = Project(id=id, name=_checked(name, "project"), limits=limits, created=self._now())
        await self._books.add_project(project)
        return project

    async def projects(self) -> list[Project]:
        """All projects, newest first."""
        return await self._books.projects()

    async def limit_project(self, id: str, changes: Changes) -> Project:
        """Set some of a project's limits; they hold from this moment on, everywhere. Raises Problem(NOT_FOUND)."""
        if project := await self._books.limit_project(id, changes, self._now()):
            return project
        raise not_found(f"project {id[:64]}")

    async def standings(self, key: Key) -> tuple[Standing, ...]:
        """How far the key's account, its own limits and those of its project are used up."""
        return await self._books.standings(key.id, self._now())

    async def spending(self, key: Key) -> Spending:
        """The key's balance, budget and spending by model."""
        return await self._books.spending(key)

    async def retiring(self, models: Sequence[Model], sight: Sight) -> list[Retiring]:
        """The models that end, the next one first, and who in sight used them lately."""
        now = self._now()
        ending = [name for model in models if model.lifecycle.shutdown for name in model.names]
        uses = await self._books.uses(ending, now - LATELY)
        return retiring(models, now.date(), [use for use in uses if sight.sees(use.key)])

    async def jobs(
        self,
        key: Key,
        *,
        limit: int = 50,
        before: str | None = None,
        search: JobSearch = ANY_JOB,
        whose: Collection[str] = (),
    ) -> list[Job]:
        """The jobs that a key sees and looks for, in their order, at most PAGE_MAX at a time. `whose`: these keys'."""
        if not 1 <= limit <= PAGE_MAX:
            raise invalid(f"limit must be 1 to {PAGE_MAX}.", param="limit")
        return await self._books.jobs(key.sight.only(whose), limit=limit, before=before, search=search)


def _checked(name: str, what: str) -> str:
    if not name.strip() or len(name) > NAME_CHARACTERS_MAX:
        raise invalid(f"Give the {what} a name of 1 to {NAME_CHARACTERS_MAX} characters.", param="name")
    return name.strip()
