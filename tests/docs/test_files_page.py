"""What docs/files.md shows runs as it is printed, block after block, in one folder."""

import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from docs.test_examples_run import outside
from serving import Server

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venvs" / "newest" / "bin" / "python"
BLOCKS = re.findall(r"^```(python|sh)\n(.*?)^```$", (ROOT / "docs" / "files.md").read_text(), re.MULTILINE | re.DOTALL)


def test_every_block_runs_as_it_is_printed(server: Server, tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("the newest clients are not installed; make test does it")
    assert len(BLOCKS) >= 2
    for kind, text in BLOCKS:
        text = text.replace("http://127.0.0.1:8787", server.url).replace("sk-test-***", server.key)
        command = [str(PYTHON), "-c", text] if kind == "python" else ["bash", "-euo", "pipefail", "-c", text]
        run = subprocess.run(command, cwd=tmp_path, env=outside(), capture_output=True, text=True, timeout=120)
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    for made in tmp_path.glob("*.png"):
        Image.open(made).load()
