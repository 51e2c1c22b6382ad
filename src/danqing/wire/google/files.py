"""Google's files: what is said of one before it is sent, and what is told of those that are here (wire.md 7)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pybase64

from danqing.domain.errors import invalid
from danqing.domain.shelf import File, Wanted
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.holes import Tree, given

PAGE_SIZE = 10
PAGE_SIZE_MAX = 100
_TOKEN_CHARACTERS_MAX = 200


def read_wanted(body: bytes, headers: Mapping[str, str]) -> Wanted:
    """What an upload begins with: `{"file": {…}}`, and its size in a header. Raises Problem(INVALID)."""
    fields = bodies.read(body).nested("file") if body.strip() else Fields({})
    announced = headers.get("x-goog-upload-header-content-length", "").strip()
    size = fields.whole("sizeBytes")
    if announced:
        if not (announced.isascii() and announced.isdigit() and len(announced) < 16):
            raise invalid("X-Goog-Upload-Header-Content-Length must be a number of bytes.", param="sizeBytes")
        size = int(announced)
    if size is not None and size < 0:
        raise invalid("sizeBytes must not be negative.", param="sizeBytes")
    title = fields.text("displayName") or headers.get("x-goog-upload-file-name", "")
    return Wanted(name=(fields.text("name") or "").removeprefix("files/"), title=title, size=size)


def read_offset(text: str) -> int:
    """Where in the file the bytes of a request begin. Raises Problem(INVALID)."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise invalid("X-Goog-Upload-Offset must be the number of bytes that came before.", param="offset")
    return int(text)


def file(row: File, base: str) -> Tree:
    """One file. `base` is the address that names of files are put behind."""
    assert row.blob is not None, "only what is whole is told of"
    uri = f"{base}{row.name}"
    tree: Tree = {
        "name": f"files/{row.name}",
        "displayName": row.title or None,
        "mimeType": row.blob.mime,
        "sizeBytes": str(row.blob.size),
        "createTime": moment(row.created),
        "updateTime": moment(row.updated),
        "expirationTime": moment(row.expires) if row.expires else None,
        "sha256Hash": pybase64.b64encode(bytes.fromhex(row.blob.sha256)).decode(),
        "uri": uri,
        "downloadUri": f"{uri}:download?alt=media",  # google-genai downloads nothing that has none
        "videoMetadata": {"videoDuration": f"{row.duration_ms / 1000:g}s"} if row.duration_ms else None,
        "state": "ACTIVE",
        "source": "GENERATED" if row.made else "UPLOADED",
    }
    return given(tree)


def files(rows: Sequence[File], base: str, *, more: bool) -> Tree:
    """A page of them; the token of the next one is there when there is one."""
    token: Tree = {"nextPageToken": write_place(rows[-1].created, rows[-1].name)} if more else {}
    return {"files": [file(row, base) for row in rows]} | token


def read_page_size(text: str) -> int:
    """How many files a page is to have. Raises Problem(INVALID)."""
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid(f"pageSize must be 1 to {PAGE_SIZE_MAX}.", param="pageSize")
    return min(int(text or 0) or PAGE_SIZE, PAGE_SIZE_MAX)


def write_place(created: datetime, name: str) -> str:
    """The token of the page that begins after what was created then and is called so."""
    return pybase64.urlsafe_b64encode(f"{created.isoformat()} {name}".encode()).decode().rstrip("=")


def read_place(token: str) -> tuple[datetime, str] | None:
    """What a page begins after; None for the first page. Raises Problem(INVALID) for a token of no page."""
    if not token:
        return None
    try:
        if len(token) > _TOKEN_CHARACTERS_MAX:
            raise ValueError
        text = pybase64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        time, _, name = text.partition(" ")
        return datetime.fromisoformat(time).astimezone(UTC), name
    except ValueError:
        raise invalid("This pageToken is not one that a page gave.", param="pageToken") from None


def moment(at: datetime) -> str:
    """A point in time as Google writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
