"""What docs/openai.md says is so: its code runs with old and new openai, its fields are read."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from danqing.wire.openai import images
from e2e.films import measured
from serving import Server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "openai.md").read_text()
CODE = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NEEDS_VIDEOS = "client.videos"


@pytest.mark.parametrize("era", ["june-2025", "newest"])
def test_the_code_runs_as_it_is_printed(server: Server, tmp_path: Path, era: str) -> None:
    python = ROOT / ".venvs" / era / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of {era} are not installed; make test does it")
    assert CODE
    for text in CODE:
        if era == "june-2025" and NEEDS_VIDEOS in text:
            continue  # it has no videos yet
        text = text.replace("http://127.0.0.1:8787", server.url).replace("sk-test-***", server.key)
        run = subprocess.run(
            [str(python), "-c", text], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, timeout=120
        )
        assert run.returncode == 0, run.stderr.decode()[-2000:]
        for name in re.findall(r'open\("([^"]+)", "wb"\)|write_to_file\("([^"]+)"\)', text):
            expect_sound(tmp_path / "".join(name))


def expect_sound(path: Path) -> None:
    """A file that is what its name says."""
    if path.suffix == ".mp4":
        assert measured(path).frames > 0
        return
    with Image.open(path) as picture:
        assert picture.format == {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[path.suffix]
        picture.load()


def test_a_word_that_is_told_is_read() -> None:
    package = Path(images.__file__).parent
    source = "".join(path.read_text() for path in package.rglob("*.py"))
    told = {word for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)}
    passed_on = {"input_fidelity", "style", "user", "safety_identifier", "complexity"}
    assert {word for word in told - passed_on if f'"{word}"' not in source} == set()
