"""Webhooks of keys, and the notifications that are on their way to them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_PENDING = "state = 'pending'"


def upgrade() -> None:
    """Two tables; jobs that have ended before are told to nobody."""
    op.create_table(
        "webhooks",
        *_texts("id", "key", "url", "events", "base"),
        sa.Column("secret", sa.Integer, nullable=False),
        sa.Column("rotated", sa.BigInteger),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("webhooks_pk")),
        sa.ForeignKeyConstraint(["key"], ["keys.id"], name=op.f("webhooks_key_fk")),
    )
    op.create_index(op.f("webhooks_by_key"), "webhooks", ["key"])
    op.create_table(
        "deliveries",
        *_texts("id", "webhook", "key", "job", "event", "url", "base", "state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer),
        *_texts("error", "answer"),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("deliveries_pk")),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("deliveries_job_fk")),
    )
    op.create_index(op.f("deliveries_by_job"), "deliveries", ["job"])
    op.create_index(op.f("deliveries_by_key_created_id"), "deliveries", ["key", "created", "id"])
    op.create_index(op.f("deliveries_by_updated"), "deliveries", ["updated"])
    for column in ("due", "key"):
        where = sa.text(_PENDING)
        op.create_index(
            op.f(f"deliveries_by_{column}"), "deliveries", [column], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    """As it was; whoever was to be told is not."""
    op.drop_table("deliveries")
    op.drop_table("webhooks")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
