"""Keeping files by their content in a bucket of S3, Google Cloud Storage or Azure.

An object appears whole or not at all, under the same `aa/<sha256>.<suffix>` as on a disk. Uploads happen in threads,
so that one that was begun is finished, whoever has gone away; reads ask for one range at a time, so that a slow reader
holds no connection. Every request has a time limit and is repeated while the store is away, up to a limit.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import obstore
from obstore.store import ObjectStore, from_url

from danqing.assets import troubles
from danqing.assets.cache import Cache
from danqing.assets.disk import CHUNK
from danqing.assets.intake import Draft, Intake
from danqing.assets.naming import name_in, place_of
from danqing.domain.errors import not_found
from danqing.domain.media import Blob
from danqing.domain.ports import Source, Stored, Story

if TYPE_CHECKING:  # obstore has these in its stubs only
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig

PROBE = "danqing"  # an empty object, written at every start to see whether anything can be
PROBE_S = 5  # how long to try at the start
PATIENCE_S = 45  # how long to try later on; a request that was begun by then has its own limit beyond
FRESH_S = 60  # what was put this lately is not uploaded again; longer ago, and it is, so that it counts as young
_THREADS = 12  # they wait for the network
_PART_BYTES = 5 << 20  # larger files are uploaded in parts of this size, the smallest that S3 takes
_PARTS = 2  # of one file in memory and on their way at once
_CLIENT: "ClientConfig" = {"allow_http": True, "connect_timeout": "5s", "timeout": "30s"}


class Bucket:
    """The Archive port on `s3://bucket/prefix`, `gs://…` or `az://…`, with the cloud's own environment variables.

    `local`: a directory on this machine for unfinished files, and for copies of up to `cache_bytes_max` in all.
    """

    def __init__(self, address: str, *, local: Path, bytes_max: int, cache_bytes_max: int) -> None:
        self._address = address
        self._store = self._connected(PATIENCE_S)
        self._intake = Intake(local / "incoming", bytes_max=bytes_max, threads=_THREADS, keep=self._keep)
        self._cache = Cache(local / "copies", bytes_max=cache_bytes_max)
        self._turns = [Lock() for _ in range(256)]

    async def probe(self) -> None:
        """Write something. Raises Problem(UNAVAILABLE) that says why it cannot be done."""
        store = self._connected(PROBE_S)
        try:
            async with asyncio.timeout(4 * PROBE_S):
                with troubles.told(self._address):
                    await obstore.put_async(store, PROBE, b"", use_multipart=False)
        except FileNotFoundError as error:
            raise troubles.missing(self._address) from error
        except TimeoutError as error:
            raise troubles.away(self._address) from error

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Store bytes, a stream, or a finished file that is moved away; stamp the story into it first, if given.

        Answered once the store has it. Raises Problem(TOO_LARGE) beyond `bytes_max`, and Problem(UNAVAILABLE) when
        the store has not taken it, or when the local disk is full.
        """
        return await self._intake.put(source, mime, story)

    async def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`, in chunks of CHUNK, one read ahead. Raises Problem(NOT_FOUND)."""
        stop = blob.size if stop is None else min(stop, blob.size)
        if start >= stop:
            await self._see(blob)
            return
        starts = range(start, stop, CHUNK)
        ahead = asyncio.ensure_future(self._read(blob, start, stop))
        try:
            for upcoming in starts[1:]:
                chunk = await ahead
                ahead = asyncio.ensure_future(self._read(blob, upcoming, stop))
                yield chunk
            yield await ahead
        finally:
            ahead.cancel()

    async def path(self, blob: Blob) -> str:
        """A copy on this machine. Raises Problem(NOT_FOUND)."""
        found = await self._intake.run(self._cache.find, blob.name)
        if found is None:
            received = await self._intake.receive(self.open(blob))
            found = await self._intake.run(self._cache.add, received, blob.name)
        return str(found)

    async def stored(self, *hashes: str) -> AsyncIterator[Stored]:
        """What is kept of the files with these hashes, or everything when none is named, in no order.

        What is not one of Danqing's files is passed over.
        """
        for prefix in {place_of(sha256)[:2] for sha256 in hashes} or (None,):
            with troubles.told(self._address):
                async for found in obstore.list(self._store, prefix=prefix):
                    for each in _files(found):
                        if not hashes or each.sha256 in hashes:
                            yield each

    async def delete(self, stored: Stored) -> bool:
        """Give a file up. False when it has been put again since it was listed, or is gone already."""
        place = place_of(stored.name)
        with troubles.told(self._address):
            try:
                if _put_at(await obstore.head_async(self._store, place)) != stored.at:
                    return False
            except FileNotFoundError:
                return False
            await obstore.delete_async(self._store, place)
        await self._intake.run(self._cache.drop, stored.name)
        return True

    def close(self) -> None:
        """Wait for uploads and give the temporary directory back."""
        self._intake.close()

    def _connected(self, patience_s: float) -> ObjectStore:
        retry: RetryConfig = {
            "max_retries": 100,
            "retry_timeout": timedelta(seconds=patience_s),
            "backoff": {"max_backoff": timedelta(seconds=3)},
        }
        with troubles.told(self._address):
            return from_url(self._address, client_options=_CLIENT, retry_config=retry)

    def _keep(self, draft: Draft) -> None:
        """Upload a draft, unless the same was put just now. The same content takes turns."""
        blob, place = draft.blob, place_of(draft.blob.name)
        with self._turns[int(place[:2], 16)], troubles.told(self._address):
            if not self._has(blob, place):
                obstore.put(
                    self._store,
                    place,
                    draft.content,
                    attributes={"Content-Type": blob.mime},
                    chunk_size=_PART_BYTES,
                    max_concurrency=_PARTS,
                )

    def _has(self, blob: Blob, place: str) -> bool:
        try:
            found = obstore.head(self._store, place)
        except FileNotFoundError:
            return False
        return found["size"] == blob.size and found["last_modified"] > datetime.now(UTC) - timedelta(seconds=FRESH_S)

    async def _see(self, blob: Blob) -> None:
        try:
            with troubles.told(self._address):
                await obstore.head_async(self._store, place_of(blob.name))
        except FileNotFoundError:
            raise not_found("file") from None

    async def _read(self, blob: Blob, start: int, stop: int) -> bytes:
        """One chunk."""
        length = min(CHUNK, stop - start)
        try:
            with troubles.told(self._address):
                chunk = await obstore.get_range_async(self._store, place_of(blob.name), start=start, end=start + length)
        except FileNotFoundError:
            raise not_found("file") from None
        return bytes(chunk)


def _put_at(found: "ObjectMeta") -> datetime:
    """When an object was last put, in whole seconds: some stores tell more of it in a list than for one object."""
    return found["last_modified"].replace(microsecond=0)


def _files(found: "Sequence[ObjectMeta]") -> Iterator[Stored]:
    for each in found:
        if name := name_in(each["path"]):
            yield Stored(name, each["size"], _put_at(each))
