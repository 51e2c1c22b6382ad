"""Makes what was delivered findable by its words, with stars, boards and links, and lets a key's secret be replaced."""

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 500
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_INDEXES = {
    "keys_by_former": ("keys", ["former"]),
    "files_by_key_created_job_position": ("files", ["key", "created", "job", "position"]),
    "boards_by_key": ("boards", ["key"]),
    "pins_by_file": ("pins", ["file"]),
    "shares_by_file": ("shares", ["file"]),
}


def upgrade() -> None:
    """Add the tables and columns, and fill them from the documents that are there."""
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    _make_tables()
    _fill()
    for name, (table, on) in _INDEXES.items():
        op.create_index(op.f(name), table, on)


def downgrade() -> None:
    """Take them away again; stars, boards and links are lost."""
    for name, (table, _) in _INDEXES.items():
        op.drop_index(op.f(name), table)
    for table in ("shares", "pins", "boards"):
        op.drop_table(table)
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "keys": [sa.Column("former", sa.Text), sa.Column("former_until", sa.BigInteger)],
        "jobs": [sa.Column("medium", sa.Text, nullable=False, server_default="")],
        "files": [
            sa.Column("created", sa.BigInteger, nullable=False, server_default="0"),
            sa.Column("model", sa.Text, nullable=False, server_default=""),
            sa.Column("medium", sa.Text, nullable=False, server_default=""),
            sa.Column("width", sa.Integer, nullable=False, server_default="0"),
            sa.Column("height", sa.Integer, nullable=False, server_default="0"),
            sa.Column("words", sa.Text, nullable=False, server_default=""),
            sa.Column("starred", sa.BigInteger),
        ],
    }


def _make_tables() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("boards_pk")),
        sa.ForeignKeyConstraint(["key"], ["keys.id"], name=op.f("boards_key_fk")),
    )
    op.create_table(
        "pins",
        sa.Column("board", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("board", "file", name=op.f("pins_pk")),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name=op.f("pins_board_fk")),
        sa.ForeignKeyConstraint(["file"], ["files.name"], name=op.f("pins_file_fk")),
    )
    op.create_table(
        "shares",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("shares_pk")),
        sa.ForeignKeyConstraint(["key"], ["keys.id"], name=op.f("shares_key_fk")),
        sa.ForeignKeyConstraint(["file"], ["files.name"], name=op.f("shares_file_fk")),
    )


def _fill() -> None:
    """What the new columns say stands in the documents of the jobs."""
    connection = op.get_bind()
    jobs = sa.table("jobs", *map(sa.column, ("id", "document", "medium")))
    files = sa.table("files", *map(sa.column, ("name", "created", "model", "medium", "width", "height", "words")))
    last = ""
    page = sa.select(jobs.c.id, jobs.c.document).order_by(jobs.c.id).limit(_BATCH)
    while rows := connection.execute(page.where(jobs.c.id > last)).all():
        for id, text in rows:
            job = json.loads(text)
            wants = job["generation"]["wants"]
            medium = next((kind for kind in ("video", "image") if kind in wants), "text")
            connection.execute(sa.update(jobs).where(jobs.c.id == id).values(medium=medium))
            created = (datetime.fromisoformat(job["updated"]) - _EPOCH) // timedelta(microseconds=1)
            for output in job.get("outputs", []):
                told = {
                    "created": created,
                    "model": job["generation"]["model"],
                    "medium": output["medium"],
                    "width": output.get("width", 0),
                    "height": output.get("height", 0),
                    "words": _words(job, output),
                }
                connection.execute(sa.update(files).where(files.c.name == output.get("file", "")).values(**told))
        last = rows[-1].id


def _words(job: dict[str, Any], output: dict[str, Any]) -> str:
    """As `domain.gallery.words_of` had it at the time of this revision."""
    generation = job["generation"]
    user: list[object] = next((turn["parts"] for turn in reversed(generation["turns"]) if turn["role"] == "user"), [])
    named = ("count", "aspect", "size", "seconds", "seed", "person", "mime", "quality", "task")
    told = {name: generation.get(name) for name in named}
    told |= {**dict(generation.get("knobs") or ()), "model": generation["model"]}
    parts = (
        " ".join(part for part in user if isinstance(part, str)),
        job.get("prompt", ""),
        generation.get("negative", ""),
        *(f"{name}:{value}" for name, value in told.items() if value is not None),
        *output.get("drawn", ()),
    )
    plain = unicodedata.normalize("NFKC", _UNSPEAKABLE.sub(" ", " ".join(parts))).casefold()
    return " ".join(_UNSPEAKABLE.sub(" ", plain).split())[:4000]
