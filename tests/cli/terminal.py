"""Types commands as a person would: in a folder of their own, as processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60


@dataclass(frozen=True)
class Ended:
    """What a command has left behind."""

    status: int
    out: str
    err: str

    def json(self) -> dict[str, object]:
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """A folder to work in and an environment without settings of Danqing but those that are given."""

    folder: Path
    env: Mapping[str, str]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """A command, without waiting for its end."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DANQING_")}
        return subprocess.Popen(
            [sys.executable, "-m", "danqing", *words],
            cwd=self.folder,
            env={**clean, **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # What runs the tests may ignore Ctrl-C, and its children would too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
        )

    def run(self, *words: str) -> Ended:
        """A command and its end."""
        return finish(self.start(*words))


def finish(process: "subprocess.Popen[str]") -> Ended:
    """Wait for the end of a command."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return Ended(process.returncode, out, err)


def wait_for(process: "subprocess.Popen[str]", happened: Callable[[], bool]) -> None:
    """Until something has happened; fails when the process ends before it."""
    while not happened():
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        out, err = process.communicate()
        raise AssertionError(f"ended with {process.returncode}: {out}{err}")
