"""The READMEs do what they say: every block of code in them runs, in order, against a real server."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from danqing.config.settings import SETTINGS
from danqing.config.survey import OTHERS
from danqing.sketch import magic
from e2e.films import measured
from fleet import fleet
from serving import Server

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TRANSLATION = ROOT / "README.zh-Hant.md"
SOURCE = ROOT / "src" / "danqing"
ERAS = {False: "june-2025", True: "newest"}  # what the README says its code was written for, or what a fence asks for
MODELS = (  # those whose prices the READMEs tell
    "imagen-3.0-generate-002",
    "gemini-2.0-flash-preview-image-generation",
    "veo-3.0-generate-preview",
    "veo-2.0-generate-001",
    "veo-3",
)
PATIENCE_S = 200

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"\bDANQING_[A-Z_]+")
_LINK = re.compile(r"\]\(([^)#]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of code: `kind` is what stands behind the fence."""

    kind: str
    text: str

    def __str__(self) -> str:
        first = next((line for line in self.text.splitlines() if not line.startswith(("import", "from"))), "")
        return re.sub(r"\W+", "-", first)[:40].strip("-") or self.kind


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    return [Block(kind.strip(), text) for kind, text in _FENCE.findall(page.read_text())]


CODE = [block for block in blocks(README) if "client=" in block.kind or "curl " in block.text]
COMMANDS = [block for block in blocks(README) if block not in CODE and block.kind != "toml"]  # test_upstreams_page


def lines(block: Block, program: str) -> list[str]:
    """The commands of a block that begin with a program, without their comments."""
    found = (line.partition("  #")[0].strip() for line in block.text.splitlines())
    return [line for line in found if line.startswith(f"{program} ")]


MAKE = [line for block in COMMANDS for line in lines(block, "make")]
DANQING = [line for block in COMMANDS for line in lines(block, "danqing")]
MACHINES = [line for line in DANQING if line.split()[1] in ("serve", "worker")]  # these run until they are stopped
EXPORTS = [line for block in COMMANDS for line in lines(block, "export")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader tries one block after the other: later ones use the pictures of earlier ones."""
    return tmp_path_factory.mktemp("readme")


def test_both_languages_show_the_same_code() -> None:
    assert blocks(TRANSLATION) == blocks(README)


def test_nothing_in_a_fence_is_passed_over() -> None:
    assert len(CODE) >= 6
    assert MAKE[:2] == ["make serve", "make test"]
    said = {line for block in COMMANDS for line in block.text.splitlines() if line.strip()}
    assert len(said) == len(MAKE) + len(DANQING) + len(EXPORTS)


@pytest.mark.parametrize("block", CODE, ids=str)
def test_a_block_runs_as_it_is_printed(block: Block, server: Server, folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    run = subprocess.run(
        command(block, server), cwd=folder, env=outside(), capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    made = [path for path in folder.iterdir() if before.get(path) != path.stat().st_mtime_ns]
    assert made or "Download Video" in run.stdout, "it leaves a file, or tells where one is"
    for path in made:
        expect_sound(path)


def command(block: Block, server: Server) -> list[str]:
    """How a reader runs a block, with the address and the key of a server of their own."""
    text = block.text.replace("http://127.0.0.1:8787", server.url).replace("sk-test-***", server.key)
    if not block.kind.startswith("python"):
        if not shutil.which("bash") or not shutil.which("curl"):
            pytest.skip("bash and curl are not installed")
        return ["bash", "-euo", "pipefail", "-c", text]
    era = ERAS[">=" in block.kind]
    python = ROOT / ".venvs" / era / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of {era} are not installed; make test does it")
    return [str(python), "-c", text]


def outside(**more: str) -> dict[str, str]:
    """The environment of somebody who has set up nothing."""
    strangers = ("GOOGLE_", "GEMINI_", "OPENAI_", "DANQING_", "PYTHON")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(strangers)}, **more}


def expect_sound(path: Path) -> None:
    """A file that is what its name says: not empty, not an error that was saved as a picture."""
    match path.suffix:
        case ".png":
            with Image.open(path) as picture:
                assert picture.format == "PNG"
                picture.load()
        case ".mp4":
            film = measured(path)
            assert film.frames == round(film.seconds * 24) > 0
        case _:
            assert json.loads(path.read_text()).get("error") is None


@pytest.mark.parametrize("line", [line for line in DANQING if line not in MACHINES])
def test_a_command_runs_as_it_is_printed(line: str, server: Server, folder: Path) -> None:
    words = shlex.split(line)[1:]
    key = server.owner_key if words[0] in ("keys", "projects", "fund") else server.key
    env = outside(DANQING_URL=server.url, DANQING_KEY=key, DANQING_DATA=str(server.data), **_sources())
    run = subprocess.run(
        [sys.executable, "-m", "danqing", *words, "--json"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    assert json.loads(run.stdout).get("error") is None


@pytest.mark.parametrize("line", MACHINES)
def test_a_machine_of_many_works_as_it_is_printed(line: str, postgres_server: str, tmp_path: Path) -> None:
    with fleet(tmp_path, postgres_server) as machines:
        assert {export.split()[1].partition("=")[0] for export in EXPORTS} <= set(machines.settings)
        own = {"DANQING_DATA": str(tmp_path / "data"), "DANQING_PORT": "0", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "danqing", *shlex.split(line)[1:], "--json"]
        env = outside(**machines.settings, **own, **_sources())
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as machine:
            assert machine.stdout is not None
            said = "".join(iter(machine.stdout.readline, "}\n")) + "}"
            machine.send_signal(signal.SIGTERM)
            assert machine.wait(PATIENCE_S) == 0
    assert json.loads(said)["files"] == machines.settings["DANQING_ASSETS"]


def _sources() -> Mapping[str, str]:
    """Where this very run has found the package, when it is not installed."""
    return {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}


@pytest.mark.parametrize("line", MAKE)
def test_a_target_exists(line: str) -> None:
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    run = subprocess.run(["make", "--dry-run", *shlex.split(line)[1:]], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("page", [README, TRANSLATION, ROOT / "ARCHITECTURE.md"], ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    targets = [target for target in _LINK.findall(_FENCE.sub("", page.read_text())) if "://" not in target]
    assert targets
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [README, TRANSLATION], ids=lambda page: page.name)
def test_the_prices_that_are_told_are_the_prices_that_are_charged(page: Path) -> None:
    charged = {rate for model in MODELS for rate in rates(model)}
    eight_seconds = f"{8 * Decimal(rates('veo-3.0-generate-preview')[0]):.2f}"
    assert set(re.findall(r"\$(\d+\.\d+)", page.read_text())) == {*charged, eight_seconds}


def rates(model: str) -> list[str]:
    """The amounts in a model's [price] table."""
    row = tomllib.loads((SOURCE / "catalog" / "models" / f"{model}.toml").read_text())
    return [value for name, value in row["price"].items() if isinstance(value, str) and name != "source"]


@pytest.mark.parametrize("page", [README, TRANSLATION], ids=lambda page: page.name)
def test_every_setting_is_told_and_no_other(page: Path) -> None:
    assert set(_SETTING.findall(page.read_text())) == {setting.variable for setting in SETTINGS.values()} | OTHERS


@pytest.mark.parametrize("page", [README, TRANSLATION], ids=lambda page: page.name)
def test_every_magic_word_is_one(page: Path) -> None:
    told, words = (re.findall(r"\[danqing:[^]]+\]", text) for text in (magic.__doc__ or "", page.read_text()))
    assert sorted(words) == sorted(told)
    assert [word for word in words if magic.read(word)[0] == magic.Magic()] == []
