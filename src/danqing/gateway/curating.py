"""What a key does with what it sees: finds it, marks it, puts it on boards, shows it to others, deletes it."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from danqing.domain.errors import Kind, Problem, invalid, not_found
from danqing.domain.faults import removed
from danqing.domain.gallery import (
    Asset,
    AssetSearch,
    Board,
    Boards,
    Gallery,
    Inspect,
    Lineage,
    Provenance,
    Share,
    Shares,
)
from danqing.domain.generation import Generation, Output
from danqing.domain.jobs import Job
from danqing.domain.keys import Key
from danqing.domain.media import Blob
from danqing.domain.ports import Story
from danqing.domain.sight import sight_of
from danqing.gateway.cleaning import Cleaner
from danqing.gateway.gateway import utc_now
from danqing.gateway.keyring import Keyring

PAGE_MAX = 200
BOARDS_MAX = 1_000  # of a key
SHARES_MAX = 100  # of a file, at a time
SHARE_HOURS_MAX = 24 * 365
LINEAGE_MAX = 100
NAME_CHARACTERS_MAX = 100
SIDES = (256, 512)  # of a thumbnail, the longer one

ReadStory = Callable[[bytes], Story | None]


class Shelves(Gallery, Boards, Shares, Protocol):
    """All that is written down about delivered files; one store keeps it."""


class Thumbnails(Protocol):
    """Small pictures of files."""

    async def thumbnail(self, blob: Blob, side: int) -> bytes:
        """A WebP picture that fits into a square; of a film its first frame. Raises Problem."""

    async def sheet(self, blob: Blob) -> bytes:
        """A JPEG with many moments of a film. Raises Problem."""


class Curator:
    """Everything about delivered files but their making."""

    def __init__(
        self,
        shelves: Shelves,
        cleaner: Cleaner,
        keyring: Keyring,
        thumbnails: Thumbnails,
        read_story: ReadStory,
        inspect: Inspect,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._shelves = shelves
        self._cleaner = cleaner
        self._keyring = keyring
        self._thumbnails = thumbnails
        self._read_story = read_story
        self._inspect = inspect
        self._now = now

    async def assets(
        self, key: Key, search: AssetSearch, *, limit: int, before: str | None, whose: Collection[str] = ()
    ) -> list[Asset]:
        """The files that a key sees and looks for, newest first, at most PAGE_MAX at a time; `whose`: of these keys."""
        if not 1 <= limit <= PAGE_MAX:
            raise invalid(f"limit must be 1 to {PAGE_MAX}.", param="limit")
        return await self._shelves.assets(key.sight.only(whose), search, limit=limit, before=before)

    async def asset(self, key: Key, name: str) -> Asset:
        """One of the files that a key sees. Raises Problem(NOT_FOUND), also when it was deleted."""
        found = await self._shelves.asset(key.sight, name)
        if found is None or not found.output.blob:
            raise not_found(f"file {name[:64]}")
        if found.output.gone:
            raise removed(found.output.gone).problem()
        return found

    async def chosen(self, key: Key, names: Sequence[str], board: str | None) -> list[Asset]:
        """Several files: those that are named, or those of a board. Raises Problem(INVALID) for too many or none."""
        if board and not names:
            found = await self._shelves.assets(key.sight, AssetSearch(board=board), limit=PAGE_MAX + 1)
        else:
            wanted = list(dict.fromkeys(names))[: PAGE_MAX + 1]
            found = [await self.asset(key, name) for name in wanted]
        if not 1 <= len(found) <= PAGE_MAX:
            raise invalid(f"Name 1 to {PAGE_MAX} files, or a board with no more.", param="name")
        return found

    async def lineage(self, key: Key, asset: Asset) -> Lineage:
        """From which files a file was made, and which jobs were asked with it."""
        hashes = {blob.sha256 for blob in asset.job.generation.blobs()}
        sha256 = asset.output.blob.sha256 if asset.output.blob else ""
        return await self._shelves.lineage(key.sight, hashes, sha256, limit=LINEAGE_MAX)

    async def names(self, key: Key, generation: Generation) -> Mapping[str, str]:
        """What those files of the key are called that a request needs, by their hash."""
        hashes = {blob.sha256 for blob in generation.blobs()}
        return (await self._shelves.lineage(key.sight, hashes, "", limit=LINEAGE_MAX)).sources if hashes else {}

    async def provenance(self, key: Key, name: str) -> Provenance:
        """What a file itself says of where it comes from. Raises Problem(NOT_FOUND)."""
        asset = await self.asset(key, name)
        assert asset.output.blob is not None, "words have no file"
        return await self._inspect(asset.output.blob)

    async def star(self, key: Key, name: str, *, on: bool) -> Asset:
        """Mark a file, or take its mark away. Raises Problem(NOT_FOUND)."""
        asset = await self.asset(key, name)
        if on == (asset.starred is not None):
            return asset
        await self._shelves.star(key.sight, name, self._now() if on else None)
        return await self.asset(key, name)

    async def delete(self, key: Key, name: str) -> Job:
        """Take a file away at once; its job, and the bill, stay. Raises Problem(NOT_FOUND)."""
        job = (await self.asset(key, name)).job
        await self._cleaner.delete_output(job, name)
        return job

    async def thumbnail(self, key: Key, name: str, side: int) -> tuple[bytes, Asset]:
        """A small WebP picture of a file, its longer side one of SIDES. Raises Problem."""
        if side not in SIDES:
            raise invalid(f"size is one of {', '.join(map(str, SIDES))}.", param="size")
        asset = await self.asset(key, name)
        assert asset.output.blob is not None, "words have no file"
        return await self._thumbnails.thumbnail(asset.output.blob, side), asset

    async def sheet(self, key: Key, name: str) -> bytes:
        """Many moments of a film in one JPEG. Raises Problem."""
        asset = await self.asset(key, name)
        assert asset.output.blob is not None, "words have no file"
        return await self._thumbnails.sheet(asset.output.blob)

    async def holding(self, key: Key, sha256: str) -> Asset | None:
        """The newest file with this content that the key sees."""
        return await self._shelves.same(key.sight, sha256)

    async def recognise(self, key: Key, data: bytes) -> tuple[Story | None, Asset | None]:
        """What a file says of itself, and the file that the key sees and that it is, byte by byte."""
        sha256, story = await asyncio.to_thread(lambda: (hashlib.sha256(data).hexdigest(), self._read_story(data)))
        return story, await self._shelves.same(key.sight, sha256)

    async def boards(self, key: Key) -> list[Board]:
        """The boards that a key sees, by name."""
        return await self._shelves.boards(key.sight)

    async def add_board(self, key: Key, name: str) -> Board:
        """A new one. Raises Problem(INVALID)."""
        if len(await self._shelves.boards(sight_of(key.id))) >= BOARDS_MAX:
            raise invalid(f"A key has at most {BOARDS_MAX} boards. Remove one.", code="too_many_boards")
        board = Board(id=f"board_{uuid4().hex[:16]}", key=key.id, name=_named(name), created=self._now())
        await self._shelves.add_board(board)
        return board

    async def rename_board(self, key: Key, id: str, name: str) -> Board:
        """Another name for it. Raises Problem(NOT_FOUND)."""
        if not await self._shelves.rename_board(key.sight, id, _named(name)):
            raise not_found(f"board {id[:64]}")
        return await self._board(key, id)

    async def remove_board(self, key: Key, id: str) -> None:
        """Take it down; its files stay. Raises Problem(NOT_FOUND)."""
        if not await self._shelves.remove_board(key.sight, id):
            raise not_found(f"board {id[:64]}")

    async def pin(self, key: Key, id: str, names: Sequence[str], *, on: bool) -> Board:
        """Put files on a board, or take them off it. Raises Problem(NOT_FOUND), and then nothing is changed."""
        board = await self._board(key, id)
        if on and not await self._shelves.pin(key.sight, id, names, self._now()):
            raise not_found("file by one of these names")
        if not on:
            await self._shelves.unpin(key.sight, id, names)
        return await self._board(key, board.id)

    async def share(self, key: Key, name: str, hours: int) -> Share:
        """A link by which anybody sees a file for so many hours."""
        if not 1 <= hours <= SHARE_HOURS_MAX:
            raise invalid(f"hours must be 1 to {SHARE_HOURS_MAX}.", param="hours")
        asset, now = await self.asset(key, name), self._now()
        if len(await self._shelves.shares(key.sight, name, now)) >= SHARES_MAX:
            raise invalid(f"A file has at most {SHARES_MAX} links at a time. Revoke one.", code="too_many_links")
        expires = now + timedelta(hours=hours)
        share = Share(id=secrets.token_hex(8), key=key.id, file=asset.output.file, created=now, expires=expires)
        await self._shelves.add_share(share)
        return share

    def address(self, share: str) -> str:
        """The name in a link's address: its id, signed, so that who reads the database cannot open it."""
        return self._keyring.share(share)

    async def shares(self, key: Key, name: str) -> list[Share]:
        """The links to a file that are still good. Raises Problem(NOT_FOUND)."""
        await self.asset(key, name)
        return await self._shelves.shares(key.sight, name, self._now())

    async def unshare(self, key: Key, id: str) -> None:
        """Revoke a link at once. Raises Problem(NOT_FOUND)."""
        if not await self._shelves.unshare(key.sight, id):
            raise not_found(f"link {id[:64]}")

    async def shared(self, address: str) -> tuple[Output, Job]:
        """The file behind a link. Raises Problem(NOT_FOUND) when it is forged, expired, revoked or gone."""
        id = self._keyring.opens_share(address)
        found = await self._shelves.shared(id, self._now()) if id else None
        output = found and next((output for output in found[1].outputs if output.file == found[0].file), None)
        if not found or not output or not output.blob or output.gone:
            raise Problem(Kind.NOT_FOUND, "This link is not valid, or it has expired.", code="link_expired")
        return output, found[1]

    async def _board(self, key: Key, id: str) -> Board:
        found = next((board for board in await self._shelves.boards(key.sight) if board.id == id), None)
        if found is None:
            raise not_found(f"board {id[:64]}")
        return found


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX or not name.isprintable():
        raise invalid(f"Give the board a name of 1 to {NAME_CHARACTERS_MAX} characters.", param="name")
    return name
