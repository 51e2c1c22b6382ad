"""google-genai of three eras sends files, finds them by name and address, talks about them and takes them away."""

import base64
import hashlib
import random
from pathlib import Path

import pytest

from serving import Server

from .calls import new_key, png
from .conftest import ERAS, Facts, Film, performed

LARGE_BYTES = 9 << 20


@pytest.fixture(scope="session", params=ERAS)
def sent(request: pytest.FixtureRequest, server: Server, film: Film, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What google-genai of each era makes of files."""
    folder = tmp_path_factory.mktemp("files")
    data = server.call("GET", f"/api/files/{film.finished['outputs'][0]['file']}").body  # type: ignore[index]
    (folder / "fox.png").write_bytes(png(64, 48))
    (folder / "film.mp4").write_bytes(data)
    (folder / "lines.jsonl").write_bytes(b'{"key": "one", "request": {}}\n')
    (folder / "nothing.bin").write_bytes(b"%PDF-1.7")
    # What follows the film is a box that players pass over.
    rest = random.Random(7).randbytes(LARGE_BYTES)
    (folder / "large.mp4").write_bytes(data + (len(rest) + 8).to_bytes(4) + b"free" + rest)
    key = new_key(server, f"files of {request.param}")
    more = {"LARGE": str(folder / "large.mp4"), "ERA": request.param, "FOLDER": str(folder)}
    facts = performed("google_files", request.param, server, key, tmp_path_factory, **more)
    return Facts(facts.era, key, folder, facts.calls)


def test_a_picture_lies_there_for_two_days(sent: Facts) -> None:
    data = Path(sent.folder, "fox.png").read_bytes()
    expected = {
        "name": f"files/fox-of-{sent.era}",
        "title": "A red fox",
        "mime": "image/png",
        "size": len(data),
        "state": "ACTIVE",
        "source": "UPLOADED",
        "hash": base64.b64encode(hashlib.sha256(data).digest()).decode(),
    }
    told = sent.value("picture")
    assert told.items() >= expected.items()
    assert 48 * 3600 <= told["lasts"] < 48 * 3600 + 60
    assert sent.value("found") == told


def test_films_and_lines_are_known_by_what_is_in_them(sent: Facts) -> None:
    assert (sent.value("film")["mime"], sent.value("film")["size"]) == (
        "video/mp4",
        Path(sent.folder, "film.mp4").stat().st_size,
    )
    assert sent.value("lines")["mime"] == "application/jsonl"
    memory = sent.value("of memory")
    assert (memory["mime"], memory["title"]) == ("image/png", "from memory")


def test_what_comes_in_many_pieces_comes_back_as_it_was(sent: Facts) -> None:
    assert sent.value("large") == ["video/mp4", Path(sent.folder, "large.mp4").stat().st_size, True]


@pytest.mark.parametrize("call", ["at the root", "by its address"])
def test_it_is_found_by_its_name_and_its_address(sent: Facts, call: str) -> None:
    name, by_uri, size, listed = sent.value(call)
    assert name == by_uri == f"files/fox-of-{sent.era}"
    assert size == Path(sent.folder, "fox.png").stat().st_size
    assert len(listed) == len(set(listed)) >= 4, "page after page"
    assert name in listed


def test_a_conversation_is_about_it(sent: Facts) -> None:
    assert sent.value("edited") == ["image/png"]


def test_it_is_taken_away(sent: Facts) -> None:
    assert sent.value("deleted") == [404, "NOT_FOUND"]


def test_everything_works_at_once_as_well(sent: Facts) -> None:
    assert sent.value("async") == ["video/mp4", Path(sent.folder, "film.mp4").stat().st_size, True]


def test_what_cannot_be_taken_is_said(sent: Facts) -> None:
    assert (sent.error("taken name")["code"], sent.error("unknown")["code"]) == (400, 404)
    error = sent.error("no file")
    if sent.era == "newest":  # the older ones say of whatever failed only that it did
        assert (error["code"], "PNG, JPEG and WebP" in error["message"]) == (400, True)
    else:
        assert error["error"] in ("ValueError", "ClientError")
