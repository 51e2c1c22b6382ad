"""Reads what a server has left on the disk and in the process table: ledger rows, files, workers."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PLAY_MONEY = 10**15  # nano-dollars: a million dollars
PATIENCE_S = 60


@dataclass(frozen=True)
class Ledger:
    """The money of a data directory in nano-dollars. `transfers`: phase, job and amount, but for the funding."""

    transfers: tuple[tuple[str, str, int], ...]
    spent: int
    held: int


def ledger(data: Path) -> Ledger:
    """The books of the test account, read from the rows themselves."""
    with closing(sqlite3.connect(data / "danqing.sqlite")) as database:
        rows = database.execute("SELECT phase, job, amount FROM transfers WHERE phase != 'fund' ORDER BY created, id")
        posted, held = database.execute("SELECT posted, held FROM balances WHERE balance = 'account:test'").fetchone()
        return Ledger(tuple(rows.fetchall()), PLAY_MONEY - posted, held)


def documents(data: Path) -> list[dict[str, object]]:
    """Every job as it is stored."""
    with closing(sqlite3.connect(data / "danqing.sqlite")) as database:
        return [json.loads(text) for (text,) in database.execute("SELECT document FROM jobs")]


def orphans(data: Path) -> set[str]:
    """Stored files that no job knows, and what lies about in the rooms for unfinished work."""
    known = {digest for document in documents(data) for digest in _digests(document)}
    incoming = data / "assets" / "incoming"
    stored = [path for path in files(data / "assets") if incoming not in path.parents]
    unfinished = [*files(incoming), *files(data / "scratch")]
    unknown = [path for path in stored if path.stem not in known]
    return {path.relative_to(data).as_posix() for path in (*unknown, *unfinished) if path.name != "lock"}


def files(room: Path) -> list[Path]:
    """Every file in a folder and below, also while others are at work in it."""
    return [path for path in room.rglob("*") if path.is_file()]


def children(pid: int) -> set[int]:
    """The processes that a process has started and that are alive."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def is_alive(pid: int) -> bool:
    """Whether a process is there and not only waiting to be counted as dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def eventually(look: Callable[[], T | None], *, seconds: float = PATIENCE_S, pause_s: float = 0.05) -> T:
    """What `look` finds as soon as it finds anything. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(pause_s)
    return found


def _digests(node: object) -> set[str]:
    """Every `sha256` in a document, however deep."""
    if isinstance(node, list):
        return {digest for part in node for digest in _digests(part)}
    if not isinstance(node, dict):
        return set()
    own = {str(node["sha256"])} if "sha256" in node else set()
    return own.union(*map(_digests, node.values()))
