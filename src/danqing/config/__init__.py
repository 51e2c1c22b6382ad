"""One frozen Config from options, the environment and danqing.toml, in this order; the only reader of os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from danqing.config import prompts, upstreams
from danqing.config.settings import HOST, LEASE_S, PORT, UPLOAD_HOURS
from danqing.config.survey import FILE, Mistake, Survey, survey
from danqing.config.written import Unreadable, read
from danqing.domain.retention import Keep


class ConfigError(Exception):
    """The configuration cannot be used; each line is a sentence that says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where things are and who may be asked.

    `database` and `files`: as they were set; `database_url` and `assets` are where they lead. `secret`: the pepper in
    hex, when it is shared. `work`: whether this server makes films itself. `lease_s`: who is silent for longer is dead.
    `keep`: how long files are kept after their job. `fetch`: whether pictures that a request names by an address are
    taken from the web. `webhooks_private`: whether jobs may tell their end in this network. `upstreams`: name ->
    settings as danqing.toml has them, which `open_upstreams` adds the keys to. `prompts`: what is done with prompts, as
    it has them. `file`: that danqing.toml. `notes`: what is odd in all that, and keeps nobody from serving.
    """

    data: Path
    file: Path = Path(FILE)
    host: str = HOST
    port: int = PORT
    public_url: str = ""
    workers: int = 2
    files: str = ""
    keep: Keep = field(default_factory=dict)
    upload_hours: int = UPLOAD_HOURS
    fetch: bool = True
    webhooks_private: bool = False
    database: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    work: bool = True
    lease_s: float = LEASE_S
    upstreams: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    prompts: Mapping[str, object] = field(default_factory=dict)

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
    """Arguments win over the environment, the environment over danqing.toml. Raises ConfigError with all mistakes."""
    found = look(data=data, options={"host": host, "port": port, "work": work}, env=env)
    refuse(found)
    values: dict[str, Any] = {name: found.value(name) for name in found.settings}
    return Config(
        data=found.data,
        file=found.written.path,
        host=values["host"],
        port=values["port"],
        public_url=values["public_url"],
        workers=values["sketch_workers"],
        database=values["database"],
        secret=values["secret"],
        work=values["work"],
        lease_s=values["lease"],
        files=values["assets"],
        keep=values["keep_days"],
        upload_hours=values["upload_hours"],
        fetch=values["fetch"],
        webhooks_private=values["webhooks_private"],
        upstreams=found.upstreams,
        notes=tuple(str(mistake) for mistake in found.mistakes),
        prompts=found.prompts,
    )


def look(
    *,
    data: Path | None = None,
    file: Path | None = None,
    options: Mapping[str, object] | None = None,
    env: Mapping[str, str] = os.environ,
) -> Survey:
    """Everything that sets a server, with all that is wrong in it but for what `check` adds. `file` is to be read."""
    if file:
        env = {**env, "DANQING_CONFIG": str(file)}
    return survey(data=data, options=options or {}, env=env, home=data_directory(env))


def check(found: Survey, *, keys: bool = True, env: Mapping[str, str] = os.environ) -> None:
    """Add what is wrong with upstreams and prompts. Without `keys` nobody looks whether the keys are there."""
    upstreams.check(found, env if keys else None)
    prompts.check(found)
    found.mistakes.sort(key=Mistake.place)


def refuse(found: Survey) -> None:
    """Raises ConfigError when something is wrong that a server cannot work with."""
    if grave := [str(mistake) for mistake in found.mistakes if mistake.grave]:
        raise ConfigError("\n".join(grave))


def open_upstreams(config: Config, env: Mapping[str, str] = os.environ) -> dict[str, upstreams.Row]:
    """The settings of each upstream with its `name`, its `kind` and its keys. Raises ConfigError with all mistakes."""
    try:
        found = Survey(config.data, read(config.file), upstreams=dict(config.upstreams))
    except Unreadable as error:
        raise ConfigError(f"{config.file} {error}.") from error
    check(found, env=env)
    refuse(found)
    folder = config.file.parent
    return {name: upstreams.with_keys(name, row, env=env, folder=folder) for name, row in config.upstreams.items()}


def remote(env: Mapping[str, str] = os.environ) -> Remote | None:
    """The server named by DANQING_URL, with DANQING_KEY."""
    url = env.get("DANQING_URL", "").rstrip("/")
    return Remote(url, key(env)) if url else None


def key(env: Mapping[str, str] = os.environ) -> str:
    """DANQING_KEY; without a URL it is for the server of this machine's own data directory."""
    return env.get("DANQING_KEY", "")
