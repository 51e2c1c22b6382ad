"""What docs/edits.md says is so: its examples run, its words are those of the code, its figures those of the limits."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from danqing.domain.generation import Area, Role, Task
from danqing.sketch.works import change, refilm
from danqing.wire.inline import FILM_BYTES_MAX
from e2e.films import measured
from serving import Server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "edits.md").read_text()
PYTHON = ROOT / ".venvs" / "newest" / "bin" / "python"
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's photo and mask."""
    folder = tmp_path_factory.mktemp("edits")
    Image.linear_gradient("L").resize((240, 160)).convert("RGB").save(folder / "photo.png")
    mask = Image.new("L", (240, 160))
    mask.paste(255, (60, 60, 160, 140))
    mask.save(folder / "mask.png")
    return folder


def run(server: Server, folder: Path, kind: str, *program: str) -> str:
    text = BLOCKS[kind].replace("http://127.0.0.1:8787", server.url).replace("sk-test-***", server.key)
    done = subprocess.run([*program, text], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_sdk_changes_a_picture(server: Server, folder: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("the newest clients are not installed; `make test` installs them")
    assert run(server, folder, "python", str(PYTHON), "-c").strip() == "(480, 320)"
    with Image.open(folder / "with-a-cat.png") as picture:
        assert picture.size == (240, 160)


def test_curl_changes_a_picture(server: Server, folder: Path) -> None:
    if not shutil.which("bash") or not shutil.which("curl"):
        pytest.skip("bash and curl are not installed")
    job = json.loads(run(server, folder, "bash", "bash", "-euo", "pipefail", "-c"))
    assert (job["parameters"]["mask"], job["parameters"]["task"]) == (True, "edit")


def test_the_commands_run_as_they_are_printed(server: Server, folder: Path) -> None:
    env = {**os.environ, "DANQING_URL": server.url, "DANQING_KEY": server.key}
    for line in BLOCKS["sh"].splitlines():
        words = shlex.split(line, comments=True)
        assert words[0] == "danqing"
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=200
        )
        assert done.returncode == 0, done.stderr
    with Image.open(folder / "large.png") as picture:
        assert picture.size == (480, 320)
    film, longer = measured(folder / "film.mp4"), measured(folder / "longer.mp4")
    assert (film.seconds, longer.seconds > 4) == (4, True)


def test_every_word_is_one_of_the_code_and_none_is_missing() -> None:
    told = {name: set(re.findall(r"`(\w+)`", row)) for name, row in re.findall(r"^\| `(\w+)` \| (.*)\|$", PAGE, re.M)}
    assert told["task"] == set(Task)
    assert told["area"] == set(Area)
    assert told["roles"] == set(Role)


def test_the_figures_are_the_limits() -> None:
    assert f"{change.LARGER_PIXELS_MAX // 1_000_000} million at the most" in PAGE
    assert f"at most {refilm.SECONDS_MAX} seconds and 1080p" in PAGE
    assert f"up to {FILM_BYTES_MAX // 1_000_000} MB" in PAGE
