"""Files are taken out of JSON as it arrives, however it is cut and spelled, and nothing else is."""

import base64
import hashlib
import json
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.media import Blob
from danqing.wire.sieve import FILE_CHARACTERS_MIN, Closed, Malformed, Opened, Sieve

FILE = random.Random(1).randbytes(40_000)
SMALL = random.Random(2).randbytes(3_000)


def cut(text: bytes, size: int) -> Iterable[bytes]:
    return (text[at : at + size] for at in range(0, len(text), size))


def sifted(text: bytes, size: int) -> tuple[object, list[bytes]]:
    """The tree with Blobs in it, and the files."""
    sieve, files = Sieve(), list[bytes]()
    for piece in cut(text, size):
        for found in sieve.feed(piece):
            match found:
                case Opened():
                    files.append(b"")
                case bytes():
                    files[-1] += found
                case Closed():
                    pass
    return sieve.tree([blob(data) for data in files]), files


def blob(data: bytes) -> Blob:
    return Blob(hashlib.sha256(data).hexdigest(), len(data), "image/png")


def spelled(data: bytes) -> dict[str, bytes]:
    """Base64 in every way that servers write it."""
    standard = base64.b64encode(data)
    return {
        "standard": standard,
        "url-safe": base64.urlsafe_b64encode(data),
        "unpadded": standard.rstrip(b"="),
        "slashes escaped": standard.replace(b"/", rb"\/"),
        "plus and equals escaped": standard.replace(b"+", rb"\u002B").replace(b"=", rb"\u003d"),
        "in lines": rb"\n".join(cut(standard, 76)),
        "data url": b"data:image/png;base64," + standard,
    }


@pytest.mark.parametrize("size", [1, 7, 1000, 16_384, 1 << 20])
@pytest.mark.parametrize("spelling", spelled(FILE))
def test_a_file_is_found_however_it_is_spelled_and_cut(spelling: str, size: int) -> None:
    text = b'{"a":[{"data":"' + spelled(FILE)[spelling] + b'","mimeType":"image/png"}],"n":1}'
    tree, files = sifted(text, size)
    assert files == [FILE]
    assert tree == {"a": [{"data": blob(FILE), "mimeType": "image/png"}], "n": 1}


def test_several_files_stay_in_their_order_and_small_ones_in_the_text() -> None:
    small = base64.b64encode(SMALL).decode()
    body = {"x": [base64.b64encode(FILE).decode(), small, base64.b64encode(FILE[1:]).decode()]}
    tree, files = sifted(json.dumps(body).encode(), 5000)
    assert files == [FILE, FILE[1:]]
    assert tree == {"x": [blob(FILE), small, blob(FILE[1:])]}


NAMES = st.text(max_size=60)
LONG = st.sampled_from(["word ", '\\"', "漢字"]).map(lambda text: text * FILE_CHARACTERS_MIN)
TEXTS = NAMES | LONG | st.just("\0file:0")
TREES = st.recursive(
    TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)


@given(TREES, st.integers(1, 50_000), st.booleans())
def test_what_is_no_file_comes_through_unchanged(tree: object, size: int, ascii_only: bool) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only).encode()
    assert sifted(text, size) == (tree, [])


def test_a_long_string_that_is_no_base64_is_text() -> None:
    prose = "It was a dark night; " * 2000
    assert len(prose) > FILE_CHARACTERS_MIN
    assert sifted(json.dumps([prose]).encode(), 999) == ([prose], [])


@pytest.mark.parametrize(
    "text",
    [
        b'{"data":"' + base64.b64encode(FILE),  # broken off in a file
        b'{"data":"short',
        b'{"data":"' + base64.b64encode(FILE) + b'"',
        b'{"data":NaN}',
        b"<html>no</html>",
        b'{"data":"' + base64.b64encode(FILE) + b'*"}',
        b'{"data":"' + base64.b64encode(FILE)[:20_000] + b"=" + base64.b64encode(FILE) + b'"}',
        b"[" * 100_000,
    ],
)
def test_what_is_broken_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        sifted(text, 4096)


def test_text_without_end_is_refused_before_it_is_kept() -> None:
    sieve = Sieve(text_max=100_000)
    pieces = (found for _ in range(1000) for found in sieve.feed(b'"a b ", ' * 1000))
    with pytest.raises(Malformed, match="more than"):
        next(pieces)


def test_the_events_of_a_stream_pass_through() -> None:
    sieve, found = Sieve(), []
    event = b"event: partial\ndata: " + json.dumps({"b64_json": base64.b64encode(FILE).decode()}).encode() + b"\n\n"
    for piece in cut(event, 10_000):
        found += list(sieve.feed(piece))
    assert b"".join(piece for piece in found if isinstance(piece, bytes)) == FILE
    assert sieve.text() == b'event: partial\ndata: {"b64_json": "\\u0000file:0"}\n\n'
    assert sieve.text() == b""


@pytest.mark.parametrize("size", [1, 7, 1000, 16_384, 1 << 20])
@pytest.mark.parametrize("name", ["thoughtSignature", "thought_signature", "signature"])
def test_the_signature_of_a_thought_is_no_file_however_long_it_is(name: str, size: int) -> None:
    signature = base64.b64encode(SMALL * 20).decode()
    text = json.dumps({"parts": [{name: signature, "data": base64.b64encode(FILE).decode()}, {name: "c2hvcnQ="}]})
    tree, files = sifted(text.encode(), size)
    assert files == [FILE]
    assert tree == {"parts": [{name: "", "data": blob(FILE)}, {name: "c2hvcnQ="}]}


def test_the_signature_of_a_thought_is_no_file_in_a_stream_either() -> None:
    sieve, text = Sieve(), b""
    event = b'data: {"thoughtSignature": "' + base64.b64encode(FILE) + b'"}\n\n'
    for piece in cut(event, 20):
        assert list(sieve.feed(piece)) == []
        text += sieve.text()
    assert text == b'data: {"thoughtSignature": ""}\n\n'
