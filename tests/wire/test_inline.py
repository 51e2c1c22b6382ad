"""Base64 in the spellings of all clients, and pictures that are kept or refused by their own headers."""

import io
from hashlib import sha256

import pybase64
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from danqing.domain.errors import Kind, Problem
from danqing.domain.media import cited
from danqing.wire.inline import PICTURE_BYTES_MAX, Upload, data_url, given_picture, picture, read_base64
from danqing.wire.picture_header import Header, read_header

from .samples import PICTURE, PICTURE_64, jpeg, png


@given(st.binary(max_size=64), st.booleans(), st.booleans(), st.integers(1, 70))
def test_base64_is_read_in_every_spelling(data: bytes, urlsafe: bool, padded: bool, width: int) -> None:
    text = (pybase64.urlsafe_b64encode(data) if urlsafe else pybase64.b64encode(data)).decode()
    text = text if padded else text.rstrip("=")
    lines = "\r\n".join(text[at : at + width] for at in range(0, len(text), width))
    assert read_base64(lines, param="data") == data


@pytest.mark.parametrize(
    "address",
    [
        "files/abc123",
        "/api/files/abc123",
        "https://studio.example/gemini/v1beta/files/abc123:download?alt=media",
        "http://127.0.0.1:8787/api/files/abc123?attach",
    ],
)
def test_a_file_of_this_server_is_known_by_any_of_its_addresses(address: str) -> None:
    assert given_picture(address, param="pictures") == Upload(cited("abc123"), None)


@pytest.mark.parametrize("address", ["files/", "files/A-B", "gs://b/files/abc", "profiles/abc", "http://files/abc/d"])
def test_what_is_no_file_of_this_server_is_no_name(address: str) -> None:
    with pytest.raises(Problem) as raised:
        given_picture(address, param="pictures")
    assert (raised.value.code, raised.value.param) == ("unsupported_url", "pictures")


@pytest.mark.parametrize("text", ["a", "ab=c", "a*b=", "é", "abcd=efg", "a\0bc"])
def test_what_is_not_base64_is_a_problem(text: str) -> None:
    with pytest.raises(Problem) as raised:
        read_base64(text, param="data")
    assert (raised.value.kind, raised.value.code, raised.value.param) == (Kind.INVALID, "invalid_base64", "data")


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0"}),
    ],
)
def test_headers_of_real_files(format: str, options: dict[str, object]) -> None:
    file = io.BytesIO()
    Image.new("RGB", (321, 123), (200, 30, 40)).save(file, format, **options)
    assert read_header(file.getvalue()) == Header(f"image/{format.lower()}", 321, 123)


@given(st.sampled_from([png(), jpeg(), b"RIFF\0\0\0\0WEBPVP8X", b"\xff\xd8\xff"]), st.integers(0, 60), st.binary())
def test_a_header_that_is_cut_or_mangled_is_never_more_than_none(start: bytes, keep: int, rest: bytes) -> None:
    header = read_header(start[:keep] + rest)
    assert header is None or (header.width > 0 and header.height > 0)


def test_an_upload_is_named_by_its_content_and_its_true_type() -> None:
    upload = data_url(f"data:image/gif;base64,{PICTURE_64}", param="pictures")
    assert upload.blob.sha256 == sha256(PICTURE).hexdigest()
    assert (upload.blob.mime, upload.blob.size, upload.data) == ("image/png", len(PICTURE), PICTURE)


def test_an_upload_never_shows_its_bytes() -> None:
    assert "PNG" not in repr(Upload(picture(PICTURE, param="p").blob, PICTURE))


@pytest.mark.parametrize("head", ["data:;base64", "DATA:image/png;BASE64", "data:image/png;charset=x;base64"])
def test_data_urls_in_their_forms(head: str) -> None:
    assert data_url(f"{head},{PICTURE_64}", param="pictures").data == PICTURE


@pytest.mark.parametrize(
    "url", ["https://example.com/cat.png", "file:///etc/passwd", "", "data:image/png,abc", "data:image/png;base64"]
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(Problem, match="must be a data: URL") as raised:
        data_url(url, param="pictures")
    assert (raised.value.kind, raised.value.code) == (Kind.INVALID, "unsupported_url")


@pytest.mark.parametrize("data", [b"", b"GIF89a\x01\0\x01\0", b"<svg/>", png(0, 5), png()[:20]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Problem, match="is not a PNG, JPEG or WebP picture") as raised:
        picture(data, param="pictures")
    assert raised.value.kind is Kind.INVALID


def test_a_bomb_is_refused_by_its_header() -> None:
    assert picture(png(8000, 5000), param="p")
    with pytest.raises(Problem, match="8000x5001 pixels") as raised:
        picture(png(8000, 5001), param="p")
    assert (raised.value.kind, raised.value.code) == (Kind.TOO_LARGE, "picture_too_large")


def test_a_heavy_file_is_refused() -> None:
    with pytest.raises(Problem, match=r"20\.0 MB") as raised:
        picture(png() + bytes(PICTURE_BYTES_MAX), param="p")
    assert raised.value.kind is Kind.TOO_LARGE
