"""Every setting of a server: its name in danqing.toml, its variable, what it must be, and what it is without being set.

Upstreams are tables of their own: `config.upstreams`.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from danqing.domain.errors import Problem
from danqing.domain.retention import Kept, read_keep

PREFIX = "DANQING_"
HOST = "127.0.0.1"
PORT = 8787
PORT_MAX = 65_535
SKETCH_WORKERS_MAX = 256
UPLOAD_HOURS = 48
UPLOAD_HOURS_MAX = 8760
LEASE_S = 15.0
LEASE_MIN_S = 1.0
LEASE_MAX_S = 3600.0
BUCKETS = ("s3://", "gs://", "az://", "file://")

Reader = Callable[[object], object]
"""A value as it is used, from a TOML value or the text of a variable. Raises Wrong."""

_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Wrong(ValueError):
    """What a setting must be, as the end of a sentence that begins with its name. `inside`: where in a table."""

    def __init__(self, message: str, *, inside: str = "") -> None:
        super().__init__(message)
        self.inside = inside


@dataclass(frozen=True, slots=True)
class Setting:
    """`default` is what it is when nobody sets it. A `secret` one is shown nowhere."""

    name: str
    read: Reader
    default: object = ""
    secret: bool = False

    @property
    def variable(self) -> str:
        """What it is called in the environment."""
        return f"{PREFIX}{self.name.upper()}"


def text(value: object) -> str:
    """Words as they are."""
    if not isinstance(value, str):
        raise Wrong("must be text in quotation marks")
    return value.strip()


def whole(least: int, most: int) -> Reader:
    """A whole number from `least` to `most`."""

    def read(value: object) -> int:
        words = "" if isinstance(value, bool | float) else str(value).strip()
        if not re.fullmatch(r"[0-9]{1,9}", words) or not least <= int(words) <= most:
            raise Wrong(f"must be a whole number from {least} to {most}")
        return int(words)

    return read


def seconds(least: float, most: float) -> Reader:
    """Seconds, with or without a fraction."""

    def read(value: object) -> float:
        words = "" if isinstance(value, bool) else str(value).strip()
        number = float(words) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", words) else least - 1
        if not least <= number <= most:
            raise Wrong(f"must be {least:g} to {most:g} seconds")
        return number

    return read


def truth(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.strip().lower() not in _TRUTHS:
        raise Wrong("must be true or false")
    return _TRUTHS[value.strip().lower()]


def address(value: object) -> str:
    """An http address, without a slash at its end."""
    words = text(value)
    try:
        parts = urlsplit(words)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in words:
        raise Wrong("must be an address such as https://pictures.example.com")
    return words.rstrip("/")


def database(value: object) -> str:
    """Where the tables are. The address may hold a password, so it is not repeated."""
    words = text(value)
    if not re.match(r"(postgres(ql)?(\+\w+)?|sqlite)://", words):
        raise Wrong("must be sqlite:///path/to/file or postgresql://user@host/name")
    return words


def place(value: object) -> str:
    """Where files are kept. The address may hold a password, so it is not repeated."""
    words = text(value)
    if "://" in words and not words.startswith(BUCKETS):
        raise Wrong("must be a path, or s3://bucket/prefix, gs://bucket/prefix or az://container/prefix")
    return words


def pepper(value: object) -> str:
    """The secret that keys are hashed with."""
    words = text(value)
    if not re.fullmatch(r"[0-9a-fA-F]{64}", words):
        raise Wrong("must be 64 hexadecimal digits, such as `openssl rand -hex 32` prints")
    return words


def days(value: object) -> object:
    """How long files are kept: a table of days, and `films=7 pictures=30` in the environment."""
    if isinstance(value, str):
        value = dict(word.partition("=")[::2] for word in value.replace(",", " ").split())
    if not isinstance(value, Mapping):
        raise Wrong("must be a table, [keep_days]")
    keep: dict[Kept, int | None] = {}
    for kind, period in value.items():
        try:
            keep |= read_keep({kind: period})
        except Problem as problem:
            raise Wrong(problem.message.removeprefix("keep_days ").removesuffix("."), inside=str(kind)) from problem
    return keep


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("host", text, HOST),
        Setting("port", whole(0, PORT_MAX), PORT),
        Setting("public_url", address),
        Setting("work", truth, True),
        Setting("sketch_workers", whole(1, SKETCH_WORKERS_MAX), os.cpu_count() or 1),
        Setting("database", database),
        Setting("database_file", text),
        Setting("secret", pepper, secret=True),
        Setting("secret_file", text),
        Setting("lease", seconds(LEASE_MIN_S, LEASE_MAX_S), LEASE_S),
        Setting("assets", place),
        Setting("keep_days", days, {}),
        Setting("upload_hours", whole(1, UPLOAD_HOURS_MAX), UPLOAD_HOURS),
        Setting("fetch", truth, True),
        Setting("webhooks_private", truth, False),
    )
}
IN_FILES = ("database", "secret")
"""Settings that may be in a file of their own, such as a secret manager mounts: `…_file` names it."""
