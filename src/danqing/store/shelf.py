"""The shelves in rows: what a key has sent, whole or not, and the files of its jobs beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Result,
    Row,
    Select,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from danqing.domain.ledger import Entry, budget_of
from danqing.domain.limits import UNLIMITED, too_full
from danqing.domain.media import Blob, blob_named
from danqing.domain.shelf import MEDIA, File, require_room, taken
from danqing.store.documents import read_file, read_job, read_limits, write_file
from danqing.store.jobs import count_stored
from danqing.store.scopes import KEY, PROJECT, Scope
from danqing.store.tables import Moment, files, jobs, keys, parts, projects, uploads
from danqing.store.transfers import add, insert_once

_WHOLE = uploads.c.sha256 != ""
_insert = insert(uploads)
_this = uploads.c.id == bindparam("this")
_find = select(uploads.c.document).where(_this)
_parts = select(parts.c.sha256, parts.c.bytes).where(parts.c.upload == bindparam("this")).order_by(parts.c.start)
_received = select(func.coalesce(func.sum(parts.c.bytes), 0)).where(parts.c.upload == bindparam("this"))
_complete = update(uploads).where(_this, uploads.c.sha256 == "")
_delete = delete(uploads).where(_this).returning(uploads.c.key, uploads.c.bytes)
_delete_parts = delete(parts).where(parts.c.upload == bindparam("this"))
_namesake = select(uploads.c.document, _WHOLE.label("whole"), uploads.c.expires).where(
    uploads.c.key == bindparam("key"), uploads.c.name == bindparam("name")
)
_made = select(files.c.name).where(files.c.key == bindparam("key"), files.c.name == bindparam("name"))
_sent = select(func.count(), func.coalesce(func.sum(uploads.c.bytes), 0)).where(uploads.c.key == bindparam("key"))
_limits_of_key = select(keys.c.limits, keys.c.project).where(keys.c.id == bindparam("key"))
_limits_of_project = select(projects.c.limits).where(projects.c.id == bindparam("project"))
_expired = (
    select(uploads.c.document)
    .where(uploads.c.expires <= bindparam("before", type_=Moment))
    .order_by(uploads.c.expires)
    .limit(bindparam("limit", type_=Integer))
)


def shelve(connection: Connection, file: File) -> None:
    """Write down a new file. Raises Problem(INVALID), Problem(NO_FUNDS); the transaction must then be rolled back."""
    count_stored(connection, file.key, file.size)  # locks the key's row: its files are counted one after the other
    there = connection.execute(_namesake, {"key": file.key, "name": file.name}).first()
    if there and there.whole and there.expires > file.created:
        raise taken(file.name)
    if there:  # its time is over, or it was begun and is begun anew
        unshelve(connection, read_file(there.document))
    if connection.execute(_made, {"key": file.key, "name": file.name}).first():
        raise taken(file.name)
    count, size = connection.execute(_sent, {"key": file.key}).one()
    require_room((count, int(size)), file.size)
    _require_limits(connection, file)
    connection.execute(_insert, _row(file))


def extend(connection: Connection, file: File, part: Blob) -> bool:
    """One more part. False when another has come first, or the upload is gone or whole."""
    if connection.execute(_complete, {"this": file.id, "key": file.key}).rowcount == 0:
        return False
    if connection.execute(_received, {"this": file.id}).scalar_one() != file.received:
        return False
    row = {"upload": file.id, "start": file.received, "sha256": part.sha256, "bytes": part.size}
    return insert_once(connection, parts, row)


def complete(connection: Connection, file: File) -> bool:
    """An upload is whole, and its parts are not needed any more. False when it was before, or is gone."""
    row = _row(file)
    values = {name: row[name] for name in ("sha256", "expires", "purpose", "document")}
    if connection.execute(_complete, {"this": file.id, **values}).rowcount == 0:
        return False
    connection.execute(_delete_parts, {"this": file.id})
    return True


def unshelve(connection: Connection, file: File) -> bool:
    """Take a file or an upload away, and give back what it takes of the key's room. False when it is gone."""
    connection.execute(_delete_parts, {"this": file.id})
    row = connection.execute(_delete, {"this": file.id}).first()
    if row:
        count_stored(connection, row.key, -row.bytes)
    return row is not None


