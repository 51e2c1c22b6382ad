"""Keys and the accounts behind them: who asks, with whose money, and up to which budget."""

from dataclasses import dataclass
from datetime import datetime

from danqing.domain.generation import Translate
from danqing.domain.limits import UNLIMITED, Limits

PREFIXES = {True: "sk-test-", False: "sk-live-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is known of a key; the secret itself is never kept.

    `test` keys are served by the Sketch engine and pay with play money. `hint` is what a person can recognise it by.
    A key may belong to a project, and is then held to its own limits and to the project's. `translate` is what becomes
    of its prompts in other languages when a request does not say. `former_until`: until when the secret before the
    present one is still good. `last_used` is when it last asked for something, where that was looked up.
    """

    id: str
    name: str
    account: str
    test: bool
    hint: str
    created: datetime
    limits: Limits = UNLIMITED
    project: str | None = None
    translate: Translate | None = None
    revoked: datetime | None = None
    former_until: datetime | None = None
    last_used: datetime | None = None
