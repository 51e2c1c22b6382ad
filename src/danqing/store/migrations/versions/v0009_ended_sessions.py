"""Sessions of browsers that were ended before their time."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """One table, that is empty until somebody signs out."""
    op.create_table(
        "ended_sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("ended_sessions_pk")),
    )
    op.create_index(op.f("ended_sessions_by_until"), "ended_sessions", ["until"])


def downgrade() -> None:
    """As it was; whoever has signed out is signed in again, for what is left of twelve hours."""
    op.drop_table("ended_sessions")
