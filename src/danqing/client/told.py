"""What the server tells its clients, as frozen values: the shapes of the JSON under /api (see `wire.native`)."""

import msgspec

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import State
from danqing.domain.ledger import Phase


class Money(msgspec.Struct, frozen=True):
    """An amount: dollars for people, nano-dollars for arithmetic."""

    usd: str
    nanos: int


class Whose(msgspec.Struct, frozen=True):
    """The key that something was made for, and what it is called."""

    id: str
    name: str


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was delivered. `file` is what `download` wants until it is `gone`; sizes in pixels, bytes."""

    medium: str
    file: str | None = None
    url: str | None = None
    gone: str | None = None
    mime: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    fps: int | None = None
    audio: bool = False
    seed: int | None = None
    drawn: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    text: str = ""


class Fault(msgspec.Struct, frozen=True):
    """Why a job did not succeed."""

    kind: Kind
    code: str
    message: str


class Moment(msgspec.Struct, frozen=True):
    """What happened to a job, when, at whom, and why."""

    what: str
    at: str
    by: str | None = None
    error: Fault | None = None


class Snippet(msgspec.Struct, frozen=True):
    """A piece of code, None where its dialect `lacks` something of the job."""

    language: str
    code: str | None
    lacks: tuple[str, ...]


class Code(msgspec.Struct, frozen=True):
    """A job as code. `files` are one's own, which it looks for where it is run."""

    google_genai: Snippet
    openai: Snippet
    curl: Snippet
    cli: Snippet
    files: tuple[str, ...]


class Attempt(msgspec.Struct, frozen=True):
    """One time that an upstream was asked and turned the work away."""

    upstream: str
    model: str
    at: str
    error: Fault


class Place(msgspec.Struct, frozen=True):
    """Where a job stands that waits: 1 is next. `seconds` until its work begins, as far as can be told."""

    position: int
    seconds: int | None


class Change(msgspec.Struct, frozen=True):
    """One thing that is made in another way than it was asked for, and a sentence on it."""

    param: str
    asked: str
    made: str
    message: str


