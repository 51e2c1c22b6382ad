"""OpenAI's files: what a form says of one that it brings, and what is told of those that are here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from danqing.domain.errors import invalid, not_found
from danqing.domain.shelf import File, Wanted
from danqing.wire.forms import Form
from danqing.wire.holes import Tree, given
from danqing.wire.openai.given import FILE_ID

PURPOSES = ("assistants", "batch", "evals", "fine-tune", "user_data", "vision")
PAGE_SIZE_MAX = 1000
_SECONDS = range(3600, 2_592_001)


@dataclass(frozen=True, slots=True)
class Page:
    """What a list is to have. `after` is the name of the last file seen, "" for the first page."""

    limit: int
    after: str
    purpose: str


def read_wanted(form: Form) -> Wanted:
    """What is said of the file in a form beside it. Raises Problem(INVALID)."""
    fields = form.fields()
    purpose = fields.text("purpose") or ""
    if purpose not in PURPOSES:
        raise invalid(f"purpose must be one of {', '.join(PURPOSES)}.", param="purpose")
    anchor, seconds = fields.text("expires_after[anchor]"), fields.whole("expires_after[seconds]")
    if anchor not in (None, "created_at"):
        raise invalid("expires_after[anchor] must be created_at.", param="expires_after")
    if seconds is not None and seconds not in _SECONDS:
        raise invalid(f"expires_after[seconds] must be {_SECONDS[0]} to {_SECONDS[-1]}.", param="expires_after")
    for name, _ in fields.knobs():
        raise invalid(f"{name} is not a field of this form; leave it out.", param=name, code="unknown_parameter")
    lasts = timedelta(seconds=seconds) if seconds else None
    files = form.files_of("file")
    if len(files) != 1:
        raise invalid("Send one file, in the field file.", param="file")
    return Wanted(title=files[0].filename, purpose=purpose, lasts=lasts)


def read_page(*, limit: str, order: str, after: str, purpose: str) -> Page:
    """What a list is asked for. Raises Problem(INVALID)."""
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 10 and int(limit)):
        raise invalid("limit must be 1 to 10000.", param="limit")
    if order not in ("", "desc"):
        raise invalid("order must be desc: files are listed from the newest on.", param="order")
    return Page(min(int(limit or PAGE_SIZE_MAX), PAGE_SIZE_MAX), read_id(after) if after else "", purpose)


def is_id(text: str) -> bool:
    """Whether it is a file's id."""
    return text.startswith(FILE_ID) and len(text) > len(FILE_ID)


def read_id(id: str) -> str:
    """The name of the file that an id stands for. Raises Problem(NOT_FOUND) for what is none."""
    if not is_id(id):
        raise not_found(f"file {id[:64]}")
    return id.removeprefix(FILE_ID)


def file(row: File) -> Tree:
    """One file."""
    assert row.blob is not None, "only what is whole is told of"
    tree: Tree = {
        "id": f"{FILE_ID}{row.name}",
        "object": "file",
        "bytes": row.blob.size,
        "created_at": int(row.created.timestamp()),
        "expires_at": int(row.expires.timestamp()) if row.expires else None,
        "filename": row.title or f"{row.name}.{row.blob.suffix}",
        "purpose": row.purpose,
        "status": "processed",
    }
    return given(tree)


def files(rows: Sequence[File], *, more: bool) -> Tree:
    """A page of them; the next one begins after the last id."""
    data = [file(row) for row in rows]
    ends: Tree = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
    return {"object": "list", "data": data, **ends, "has_more": more}


def file_deleted(id: str) -> Tree:
    """What is told of one that is gone."""
    return {"id": id, "object": "file", "deleted": True}
