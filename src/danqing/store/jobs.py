"""Jobs in rows: admitted with their hold, taken further one version at a time, found again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Text,
    bindparam,
    func,
    insert,
    select,
    tuple_,
    update,
)

from danqing.domain.errors import Kind, Problem, not_found
from danqing.domain.gallery import ANY_JOB, JobSearch, words_of
from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.ledger import Transfer
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import Once
from danqing.domain.sight import Sight
from danqing.store import admission
from danqing.store.deliveries import announce
from danqing.store.documents import read_job, write_job
from danqing.store.sight import within
from danqing.store.tables import UNFINISHED, WAITING, Moment, files, inputs, jobs, keys, requests
from danqing.store.transfers import book, insert_once

_WEIGHT = (Medium.TEXT, Medium.IMAGE, Medium.VIDEO)  # a job that makes several is found by the weightiest
COLUMNS = (jobs.c.document, jobs.c.version, jobs.c.turn)  # what makes a Job

_insert = insert(jobs)
_advance = update(jobs).where(jobs.c.id == bindparam("this"), jobs.c.version == bindparam("old"))
_end = _advance.values(driver=None, turn=None)  # nobody answers for it any more
_find = select(*COLUMNS).where(jobs.c.id == bindparam("id"))
_find_file = select(*COLUMNS).join(files).where(files.c.name == bindparam("name"))
_find_request = (
    select(requests.c.fingerprint, *COLUMNS)
    .join(jobs)
    .where(requests.c.key == bindparam("key"), requests.c.name == bindparam("name"))
)
_newest = select(*COLUMNS).order_by(jobs.c.created.desc(), jobs.c.id.desc()).limit(bindparam("limit", type_=Integer))
_older = _newest.where(
    tuple_(jobs.c.created, jobs.c.id) < tuple_(bindparam("created", type_=Moment), bindparam("before", type_=Text))
)
_oldest = _newest.order_by(None).order_by(jobs.c.created, jobs.c.id)
_newer = _oldest.where(
    tuple_(jobs.c.created, jobs.c.id) > tuple_(bindparam("created", type_=Moment), bindparam("before", type_=Text))
)
_position = select(jobs.c.created).where(jobs.c.id == bindparam("id"))
_files_of = select(files.c.name).where(files.c.job == bindparam("job"))
_insert_file = insert(files)
_store = update(keys).where(keys.c.id == bindparam("this")).values(stored=keys.c.stored + bindparam("more"))
_insert_input = insert(inputs)
# What nobody waits for, batches, has its turns behind all others, in the same order among themselves.
LATER = 1 << 30
_queue = (
    jobs.c.provider == bindparam("provider"),
    WAITING,
    jobs.c.turn >= bindparam("least", type_=BigInteger),
    jobs.c.turn < bindparam("most", type_=BigInteger),
)
# The first by the queue's own index, the second among the few of its key: neither looks through the whole queue.
_head = select(func.min(jobs.c.turn)).where(*_queue)
_own = select(func.max(jobs.c.turn)).where(*_queue, jobs.c.key == bindparam("key"), UNFINISHED)
_waiting = select(_head.scalar_subquery().label("head"), _own.scalar_subquery().label("own"))


def job_of(row: Row[*tuple[Any, ...]]) -> Job:
    """The job of COLUMNS. Its version and turn may be further than its document."""
    return replace(read_job(row.document), version=row.version, turn=row.turn)


def admit(connection: Connection, job: Job, once: Once | None, driver: str | None) -> Job:
    """Write a new job and its hold, or find the one that `once` made before. `driver` answers for it.

    It comes back with its budgets, and with its turn when it waits for one.
    Raises Problem(NO_FUNDS), Problem(BUSY) and Problem(MISMATCH); the caller's transaction must then be rolled back.
    """
    if once:
        claim = {"key": job.key, "name": once.name, "fingerprint": once.fingerprint, "job": job.id}
        if not insert_once(connection, requests, claim):
            return _repeated(connection, job.key, once)
    job = admission.counted(connection, job)
    if job.turn is not None:
        job = replace(job, turn=_next_turn(connection, job))
    connection.execute(_insert, {**_row(job), "driver": driver, "turn": job.turn})
    if given := {blob.sha256 for blob in job.generation.blobs()}:
        connection.execute(_insert_input, [{"job": job.id, "sha256": sha256} for sha256 in sorted(given)])
    admission.pay(connection, job)
    return job


def commit(connection: Connection, job: Job, transfers: Sequence[Transfer]) -> bool:
    """Write one step, its transfers, and at the end who is to be told.

    False, and nothing written, when the stored job is not one version behind.
    """
    if not write(connection, job):
        return False
    for transfer in transfers:
        book(connection, transfer, job.updated)
    if job.state.ended:
        announce(connection, job)
    return True


def write(connection: Connection, job: Job) -> bool:
    """Write a job one version further, without money or news. False when the stored one is not one version behind."""
    advance = _end if job.state.ended else _advance
    if connection.execute(advance, {"this": job.id, "old": job.version - 1, **_state(job)}).rowcount == 0:
        return False
    _name_files(connection, job)
    return True


def count_stored(connection: Connection, key: str, more: int) -> None:
    """Add to the bytes that a key's files take; the key's row is locked until the end of the transaction."""
    connection.execute(_store, {"this": key, "more": more})


def find(connection: Connection, id: str) -> Job | None:
    """A job by its id."""
    row = connection.execute(_find, {"id": id}).first()
    return job_of(row) if row else None


def find_file(connection: Connection, name: str) -> Job | None:
    """The job that delivered a file."""
    row = connection.execute(_find_file, {"name": name}).first()
    return job_of(row) if row else None


def newest(
    connection: Connection, sight: Sight, limit: int, before: str | None, search: JobSearch = ANY_JOB
) -> list[Job]:
    """The jobs in sight in their order, from the one after `before` on. Raises Problem(NOT_FOUND) for its id."""
    seen = within(sight, jobs.c.key)
    page, further = (_oldest, _newer) if search.oldest_first else (_newest, _older)
    values: dict[str, object] = {"limit": limit}
    if before is not None:
        created = connection.execute(_position.where(seen), {"id": before}).scalar()
        if created is None:
            raise not_found(f"job {before[:64]}")
        page, values = further, {**values, "created": created, "before": before}
    return [job_of(row) for row in connection.execute(page.where(seen, *_chosen(search)), values)]


def _chosen(search: JobSearch) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if search.states:
        chosen.append(jobs.c.state.in_(sorted(state.value for state in search.states)))
    if search.models:
        chosen.append(jobs.c.model.in_(sorted(search.models)))
    if search.medium:
        chosen.append(jobs.c.medium == search.medium.value)
    if search.since:
        chosen.append(jobs.c.created >= search.since)
    if search.until:
        chosen.append(jobs.c.created < search.until)
    return [*chosen, *charged(search.cost_min, search.cost_max)]


def charged(least: int | None, most: int | None) -> Iterator[ColumnElement[bool]]:
    """That a job was charged no less and no more than this many nano-dollars."""
    if least is not None:
        yield jobs.c.charged >= least
    if most is not None:
        yield jobs.c.charged <= most


def _repeated(connection: Connection, key: str, once: Once) -> Job:
    row = connection.execute(_find_request, {"key": key, "name": once.name}).one()
    if row.fingerprint != once.fingerprint:
        message = "This Idempotency-Key was used before with another request. Use a new one for every new request."
        raise Problem(Kind.MISMATCH, message, code="idempotency_mismatch")
    return job_of(row)


def _next_turn(connection: Connection, job: Job) -> int:
    """After the head of its provider's queue and after all of its key's own: whoever asks for much waits for others."""
    least, most = (LATER, 2 * LATER) if job.member else (0, LATER)
    among = {"provider": job.provider, "key": job.key, "least": least, "most": most}
    ahead = connection.execute(_waiting, among).one()
    return max(ahead.head or 0, ahead.own or 0, least) + 1


def _row(job: Job) -> dict[str, object]:
    fixed = {
        "id": job.id,
        "key": job.key,
        "account": job.account,
        "model": job.generation.model,
        "created": job.created,
        "batch": job.member.batch if job.member else None,
        "number": job.member.number if job.member else None,
        "medium": max(job.generation.wants, key=_WEIGHT.index, default=Medium.TEXT).value,
    }
    return fixed | _state(job)


def _state(job: Job) -> dict[str, object]:
    return {
        "provider": job.provider,
        "state": job.state.value,
        "version": job.version,
        "updated": job.updated,
        "charged": job.charged,
        "document": write_job(job),
    }


def _name_files(connection: Connection, job: Job) -> None:
    if not any(output.file for output in job.outputs):
        return
    known = set(connection.execute(_files_of, {"job": job.id}).scalars())
    new = [
        (position, output, output.blob)
        for position, output in enumerate(job.outputs)
        if output.file and output.blob and output.file not in known
    ]
    if new:
        rows = [_file(job, position, output, blob) for position, output, blob in new]
        connection.execute(_insert_file, rows)
        count_stored(connection, job.key, sum(blob.size for _, _, blob in new))


def _file(job: Job, position: int, output: Output, blob: Blob) -> dict[str, object]:
    return {
        "name": output.file,
        "job": job.id,
        "position": position,
        "key": job.key,
        "sha256": blob.sha256,
        "bytes": blob.size,
        "created": job.updated,
        "model": job.generation.model,
        "medium": output.medium.value,
        "width": output.width,
        "height": output.height,
        "words": words_of(job, output),
    }
