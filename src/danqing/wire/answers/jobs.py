"""The shapes of answers about jobs."""

import msgspec

from danqing.domain.jobs import State
from danqing.domain.media import Medium
from danqing.wire.answers.shapes import Change, Fault, Money, Parameters, Shape, Whose, Wording


class Output(Shape):
    """One thing that was delivered. `gone`: since when its file has been taken away."""

    medium: Medium
    file: str | None
    url: str | None
    gone: str | None
    mime: str | None
    bytes: int | None
    width: int | None
    height: int | None
    seconds: float | None
    fps: int | None
    audio: bool
    seed: int | None
    drawn: list[str]
    missing: list[str]
    text: str


class Attempt(Shape):
    """Who turned the work away, and why."""

    upstream: str
    model: str
    at: str
    error: Fault


class Place(Shape):
    """Where a job stands that waits; `seconds` until its work begins."""

    position: int
    seconds: int | None


class Job(Shape):
    """A generation that was admitted, with everything that is known about it. `key` is left out for who has none."""

    id: str
    state: State
    outcome: str | None
    stage: str
    progress: float
    model: str
    advised: list[str]
    prompt: str
    rewritten: str
    wording: Wording
    parameters: Parameters
    outputs: list[Output]
    withheld: list[str]
    ignored: list[str]
    changes: list[Change]
    held: Money
    charged: Money
    provider: str
    upstream: str
    served_by: list[str]
    attempts: list[Attempt]
    sketch: bool
    test: bool
    shared: bool
    batch: str | None
    created: str
    updated: str
    inputs_gone: str | None
    webhooks: list[str]
    queue: Place | None
    error: Fault | None
    key: Whose | msgspec.UnsetType = msgspec.UNSET


class Jobs(Shape):
    """A page; `next` is what to give as `before` for the one after it."""

    jobs: list[Job]
    next: str | None


class Moment(Shape):
    """What happened, when, and at whom."""

    what: str
    at: str
    by: str | None
    error: Fault | None


class Timeline(Shape):
    """Everything that happened to a job, the oldest first."""

    job: str
    state: State
    timeline: list[Moment]


class Standing(Shape):
    """How far a limit is used up: money, or a number. `after`: what would be left with one more request (in quotes)."""

    of: str
    limit: str
    most: Money | int
    used: Money | int
    left: Money | int
    resets: str | None
    after: Money | int | None = None


class Quote(Shape):
    """The most that a request can cost, and what would be left of every limit."""

    model: str
    advised: list[str]
    cost: Money
    affordable: bool
    limits: list[Standing]
    parameters: Parameters
    ignored: list[str]
    changes: list[Change]
    wording: Wording
    provider: str
    upstream: str
    sketch: bool
    test: bool
