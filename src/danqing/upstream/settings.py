"""Reads the table of one upstream: what is missing, wrong or not known is told in one sentence that names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import TypeVar, cast

import msgspec
from yarl import URL

from danqing.domain.errors import Problem, invalid
from danqing.domain.routes import Upstream
from danqing.domain.spelling import unknown
from danqing.wire.holes import Tree

RETRY_FILTERED_MAX = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """The most that each key is given: pieces of work at once, and begun in a minute. None: no limit."""

    concurrency: int | None = None
    per_minute: int | None = None


UNPACED = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Routing:
    """The settings of the same table that say when an upstream is asked, and not how; see `domain.routes.Upstream`."""

    models: dict[str, str] | tuple[str, ...] = ()
    weight: float = 1.0
    deadline_s: int | None = None
    retry_filtered: int = 0


# What others read of the table.
ROUTING = frozenset(spec.name for spec in fields(_Routing)) | {*("kind", "key_env", "key_file")}

POLL_S_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every upstream that speaks HTTP has. `name` is what it is called in the configuration.

    `concurrency` and `per_minute`: the most that each key is given, at once and in a minute, by each process. `poll_s`:
    seconds between two looks at what takes long.
    """

    name: str
    base_url: str
    key: str = ""
    keys: tuple[str, ...] = ()
    poll_s: float = 5.0
    concurrency: int | None = None
    per_minute: int | None = None

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Every key, in the order in which they are written."""
        return tuple(dict.fromkeys((*((self.key,) if self.key else ()), *self.keys)))

    @property
    def pace(self) -> Pace:
        """What each key is given."""
        return Pace(self.concurrency, self.per_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonedSettings(Settings):
    """Those of engines that everybody seasons to their own taste: `extra` goes into the body of every call."""

    extra: dict[str, object] = field(default_factory=dict)

    @property
    def always(self) -> Tree:
        """`extra`, as it is written there; clients have no way to it."""
        return cast(Tree, self.extra)


S = TypeVar("S", bound=Settings)
D = TypeVar("D")


def read_upstream(name: str, given: Mapping[str, object]) -> Upstream:
    """When the upstream is asked. Raises Problem(INVALID) whose `param` is the setting."""
    read = _read(name, given, _Routing)
    models = read.models if isinstance(read.models, dict) else dict.fromkeys(read.models, "")
    if not 0 <= read.weight < inf:
        raise misset(name, "weight", "must be 0 or more")
    if read.deadline_s is not None and read.deadline_s < 1:
        raise misset(name, "deadline_s", "must be at least 1 second")
    if not 0 <= read.retry_filtered <= RETRY_FILTERED_MAX:
        raise misset(name, "retry_filtered", f"must be 0 to {RETRY_FILTERED_MAX}")
    return Upstream(
        name=name,
        kind=str(given.get("kind", name)),
        models=models,
        weight=read.weight,
        deadline_s=read.deadline_s,
        retry_filtered=read.retry_filtered,
    )


def read_settings(given: Mapping[str, object], shape: type[S]) -> S:
    """The settings as a dataclass. Raises Problem(INVALID) whose `param` is the setting."""
    name = str(given.get("name", ""))
    known = {spec.name for spec in fields(shape)}
    for setting in given:
        if setting not in known | ROUTING:
            raise misset(name, setting, unknown(setting, (known | ROUTING) - {"name"}))
    settings = _read(name, given, shape)
    for setting in ("concurrency", "per_minute"):
        if (value := getattr(settings, setting)) is not None and value < 1:
            raise misset(name, setting, "must be at least 1")
    try:
        url = URL(settings.base_url)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.query_string or url.fragment or url.user:
        raise misset(name, "base_url", "must be an address such as https://api.example.com/v1")
    if not 0 < settings.poll_s <= POLL_S_MAX:
        raise misset(name, "poll_s", f"must be more than 0 and at most {POLL_S_MAX} seconds")
    return settings


def misset(name: str, setting: str, what: str) -> Problem:
    """The sentence about one setting of one upstream."""
    return invalid(f"The upstream {name!r}: {setting} {what}" + ("" if what.endswith("?") else "."), param=setting)


def _read(name: str, given: Mapping[str, object], shape: type[D]) -> D:
    known = {spec.name for spec in fields(cast(type[Settings], shape))}
    try:
        return msgspec.convert({key: value for key, value in given.items() if key in known}, shape)
    except msgspec.ValidationError as error:
        raise misset(name, *explained(error)) from None


def explained(error: msgspec.ValidationError) -> tuple[str, str]:
    """The setting that is wrong and what to say of it, from msgspec's own words: which type it expected, and where."""
    what, _, path = str(error).partition(" - at `$")
    if missing := what.partition("missing required field `")[2].rstrip("`"):
        return missing, "is missing"
    return path.rstrip("`").lstrip("."), f"is wrong: {what[:1].lower()}{what[1:]}"
