"""Files as Google and OpenAI speak of them: what is said of one beforehand, and what is told of it."""

from datetime import UTC, datetime, timedelta
from pathlib import PurePath

import pytest

from danqing.domain.errors import Problem
from danqing.domain.media import JSONL, Blob
from danqing.domain.shelf import File, Wanted
from danqing.wire import google, openai
from danqing.wire.forms import Form, FormFile

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FOX = File(
    id="f" * 32,
    key="key",
    name="red-fox",
    size=9097,
    created=NOON,
    updated=NOON + timedelta(seconds=1.5),
    expires=NOON + timedelta(days=2),
    title="A red fox.jpg",
    purpose="vision",
    blob=Blob("ab" * 32, 9097, "image/jpeg"),
)
BASE = "http://h/gemini/v1beta/files/"
START = {"x-goog-upload-header-content-length": "9097"}


@pytest.mark.parametrize(
    ("body", "headers", "wanted"),
    [
        (b'{"file":{"mimeType":"image/jpeg","sizeBytes":9097}}', START, Wanted(size=9097)),
        (
            b'{"file":{"mime_type":"image/jpeg","size_bytes":1,"display_name":"fox","name":"files/red-fox"}}',
            START,
            Wanted(size=9097, title="fox", name="red-fox"),
        ),
        (b'{"file":{"sizeBytes":"7"}}', {"x-goog-upload-file-name": "fox.jpg"}, Wanted(size=7, title="fox.jpg")),
        (b"", START, Wanted(size=9097)),
    ],
)
def test_what_is_said_of_a_file_beforehand(body: bytes, headers: dict[str, str], wanted: Wanted) -> None:
    """June 2025 writes camelCase, 3.4.0 snake_case; the header counts (wire.md 7)."""
    assert google.read_wanted(body, headers) == wanted


@pytest.mark.parametrize(
    ("body", "headers", "param"),
    [
        (b'{"file":[]}', {}, "file"),
        (b'{"file":{"sizeBytes":-1}}', {}, "sizeBytes"),
        (b"{}", {"x-goog-upload-header-content-length": "many"}, "sizeBytes"),
        (b"{}", {"x-goog-upload-header-content-length": "9" * 20}, "sizeBytes"),
    ],
)
def test_what_cannot_be_meant_is_refused(body: bytes, headers: dict[str, str], param: str) -> None:
    with pytest.raises(Problem) as refusal:
        google.read_wanted(body, headers)
    assert refusal.value.param == param


def test_a_file_in_google_s_words() -> None:
    assert google.file(FOX, BASE) == {
        "name": "files/red-fox",
        "displayName": "A red fox.jpg",
        "mimeType": "image/jpeg",
        "sizeBytes": "9097",
        "createTime": "2026-11-26T12:00:00Z",
        "updateTime": "2026-11-26T12:00:01.500000Z",
        "expirationTime": "2026-11-28T12:00:00Z",
        "sha256Hash": "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=",
        "uri": f"{BASE}red-fox",
        "downloadUri": f"{BASE}red-fox:download?alt=media",
        "state": "ACTIVE",
        "source": "UPLOADED",
    }


def test_a_page_leads_to_the_next_one() -> None:
    page = google.files([FOX], BASE, more=True)
    assert google.read_place(str(page["nextPageToken"])) == (NOON, "red-fox")
    assert google.files([FOX], BASE, more=False).keys() == {"files"}
    assert google.read_place("") is None


@pytest.mark.parametrize("token", ["x", "AAAA", "x" * 300, "%%", "bm93IGZveA"])
def test_a_token_of_no_page_is_refused(token: str) -> None:
    with pytest.raises(Problem) as refusal:
        google.read_place(token)
    assert refusal.value.param == "pageToken"


def test_how_many_files_a_page_has() -> None:
    assert [google.read_page_size(text) for text in ("", "0", "7", "5000")] == [10, 10, 7, 100]
    with pytest.raises(Problem):
        google.read_page_size("-1")


def test_a_file_in_openai_s_words() -> None:
    told = openai.file(FOX)
    assert told == {
        "id": "file-red-fox",
        "object": "file",
        "bytes": 9097,
        "created_at": 1795694400,
        "expires_at": 1795867200,
        "filename": "A red fox.jpg",
        "purpose": "vision",
        "status": "processed",
    }
    page = openai.files([FOX], more=False)
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("file-red-fox", "file-red-fox", False)
    assert openai.files([], more=False) == {"object": "list", "data": [], "has_more": False}
    assert openai.read_id("file-red-fox") == "red-fox"
    for strange in ("red-fox", "file-", ""):
        with pytest.raises(Problem):
            openai.read_id(strange)


def a_form(*texts: tuple[str, str], files: int = 1) -> Form:
    sent = FormFile("file", "fox.jpg", "image/jpeg", PurePath("x"), 9, "ab" * 32, b"")
    return Form(texts, (sent,) * files)


def test_what_a_form_says_of_its_file() -> None:
    lasting = ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600")
    assert openai.read_wanted(a_form(("purpose", "vision"))) == Wanted(title="fox.jpg", purpose="vision")
    assert openai.read_wanted(a_form(("purpose", "batch"), *lasting)).lasts == timedelta(hours=1)


@pytest.mark.parametrize(
    ("form", "param"),
    [
        (a_form(), "purpose"),
        (a_form(("purpose", "fun")), "purpose"),
        (a_form(("purpose", "vision"), files=0), "file"),
        (a_form(("purpose", "vision"), files=2), "file"),
        (a_form(("purpose", "vision"), ("expires_after[seconds]", "60")), "expires_after"),
        (a_form(("purpose", "vision"), ("expires_after[anchor]", "now")), "expires_after"),
        (a_form(("purpose", "vision"), ("colour", "red")), "colour"),
    ],
)
def test_a_form_that_cannot_be_meant_is_refused(form: Form, param: str) -> None:
    with pytest.raises(Problem) as refusal:
        openai.read_wanted(form)
    assert refusal.value.param == param


def test_what_a_list_is_asked_for() -> None:
    asked = {"limit": "", "order": "", "after": "", "purpose": ""}
    assert openai.read_page(**asked).limit == 1000
    assert openai.read_page(**asked | {"limit": "3", "after": "file-x", "order": "desc"}).after == "x"
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"order": "asc"}, {"after": "x"}):
        with pytest.raises(Problem):
            openai.read_page(**asked | wrong)


def test_lines_are_stored_under_a_name_of_their_own() -> None:
    assert Blob("ab" * 32, 1, JSONL).name == "ab" * 32 + ".jsonl"
