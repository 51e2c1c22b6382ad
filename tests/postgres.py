"""Runs a Postgres of the tests' own, in a temporary directory, when this machine has one installed."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIVEN = "DANQING_TEST_POSTGRES"
_OWNERS = ("postgres", "nobody")  # Postgres refuses to run as root


def programs() -> Path | None:
    """The directory with `initdb` and `pg_ctl`, the newest version first."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def running(folder: Path) -> Iterator[str | None]:
    """The URL of a database: what DANQING_TEST_POSTGRES names, or a new server's; None when there is neither."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    home = programs()
    if home is None:
        yield None
        return
    data = folder / "data"
    folder.chmod(0o755)
    become = _hand_over(folder)
    subprocess.run(
        [*become, home / "initdb", "-D", data, "-U", "tester", "-A", "trust", "--no-sync"],
        check=True,
        capture_output=True,
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
    control = [*become, home / "pg_ctl", "-D", data]
    subprocess.run(
        [*control, "-w", "-l", folder / "log", "-o", options, "start"], check=True, stdout=subprocess.DEVNULL
    )
    try:
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)


def _hand_over(folder: Path) -> list[str]:
    """As root, give the folder to a user who may run Postgres, and say how to become that user."""
    if os.getuid() != 0:
        return []
    owner = next(name for name in _OWNERS if _exists(name))
    shutil.chown(folder, owner)
    for parent in folder.parents:  # pytest's directories are closed to others
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups"]


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
