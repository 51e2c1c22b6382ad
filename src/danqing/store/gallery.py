"""Delivered files in rows, as people look for them: searched, marked, put on boards, shown to others by a link.

The words of a file are searched where they lie, within the rows that are seen: an index of words would need another one
for each language, and another database.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from danqing.domain.errors import not_found
from danqing.domain.gallery import Asset, AssetSearch, Board, Lineage, Share
from danqing.domain.jobs import Job
from danqing.domain.sight import Sight
from danqing.store.jobs import COLUMNS, charged, find_file, job_of
from danqing.store.sight import within
from danqing.store.tables import boards, files, inputs, jobs, keys, pins, shares
from danqing.store.transfers import insert_once
from danqing.store.writer import Doing

_ORDER = (files.c.created, files.c.job, files.c.position)
_NEAR = (98, 102)  # percent of a ratio that are taken for it
_THERE = files.c.sha256 != ""  # its bytes have not been given up
_assets = select(*COLUMNS, files.c.position, files.c.starred, files.c.name).select_from(files.join(jobs))


class Shelves:
    """Implements the ports Gallery, Boards and Shares. Every method raises Problem(BUSY or UNAVAILABLE)."""

    def __init__(self, read: Doing, write: Doing) -> None:
        self._read = read
        self._write = write

    async def assets(self, sight: Sight, search: AssetSearch, *, limit: int, before: str | None = None) -> list[Asset]:
        """Files, newest first; `before` is the name of the last one seen. Raises Problem(NOT_FOUND) for it."""
        return await self._read(lambda connection: _found(connection, sight, search, limit, before))

    async def asset(self, sight: Sight, name: str) -> Asset | None:
        """One of them, given up or not."""
        return await self._read(lambda connection: _one(connection, sight, files.c.name == name))

    async def same(self, sight: Sight, sha256: str) -> Asset | None:
        """The newest file with this content."""
        return await self._read(lambda connection: _one(connection, sight, files.c.sha256 == sha256))

    async def lineage(self, sight: Sight, hashes: Collection[str], sha256: str, *, limit: int) -> Lineage:
        """The files with these hashes, and the jobs that were asked with `sha256`, newest first."""
        return await self._read(lambda connection: _lineage(connection, sight, hashes, sha256, limit))

    async def star(self, sight: Sight, name: str, at: datetime | None) -> bool:
        """Mark a file, or take its mark away. False when there is none."""
        change = update(files).where(_of(sight), files.c.name == name).values(starred=at)
        return await self._write(lambda connection: connection.execute(change).rowcount == 1)

    async def boards(self, sight: Sight) -> list[Board]:
        """All of them, by name."""
        return await self._read(lambda connection: _boards(connection, sight))

    async def add_board(self, board: Board) -> None:
        """A new one."""
        row = {name: value for name, value in asdict(board).items() if name != "assets"}
        await self._write(lambda connection: connection.execute(insert(boards), row))

    async def rename_board(self, sight: Sight, id: str, name: str) -> bool:
        """Another name for it. False when there is none."""
        change = update(boards).where(within(sight, boards.c.key), boards.c.id == id).values(name=name)
        return await self._write(lambda connection: connection.execute(change).rowcount == 1)

    async def remove_board(self, sight: Sight, id: str) -> bool:
        """Take it down; its files stay. False when there is none."""
        return await self._write(lambda connection: _remove_board(connection, sight, id))

    async def pin(self, sight: Sight, id: str, names: Sequence[str], at: datetime) -> bool:
        """Put files on it. False, and nothing is, when the board or one of the files is not there."""
        return await self._write(lambda connection: _pin(connection, sight, id, names, at))

    async def unpin(self, sight: Sight, id: str, names: Sequence[str]) -> bool:
        """Take files off it. False when there is no such board."""
        return await self._write(lambda connection: _unpin(connection, sight, id, names))

    async def add_share(self, share: Share) -> None:
        """A new one."""
        await self._write(lambda connection: connection.execute(insert(shares), asdict(share)))

    async def shares(self, sight: Sight, name: str, at: datetime) -> list[Share]:
        """Those of a file that are still good, newest first."""
        good = select(shares).where(shares.c.file == name, within(sight, shares.c.key), shares.c.expires > at)
        newest = good.order_by(shares.c.created.desc(), shares.c.id)
        return await self._read(lambda connection: [Share(**row) for row in connection.execute(newest).mappings()])

    async def shared(self, id: str, at: datetime) -> tuple[Share, Job] | None:
        """A link that is still good, and the job of its file; a key that was revoked shows nothing."""
        return await self._read(lambda connection: _shared(connection, id, at))

    async def unshare(self, sight: Sight, id: str) -> bool:
        """Revoke a link. False when there is none such in sight."""
        gone = delete(shares).where(shares.c.id == id, within(sight, shares.c.key))
        return await self._write(lambda connection: connection.execute(gone).rowcount == 1)


def _found(connection: Connection, sight: Sight, search: AssetSearch, limit: int, before: str | None) -> list[Asset]:
    page = _assets.where(_of(sight), _THERE, *_chosen(search))
    if before is not None:
        last = connection.execute(select(*_ORDER).where(_of(sight), files.c.name == before)).first()
        if last is None:
            raise not_found(f"file {before[:64]}")
        seen = (literal(value, column.type) for column, value in zip(_ORDER, last, strict=True))
        page = page.where(tuple_(*_ORDER) < tuple_(*seen))
    return _told(connection, page.order_by(*(column.desc() for column in _ORDER)).limit(limit))


def _chosen(search: AssetSearch) -> list[ColumnElement[bool]]:
    chosen = [files.c.words.contains(term, autoescape=True) for term in search.terms]
    if search.models:
        chosen.append(files.c.model.in_(sorted(search.models)))
    if search.medium:
        chosen.append(files.c.medium == search.medium.value)
    if search.ratio:
        chosen.append(_in_ratio(*search.ratio))
    if search.since:
        chosen.append(files.c.created >= search.since)
    if search.until:
        chosen.append(files.c.created < search.until)
    if search.starred is not None:
        chosen.append(files.c.starred.is_not(None) if search.starred else files.c.starred.is_(None))
    if search.board:
        chosen.append(files.c.name.in_(select(pins.c.file).where(pins.c.board == search.board)))
    return [*chosen, *charged(search.cost_min, search.cost_max)]


def _in_ratio(width: int, height: int) -> ColumnElement[bool]:
    wide, high = (cast(column, BigInteger) for column in (files.c.width, files.c.height))
    least, most = (percent * width for percent in _NEAR)
    return (wide * (100 * height)).between(high * least, high * most) & (wide > 0)


def _one(connection: Connection, sight: Sight, which: ColumnElement[bool]) -> Asset | None:
    page = _assets.where(_of(sight), which).order_by(*(column.desc() for column in _ORDER)).limit(1)
    return next(iter(_told(connection, page)), None)


def _told(connection: Connection, page: Select[Any]) -> list[Asset]:
    rows = connection.execute(page).all()
    on: defaultdict[str, list[str]] = defaultdict(list)
    if rows:
        pinned = select(pins.c.file, pins.c.board).where(pins.c.file.in_([row.name for row in rows]))
        for file, board in connection.execute(pinned.order_by(pins.c.created, pins.c.board)):
            on[file].append(board)
    return [_asset(row, on[row.name]) for row in rows]


def _asset(row: Row[Any], on: Sequence[str]) -> Asset:
    job = job_of(row)
    return Asset(output=job.outputs[row.position], job=job, starred=row.starred, boards=tuple(on))


def _lineage(connection: Connection, sight: Sight, hashes: Collection[str], sha256: str, limit: int) -> Lineage:
    named = select(files.c.sha256, func.min(files.c.name)).where(_of(sight), files.c.sha256.in_(sorted(hashes)))
    asked = (
        select(jobs.c.id)
        .join(inputs, inputs.c.job == jobs.c.id)
        .where(inputs.c.sha256 == sha256, within(sight, jobs.c.key))
        .order_by(jobs.c.created.desc(), jobs.c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(named.group_by(files.c.sha256)).all() if hashes else []
    sources = {row[0]: row[1] for row in rows}
    return Lineage(sources=sources, jobs=tuple(connection.execute(asked).scalars()) if sha256 else ())


def _boards(connection: Connection, sight: Sight) -> list[Board]:
    there = (
        select(boards, func.count(files.c.name).label("assets"))
        .join(pins, pins.c.board == boards.c.id, isouter=True)
        .join(files, (files.c.name == pins.c.file) & _THERE & _of(sight), isouter=True)
        .where(within(sight, boards.c.key))
        .group_by(boards.c.id)
        .order_by(boards.c.name, boards.c.id)
    )
    return [Board(**row) for row in connection.execute(there).mappings()]


def _is_there(connection: Connection, sight: Sight, id: str) -> bool:
    mine = select(boards.c.id).where(within(sight, boards.c.key), boards.c.id == id).with_for_update()
    return connection.execute(mine).first() is not None


def _remove_board(connection: Connection, sight: Sight, id: str) -> bool:
    if not _is_there(connection, sight, id):
        return False
    connection.execute(delete(pins).where(pins.c.board == id))
    return connection.execute(delete(boards).where(boards.c.id == id)).rowcount == 1


def _pin(connection: Connection, sight: Sight, id: str, names: Sequence[str], at: datetime) -> bool:
    if not _is_there(connection, sight, id):
        return False
    mine = select(func.count()).select_from(files).where(_of(sight), _THERE, files.c.name.in_(names))
    if connection.execute(mine).scalar_one() != len(set(names)):
        return False
    for name in names:
        insert_once(connection, pins, {"board": id, "file": name, "created": at})
    return True


def _unpin(connection: Connection, sight: Sight, id: str, names: Sequence[str]) -> bool:
    if not _is_there(connection, sight, id):
        return False
    connection.execute(delete(pins).where(pins.c.board == id, pins.c.file.in_(names)))
    return True


def _shared(connection: Connection, id: str, at: datetime) -> tuple[Share, Job] | None:
    good = (
        select(shares)
        .join(keys, keys.c.id == shares.c.key)
        .where(shares.c.id == id, shares.c.expires > at, keys.c.revoked.is_(None))
    )
    row = connection.execute(good).mappings().first()
    job = find_file(connection, row["file"]) if row else None
    return (Share(**row), job) if row and job else None


def _of(sight: Sight) -> ColumnElement[bool]:
    return within(sight, files.c.key)
