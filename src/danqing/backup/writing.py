"""Makes a backup of a server that may be at work: one moment of its tables first, then the files that they name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

from danqing import __version__
from danqing.backup.container import Writer, pieces, writer
from danqing.backup.manifest import FILES, FORMAT, MANIFEST, SECRETS, Listed, Manifest, Part, file_part, table_part
from danqing.domain.errors import Kind, Problem
from danqing.domain.ports import Archive, Stored
from danqing.store.snapshot import Snapshot, snapshot

Tell = Callable[[str, int], None]  # what is at hand, and how much of it is done

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What goes into a backup, and where: FOLDER or FILE.tar. `since`: an earlier folder to take known files from."""

    target: Path
    files: bool = True
    secret: bool = True
    since: Path | None = None


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written; `secret`: the backup opens every key, so keep it as you keep the server."""

    target: Path
    manifest: Manifest
    secret: bool


async def back_up(database: str, archive: Archive, data: Path, wanted: Wanted, tell: Tell) -> BackedUp:
    """Write a backup of a database, its files and the secrets in `data`. Raises Problem; leaves nothing behind then."""
    out = await asyncio.to_thread(writer, wanted.target, wanted.since)
    try:
        manifest, secret = await _written(out, database, archive, data, wanted, tell)
        await asyncio.to_thread(out.finish)
    finally:
        await asyncio.to_thread(out.abandon)
    return BackedUp(wanted.target, manifest, secret)


async def _written(
    out: Writer, database: str, archive: Archive, data: Path, wanted: Wanted, tell: Tell
) -> tuple[Manifest, bool]:
    held = snapshot(database)
    moment = await asyncio.to_thread(held.__enter__)
    try:
        made = datetime.now(UTC)
        tables, parts = await asyncio.to_thread(_write_tables, out, moment, tell)
        taken = _Taken()
        if wanted.files:
            with TemporaryFile() as listing:
                taken = await _take_files(out, moment, archive, listing, tell)
                parts.append(await asyncio.to_thread(_write_listing, out, listing))
        secrets = await asyncio.to_thread(_write_secrets, out, data) if wanted.secret else []
        manifest = Manifest(
            format=FORMAT,
            danqing=__version__,
            revision=moment.revision,
            made=made,
            tables=tables,
            files=taken.files if wanted.files else None,
            file_bytes=taken.bytes,
            missing=max(0, await asyncio.to_thread(moment.files) - taken.files) if wanted.files else 0,
            parts=(*parts, *secrets),
        )
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        await asyncio.to_thread(out.add, MANIFEST, [text])
        return manifest, bool(secrets)
    finally:
        await asyncio.to_thread(held.__exit__, None, None, None)


@dataclass(slots=True)
class _Taken:
    files: int = 0
    bytes: int = 0


def _write_tables(out: Writer, moment: Snapshot, tell: Tell) -> tuple[dict[str, int], list[Part]]:
    counts: dict[str, int] = {}

    def counted(table: str) -> Iterator[bytes]:
        for line in moment.lines(table):
            counts[table] += 1
            yield line
        tell(table, counts[table])

    parts: list[Part] = []
    for table in moment.tables:
        counts[table] = 0
        parts.append(out.add(table_part(table), counted(table)))
    return counts, parts


async def _take_files(out: Writer, moment: Snapshot, archive: Archive, listing: IO[bytes], tell: Tell) -> _Taken:
    """Every stored file that the moment names; what it does not name has come, or been given up, since."""
    taken = _Taken()
    async for page in _paged(archive.stored()):
        named = await asyncio.to_thread(moment.named, {stored.sha256 for stored in page})
        for stored in page:
            if stored.sha256 in named and (path := await _path_of(archive, stored)):
                await asyncio.to_thread(out.take, file_part(stored.name), path)
                listing.write(msgspec.json.encode(Listed(stored.name, stored.size)) + b"\n")
                taken.files += 1
                taken.bytes += stored.size
        tell("files", taken.files)
    return taken


async def _path_of(archive: Archive, stored: Stored) -> Path | None:
    try:
        return Path(await archive.path(stored.blob))
    except Problem as problem:
        if problem.kind is not Kind.NOT_FOUND:
            raise
        return None  # deleted by hand this moment


async def _paged(listed: AsyncIterator[Stored]) -> AsyncIterator[list[Stored]]:
    page: list[Stored] = []
    async for stored in listed:
        page.append(stored)
        if len(page) == PAGE:
            yield page
            page = []
    yield page


def _write_listing(out: Writer, listing: IO[bytes]) -> Part:
    listing.seek(0)
    return out.add(FILES, pieces(listing))


def _write_secrets(out: Writer, data: Path) -> list[Part]:
    return [out.add(name, [(data / name).read_bytes()]) for name in SECRETS if (data / name).is_file()]