def find(connection: Connection, id: str) -> File | None:
    """An upload by its id, with its parts."""
    document = connection.execute(_find, {"this": id}).scalar()
    if document is None:
        return None
    here = tuple(blob_named(f"{row.sha256}.bin", row.bytes) for row in connection.execute(_parts, {"this": id}))
    return read_file(document, here)


def on_shelf(connection: Connection, key: str, name: str, now: datetime) -> File | None:
    """The key's file of this name, when it is whole and its time is not over."""
    row = connection.execute(_namesake, {"key": key, "name": name}).first()
    return read_file(row.document) if row and row.whole and row.expires > now else None


def filed(
    connection: Connection, key: str, after: tuple[datetime, str] | None, limit: int, purpose: str, now: datetime
) -> list[File]:
    """What a key has sent and what its jobs have made, newest first; all of it, or what is for a `purpose`."""
    sent = select(uploads.c.document).where(uploads.c.key == key, _WHOLE, uploads.c.expires > now)
    if purpose:
        sent = sent.where(uploads.c.purpose == purpose)
    columns = (files.c.name, files.c.position, jobs.c.id, jobs.c.key, jobs.c.created, jobs.c.document)
    made = select(*columns).join(jobs).where(jobs.c.key == key, files.c.sha256 != "")
    if after is not None:
        made = made.where(jobs.c.created <= after[0])  # what an index knows
    found = list(map(read_file, _newest(connection, sent, uploads.c.created, uploads.c.name, after, limit).scalars()))
    if purpose in ("", MEDIA):
        found += map(_made_file, _newest(connection, made, jobs.c.created, files.c.name, after, limit))
    return sorted(found, key=lambda file: (file.created, file.name), reverse=True)[:limit]


def expired(connection: Connection, before: datetime, limit: int) -> list[File]:
    """Files and uploads whose time was over before a moment, the oldest first."""
    rows = connection.execute(_expired, {"before": before, "limit": limit})
    return [read_file(document) for document in rows.scalars()]


def _newest(
    connection: Connection,
    query: Select[Any],
    created: Column[Any],
    name: Column[Any],
    after: tuple[datetime, str] | None,
    limit: int,
) -> Result[Any]:
    if after is not None:
        query = query.where(tuple_(created, name) < tuple_(literal(after[0], Moment), literal(after[1], Text)))
    return connection.execute(query.order_by(created.desc(), name.desc()).limit(limit))


def _made_file(row: Row[Any]) -> File:
    output = read_job(row.document).outputs[row.position]
    return File(
        id=row.name,
        key=row.key,
        name=row.name,
        size=output.blob.size if output.blob else 0,
        created=row.created,
        updated=row.created,
        purpose=MEDIA,
        made=True,
        job=row.id,
        blob=output.blob,
        duration_ms=output.duration_ms,
    )


def _require_limits(connection: Connection, file: File) -> None:
    """Raises Problem(NO_FUNDS). The key's files are counted already, and nobody is admitted meanwhile."""
    text, project = connection.execute(_limits_of_key, {"key": file.key}).one()
    scopes: list[tuple[Scope, str, str]] = [(KEY, file.key, text)]
    if project:
        document = connection.execute(_limits_of_project, {"project": project}).scalar_one()
        scopes.append((PROJECT, project, document))
    for scope, owner, document in scopes:
        most = UNLIMITED.storage if document == "{}" else read_limits(document).storage
        if most is not None:
            add(connection, Entry(budget_of(owner)))  # as `admission` does: its balance is locked until the end
            if (used := scope.stored(connection, owner)) > most:
                raise too_full(scope.whose, most, used - file.size)


def _row(file: File) -> dict[str, Any]:
    return {
        "id": file.id,
        "key": file.key,
        "name": file.name,
        "sha256": file.blob.sha256 if file.blob else "",
        "bytes": file.size,
        "created": file.created,
        "expires": file.expires,
        "purpose": file.purpose,
        "document": write_file(file),
    }
