"""What can be asked without a server: help at once, and one sentence for what was typed wrongly."""

import subprocess
import sys
from pathlib import Path

import pytest

from danqing import __version__

from .terminal import Terminal

HEAVY = ("fastapi", "sqlalchemy", "dbos", "starlette", "aiohttp", "uvicorn", "structlog", "numpy", "msgspec")
COMMANDS = (
    "draw",
    "film",
    "jobs",
    "job",
    "cancel",
    "models",
    "usage",
    "keys",
    "serve",
    "config",
    "doctor",
    "again",
    "edit",
    "mcp",
)


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, {"DANQING_DATA": str(tmp_path / "data")})


def test_help_names_every_command(bare: Terminal) -> None:
    ended = bare.run("--help")
    assert ended.status == 0
    assert [name for name in COMMANDS if f" {name} " not in ended.out] == []


@pytest.mark.parametrize("words", [["--help"], ["draw", "--help"], ["serve", "--help"], ["--version"]])
def test_help_waits_for_no_library_of_the_server(words: list[str]) -> None:
    asks = f"import sys; sys.argv = ['danqing', *{words}]\ntry:\n import danqing.cli as cli; cli.main()\n"
    tells = f"finally:\n print('heavy:', [name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", asks + tells], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert "heavy: []" in run.stdout


def test_the_version(bare: Terminal) -> None:
    assert bare.run("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["draw"], "Missing argument 'prompt'."),
        (["draw", "a cat", "--sede", "1"], "No such option: --sede"),
        (["draw", "a cat", "-n", "0"], "Invalid value for '--count' / '-n'"),
        (["draw", "a cat", "--person", "martians"], "martians"),
        (["draw", "a cat", "--picture", "nowhere.png"], "nowhere.png"),
        (["paint", "a cat"], "No such command 'paint'"),
        (["serve", "--port", "70000"], "Invalid value for '--port'"),
    ],
)
def test_wrong_words_are_told_in_one_line_and_nothing_is_done(bare: Terminal, words: list[str], sentence: str) -> None:
    ended = bare.run(*words)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert sentence in ended.err
    assert not (bare.folder / "data").exists()


def test_wrong_words_are_a_document_with_json(bare: Terminal) -> None:
    ended = bare.run("draw", "--json")
    assert (ended.status, ended.err) == (2, "")
    assert ended.json()["error"] == {
        "kind": "invalid",
        "code": "usage",
        "message": "Missing argument 'prompt'.",
        "param": None,
        "retry_after": None,
    }
