"""Keys and the accounts behind them: who asks, what they may do and see, with whose money, and up to which budget."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.generation import Translate
from danqing.domain.limits import UNLIMITED, Limits
from danqing.domain.sight import EVERYBODY, Sight, sight_of

ID_PREFIX = "key_"
PREFIXES = {True: "sk-test-", False: "sk-live-"}


class KeyRole(StrEnum):
    """What a key may do."""

    VIEWER = "viewer"  # sees what its project has made, and neither makes nor changes anything
    MEMBER = "member"  # makes things, and sees and changes its own
    ADMIN = "admin"  # does what the owner may, and sees and changes everybody's things


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is known of a key; the secret itself is never kept.

    `test` keys are served by the Sketch engine and pay with play money. `hint` is what a person can recognise it by.
    A key may belong to a project, and is then held to its own limits and to the project's. `translate` is what becomes
    of its prompts in other languages when a request does not say. `former_until`: until when the secret before the
    present one is still good. `last_used` is when it last asked for something, and `fellows` are the keys of a viewer's
    project, where that was looked up.
    """

    id: str
    name: str
    account: str
    test: bool
    hint: str
    created: datetime
    limits: Limits = UNLIMITED
    project: str | None = None
    role: KeyRole = KeyRole.MEMBER
    translate: Translate | None = None
    revoked: datetime | None = None
    former_until: datetime | None = None
    last_used: datetime | None = None
    fellows: frozenset[str] = frozenset()

    @property
    def sight(self) -> Sight:
        """Whose things it sees."""
        return EVERYBODY if self.role is KeyRole.ADMIN else Sight(self.fellows | {self.id})

    @property
    def spenders(self) -> Sight:
        """Whose spending its own statement and outlook tell: its own, and a viewer's project's, as it has none."""
        return self.sight if self.role is KeyRole.VIEWER else sight_of(self.id)

    def require_more_than_looking(self) -> None:
        """Raises Problem(FORBIDDEN) for a viewer."""
        if self.role is KeyRole.VIEWER:
            message = (
                "This key only looks: it neither makes nor changes anything. Ask with another key, or have the owner"
                " of the server make this one a member."
            )
            raise Problem(Kind.FORBIDDEN, message, code="viewer_key")


class Sessions(Protocol):
    """Sessions of browsers that were ended before their time."""

    async def end_session(self, id: str, until: datetime) -> None:
        """Remember that it has ended, until it would have ended anyway."""

    async def is_session_ended(self, id: str) -> bool:
        """Whether it was ended."""


def require_fitting(role: KeyRole, project: str | None) -> None:
    """Refuse a role that has no meaning for a key of this project, or of none. Raises Problem(INVALID)."""
    if role is KeyRole.VIEWER and not project:
        message = "A viewer sees what the keys of its project have made. Create a key of a project for it."
        raise invalid(message, param="role", code="viewer_without_project")
    if role is KeyRole.ADMIN and project:
        message = "An admin sees and sets everything, and is of no project. Create a key without one for it."
        raise invalid(message, param="role", code="admin_of_project")
