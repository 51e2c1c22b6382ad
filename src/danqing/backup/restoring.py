"""Brings a backup back: every part is checked, files first, and the rows in one transaction at the very end.

Whatever happens before that end, the database is still empty and no server serves half of anything; do it again.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from danqing.backup.container import CHUNK, Reader, pieces, reader
from danqing.backup.manifest import (
    FILES,
    MANIFEST,
    SECRETS,
    Listed,
    Manifest,
    damaged,
    file_part,
    read_manifest,
    table_part,
)
from danqing.backup.writing import Tell
from danqing.domain.errors import invalid
from danqing.domain.media import blob_named
from danqing.domain.ports import Archive
from danqing.store.snapshot import Lines, load, require_unused

_MANIFEST_BYTES_MAX = 1 << 20
_NAME = frozenset("0123456789abcdefghijklmnopqrstuvwxyz.")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; without `secret` the server makes new keys, and those of before are not known to it."""

    manifest: Manifest
    secret: bool


async def restore(source: Path, database: str, archive: Archive, data: Path, tell: Tell) -> Restored:
    """Fill an empty database, the archive and `data` with a backup's contents. Raises Problem, with nothing served."""
    from_backup = await asyncio.to_thread(reader, source)
    try:
        manifest = await asyncio.to_thread(_checked, from_backup, tell)
        await asyncio.to_thread(require_unused, database)
        secrets = await asyncio.to_thread(_secrets, from_backup, manifest)
        await asyncio.to_thread(_require_no_other, data, secrets)
        if manifest.files is not None:
            await _put_files(from_backup, manifest.files, archive, tell)
        await asyncio.to_thread(_write_secrets, data, secrets)
        tables: dict[str, Lines] = {name: partial(_lines, from_backup, name) for name in manifest.tables}
        await asyncio.to_thread(load, database, manifest.revision, tables)
        tell("rows", sum(manifest.tables.values()))
    finally:
        await asyncio.to_thread(from_backup.close)
    return Restored(manifest, bool(secrets))


def _checked(source: Reader, tell: Tell) -> Manifest:
    """The manifest, when every part that it names is as it was written."""
    with source.open(MANIFEST) as file:
        manifest = read_manifest(file.read(_MANIFEST_BYTES_MAX))
    for done, part in enumerate(manifest.parts, 1):
        with source.open(part.name) as file:
            digest, size = hashlib.sha256(), 0
            for piece in pieces(file):
                digest.update(piece)
                size += len(piece)
        if (digest.hexdigest(), size) != (part.sha256, part.bytes):
            raise damaged(part.name, "its content is not what was written")
        tell("checked", done)
    named = {part.name for part in manifest.parts}
    for name in [*map(table_part, manifest.tables), *([] if manifest.files is None else [FILES])]:
        if name not in named:
            raise damaged(MANIFEST, f"it gives no hash for {name}")
    return manifest


async def _put_files(source: Reader, count: int, archive: Archive, tell: Tell) -> None:
    """Each file is named by its hash, so to store it is to check it."""
    there = source.files(_listed(source))
    done = 0
    while found := await asyncio.to_thread(next, there, None):
        listed, file = found
        blob = blob_named(listed.name, listed.bytes)
        stored = await archive.put(_stream(file), blob.mime)
        if stored.name != listed.name:
            raise damaged(file_part(listed.name), "its content is not what was written")
        done += 1
        tell("files", done)
    if done != count:
        raise damaged(FILES, f"it names {done} files instead of {count}")


async def _stream(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, CHUNK):
        yield piece


def _listed(source: Reader) -> Iterator[Listed]:
    with source.open(FILES) as lines:
        for line in lines:
            listed = msgspec.json.decode(line, type=Listed)
            if not set(listed.name) <= _NAME or "." in (listed.name[0], listed.name[-1]):
                raise damaged(FILES, "it names what is no file of Danqing's")
            yield listed


def _lines(source: Reader, table: str) -> Iterator[bytes]:
    with source.open(table_part(table)) as lines:
        yield from lines


def _secrets(source: Reader, manifest: Manifest) -> dict[str, bytes]:
    secrets: dict[str, bytes] = {}
    for part in manifest.parts:
        if part.name in SECRETS:
            with source.open(part.name) as file:
                secrets[part.name] = file.read()
    return secrets


def _require_no_other(data: Path, secrets: dict[str, bytes]) -> None:
    for name, text in secrets.items():
        if (data / name).exists() and (data / name).read_bytes() != text:
            message = f"{data / name} is there already, and another one. Restore into a new data directory."
            raise invalid(message, param="data")


def _write_secrets(data: Path, secrets: dict[str, bytes]) -> None:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in secrets.items():
        draft = data / f"{name}.draft"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(data / name)
