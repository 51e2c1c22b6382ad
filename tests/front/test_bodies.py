"""Forms on their way in: files on the disk for as long as they are needed, and limits before they are passed."""

import asyncio
import errno
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.requests import Request
from starlette.types import Message

from danqing.domain.errors import Kind, Problem
from danqing.front.bodies import form, pieces
from danqing.wire.forms import EDGE_BYTES, Form

FILE = bytes(range(256)) * 9000  # more than is gathered before it is written
BODY = (
    b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na fox\r\n'
    b'--b\r\nContent-Disposition: form-data; name="image"; filename="f.png"\r\nContent-Type: image/png\r\n\r\n'
    + FILE
    + b'\r\n--b\r\nContent-Disposition: form-data; name="empty"; filename=""\r\n\r\n\r\n--b--\r\n'
)


def asked(body: Sequence[bytes], *, leaves: bool = False, length: int | None = None) -> Request:
    """A request whose body comes in these pieces."""
    told: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    told.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b""})

    async def receive() -> Message:
        return told.pop(0)

    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    headers += [(b"content-length", str(length).encode())] if length is not None else []
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def cut(body: bytes, size: int = 60_000) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def opened(request: Request, scratch: Path, look: Callable[[Form], None]) -> None:
    """Look at the form of a request while it is open."""

    async def work() -> None:
        async with form(request, scratch, 1 << 24) as read:
            look(read)

    asyncio.run(work())


def test_a_file_lies_on_the_disk_until_the_form_is_closed(tmp_path: Path) -> None:
    def look(read: Form) -> None:
        assert read.texts == (("prompt", "a fox"),)
        image, empty = read.files
        assert (image.name, image.filename, image.mime, image.size) == ("image", "f.png", "image/png", len(FILE))
        assert Path(image.path).read_bytes() == FILE
        assert image.sha256 == sha256(FILE).hexdigest()
        assert (image.head, image.tail) == (FILE[:EDGE_BYTES], FILE[-EDGE_BYTES:])
        assert image.part(3, 9) == FILE[3:9]
        assert image.part(len(FILE) - 9, len(FILE)) == FILE[-9:]
        assert image.part(EDGE_BYTES - 1, EDGE_BYTES + 1) == b""
        assert (empty.name, empty.size, Path(empty.path).read_bytes()) == ("empty", 0, b"")
        Path(image.path).rename(tmp_path / "kept")

    opened(asked(cut(BODY)), tmp_path, look)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (lambda: asked(cut(BODY)[:-1]), Kind.INVALID),
        (lambda: asked(cut(BODY)[:-1], leaves=True), Kind.CANCELLED),
        (lambda: asked(cut(BODY) * 8), Kind.TOO_LARGE),
        (lambda: asked([], length=1 << 30), Kind.TOO_LARGE),
    ],
)
def test_nothing_is_left_of_a_form_that_does_not_come_to_its_end(
    broken: Callable[[], Request], kind: Kind, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as refused:
        opened(broken(), tmp_path, lambda _: pytest.fail("it was read"))
    assert refused.value.kind is kind
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with patch.object(Path, "open", side_effect=OSError(errno.ENOSPC, "full")), pytest.raises(Problem) as refused:
        opened(asked(cut(BODY)), tmp_path, lambda _: pytest.fail("it was read"))
    assert (refused.value.kind, refused.value.code) == (Kind.UNAVAILABLE, "disk_full")


def test_a_body_is_refused_before_more_than_the_limit_was_taken_in() -> None:
    taken = []

    async def work() -> None:
        async for piece in pieces(asked(cut(BODY)), 1 << 20):
            taken.append(len(piece))

    with pytest.raises(Problem, match="larger than 1 MB"):
        asyncio.run(work())
    assert 0 < sum(taken) <= 1 << 20
