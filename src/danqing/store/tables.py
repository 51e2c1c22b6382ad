"""The tables: jobs as documents, money as balances and the transfers that made them.

Money is nano-dollars in BIGINT, a point in time is microseconds in BIGINT. A change here needs a revision in
`migrations/versions`; a test compares the two.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    literal_column,
)

from danqing.domain.jobs import State
from danqing.domain.webhooks import Fate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A point in time as whole microseconds since 1970: exact in both databases, and it sorts."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database. Raises TypeError for a time without a zone."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_unique",
        "ck": "%(table_name)s_%(constraint_name)s",
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
    }
)

balances = Table(
    "balances",
    metadata,
    Column("balance", Text, primary_key=True),
    Column("posted", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("floor", BigInteger),
    CheckConstraint("held >= 0", name="held_not_negative"),
)

processes = Table(
    "processes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("limits", Text, nullable=False),
    Column("created", Moment, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("hint", Text, nullable=False),
    Column("budget", BigInteger),
    Column("created", Moment, nullable=False),
    Column("revoked", Moment),
    Column("project", Text),
    Column("limits", Text, nullable=False, server_default="{}"),
    Column("stored", BigInteger, nullable=False, server_default="0"),  # the bytes of its files, added up
    Column("former", Text, index=True),  # the digest of the secret that the present one has replaced
    Column("former_until", Moment),  # until when that one opens too
    Column("role", Text, nullable=False, server_default="member"),
    Index(None, "project"),
)

# Sessions that were ended before their time, until they would have ended anyway.
ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, ForeignKey("keys.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("document", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("driver", Text),  # the process that answers for it until it has ended
    Column("turn", BigInteger),  # whose turn it is among the waiting; the lowest is next
    Column("swept", Moment),  # when its files were taken away
    Column("batch", Text),  # whose request it answers, and which one of them
    Column("number", Integer),
    Column("medium", Text, nullable=False, server_default=""),  # what it makes: a film, or pictures, or words alone
    Column("charged", BigInteger, nullable=False, server_default="0"),
    Index(None, "key", "created", "id"),
    Index(None, "key", "updated", "id"),
    Index(None, "created", "id"),
    Index(None, "updated", "id"),
)

# Of all that was ever made, few jobs are unfinished. They have indexes of their own, which stay as small; only a query
# that says so in these very words can use them, so the states are spelled and not bound.
UNFINISHED = jobs.c.state.in_([literal_column(f"'{state.value}'") for state in State if not state.ended])
WAITING = jobs.c.turn.is_not(None)
DONE = jobs.c.state == literal_column(f"'{State.DONE.value}'")


def _index(*columns: Column[Any], where: ColumnElement[bool]) -> None:
    Index(None, *columns, sqlite_where=where, postgresql_where=where)


_index(jobs.c.driver, where=UNFINISHED)
_index(jobs.c.key, where=UNFINISHED)
_index(jobs.c.provider, jobs.c.turn, jobs.c.created, where=WAITING)
_index(jobs.c.model, jobs.c.updated, where=DONE)
_index(jobs.c.batch, jobs.c.number, where=jobs.c.batch.is_not(None))

transfers = Table(
    "transfers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("phase", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("created", Moment, nullable=False),
    Column("budgets", Text, nullable=False, server_default=""),
    Index(None, "key", "created"),
)

files = Table(
    "files",
    metadata,
    Column("name", Text, primary_key=True),
    Column("job", Text, ForeignKey("jobs.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
    Column("created", Moment, nullable=False, server_default="0"),
    Column("model", Text, nullable=False, server_default=""),
    Column("medium", Text, nullable=False, server_default=""),
    Column("width", Integer, nullable=False, server_default="0"),
    Column("height", Integer, nullable=False, server_default="0"),
    Column("words", Text, nullable=False, server_default=""),  # what it is found by
    Column("starred", Moment),
    Index(None, "key", "created", "job", "position"),
    Index(None, "created", "job", "position"),
)

boards = Table(
    "boards",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, ForeignKey("keys.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("created", Moment, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("board", Text, ForeignKey("boards.id"), primary_key=True),
    Column("file", Text, ForeignKey("files.name"), primary_key=True, index=True),
    Column("created", Moment, nullable=False),
)

shares = Table(
    "shares",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, ForeignKey("keys.id"), nullable=False),
    Column("file", Text, ForeignKey("files.name"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
)

# The files that a request came with. What no table names may be swept.
inputs = Table(
    "inputs",
    metadata,
    Column("job", Text, ForeignKey("jobs.id"), primary_key=True),
    Column("sha256", Text, primary_key=True, index=True),
)

# What a key has sent, or what was written for it, until it expires. A row without a hash is an upload under way, whose
# `bytes` are taken of the key's room from its beginning on.
uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, ForeignKey("keys.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "key", "name", unique=True),
    Index(None, "key", "created", "name"),
)

# The pieces of an upload under way, each a file of its own.
parts = Table(
    "parts",
    metadata,
    Column("upload", Text, ForeignKey("uploads.id"), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
)

# Many requests that are made when there is room. The jobs of a batch name it; it may be forgotten before they are.
batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, ForeignKey("keys.id"), nullable=False),
    Column("stage", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("sha256", Text, nullable=False, index=True),  # of its requests
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("driver", Text),  # the process that begins its jobs until it has ended
    Column("document", Text, nullable=False),
    Index(None, "key", "created", "id"),
)

# A name is claimed before its job is written, so the reference is checked at the commit. When the job comes, SQLite
# looks for whoever waits for it: hence the index.
requests = Table(
    "requests",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("job", Text, ForeignKey("jobs.id", deferrable=True, initially="DEFERRED"), nullable=False, index=True),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, ForeignKey("keys.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("secret", Integer, nullable=False),  # its number; the secret itself follows from the server's own
    Column("rotated", Moment),
    Column("created", Moment, nullable=False),
    Column("ended", Moment),
)

# The webhook is not referred to: what it was told is still known when it is deleted.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("webhook", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("job", Text, ForeignKey("jobs.id"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("status", Integer),
    Column("error", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Index(None, "key", "created", "id"),
    Index(None, "updated"),
)

PENDING = deliveries.c.state == literal_column(f"'{Fate.PENDING.value}'")
_index(deliveries.c.due, where=PENDING)
_index(deliveries.c.key, where=PENDING)
