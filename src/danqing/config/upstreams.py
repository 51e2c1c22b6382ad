"""The upstreams of danqing.toml: their keys, from wherever those are kept, and everything that is wrong with them."""

import fnmatch
import pkgutil
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from danqing import providers
from danqing.config.survey import Survey
from danqing.domain.errors import Problem
from danqing.domain.models import Catalog
from danqing.domain.spelling import meant
from danqing.upstream.settings import misset, read_upstream

EMBEDDED = "sketch"  # the name of the embedded engine, which is no upstream
KEY_CHARACTERS_MAX = 8192
_STAND_IN = "a-key-that-is-not-looked-for"
_PRINTABLE = re.compile(r"[\x21-\x7e]+")

Row = Mapping[str, object]


def with_keys(name: str, row: Row, *, env: Mapping[str, str], folder: Path) -> Row:
    """A row as its provider takes it, every key in `keys`. Relative names of files begin at `folder`. Raises Problem.

    `key_env` names variables, `key_file` files: one name or a list. Each line of a file is a key.
    """
    found = [
        *(key for variable in _listed(name, row, "key_env") for key in _of_variable(name, variable, env)),
        *(key for path in _listed(name, row, "key_file") for key in _of_file(name, folder / Path(path).expanduser())),
    ]
    rest = {setting: value for setting, value in row.items() if setting not in ("key_env", "key_file")}
    if not found:
        return {"name": name, "kind": name, **rest}
    keys = rest.get("keys", [])
    if not isinstance(keys, list):
        raise misset(name, "keys", "must be a list")
    return {"name": name, "kind": name, **rest, "keys": [*keys, *found]}


def check(found: Survey, env: Mapping[str, str] | None) -> None:
    """Keep every mistake in every row. Without an environment keys are not looked for."""
    for name, row in found.upstreams.items():
        for problem in mistakes(name, row, env=env, folder=found.written.path.parent):
            setting = problem.param or ""
            message = problem.message.removeprefix(f"The upstream {name!r}: {setting} ").removesuffix(".")
            found.mistaken(found.written.at("upstreams", name, setting), f"upstreams.{name}.{setting}", message)


def check_models(found: Survey, catalog: Catalog) -> None:
    """Tell of models that are named and not there: whoever misspells one would wonder why nobody makes it."""
    ids = [id for model in catalog.models for id in model.names]
    for name, row in found.upstreams.items():
        with suppress(Problem):  # told of before
            for pattern in read_upstream(name, row).models:
                if not fnmatch.filter(ids, pattern):
                    near = meant(pattern, ids)
                    guess = f"; did you mean {near}?" if near else ""
                    where = found.written.at("upstreams", name, "models", pattern)
                    message = f"has {pattern}, and no model is called that{guess}"
                    found.mistaken(where, f"upstreams.{name}.models", message, grave=False)
    makers = {*found.upstreams, *(module.name for module in pkgutil.iter_modules(providers.__path__))}
    for model in catalog.models:
        for route in model.routes:
            if route.provider not in makers:
                message = f"has a route to {route.provider}, which is neither an upstream here nor a kind of them"
                found.mistaken(f"{found.data / 'catalog'}", model.id, message, grave=False)


def mistakes(name: str, row: Row, *, env: Mapping[str, str] | None, folder: Path) -> Iterator[Problem]:
    """All that is wrong with a row: its provider tells one mistake at a time, and is asked again without it."""
    if name == EMBEDDED or row.get("kind") == EMBEDDED:
        yield misset(name, "kind", "cannot be the embedded engine; test keys are served by it as it is")
        return
    try:
        if env is not None:
            row = with_keys(name, row, env=env, folder=folder)
    except Problem as unfound:
        yield unfound
        env = None
    if env is None:
        row = _stood_in(row)
    told: set[str] = set()
    while problem := _mistake(name, row):
        setting = re.split(r"[.\[]", problem.param or "")[0]
        if setting in told:
            return
        yield Problem(problem.kind, problem.message, param=setting, code=problem.code)
        told.add(setting)
        row = {other: value for other, value in row.items() if other != setting}


def _mistake(name: str, row: Row) -> Problem | None:
    kind = str(row.get("kind", name))
    try:
        read_upstream(name, row)
        providers.connect(kind, {**row, "name": name, "kind": kind})
    except LookupError as error:
        return misset(name, "kind", f"is wrong: {str(error)[:1].lower()}{str(error)[1:].removesuffix('.')}")
    except Problem as problem:
        return problem
    return None


def _stood_in(row: Row) -> Row:
    """As if every key had been found."""
    rest = {setting: value for setting, value in row.items() if setting not in ("key_env", "key_file")}
    return rest if rest.keys() == row.keys() else {**rest, "keys": [_STAND_IN]}


def _listed(name: str, row: Row, setting: str) -> list[str]:
    value = row.get(setting, [])
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(given, str) and given for given in names):
        raise misset(name, setting, "must be a name, or a list of names")
    return [str(given) for given in names]


def _of_variable(name: str, variable: str, env: Mapping[str, str]) -> Iterator[str]:
    if not env.get(variable, "").strip():
        raise misset(name, "key_env", f"names {variable[:80]}, which is not set in the environment")
    yield _checked(name, "key_env", env[variable])


def _of_file(name: str, path: Path) -> Iterator[str]:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise misset(name, "key_file", f"names a file that cannot be read: {path}") from None
    keys = [line for line in lines if line.strip()]
    if not keys:
        raise misset(name, "key_file", f"names a file without a key: {path}")
    yield from (_checked(name, "key_file", key) for key in keys)


def _checked(name: str, setting: str, key: str) -> str:
    """A key that can stand in a header. What is wrong with it is told without it."""
    key = key.strip()
    if not _PRINTABLE.fullmatch(key) or len(key) > KEY_CHARACTERS_MAX:
        raise misset(name, setting, "leads to something that is no key: it has spaces, or is too long")
    return key
