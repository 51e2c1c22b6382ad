"""What keeps a database small: jobs whose files have had their time, files that no row names, old Idempotency-Keys."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BindParameter, Connection, Integer, Text, bindparam, delete, func, select, tuple_, union, update

from danqing.domain.jobs import Job, State
from danqing.domain.retention import present
from danqing.store.documents import read_job
from danqing.store.jobs import count_stored, write
from danqing.store.tables import Moment, batches, files, inputs, jobs, parts, requests, uploads

_ENDED = [state.value for state in State if state.ended]
_ended = (
    select(jobs.c.document)
    .where(
        jobs.c.key == bindparam("key"),
        jobs.c.updated < bindparam("before", type_=Moment),
        jobs.c.swept.is_(None),
        jobs.c.state.in_(_ENDED),
        tuple_(jobs.c.updated, jobs.c.id) > tuple_(bindparam("after", type_=Moment), bindparam("id", type_=Text)),
    )
    .order_by(jobs.c.updated, jobs.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_mark = update(jobs).where(jobs.c.id == bindparam("this"))
_gone = files.c.name.in_(bindparam("names", expanding=True))
_take = select(func.coalesce(func.sum(files.c.bytes), 0)).where(_gone)
_blank = update(files).where(_gone).values(sha256="", bytes=0)
_ask_without = delete(inputs).where(inputs.c.job == bindparam("this"))
_hashes: BindParameter[str] = bindparam("hashes", expanding=True)
NAMING = (files, inputs, uploads, parts, batches)  # the tables whose rows name a file by its `sha256`
_named = union(*(select(table.c.sha256).where(table.c.sha256.in_(_hashes)) for table in NAMING))
_old = (
    select(requests.c.key, requests.c.name)
    .join(jobs)
    .where(jobs.c.created < bindparam("before", type_=Moment), jobs.c.state.in_(_ENDED))
    .limit(bindparam("limit", type_=Integer))
)


def ended(connection: Connection, key: str, before: datetime, after: tuple[datetime, str], limit: int) -> list[Job]:
    """A page of the key's jobs that ended before a moment and may still have files: the oldest after `after`."""
    values = {"key": key, "before": before, "after": after[0], "id": after[1], "limit": limit}
    return [read_job(document) for document in connection.execute(_ended, values).scalars()]


def give_up(connection: Connection, job: Job, at: datetime) -> bool:
    """Commit an ended job that says which of its files are gone: nothing names them any more. False when it changed."""
    if not write(connection, job):
        return False
    if gone := [output.file for output in job.outputs if output.gone]:
        count_stored(connection, job.key, -int(connection.execute(_take, {"names": gone}).scalar_one()))
        connection.execute(_blank, {"names": gone})
    if job.inputs_gone:
        connection.execute(_ask_without, {"this": job.id})
    if not present(job):
        connection.execute(_mark.values(swept=at), {"this": job.id})
    return True


def named(connection: Connection, hashes: Collection[str]) -> set[str]:
    """Which of these files, by their SHA-256, some job has made or was asked with, or lie on a shelf."""
    return set(connection.execute(_named, {"hashes": list(hashes)}).scalars())


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Drop up to `limit` Idempotency-Keys of jobs that were made before a moment; how many they were."""
    old = connection.execute(_old, {"before": before, "limit": limit}).all()
    if old:
        row = (requests.c.key == bindparam("of")) & (requests.c.name == bindparam("called"))
        connection.execute(delete(requests).where(row), [{"of": key, "called": name} for key, name in old])
    return len(old)


def old_requests(connection: Connection, before: datetime) -> int:
    """How many `forget` would drop in all."""
    everything = _old.limit(None).subquery()
    return connection.execute(select(func.count()).select_from(everything), {"before": before}).scalar_one()
