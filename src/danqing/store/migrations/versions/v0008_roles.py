"""Roles of keys, what each job was charged, and how what everybody made is found."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_INDEXES = {
    "keys_by_project": ("keys", ["project"]),
    "jobs_by_created_id": ("jobs", ["created", "id"]),
    "jobs_by_updated_id": ("jobs", ["updated", "id"]),
    "files_by_created_job_position": ("files", ["created", "job", "position"]),
}
_FILL = r"""
UPDATE jobs SET charged = (
    SELECT COALESCE(SUM(amount), 0) FROM transfers WHERE id IN (jobs.id || '\:settle', jobs.id || '\:words')
)
"""


def upgrade() -> None:
    """Every key is a member; what a job was charged is the sum of its transfers."""
    op.add_column("keys", sa.Column("role", sa.Text, nullable=False, server_default="member"))
    op.add_column("jobs", sa.Column("charged", sa.BigInteger, nullable=False, server_default="0"))
    op.execute(_FILL)
    for name, (table, on) in _INDEXES.items():
        op.create_index(op.f(name), table, on)


def downgrade() -> None:
    """As it was; roles are lost, and a key that was a viewer may make things."""
    for name, (table, _) in _INDEXES.items():
        op.drop_index(op.f(name), table)
    op.drop_column("jobs", "charged")
    op.drop_column("keys", "role")
