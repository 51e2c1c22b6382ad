"""The shelf of a key: takes files in while they are sent, piece by piece, finds them by name, and gives them up.

Every piece is stored and written down before the next one is taken, so that an upload goes on where it broke off, at
any gateway that shares the store and the assets.
"""

import codecs
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Protocol

from danqing.domain.errors import Kind, Problem, invalid, not_found
from danqing.domain.generation import Generation
from danqing.domain.keys import Key
from danqing.domain.media import JSONL, Blob, Cited
from danqing.domain.ports import Archive, Probe
from danqing.domain.shelf import (
    MEDIA,
    PIXELS_MAX,
    RESULTS,
    UNFINISHED,
    File,
    Finding,
    Recognise,
    Shelves,
    Wanted,
    empty,
    limit_of,
    too_large,
)
from danqing.gateway.cleaning import Cleaner
from danqing.gateway.gateway import Gateway, utc_now
from danqing.gateway.keyring import Keyring

PIECE_BYTES = 8 << 20  # what is lost of an upload at the most when a process dies
LASTS = timedelta(hours=48)  # as with Google
HEAD_BYTES = 4 << 10
PAGE_MAX = 100
_PIECE = "application/octet-stream"


class Stock(Shelves, Finding, Protocol):
    """All that is written down about shelves; one store keeps it."""


