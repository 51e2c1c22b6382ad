"""Brings a server's tables to a revision by hand, and tells at which one they stand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Engine

from danqing.app import AlreadyRunning, owning
from danqing.cli import logs
from danqing.cli.report import Report, show
from danqing.cli.running import give_up
from danqing.config import Config, load
from danqing.domain.errors import Kind, Problem, invalid
from danqing.home import explained
from danqing.store import migrate, revision
from danqing.store.engine import open_engines, troubles_told

BASE = "base"  # what Alembic calls a database without tables


def current(*, data: Path | None, json: bool) -> None:
    """Where the tables stand; a server may be at work."""
    _perform(lambda engine, config: None, data=data, json=json, alone=False)


def upgrade(*, force: bool, data: Path | None, json: bool) -> None:
    """Up to the newest revision."""

    def work(engine: Engine, config: Config) -> None:
        if not (force or revision.is_current(engine)):
            _require_still(engine, config)
        migrate.upgrade(engine)

    _perform(work, data=data, json=json)


def downgrade(target: str, *, yes: bool, force: bool, data: Path | None, json: bool) -> None:
    """Down to a revision, once it is confirmed."""

    def work(engine: Engine, config: Config) -> None:
        if not yes:
            message = "What older tables have no room for is lost. Make a backup, then say it again with --yes."
            raise invalid(message, param="yes", code="unconfirmed")
        if not force:
            _require_still(engine, config)
        migrate.downgrade(engine, target)

    _perform(work, data=data, json=json)


def _perform(work: Callable[[Engine, Config], None], *, data: Path | None, json: bool, alone: bool = True) -> None:
    """Work on the database, on SQLite without a server beside it if `alone`, and tell where it stands then."""
    logs.configure("error")
    try:
        with explained():
            config = load(data=data)
        with _nobody_else(config) if alone and not config.shared else nullcontext(), troubles_told():
            engines = open_engines(config.database_url)
            try:
                work(engines.writing, config)
                stands = revision.current(engines.reading)
            finally:
                engines.dispose()
        show(_report(stands), json=json)
    except Exception as error:
        give_up(error, json=json)


def _require_still(engine: Engine, config: Config) -> None:
    """Raises Problem while processes on any machine work on the database. What SQLite has is this process's own."""
    if config.shared:
        migrate.require_still(engine, config.lease_s)


@contextmanager
def _nobody_else(config: Config) -> Iterator[None]:
    """Own the data directory. Raises Problem while a server is at work on it."""
    try:
        with owning(config):
            yield
    except AlreadyRunning as running:
        raise Problem(Kind.UNAVAILABLE, f"{running} Stop it first.", code="already_running") from running


def _report(stands: str) -> Report:
    newest = "the newest" if stands == revision.HEAD else f"the newest is {revision.HEAD}"
    return Report({"revision": stands or BASE, "newest": revision.HEAD}, [f"{stands or BASE} ({newest})"])
