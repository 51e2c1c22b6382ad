"""What waits, how long it took before, and what has changed since somebody last looked."""

from datetime import datetime

from sqlalchemy import Connection, Integer, Text, bindparam, func, or_, select, tuple_

from danqing.domain.jobs import Job, State
from danqing.store.documents import read_job
from danqing.store.jobs import COLUMNS, job_of
from danqing.store.tables import Moment, jobs

RECENT = 500  # jobs that ended last, among which a model's own are looked for
ENOUGH = 20

_ahead = (
    select(func.count())
    .select_from(jobs)
    .where(
        jobs.c.state.in_([state.value for state in State if not state.ended]),
        jobs.c.provider == bindparam("provider"),
        or_(
            jobs.c.turn < bindparam("turn", type_=Integer),
            (jobs.c.turn == bindparam("turn", type_=Integer)) & (jobs.c.created < bindparam("created", type_=Moment)),
        ),
    )
)
_recent = (
    select(jobs.c.document, jobs.c.model, jobs.c.state)
    .where(jobs.c.swept.is_(None))
    .order_by(jobs.c.updated.desc())
    .limit(RECENT)
    .subquery()
)
_done = (
    select(_recent.c.document)
    .where(_recent.c.model == bindparam("model"), _recent.c.state == State.DONE.value)
    .limit(ENOUGH)
)
_changed = (
    select(*COLUMNS)
    .where(
        jobs.c.key == bindparam("key"),
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
    """The seconds that the model's last jobs were worked on, of those that ended well and lately."""
    done = [read_job(document) for document in connection.execute(_done, {"model": model}).scalars()]
    return [(job.updated - job.started).total_seconds() for job in done if job.started]


def changed(connection: Connection, key: str, after: tuple[datetime, str], limit: int) -> list[Job]:
    """A key's jobs that changed after a moment, by `updated` and id, the oldest change first."""
    values = {"key": key, "after": after[0], "id": after[1], "limit": limit}
    return [job_of(row) for row in connection.execute(_changed, values)]
