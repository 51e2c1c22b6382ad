"""Makes room for files that are sent before they are used: uploads, and the parts of those that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Two tables more."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("uploads_pk")),
        sa.ForeignKeyConstraint(["key"], ["keys.id"], name=op.f("uploads_key_fk")),
    )
    op.create_index(op.f("uploads_by_key_name"), "uploads", ["key", "name"], unique=True)
    op.create_index(op.f("uploads_by_key_created_name"), "uploads", ["key", "created", "name"])
    op.create_index(op.f("uploads_by_sha256"), "uploads", ["sha256"])
    op.create_index(op.f("uploads_by_expires"), "uploads", ["expires"])
    op.create_table(
        "parts",
        sa.Column("upload", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("upload", "start", name=op.f("parts_pk")),
        sa.ForeignKeyConstraint(["upload"], ["uploads.id"], name=op.f("parts_upload_fk")),
    )
    op.create_index(op.f("parts_by_sha256"), "parts", ["sha256"])


def downgrade() -> None:
    """Without them; what they held of the keys' room is given back."""
    keys = sa.table("keys", *map(sa.column, ("id", "stored")))
    uploads = sa.table("uploads", *map(sa.column, ("key", "bytes")))
    taken = sa.select(sa.func.coalesce(sa.func.sum(uploads.c.bytes), 0)).where(uploads.c.key == keys.c.id)
    op.execute(sa.update(keys).values(stored=keys.c.stored - taken.scalar_subquery()))
    op.drop_table("parts")
    op.drop_table("uploads")
