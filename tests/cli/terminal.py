"""Types commands as a person would: in a folder of their own, as processes of their own."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from danqing.cli import main

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
        """A command as a process, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "-m", "danqing", *words],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_take_interrupts,
        )

    def run(self, *words: str) -> Ended:
        """A command as a process, and its end."""
        return finish(self.start(*words))

    def environment(self) -> dict[str, str]:
        """All variables, with those of Danqing that are given and no others."""
        return {**{name: value for name, value in os.environ.items() if not name.startswith("DANQING_")}, **self.env}


class Connected(Terminal):
    """A terminal whose commands only talk to a server, so that they can be run here, without the price of a process."""

    def run(self, *words: str) -> Ended:
        """A command and its end."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with (
            mock.patch.dict(os.environ, self.environment(), clear=True),
            mock.patch.object(sys, "argv", ["danqing", *words]),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as end:
                status = int(end.code or 0)
        return Ended(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


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


def _take_interrupts() -> None:
    """What runs the tests may ignore Ctrl-C, and its children would too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
