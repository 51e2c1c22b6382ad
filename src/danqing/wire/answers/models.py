"""The shapes of answers about models and who makes their work."""

from typing import Any

from danqing.domain.generation import Area, Role, Task
from danqing.domain.media import Medium
from danqing.wire.answers.shapes import Finding, Money, Shape


class Count(Shape):
    """How many outputs a model makes."""

    default: int
    max: int


class Ability(Shape):
    """What a model can be asked for; the first of each list is its default."""

    makes: list[Medium]
    count: Count
    aspects: list[str]
    sizes: list[str]
    pixels: list[str]
    step: int | None
    seconds: list[int]
    persons: list[str]
    mimes: list[str]
    pictures_max: int
    frames: bool
    tasks: list[Task]
    masks: bool
    areas: list[Area]
    factors: list[int]
    roles: list[Role]
    anew: bool
    extend_seconds: list[int]
    reference_seconds: list[int]
    fps: int | None
    audio: bool
    languages: list[str]


class Price(Shape):
    """What one unit costs."""

    per: str
    price: Money


class Priced(Shape):
    """Where a price was found, and when."""

    source: str
    as_of: str


class Lifecycle(Shape):
    """When a model ends, and what takes over."""

    announced: str | None
    shutdown: str | None
    successor: str | None
    loses: list[str]
    source: str | None


class Use(Shape):
    """Who used a model lately."""

    key: str
    name: str
    test: bool
    jobs: int
    last: str


class Model(Shape):
    """A model; with `?retiring` also the days that are `left` and who used it lately."""

    id: str
    title: str
    family: str
    description: str
    aliases: list[str]
    ability: Ability
    prices: list[Price]
    batch_percent: int
    priced: Priced | None
    lifecycle: Lifecycle
    left: int | None = None
    used_by: list[Use] | None = None


class Models(Shape):
    """All models."""

    models: list[Model]


class Option(Shape):
    """One model that can do it, and the most that it can cost."""

    model: str
    cost: Money
    reasons: list[str]
    lacks: list[str]
    risks: list[str]
    notes: list[str]


class Unfit(Shape):
    """Why a model cannot do it."""

    model: str
    message: str


class Counsel(Shape):
    """Which model to ask, and why."""

    model: str
    languages: list[str]
    findings: list[Finding]
    chosen: Option | None
    why: str
    alternatives: list[Option]
    unfit: list[Unfit]


class Upstreams(Shape):
    """Who makes what, and how each does; more of it for the owner."""

    upstreams: list[dict[str, Any]]
