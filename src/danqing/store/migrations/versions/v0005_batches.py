"""Makes room for batches: a table of them, and what a job says of the one that it belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = (("batch", sa.Text), ("number", sa.Integer))
_JOBS = "jobs_by_batch_number"


def upgrade() -> None:
    """One table and two columns more."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("driver", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("batches_pk")),
        sa.ForeignKeyConstraint(["key"], ["keys.id"], name=op.f("batches_key_fk")),
    )
    op.create_index(op.f("batches_by_stage"), "batches", ["stage"])
    op.create_index(op.f("batches_by_sha256"), "batches", ["sha256"])
    op.create_index(op.f("batches_by_key_created_id"), "batches", ["key", "created", "id"])
    for name, kind in _COLUMNS:
        op.add_column("jobs", sa.Column(name, kind))
    where = sa.text("batch IS NOT NULL")
    op.create_index(op.f(_JOBS), "jobs", ["batch", "number"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Without them; the jobs of batches stay."""
    op.drop_index(op.f(_JOBS), "jobs")
    for name, _ in _COLUMNS:
        op.drop_column("jobs", name)
    op.drop_table("batches")
