"""Runs a Postgres of the tests' own, in a temporary directory, when this machine has one installed."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GIVEN = "DANQING_TEST_POSTGRES"
_OWNERS = ("postgres", "nobody")  # Postgres refuses to run as root


def programs() -> Path | None:
    """The directory with `initdb` and `pg_ctl`, the newest version first."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@dataclass(frozen=True)
class Postgres:
    """A server of the tests' own, which they may stop and start again."""

    folder: Path
    home: Path
    durable: bool = False  # whether a commit waits for the disk; tests need not

    @property
    def url(self) -> str:
        return f"postgresql://tester@/postgres?host={self.folder}"

    def make(self) -> None:
        """An empty database."""
        if os.getuid() == 0:
            shutil.chown(self.folder, _owner())
        self._run(self.home / "initdb", "-D", self._data, "-U", "tester", "-A", "trust", "--no-sync")

    def start(self) -> None:
        """Answers when this returns."""
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": self.folder,
            "fsync": "on" if self.durable else "off",
            "max_connections": 150,
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run(self.home / "pg_ctl", "-D", self._data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """At once, as if it had crashed."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, *command: str | Path) -> None:
        subprocess.run([*_become(), *command], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextmanager
def running(*, durable: bool = False) -> Iterator[str | None]:
    """The URL of a database: what DANQING_TEST_POSTGRES names, or a new server's; None when there is neither."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with own(durable=durable) as server:
        yield server.url if server else None


@contextmanager
def own(*, durable: bool = False) -> Iterator[Postgres | None]:
    """A new server; None when this machine has no Postgres. Not in pytest's folders: every run of it closes them."""
    home = programs()
    if home is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="danqing-postgres-") as folder:
        server = Postgres(Path(folder), home, durable)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _become() -> list[str]:
    """How root becomes somebody who may run Postgres."""
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={_owner()}", f"--regid={_owner()}", "--clear-groups"]


def _owner() -> str:
    return next(name for name in _OWNERS if _exists(name))


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
