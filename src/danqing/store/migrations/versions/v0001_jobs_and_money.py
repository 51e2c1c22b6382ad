"""Makes the first tables: jobs, files, requests, keys, and money as balances and transfers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and the two balances that belong to the house."""
    _make_money()
    _make_jobs()


def downgrade() -> None:
    """Drop everything."""
    for table in ("requests", "files", "transfers", "jobs", "keys", "balances"):
        op.drop_table(table)


def _make_money() -> None:
    balances = op.create_table(
        "balances",
        sa.Column("balance", sa.Text, nullable=False),
        sa.Column("posted", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("floor", sa.BigInteger),
        sa.CheckConstraint("held >= 0", name=op.f("balances_held_not_negative")),
        sa.PrimaryKeyConstraint("balance", name=op.f("balances_pk")),
    )
    op.bulk_insert(
        balances,
        [
            {"balance": "bank", "posted": 0, "held": 0, "floor": None},
            {"balance": "revenue", "posted": 0, "held": 0, "floor": 0},
        ],
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("transfers_pk")),
    )
    op.create_index(op.f("transfers_by_key_created"), "transfers", ["key", "created"])


def _make_jobs() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("test", sa.Boolean, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("budget", sa.BigInteger),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("keys_pk")),
        sa.UniqueConstraint("digest", name=op.f("keys_digest_unique")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("jobs_pk")),
        sa.ForeignKeyConstraint(["key"], ["keys.id"], name=op.f("jobs_key_fk")),
    )
    op.create_index(op.f("jobs_by_state"), "jobs", ["state"])
    op.create_index(op.f("jobs_by_key_created_id"), "jobs", ["key", "created", "id"])
    op.create_table(
        "files",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("files_pk")),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("files_job_fk")),
    )
    op.create_index(op.f("files_by_job"), "files", ["job"])
    op.create_table(
        "requests",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", "name", name=op.f("requests_pk")),
        sa.ForeignKeyConstraint(
            ["job"], ["jobs.id"], name=op.f("requests_job_fk"), deferrable=True, initially="DEFERRED"
        ),
    )
