"""Checks the books, and the files, of a server on its own machine, while it works."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from danqing.app import connect_archive
from danqing.cli import logs
from danqing.cli.report import Report, show
from danqing.cli.running import FAILED, give_up
from danqing.config import Config, load
from danqing.domain.money import show as dollars
from danqing.domain.ports import Archive, Stored
from danqing.home import explained
from danqing.store.audit import Books, Findings, opened

_PAGE = 500
_MONEY = frozenset({"held", "charged"})


def audit(*, files: bool, deep: bool, data: Path | None, json: bool) -> None:
    """Audit the server on a data directory; ends the process with 1 when anything differs."""
    logs.configure("error")
    try:
        with explained():
            config = load(data=data)
            with opened(config.database_url) as books:
                found = books.audit()
                if files or deep:
                    asyncio.run(_files(config, books, found, deep=deep))
        show(_report(found), json=json)
    except Exception as error:
        give_up(error, json=json)
    if not found.clean:
        sys.exit(FAILED)


async def _files(config: Config, books: Books, found: Findings, *, deep: bool) -> None:
    archive = await connect_archive(config)
    try:
        await _delivered(archive, books, found, deep=deep)
        await _unnamed(archive, books, found)
    finally:
        archive.close()


async def _delivered(archive: Archive, books: Books, found: Findings, *, deep: bool) -> None:
    """Every file that was delivered is there, of its size, and with `deep` of its content."""
    for page in books.files():
        kept = {stored.sha256: stored async for stored in archive.stored(*(sha256 for sha256, _ in page))}
        for sha256, size in page:
            stored = kept.get(sha256)
            if stored is None:
                found.differ(f"file {sha256} is missing")
            elif stored.size != size:
                found.differ(f"file {sha256} has {stored.size} bytes and not {size}")
            elif deep and await _hash(archive, stored) != sha256:
                found.differ(f"file {sha256} has another content")
        found.counts["kept"] = found.counts.get("kept", 0) + len(kept)


async def _unnamed(archive: Archive, books: Books, found: Findings) -> None:
    """Files that nobody refers to are counted; the sweep removes them in time."""
    found.counts |= {"unnamed": 0, "unnamed_bytes": 0}
    async for page in _paged(archive.stored()):
        named = books.named({stored.sha256 for stored in page})
        strays = [stored.size for stored in page if stored.sha256 not in named]
        found.counts["unnamed"] += len(strays)
        found.counts["unnamed_bytes"] += sum(strays)


async def _paged(listed: AsyncIterator[Stored]) -> AsyncIterator[list[Stored]]:
    page: list[Stored] = []
    async for stored in listed:
        page.append(stored)
        if len(page) == _PAGE:
            yield page
            page = []
    yield page


async def _hash(archive: Archive, stored: Stored) -> str:
    content = hashlib.sha256()
    async for chunk in archive.open(stored.blob):
        await asyncio.to_thread(content.update, chunk)
    return content.hexdigest()


def _report(found: Findings) -> Report:
    counts = {name: f"${dollars(value)}" if name in _MONEY else f"{value:,}" for name, value in found.counts.items()}
    rows = [f"  {name.replace('_', ' '):<14} {value:>16}" for name, value in counts.items()]
    verdict = "Everything agrees." if found.clean else f"{len(found.differences) + found.more} differences:"
    more = [f"  and {found.more} more"] if found.more else []
    lines = [*rows, verdict, *(f"  {difference}" for difference in found.differences), *more]
    document = {"clean": found.clean, "counts": found.counts, "differences": found.differences, "more": found.more}
    return Report(document, lines)
