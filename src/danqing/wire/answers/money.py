"""The shapes of answers about money, keys and projects."""

import msgspec

from danqing.domain.generation import Translate
from danqing.domain.keys import KeyRole
from danqing.domain.ledger import Phase
from danqing.domain.usage import By
from danqing.wire.answers.jobs import Standing
from danqing.wire.answers.shapes import Money, Shape


class Limits(Shape):
    """What a key or a project may do; null is no limit."""

    total: Money | None
    monthly: Money | None
    daily: Money | None
    per_minute: int | None
    concurrent: int | None
    storage: int | None
    keep_pictures: int | None
    keep_films: int | None
    keep_inputs: int | None


class Key(Shape):
    """What may be known of a key. `secret` is in the answer that makes one, and never again."""

    id: str
    name: str
    account: str
    test: bool
    hint: str
    budget: Money | None
    limits: Limits
    project: str | None
    role: KeyRole
    translate: Translate | None
    created: str
    revoked: str | None
    former_until: str | None
    last_used: str | None
    secret: str | msgspec.UnsetType = msgspec.UNSET


class Session(Shape):
    """Who asks: a key, the owner of the server, or nobody. `ends` is when its session does."""

    owner: bool
    key: Key | None
    ends: str | None


class SignedOut(Shape):
    """The session was taken away from the browser."""

    signed_out: bool


class Keys(Shape):
    """All keys, newest first."""

    keys: list[Key]


class Project(Shape):
    """Keys that share limits."""

    id: str
    name: str
    limits: Limits
    created: str


class Projects(Shape):
    """All projects, newest first."""

    projects: list[Project]


class Paid(Shape):
    """Whether the payment is new."""

    paid: bool


class Swept(Shape):
    """What was removed, or would be."""

    jobs: int
    files: int
    bytes: int
    requests: int
    uploads: int
    deliveries: int
    workflows: int


class Sweep(Shape):
    """`swept` is null when another process is at it."""

    swept: Swept | None


class Balance(Shape):
    """An account or a budget."""

    posted: Money
    held: Money
    available: Money | None


class Spent(Shape):
    """What was charged for the work of a model."""

    model: str
    jobs: int
    charged: Money


class Line(Shape):
    """One line of a statement."""

    at: str
    phase: Phase
    job: str
    model: str
    amount: Money
    held: Money


class Outlook(Shape):
    """When a limit of money is used up, if it goes on like this."""

    of: str
    limit: str
    left: Money
    used_up: str | None


class Forecast(Shape):
    """Where the money goes if it goes on as it did in the last seven days."""

    by_day: Money
    month_so_far: Money
    month: Money
    limits: list[Outlook]


class Usage(Shape):
    """The key's money."""

    key: Key
    account: Balance
    budget: Balance
    by_model: list[Spent]
    statement: list[Line]
    limits: list[Standing]
    forecast: Forecast


class Figure(Shape, omit_defaults=True):
    """A sum of charges, and the address of its lines in the ledger."""

    jobs: int
    charged: Money
    ledger: str
    day: str | None = None
    model: str | None = None
    key: str | None = None
    project: str | None = None


class Figures(Shape):
    """What was charged, told apart by what was asked for."""

    by: list[By]
    figures: list[Figure]


class Entry(Shape):
    """One transfer; `charged` is what it took."""

    id: str
    at: str
    phase: Phase
    account: str | None
    key: str | None
    project: str | None
    job: str | None
    model: str | None
    amount: Money
    held: Money
    charged: Money


class Ledger(Shape):
    """A page of the ledger, newest first; `next` is what to give as `before` for the one after it."""

    entries: list[Entry]
    next: str | None
