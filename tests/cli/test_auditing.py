"""`danqing audit` on the data directory of a server at work, and on one where somebody has meddled."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from serving import Server

from .terminal import Terminal


@pytest.fixture
def meddled(tmp_path: Path) -> Iterator[Server]:
    """A server of its own, whose books nobody looks at in the end."""
    server = Server(tmp_path / "server").start()
    yield server
    server.kill()


@pytest.fixture
def audit(tmp_path: Path, meddled: Server) -> Callable[..., dict[str, object]]:
    """The command, on that server's data directory; its document."""

    def run(*options: str, status: int = 0) -> dict[str, object]:
        outcome = Terminal(tmp_path, {}).run("audit", "--data", str(meddled.data), "--json", *options)
        assert outcome.status == status, outcome
        return outcome.json()

    return run


def draw(server: Server) -> Path:
    """A picture that was made; where its file lies."""
    body = {"instances": [{"prompt": "a red fox"}], "parameters": {"sampleCount": 1}}
    assert server.call("POST", "/gemini/v1beta/models/imagen-3.0-generate-002:predict", body).status == 200
    [file] = (server.data / "assets").rglob("*.png")
    return file


def test_a_server_at_work_is_in_order(meddled: Server, audit: Callable[..., dict[str, object]], tmp_path: Path) -> None:
    draw(meddled)
    told = audit("--deep")
    assert (told["clean"], told["differences"]) == (True, [])
    counts = told["counts"]
    assert (counts["jobs"], counts["charged"], counts["held"], counts["kept"]) == (1, 30_000_000, 0, 1)
    assert counts["unnamed"] == 0
    words = Terminal(tmp_path, {}).run("audit", "--data", str(meddled.data)).out
    assert "Everything agrees." in words
    assert "$0.03" in words


def test_a_cent_that_is_missing_is_named(meddled: Server, audit: Callable[..., dict[str, object]]) -> None:
    draw(meddled)
    with closing(sqlite3.connect(meddled.data / "danqing.sqlite")) as database:
        database.execute("UPDATE balances SET posted = posted - 10000000 WHERE balance = 'revenue'")
        database.commit()
    told = audit(status=1)
    assert told["clean"] is False
    assert any("balance revenue is $0.02" in difference for difference in told["differences"])


def test_files_are_looked_for_and_looked_into(meddled: Server, audit: Callable[..., dict[str, object]]) -> None:
    file = draw(meddled)
    content = file.read_bytes()
    stray = meddled.data / "assets" / "ab" / f"{'ab' * 32}.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"nobody's")
    told = audit("--files")
    assert (told["clean"], told["counts"]["unnamed"], told["counts"]["unnamed_bytes"]) == (True, 1, 8)
    file.chmod(0o644)
    file.write_bytes(content[:-1] + b"x")
    assert audit("--files")["clean"] is True
    assert audit("--deep", status=1)["differences"] == [f"file {file.stem} has another content"]
    file.write_bytes(content[:-1])
    assert audit("--files", status=1)["differences"] == [
        f"file {file.stem} has {len(content) - 1} bytes and not {len(content)}"
    ]
    file.unlink()
    assert audit("--files", status=1)["differences"] == [f"file {file.stem} is missing"]
