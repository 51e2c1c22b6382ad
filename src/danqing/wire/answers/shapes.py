"""What answers of every subject have in common: money, faults, changes, what became of a prompt."""

import msgspec

from danqing.domain.errors import Kind
from danqing.domain.generation import Area, Role, Task
from danqing.domain.media import Medium

Knobs = dict[str, str | int | float | bool]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """What all of them have in common: nothing is in an answer that is not told here."""


class Money(Shape):
    """An amount: dollars as a decimal number, and nano-dollars."""

    usd: str
    nanos: int


class Whose(Shape):
    """The key that something is of, and what it is called."""

    id: str
    name: str


class Fault(Shape):
    """What went wrong: `kind` and `code` for machines, `message` says what to do."""

    kind: Kind
    code: str
    message: str


class Refusal(Fault):
    """Why a request was refused; `param` is the field at fault, `retry_after` seconds."""

    param: str | None
    retry_after: int | None


class Error(Shape):
    """Every answer that is not a success."""

    error: Refusal


class Change(Shape):
    """What is made in another way than it was asked for."""

    param: str
    asked: str
    made: str
    message: str


class Fix(Shape):
    """How a finding is put right: another prompt, and what a field says then; without a field, what the prompt does."""

    prompt: str
    field: str
    value: str


class Finding(Shape):
    """What a request is likely to stumble over; `fix` where it can be put right without knowing more."""

    code: str
    severity: str
    sentence: str
    suggestion: str
    param: str
    fix: Fix | None


class Translated(Shape):
    """From which language into which."""

    from_: str = msgspec.field(name="from")
    to: str


class Wording(Shape):
    """What became of the prompt, or is to become of it."""

    languages: list[str]
    translated: Translated | None
    enhanced: bool
    by: list[str]
    most: Money
    cost: Money
    trouble: str | None
    findings: list[Finding]


class Parameters(Shape, omit_defaults=True, kw_only=True):
    """What was asked for beside the prompt; what was left out is left out here."""

    wants: list[Medium]
    count: int = 0
    aspect: str = ""
    size: str = ""
    pixels: str = ""
    seconds: int = 0
    seed: int = 0
    person: str = ""
    negative: str = ""
    mime: str = ""
    quality: int = 0
    task: Task | None = None
    area: Area | None = None
    factor: int = 0
    sketch: bool = False
    words_only: bool = False
    roles: list[Role] = []
    pictures: int = 0
    first_frame: bool = False
    last_frame: bool = False
    mask: bool = False
    film: bool = False
    knobs: Knobs = {}


class Removed(Shape):
    """The id of what was taken down."""

    removed: str


class Revoked(Shape):
    """The id of what is refused from now on."""

    revoked: str
