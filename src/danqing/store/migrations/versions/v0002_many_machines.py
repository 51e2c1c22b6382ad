"""Makes room for many machines, limits and cleaning: processes, projects, and columns for what stood in documents."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_INDEXES = {
    "jobs_by_driver": ("jobs", ["driver"]),
    "jobs_by_key_updated_id": ("jobs", ["key", "updated", "id"]),
    "jobs_by_swept_updated": ("jobs", ["swept", "updated"]),
    "files_by_key": ("files", ["key"]),
    "files_by_sha256": ("files", ["sha256"]),
}


def upgrade() -> None:
    """Add the tables and columns, and fill them from the documents that are there."""
    _make_tables()
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    _fill()
    for name, (table, on) in _INDEXES.items():
        op.create_index(op.f(name), table, on)


def downgrade() -> None:
    """Take them away again."""
    for name, (table, _) in _INDEXES.items():
        op.drop_index(op.f(name), table)
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)
    for table in ("inputs", "projects", "processes"):
        op.drop_table(table)


def _columns() -> dict[str, list[sa.Column[Any]]]:
    """Added with a default and never altered: SQLite would copy the table, which others refer to."""
    return {
        "keys": [
            sa.Column("project", sa.Text),
            sa.Column("limits", sa.Text, nullable=False, server_default="{}"),
        ],
        "transfers": [sa.Column("budgets", sa.Text, nullable=False, server_default="")],
        "jobs": [
            sa.Column("provider", sa.Text, nullable=False, server_default=""),
            sa.Column("updated", sa.BigInteger, nullable=False, server_default="0"),
            sa.Column("driver", sa.Text),
            sa.Column("turn", sa.BigInteger),
            sa.Column("swept", sa.BigInteger),
        ],
        "files": [
            sa.Column("key", sa.Text, nullable=False, server_default=""),
            sa.Column("sha256", sa.Text, nullable=False, server_default=""),
            sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
        ],
    }


def _make_tables() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("processes_pk")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("projects_pk")),
    )
    op.create_table(
        "inputs",
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job", "sha256", name=op.f("inputs_pk")),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("inputs_job_fk")),
    )
    op.create_index(op.f("inputs_by_sha256"), "inputs", ["sha256"])


def _fill() -> None:
    """What the new columns say stands in the documents of the jobs."""
    connection = op.get_bind()
    jobs = sa.table("jobs", *map(sa.column, ("id", "key", "document", "provider", "updated")))
    files = sa.table("files", *map(sa.column, ("name", "key", "sha256", "bytes")))
    inputs = sa.table("inputs", *map(sa.column, ("job", "sha256")))
    for id, key, text in connection.execute(sa.select(jobs.c.id, jobs.c.key, jobs.c.document)).all():
        job = json.loads(text)
        updated = (datetime.fromisoformat(job["updated"]) - _EPOCH) // timedelta(microseconds=1)
        connection.execute(sa.update(jobs).where(jobs.c.id == id).values(provider=job["provider"], updated=updated))
        for output in job.get("outputs", []):
            if blob := output.get("blob"):
                told = {"key": key, "sha256": blob["sha256"], "bytes": blob["size"]}
                connection.execute(sa.update(files).where(files.c.name == output["file"]).values(**told))
        for sha256 in sorted(_inputs(job["generation"])):
            connection.execute(sa.insert(inputs).values(job=id, sha256=sha256))


def _inputs(generation: dict[str, object]) -> set[str]:
    parts = [part for turn in generation["turns"] for part in turn["parts"]]  # type: ignore[attr-defined]
    frames = [generation.get("first_frame"), generation.get("last_frame")]
    return {blob["sha256"] for blob in (*parts, *frames) if isinstance(blob, dict)}
