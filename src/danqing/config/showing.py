"""How the configuration is shown to people and programs: every value with who set it, and no secret."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from danqing.config.settings import SETTINGS
from danqing.config.survey import Survey

HIDDEN = "…"
_SECRET = re.compile(r"key|secret|token|password|credential", re.IGNORECASE)
_NAMES_ONLY = frozenset({"key_env", "key_file", "credentials", "secret_file", "database_file"})  # these say where
_LOGIN = re.compile(r"//[^/@\s]+@")
_RANDOM = re.compile(r"(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}")  # a key in a place where none should be
_QUERY = re.compile(r"\?.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """One value without secrets. `source`: an option, a variable, a line of danqing.toml, or "default"."""

    name: str
    value: object
    source: str


def shown(found: Survey) -> Iterator[Shown]:
    """Every setting, every setting of every upstream, and what is done with prompts."""
    for name, setting in SETTINGS.items():
        value, source = found.value(name), found.settings[name].source
        yield Shown(name, HIDDEN if setting.secret and value else discreet(value), source)
    for upstream, row in found.upstreams.items():
        for name, value in row.items():
            source = found.written.at("upstreams", upstream, name)
            yield Shown(f"upstreams.{upstream}.{name}", _covered(name, value), source)
    for name, value in found.prompts.items():
        yield Shown(f"prompts.{name}", discreet(value), found.written.at("prompts", name))


def discreet(value: object) -> object:
    """A value without the logins and queries of the addresses in it, and without what is named like a secret."""
    match value:
        case str():
            text = _QUERY.sub(f"?{HIDDEN}", _LOGIN.sub(f"//{HIDDEN}@", value)) if "://" in value else value
            return _RANDOM.sub(HIDDEN, text)
        case Mapping():
            return {name: _covered(str(name), inner) for name, inner in value.items()}
        case list() | tuple():
            return [discreet(inner) for inner in value]
        case _:
            return value


def _covered(name: str, value: object) -> object:
    return HIDDEN if name not in _NAMES_ONLY and _SECRET.search(name) else discreet(value)
