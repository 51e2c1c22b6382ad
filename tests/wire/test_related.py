"""A file and what is said of it in one body."""

import pytest

from danqing.domain.errors import Problem
from danqing.wire.related import RelatedReader

KIND = "multipart/related; boundary=xx"
BODY = (
    b'--xx\r\nContent-Type: application/json\r\n\r\n{"file": {"displayName": "fox"}}\r\n'
    b"--xx\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x\r\n is no end\r\n--xx--\r\n"
)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_it_is_read_wherever_it_is_cut(size: int) -> None:
    reader, content = RelatedReader(KIND), b""
    for start in range(0, len(BODY), size):
        content += b"".join(reader.feed(BODY[start : start + size]))
    reader.close()
    assert reader.said == b'{"file": {"displayName": "fox"}}'
    assert content == b"\x89PNG\r\n--x\r\n is no end"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("multipart/related", b""),
        (f"multipart/related; boundary={'x' * 300}", b""),
        (KIND, b"no parts at all"),
        (KIND, BODY[:-6]),
        (KIND, BODY[: BODY.index(b"--xx", 5)] + b"--xx--\r\n"),
        (KIND, BODY[:-4] + b"\r\n\r\nthird\r\n--xx--\r\n"),
        (KIND, b"--xx\r\n\r\n" + b"x" * 70_000),
    ],
)
def test_what_is_no_such_body_is_refused(kind: str, body: bytes) -> None:
    def read() -> None:
        reader = RelatedReader(kind)
        reader.feed(body)
        reader.close()

    with pytest.raises(Problem) as refusal:
        read()
    assert refusal.value.code == "invalid_multipart"
