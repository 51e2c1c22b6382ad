"""Keeps questions small however much is stored: indexes of what is unfinished, and the bytes of each key's files."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OLD = {
    "jobs_by_state": ("jobs", ["state"]),
    "jobs_by_driver": ("jobs", ["driver"]),
    "jobs_by_swept_updated": ("jobs", ["swept", "updated"]),
    "files_by_key": ("files", ["key"]),
}
_UNFINISHED = "state IN ('queued', 'submitting', 'running')"
_NEW = {
    "jobs_by_driver": ("jobs", ["driver"], _UNFINISHED),
    "jobs_by_key": ("jobs", ["key"], _UNFINISHED),
    "jobs_by_provider_turn_created": ("jobs", ["provider", "turn", "created"], "turn IS NOT NULL"),
    "jobs_by_model_updated": ("jobs", ["model", "updated"], "state = 'done'"),
    "requests_by_job": ("requests", ["job"], ""),
}


def upgrade() -> None:
    """Add up what is there, while it can be found by its key, and change the indexes."""
    op.add_column("keys", sa.Column("stored", sa.BigInteger, nullable=False, server_default="0"))
    keys = sa.table("keys", *map(sa.column, ("id", "stored")))
    files = sa.table("files", *map(sa.column, ("key", "bytes")))
    taken = sa.select(sa.func.coalesce(sa.func.sum(files.c.bytes), 0)).where(files.c.key == keys.c.id)
    op.execute(sa.update(keys).values(stored=taken.scalar_subquery()))
    for name, (table, _) in _OLD.items():
        op.drop_index(op.f(name), table)
    for name, (table, columns, condition) in _NEW.items():
        where = sa.text(condition) if condition else None
        op.create_index(op.f(name), table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """As it was."""
    for name, (table, *_) in _NEW.items():
        op.drop_index(op.f(name), table)
    for name, (table, columns) in _OLD.items():
        op.create_index(op.f(name), table, columns)
    op.drop_column("keys", "stored")
