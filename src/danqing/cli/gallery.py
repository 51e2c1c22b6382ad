"""Looks through what was made, lays it on a contact sheet, shows it, and gives it to others."""

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import RenderableType
from rich.table import Table

from danqing.cli import contact_sheet
from danqing.cli.report import Report
from danqing.cli.running import perform
from danqing.client import AsyncClient, AsyncFile, files
from danqing.client.assets import Asset

COLUMNS = 5  # of a contact sheet
SKETCH = ", a sketch, not a model's work"
_FILE = re.compile(r"(?:files/)?([0-9a-z]{1,64})")


def show(words: str, chosen: Mapping[str, Any], *, limit: int, sheet: Path | None, json: bool) -> None:
    """List the files that are looked for, and lay them on a sheet if one is wanted."""

    async def work(client: AsyncClient) -> Report:
        if sheet:
            files.require_writable(sheet, " with --sheet")
        found = [asset async for asset in client.assets.search(words, limit=limit, **chosen)]
        drawn = await _drawn(client, found, sheet) if sheet and found else None
        lines: list[RenderableType] = [_table(found)] if found else ["Nothing was found."]
        document = {"assets": found, "sheet": str(drawn.absolute()) if drawn else None}
        return Report(document, [*([str(drawn)] if drawn else []), *lines])

    perform(work, json=json)


def share(name: str, *, hours: int, json: bool) -> None:
    """A link for anybody."""

    async def work(client: AsyncClient) -> Report:
        link = await client.assets.share(_bare(name), hours)
        return Report(
            link, [link.url, f"Anybody may open it until {link.expires}; danqing unshare {link.id} revokes it."]
        )

    perform(work, json=json)


def unshare(id: str, *, json: bool) -> None:
    """Have a link open nothing any more."""

    async def work(client: AsyncClient) -> Report:
        await client.assets.unshare(id)
        return Report({"revoked": id}, [f"The link {id} opens nothing any more."])

    perform(work, json=json)


def view(name: str, *, json: bool) -> None:
    """Fetch a file, or all of a job's, and have the machine show it."""

    async def work(client: AsyncClient) -> Report:
        wanted = await _wanted(client, name)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="danqing-"))
        saved = [await file.save(folder) for file in wanted]
        failed = any([await asyncio.to_thread(typer.launch, str(path)) for path in saved])
        lines = [*map(str, saved), *(["There is no program here that shows it."] if failed else [])]
        return Report({"saved": [str(path) for path in saved], "shown": not failed}, lines)

    perform(work, json=json)


async def _wanted(client: AsyncClient, name: str) -> Sequence[AsyncFile]:
    """The files of a job, or the one of that name."""
    if _FILE.fullmatch(name):
        return [client.assets.file(await client.assets.get(_bare(name)))]
    return (await client.jobs.get(name)).result().files


async def _drawn(client: AsyncClient, found: Sequence[Asset], sheet: Path) -> Path:
    """The contact sheet, under a name that nobody has."""
    with tempfile.TemporaryDirectory(prefix="danqing-") as folder:
        cells = []
        for asset in found:
            small = Path(folder) / f"{asset.file}.webp"
            small.write_bytes(await client.assets.thumbnail(asset.file or "", 512))
            made = asset.created[:10] + (SKETCH if asset.sketch else "")
            facts = [asset.model, made, asset.prompt, asset.file or ""]
            cells.append(contact_sheet.Cell([fact[: contact_sheet.FAULT_CHARACTERS] for fact in facts], small))
        picture = await asyncio.to_thread(contact_sheet.draw, cells, min(COLUMNS, len(cells)))
    path = await asyncio.to_thread(files.claim, files.names("gallery", "png", sheet))
    await asyncio.to_thread(picture.save, path, "PNG")
    return path


def _bare(name: str) -> str:
    return name.removeprefix("files/")


def _table(found: Sequence[Asset]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in ("file", "what", "made", "model and prompt"):
        table.add_column(title, no_wrap=title == "file", overflow="fold")
    for asset in found:
        length = f"{asset.seconds:g} s" if asset.seconds else ""
        marks = ("★" if asset.starred else "", "a sketch" if asset.sketch else "")
        what = " ".join(filter(None, (f"{asset.width}×{asset.height}", length, *marks)))
        table.add_row(asset.file, what, asset.created[:10], f"{asset.model}\n{' '.join(asset.prompt.split())[:200]}")
    return table
