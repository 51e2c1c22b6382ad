"""One frozen Config from the environment and the data directory; the only reader of os.environ."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from danqing.domain.errors import Problem
from danqing.domain.retention import Keep, read_keep

HOST = "127.0.0.1"
PORT = 8787
LEASE_S = 15.0
LEASE_MIN_S = 1.0
LEASE_MAX_S = 3600.0


class ConfigError(Exception):
    """The configuration cannot be used; the sentence says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where things are and who may be asked.

    `database` and `files`: as they were set; `database_url` and `assets` are where they lead. `secret`: the pepper in
    hex, when it is shared. `work`: whether this server makes films itself. `lease_s`: who is silent for longer is dead.
    `keep`: how long files are kept after their job. `upstreams`: name -> settings with `kind`, from danqing.toml.
    """

    data: Path
    host: str = HOST
    port: int = PORT
    public_url: str = ""
    workers: int = 2
    files: str = ""
    keep: Keep = field(default_factory=dict)
    database: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    work: bool = True
    lease_s: float = LEASE_S
    upstreams: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Jobs and money."""
        return self.database or f"sqlite:///{self.data / 'danqing.sqlite'}"

    @property
    def shared(self) -> bool:
        """Whether processes on many machines can use the database at once."""
        return self.database.startswith("postgres")

    @property
    def queue_url(self) -> str:
        """The durable queue: on many machines in the same database, on one in a file apart from the ledger."""
        return self.database if self.shared else f"sqlite:///{self.data / 'queue.sqlite'}"

    @property
    def assets(self) -> str:
        """Pictures and films: the address of a bucket, or a path, which begins at the data directory."""
        named = self.files or "assets"
        return named if "://" in named else str(self.data / Path(named).expanduser())

    @property
    def cache(self) -> Path:
        """What this machine keeps of a bucket's files."""
        return self.data / "cache"

    @property
    def scratch(self) -> Path:
        """Unfinished files; emptied at every start."""
        return self.data / "scratch"

    @property
    def catalog(self) -> Path:
        """The operator's own models, one TOML each."""
        return self.data / "catalog"


@dataclass(frozen=True, slots=True)
class Remote:
    """A server to talk to instead of working in process."""

    url: str
    key: str


def data_directory(env: Mapping[str, str] = os.environ) -> Path:
    """DANQING_DATA, or the user's own data directory."""
    if named := env.get("DANQING_DATA"):
        return Path(named).expanduser()
    home = Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "danqing"


def load(
    *,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    work: bool | None = None,
    env: Mapping[str, str] = os.environ,
) -> Config:
    """Arguments win over the environment, the environment over `danqing.toml` in the data directory."""
    data = (data or data_directory(env)).absolute()
    settings = _toml(data / "danqing.toml")
    try:
        return Config(
            data=data,
            host=host or env.get("DANQING_HOST") or str(settings.get("host", HOST)),
            port=port if port is not None else int(env.get("DANQING_PORT") or str(settings.get("port", PORT))),
            public_url=env.get("DANQING_PUBLIC_URL") or str(settings.get("public_url", "")),
            workers=int(env.get("DANQING_SKETCH_WORKERS") or str(settings.get("sketch_workers", os.cpu_count()))),
            database=env.get("DANQING_DATABASE") or str(settings.get("database", "")),
            secret=_secret(env),
            work=bool(settings.get("work", True)) if work is None else work,
            lease_s=_lease(env.get("DANQING_LEASE") or str(settings.get("lease", LEASE_S))),
            files=env.get("DANQING_ASSETS") or str(settings.get("assets", "")),
            keep=_keep(env.get("DANQING_KEEP_DAYS", ""), settings.get("keep_days", {})),
            upstreams=_upstreams(settings),
        )
    except ValueError as error:
        raise ConfigError(f"The port and the number of Sketch workers must be whole numbers: {error}.") from error


def remote(env: Mapping[str, str] = os.environ) -> Remote | None:
    """The server named by DANQING_URL, with DANQING_KEY."""
    url = env.get("DANQING_URL", "").rstrip("/")
    return Remote(url, key(env)) if url else None


def key(env: Mapping[str, str] = os.environ) -> str:
    """DANQING_KEY; without a URL it is for the server of this machine's own data directory."""
    return env.get("DANQING_KEY", "")


def _keep(words: str, table: object) -> Keep:
    """How long files are kept: `films=7 pictures=30` in the environment, a table of days in the file."""
    given = dict(word.partition("=")[::2] for word in words.replace(",", " ").split()) if words else table
    if not isinstance(given, dict):
        raise ConfigError("danqing.toml: keep_days is a table, [keep_days].")
    try:
        return read_keep(given)
    except Problem as problem:
        raise ConfigError(f"{'DANQING_KEEP_DAYS' if words else 'danqing.toml'}: {problem.message}") from problem


def _lease(words: str) -> float:
    """Seconds of silence after which a process counts as dead."""
    try:
        lease_s = float(words)
    except ValueError:
        lease_s = 0.0
    if not LEASE_MIN_S <= lease_s <= LEASE_MAX_S:
        raise ConfigError(f"The lease must be {LEASE_MIN_S:g} to {LEASE_MAX_S:g} seconds.")
    return lease_s


def _secret(env: Mapping[str, str]) -> str:
    """The secret that many machines share, in hex; "" for the data directory's own."""
    secret = env.get("DANQING_SECRET", "").strip()
    if named := env.get("DANQING_SECRET_FILE"):
        try:
            secret = Path(named).expanduser().read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The file that DANQING_SECRET_FILE names cannot be read: {named}.") from error
    if secret and not re.fullmatch(r"[0-9a-fA-F]{64}", secret):
        raise ConfigError("The secret must be 64 hexadecimal digits, such as `openssl rand -hex 32` prints.")
    return secret


def _upstreams(settings: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    rows = settings.get("upstreams", {})
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise ConfigError("danqing.toml: every upstream is a table of its own, [upstreams.NAME].")
    return rows


def _toml(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
