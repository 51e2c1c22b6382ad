"""Backs up a server on its own machine, while it works, and brings a backup back into an empty one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from danqing.app import connect_archive, owning
from danqing.backup import BackedUp, Manifest, Restored, Tell, Wanted, back_up, restore
from danqing.cli import logs
from danqing.cli.report import Report, console, show
from danqing.cli.running import give_up
from danqing.config import Config, load
from danqing.domain.ports import Archive
from danqing.home import explained

Work = Callable[[Config, Archive, Tell], Awaitable[Report]]


def backup(target: Path, *, files: bool, secret: bool, since: Path | None, data: Path | None, json: bool) -> None:
    """Write a backup of the server on a data directory, which goes on working."""
    wanted = Wanted(target=target.absolute(), files=files, secret=secret, since=since)

    async def work(config: Config, archive: Archive, tell: Tell) -> Report:
        return _written(await back_up(config.database_url, archive, config.data, wanted, tell))

    _perform(work, data=data, json=json)


def bring_back(source: Path, *, data: Path | None, json: bool) -> None:
    """Restore a backup into an empty database and data directory."""

    async def work(config: Config, archive: Archive, tell: Tell) -> Report:
        with owning(config):
            return _brought_back(await restore(source, config.database_url, archive, config.data, tell))

    _perform(work, data=data, json=json)


def _perform(work: Work, *, data: Path | None, json: bool) -> None:
    logs.configure("error")

    async def done() -> Report:
        config = load(data=data)
        async with _archive(config) as archive:
            with _told() as tell:
                return await work(config, archive, tell)

    try:
        with explained():
            report = asyncio.run(done())
        show(report, json=json)
    except Exception as error:
        give_up(error, json=json)


@asynccontextmanager
async def _archive(config: Config) -> AsyncIterator[Archive]:
    archive = await connect_archive(config)
    try:
        yield archive
    finally:
        archive.close()


@contextmanager
def _told() -> Iterator[Tell]:
    """How far the work is, on stderr."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:.0f}"))
    screen = console(stderr=True)
    hidden = not screen.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=screen, transient=True, disable=hidden) as bar:
        begun: dict[str, TaskID] = {}

        def tell(what: str, done: int) -> None:
            if what not in begun:
                begun[what] = bar.add_task(what)
            bar.update(begun[what], completed=done)

        yield tell


def _written(done: BackedUp) -> Report:
    lines = [str(done.target), _contents(done.manifest)]
    if done.manifest.missing:
        lines.append(f"  {done.manifest.missing} files that jobs name were not found, so they are not in it.")
    if done.secret:
        lines.append("  The server's secret is in it, and with it every key works: keep it as you keep the server.")
    else:
        lines.append("  The server's secret is not in it, and without it no key works: keep DATA/secret elsewhere.")
    return Report({"backup": str(done.target), "secret": done.secret, **_document(done.manifest)}, lines)


def _brought_back(done: Restored) -> Report:
    lines = [f"Restored as of {done.manifest.made:%Y-%m-%d %H:%M:%S} UTC.", _contents(done.manifest)]
    if not done.secret:
        lines.append("  The backup has no secret: put the file secret into the data directory, or make new keys.")
    return Report({"secret": done.secret, **_document(done.manifest)}, lines)


def _document(manifest: Manifest) -> dict[str, object]:
    return {name: value for name, value in msgspec.to_builtins(manifest).items() if name != "parts"}


def _contents(of: Manifest) -> str:
    rows = ", ".join(f"{of.tables[name]} {name}" for name in ("jobs", "transfers", "keys"))
    return f"  {rows}, " + ("no files" if of.files is None else f"{of.files} files ({of.file_bytes / 1e6:.1f} MB)")