class Shelf:
    """All shelves. What jobs have made is found and listed here too, as the gateway has it."""

    def __init__(
        self,
        stock: Stock,
        gateway: Gateway,
        cleaner: Cleaner,
        keyring: Keyring,
        probe: Probe,
        recognise: Recognise,
        *,
        lasts: timedelta = LASTS,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._stock = stock
        self._gateway = gateway
        self._archive: Archive = gateway.assets
        self._cleaner = cleaner
        self._keyring = keyring
        self._probe = probe
        self._recognise = recognise
        self._lasts = lasts
        self._now = now

    async def begin(self, key: Key, wanted: Wanted) -> str:
        """Begin an upload: what it is gone on with, by whoever has it. Raises Problem: INVALID, TOO_LARGE, NO_FUNDS."""
        file = self._new(key, wanted.checked())
        if wanted.size is None:
            raise invalid("Say how many bytes the file has.", param="size", code="size_missing")
        await self._stock.shelve(file)
        return self._keyring.upload(file.id)

    async def upload(self, token: str) -> File:
        """How far an upload is. Raises Problem(NOT_FOUND)."""
        id = self._keyring.uploading(token)
        file = await self._stock.upload(id) if id else None
        if file is None or (file.expires and file.expires <= self._now()):
            raise not_found("upload under way with this id")
        return file

    async def take(self, token: str, start: int, source: AsyncIterator[bytes], *, last: bool) -> File:
        """More of an upload, from byte `start` on; what is here already is passed over. `last`: that was all of it.

        What came before a connection broke is kept. Raises Problem: NOT_FOUND, INVALID, TOO_LARGE, BUSY.
        """
        file = await self.upload(token)
        if file.blob:
            return file
        if start > file.received:
            message = f"{file.received} bytes are here, and these begin at {start}. Ask with the command query."
            raise invalid(message, param="offset", code="wrong_offset")
        async for piece in _pieces(source, passed_over=file.received - start):
            if last and len(piece) == file.size:
                return await self._complete(file, piece)
            file = await self._extend(file, piece)
        if not last:
            return file
        if file.received < file.size:
            message = f"The upload was announced with {file.size} bytes, and {file.received} are here. Send the rest."
            raise invalid(message, param="offset", code="upload_incomplete")
        return await self._complete(file)

    async def abandon(self, token: str) -> None:
        """Give an upload up. One that is whole stays."""
        file = await self.upload(token)
        if file.blob is None:
            await self._stock.unshelve(file)

    async def put(self, key: Key, wanted: Wanted, source: AsyncIterator[bytes] | PurePath, head: bytes = b"") -> File:
        """A file in one go: a stream, or one on this machine, with its `head`, that is moved away.

        Raises Problem: INVALID, TOO_LARGE, NO_FUNDS.
        """
        file = self._new(key, wanted.checked())
        if not isinstance(source, PurePath):
            pieces = _pieces(source)
            head = await anext(pieces, b"")
            source = _within(limit_of(self._kind(head)), _rejoined(head, pieces))
        mime = self._kind(head)
        blob = await self._archive.put(source, mime)
        length_ms = await self._looked_at(blob)
        file = replace(file, size=blob.size).whole(blob, self._now(), self._until(file), length_ms)
        await self._stock.shelve(file)
        return file

    async def add(self, key: str, name: str, blob: Blob, title: str) -> File:
        """Write down a file that was written here for a key. The same name is the same file."""
        if found := await self._stock.on_shelf(key, name):
            return found
        now = self._now()
        file = File(
            id=secrets.token_hex(16),
            key=key,
            name=name,
            size=blob.size,
            created=now,
            updated=now,
            expires=now + self._lasts,
            title=title,
            purpose=RESULTS,
            made=True,
            blob=blob,
        )
        await self._stock.shelve(file)
        return file

    async def find(self, key: Key, name: str) -> File:
        """A file that the key has sent, or that it sees, by its name. Raises Problem(NOT_FOUND)."""
        if found := await self._stock.on_shelf(key.id, name):
            return found
        output, job = await self._gateway.file(key, name)
        assert output.blob is not None, "words have no file"
        return File(
            id=output.file,
            key=job.key,
            name=output.file,
            size=output.blob.size,
            created=job.created,
            updated=job.updated,
            purpose=MEDIA,
            made=True,
            job=job.id,
            blob=output.blob,
            duration_ms=output.duration_ms,
        )

    async def found(self, key: Key, generation: Generation) -> Generation:
        """What is asked for, with the files themselves where files of the key were only named.

        Raises Problem(NOT_FOUND).
        """
        found: dict[Blob, Blob] = {}
        film_ms = generation.film_ms
        for blob in generation.blobs():
            if isinstance(blob, Cited) and blob not in found:
                file = await self.find(key, blob.file)
                assert file.blob is not None, "only what is whole is found"
                found[blob] = file.blob
                if blob == generation.film:
                    film_ms = file.duration_ms
        if not found:
            return generation
        generation = replace(generation.with_files(lambda blob: found.get(blob, blob)), film_ms=film_ms)
        _require_kinds(generation)
        return generation

    async def sent(self, key: Key, name: str) -> File | None:
        """A file of the key that no job has made."""
        return await self._stock.on_shelf(key.id, name)

    async def page(
        self, key: Key, after: tuple[datetime, str] | None, limit: int, purpose: str = ""
    ) -> tuple[list[File], bool]:
        """Some of the key's files, newest first, and whether there are more. `after`: of the last one seen."""
        found = await self._stock.filed(key.id, after, limit + 1, purpose)
        return found[:limit], len(found) > limit

    async def delete(self, key: Key, name: str) -> None:
        """Take a file away at once. Raises Problem(NOT_FOUND), and Problem(INVALID) while its job is at work."""
        file = await self.find(key, name)
        if file.job:
            await self._cleaner.delete_output(await self._gateway.job(key, file.job), name)
        else:
            await self._cleaner.delete_upload(file)

    def _new(self, key: Key, wanted: Wanted) -> File:
        id, now = secrets.token_hex(16), self._now()
        return File(
            id=id,
            key=key.id,
            name=wanted.name or id,
            size=wanted.size or 0,
            created=now,
            updated=now,
            expires=now + UNFINISHED,
            lasts=wanted.lasts,
            title=wanted.title,
            purpose=wanted.purpose,
        )

    def _until(self, file: File) -> datetime:
        return self._now() + (file.lasts or self._lasts)

    async def _extend(self, file: File, piece: bytes) -> File:
        """The upload with one more piece."""
        if file.received + len(piece) > file.size:
            message = f"The upload was announced with {file.size} bytes, and more were sent."
            raise Problem(Kind.TOO_LARGE, message, param="offset", code="upload_too_long")
        part = await self._archive.put(piece, _PIECE)
        if not await self._stock.extend(file, part):
            message = "This upload is being sent by somebody else too. Ask with the command query how far it is."
            raise Problem(Kind.BUSY, message, code="upload_busy", retry_after=1)
        return replace(file, parts=(*file.parts, part))

    async def _complete(self, file: File, piece: bytes = b"") -> File:
        """The whole file, of one piece or of the parts that are here."""
        try:
            mime = self._kind(piece or await self._head(file.parts[0]))
            if file.size > limit_of(mime):
                raise too_large(f"A file of {mime}", limit_of(mime))
            blob = await self._archive.put(piece or self._bytes(file), mime)
            length_ms = await self._looked_at(blob)
        except Problem as problem:
            if problem.kind in (Kind.INVALID, Kind.TOO_LARGE):  # it would be no better the next time
                await self._stock.unshelve(file)
            raise
        whole = file.whole(blob, self._now(), self._until(file), length_ms)
        if not await self._stock.complete(whole):
            return await self.upload(self._keyring.upload(file.id))
        return whole

    async def _head(self, part: Blob) -> bytes:
        return b"".join([chunk async for chunk in self._archive.open(part, 0, HEAD_BYTES)])

    async def _bytes(self, file: File) -> AsyncIterator[bytes]:
        for part in file.parts:
            async for chunk in self._archive.open(part):
                yield chunk

    def _kind(self, head: bytes) -> str:
        """What a file is by its first bytes. Raises Problem(INVALID) for what is of no use here."""
        if not head:
            raise empty()
        if mime := self._recognise(head):
            return mime
        if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") and b"\0" not in head:
            return JSONL
        message = "Files that can be used here are PNG, JPEG and WebP pictures, MP4 films, and requests as JSON lines."
        raise invalid(message, param="file", code="unsupported_file")

    async def _looked_at(self, blob: Blob) -> int:
        """How long it is in milliseconds, 0 for what is no film.

        Raises Problem(INVALID), Problem(TOO_LARGE) for what cannot be used here.
        """
        if blob.size > limit_of(blob.mime):
            raise too_large(f"A file of {blob.mime}", limit_of(blob.mime))
        if blob.mime == JSONL:
            return 0
        shape = await self._probe(self._archive, blob)
        if shape is None:
            raise invalid(f"The file is damaged: its header is none of {blob.mime}.", param="file", code="invalid_file")
        if blob.mime.startswith("image/") and shape.width * shape.height > PIXELS_MAX:
            message = f"The picture has {shape.width}x{shape.height} pixels; at most 40 megapixels are taken."
            raise Problem(Kind.TOO_LARGE, message, param="file", code="picture_too_large")
        return shape.duration_ms


def _require_kinds(generation: Generation) -> None:
    """Raises Problem(INVALID) when a film is named where a picture belongs, and the like."""
    for blob in generation.blobs():
        wanted = "video/" if blob is generation.film else "image/"
        if not blob.mime.startswith(wanted):
            message = f"A file of {blob.mime} is named where one of {wanted}… belongs."
            raise invalid(message, param="file", code="wrong_kind_of_file")


async def _pieces(source: AsyncIterator[bytes], passed_over: int = 0) -> AsyncIterator[bytes]:
    """The bytes in pieces of PIECE_BYTES; what came before the source broke off is given before that is raised."""
    gathered = bytearray()
    try:
        async for chunk in source:
            skipped = min(passed_over, len(chunk))
            passed_over -= skipped
            gathered += chunk[skipped:]
            while len(gathered) >= PIECE_BYTES:
                yield bytes(gathered[:PIECE_BYTES])
                del gathered[:PIECE_BYTES]
    except Problem:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


async def _rejoined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _within(most: int, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for piece in source:
        size += len(piece)
        if size > most:
            raise too_large("A file of this kind", most)
        yield piece