class Translated(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """From which language into which a prompt is translated."""

    source: str
    target: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found in a request before it cost anything, and what can be done about it."""

    code: str
    severity: str
    sentence: str
    suggestion: str
    param: str


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a prompt before it is sent, and what that costs; `trouble` is why not all of it was done."""

    languages: tuple[str, ...] = ()
    translated: Translated | None = None
    enhanced: bool = False
    by: tuple[str, ...] = ()
    most: Money = Money("0.00", 0)
    cost: Money = Money("0.00", 0)
    trouble: str | None = None
    findings: tuple[Finding, ...] = ()


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the server tells it. `advised`: why this model, when it was left to the server.

    `sketch`: drawn by the embedded engine, not by a model.
    """

    id: str
    state: State
    outcome: str | None = None
    stage: str
    progress: float
    model: str
    advised: tuple[str, ...] = ()
    prompt: str
    rewritten: str
    wording: Wording = Wording()
    parameters: dict[str, object]
    outputs: tuple[Output, ...]
    withheld: tuple[str, ...]
    ignored: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    held: Money
    charged: Money
    provider: str
    upstream: str
    attempts: tuple[Attempt, ...] = ()
    sketch: bool
    test: bool
    shared: bool
    created: str
    updated: str
    inputs_gone: str | None
    queue: Place | None
    error: Fault | None
    key: Whose | None = None

    def succeeded(self) -> "Job":
        """This job, ended well. Raises its Problem when it has not."""
        if self.error:
            raise Problem(self.error.kind, self.error.message, code=self.error.code)
        return self


class Count(msgspec.Struct, frozen=True):
    """How many outputs a model makes at once."""

    default: int
    max: int


class Ability(msgspec.Struct, frozen=True, kw_only=True):
    """What a model can be asked for; an empty tuple means that the parameter does not exist for it."""

    makes: tuple[str, ...]
    count: Count
    aspects: tuple[str, ...]
    sizes: tuple[str, ...]
    seconds: tuple[int, ...]
    persons: tuple[str, ...]
    mimes: tuple[str, ...]
    pictures_max: int
    frames: bool
    tasks: tuple[str, ...]
    masks: bool
    areas: tuple[str, ...] = ()
    factors: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    anew: bool = True
    extend_seconds: tuple[int, ...] = ()
    reference_seconds: tuple[int, ...] = ()
    fps: int | None
    audio: bool
    languages: tuple[str, ...]
    pixels: tuple[str, ...] = ()
    step: int | None = None


class Rate(msgspec.Struct, frozen=True):
    """What one unit costs, such as a "picture" or a "second"."""

    per: str
    price: Money


class Found(msgspec.Struct, frozen=True):
    """Where a figure was found, and the day."""

    source: str
    as_of: str


class Lifecycle(msgspec.Struct, frozen=True):
    """Dates of the vendor's own model, as ISO days, and what took over."""

    announced: str | None
    shutdown: str | None
    successor: str | None
    loses: tuple[str, ...] = ()
    source: str | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the catalog."""

    id: str
    title: str
    family: str
    description: str
    aliases: tuple[str, ...]
    ability: Ability
    prices: tuple[Rate, ...]
    priced: Found | None = None
    lifecycle: Lifecycle


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A key that had work done by a model lately."""

    key: str
    name: str
    test: bool
    jobs: int
    last: str


class Retiring(Model, frozen=True, kw_only=True):
    """A model that ends: in `left` days, or that many days ago when it is below zero."""

    left: int
    used_by: tuple[Use, ...]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a key or a project may do; None is no limit. `storage` in bytes, `keep_…` in days."""

    total: Money | None = None
    monthly: Money | None = None
    daily: Money | None = None
    per_minute: int | None = None
    concurrent: int | None = None
    storage: int | None = None
    keep_pictures: int | None = None
    keep_films: int | None = None
    keep_inputs: int | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Keys that share limits."""

    id: str
    name: str
    limits: Limits
    created: str


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What may be known of a key. `budget` is the total of its limits; None: no limit but the account's money."""

    id: str
    name: str
    account: str
    test: bool
    hint: str
    budget: Money | None
    limits: Limits
    project: str | None
    role: str = "member"
    translate: str | None = None
    created: str
    revoked: str | None


class NewKey(Key, frozen=True, kw_only=True):
    """A key at its creation, the only time that its secret is told."""

    secret: str


class Balance(msgspec.Struct, frozen=True):
    """Spent, held for jobs at work, and still there; `available` None for no limit."""

    posted: Money
    held: Money
    available: Money | None


class Spent(msgspec.Struct, frozen=True):
    """What one model has cost."""

    model: str
    jobs: int
    charged: Money


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a statement: money held for a job, charged for it, or given back."""

    at: str
    phase: Phase
    job: str
    model: str
    amount: Money
    held: Money


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far one limit is used up; `of` "key" or "project", `limit` a field of Limits. The account is told alike."""

    of: str
    limit: str
    most: Money | int
    used: Money | int
    left: Money | int
    resets: str | None


class Quoted(Standing, frozen=True, kw_only=True):
    """The same, with what would be left after a request; below zero it would be refused."""

    after: Money | int


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a request would cost at the most, who would make it, and what of it would not be honoured."""

    model: str
    advised: tuple[str, ...] = ()
    cost: Money
    affordable: bool
    limits: tuple[Quoted, ...]
    parameters: dict[str, object]
    ignored: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    wording: Wording = Wording()
    provider: str
    upstream: str
    sketch: bool
    test: bool


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """The money of a key and of its account, and the limits that it is held to."""

    key: Key
    account: Balance
    budget: Balance
    by_model: tuple[Spent, ...]
    statement: tuple[Line, ...]  # newest first
    limits: tuple[Standing, ...]


class Swept(msgspec.Struct, frozen=True):
    """What a sweep has removed, or would remove: files that no job names, and rows that have had their time."""

    jobs: int
    files: int
    bytes: int
    requests: int
    workflows: int
    uploads: int = 0
    deliveries: int = 0
