"""Reads the table of one upstream: what is missing, wrong or not known is told in one sentence that names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar, cast

import msgspec
from yarl import URL

from danqing.domain.errors import Problem, invalid
from danqing.wire.holes import Tree

# Settings of the same table that say when an upstream is asked, and not how; whoever connects it has read them.
ROUTING = frozenset({"kind", "models", "weight", "concurrency", "per_minute", "deadline_s", "key_env", "key_file"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every upstream that speaks HTTP has. `name` is what it is called in the configuration."""

    name: str
    base_url: str
    key: str = ""
    keys: tuple[str, ...] = ()
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def always(self) -> Tree:
        """`extra`: what goes into the body of every call, as it is written there; clients have no way to it."""
        return cast(Tree, self.extra)

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Every key, in the order in which they are written."""
        return tuple(dict.fromkeys((*((self.key,) if self.key else ()), *self.keys)))


S = TypeVar("S", bound=Settings)


def read_settings(given: Mapping[str, object], shape: type[S]) -> S:
    """The settings as a dataclass. Raises Problem(INVALID) whose `param` is the setting."""
    name = str(given.get("name", ""))
    known = {spec.name for spec in fields(shape)}
    for setting in given:
        if setting not in known | ROUTING:
            raise misset(name, setting, f"is not a setting; known are {', '.join(sorted(known - {'name'}))}")
    try:
        settings = msgspec.convert({key: value for key, value in given.items() if key in known}, shape)
    except msgspec.ValidationError as error:
        raise _explained(name, str(error)) from None
    try:
        url = URL(settings.base_url)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.query_string or url.fragment or url.user:
        raise misset(name, "base_url", "must be an address such as https://api.example.com/v1")
    return settings


def misset(name: str, setting: str, what: str) -> Problem:
    """The sentence about one setting of one upstream."""
    return invalid(f"The upstream {name!r}: {setting} {what}.", param=setting)


def _explained(name: str, error: str) -> Problem:
    """msgspec's own words, which name the type that it expected and where."""
    what, _, path = error.partition(" - at `$")
    missing = what.partition("missing required field `")[2].rstrip("`")
    if missing:
        return misset(name, missing, "is missing")
    return misset(name, path.rstrip("`").lstrip("."), f"is wrong: {what[:1].lower()}{what[1:]}")
