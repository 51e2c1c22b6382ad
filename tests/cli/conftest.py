"""Fixtures of the command line: a terminal that talks to the shared server, and one on a machine without any."""

from collections.abc import Callable
from pathlib import Path

import pytest

from serving import Server

from .terminal import Connected, Terminal


@pytest.fixture
def terminal(tmp_path: Path, server: Server) -> Terminal:
    """The server of all tests is named, with its test key."""
    return Connected(tmp_path, {"DANQING_URL": server.url, "DANQING_KEY": server.key})


@pytest.fixture
def owner(tmp_path: Path, server: Server) -> Terminal:
    """The same server, with its owner's key."""
    return Connected(tmp_path, {"DANQING_URL": server.url, "DANQING_KEY": server.owner_key})


@pytest.fixture
def alone(tmp_path: Path) -> Callable[[], Terminal]:
    """Terminals on one machine where no server is named, each in a new folder."""
    folders = (tmp_path / f"folder{number}" for number in range(10))

    def open_terminal() -> Terminal:
        folder = next(folders)
        folder.mkdir()
        return Terminal(folder, {"DANQING_DATA": str(tmp_path / "data")})

    return open_terminal
