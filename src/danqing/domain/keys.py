"""Keys and the accounts behind them: who asks, with whose money, and up to which budget."""

from dataclasses import dataclass
from datetime import datetime

PREFIXES = {True: "sk-test-", False: "sk-live-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is known of a key; the secret itself is never kept.

    `test` keys are served by the Sketch engine and pay with play money. `budget` is in nano-dollars over the key's
    whole life, None for no limit beyond the account's money. `hint` is what a person can recognise it by.
    """

    id: str
    name: str
    account: str
    test: bool
    hint: str
    budget: int | None
    created: datetime
    revoked: datetime | None = None
