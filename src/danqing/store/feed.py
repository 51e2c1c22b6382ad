"""What waits, how long it took before, what has changed since somebody last looked, and who uses what."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, func, select, tuple_

from danqing.domain.jobs import Job
from danqing.domain.retiring import Use
from danqing.domain.sight import Sight
from danqing.store.documents import read_job
from danqing.store.jobs import COLUMNS, job_of
from danqing.store.sight import within
from danqing.store.tables import DONE, WAITING, Moment, jobs, keys

ENOUGH = 20  # jobs that tell how long a model takes

_ahead = (
    select(func.count())
    .select_from(jobs)
    .where(
        jobs.c.provider == bindparam("provider"),
        WAITING,
        tuple_(jobs.c.turn, jobs.c.created)
        < tuple_(bindparam("turn", type_=BigInteger), bindparam("created", type_=Moment)),
    )
)
_done = (
    select(jobs.c.document)
    .where(jobs.c.model == bindparam("model"), DONE)
    .order_by(jobs.c.updated.desc())
    .limit(ENOUGH)
)
_uses = (
    select(jobs.c.model, jobs.c.key, keys.c.name, keys.c.test, func.count(), func.max(jobs.c.updated))
    .join(keys, keys.c.id == jobs.c.key)
    .where(
        jobs.c.model.in_(bindparam("models", expanding=True)),
        DONE,
        jobs.c.updated >= bindparam("since", type_=Moment),
    )
    .group_by(jobs.c.model, jobs.c.key, keys.c.name, keys.c.test)
)
_changed = (
    select(*COLUMNS)
    .where(
        tuple_(jobs.c.updated, jobs.c.id) > tuple_(bindparam("after", type_=Moment), bindparam("id", type_=Text)),
    )
    .order_by(jobs.c.updated, jobs.c.id)
    .limit(bindparam("limit", type_=Integer))
)


def ahead(connection: Connection, job: Job) -> int:
    """How many jobs are driven before one that waits."""
    values = {"provider": job.provider, "turn": job.turn, "created": job.created}
    return int(connection.execute(_ahead, values).scalar_one())


def durations(connection: Connection, model: str) -> list[float]:
    """The seconds that the model's last jobs were worked on, of those that ended well."""
    done = [read_job(document) for document in connection.execute(_done, {"model": model}).scalars()]
    return [(job.updated - job.started).total_seconds() for job in done if job.started]


def uses(connection: Connection, models: Collection[str], since: datetime) -> list[Use]:
    """Which keys had work done by these names of models since a moment."""
    rows = connection.execute(_uses, {"models": sorted(models), "since": since})
    return [
        Use(model=model, key=key, name=name, test=test, jobs=count, last=last)
        for model, key, name, test, count, last in rows
    ]


def changed(connection: Connection, sight: Sight, after: tuple[datetime, str], limit: int) -> list[Job]:
    """The jobs in sight that changed after a moment, by `updated` and id, the oldest change first."""
    values = {"after": after[0], "id": after[1], "limit": limit}
    return [job_of(row) for row in connection.execute(_changed.where(within(sight, jobs.c.key)), values)]
