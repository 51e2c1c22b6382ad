"""Runs servers of the S3 protocol, each a process of its own with one bucket, when this machine has them installed."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

KINDS = ("moto", "s3rver")
BUCKET = "films"
ADDRESS = f"s3://{BUCKET}/danqing"
_HERE = Path(__file__).parent.parent / ".venvs"
_MOTO = _HERE / "moto" / "bin" / "moto_server"
_S3RVER = _HERE / "s3rver" / "node_modules" / "s3rver" / "bin" / "s3rver.js"
_STARTING_S = 30


@dataclass
class Objects:
    """One server. `env` is what a Danqing needs to reach it, beside the ADDRESS."""

    kind: str
    folder: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "S3RVER",
            "AWS_SECRET_ACCESS_KEY": "S3RVER",
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> "Objects":
        """s3rver goes on with what it had; moto begins with an empty bucket."""
        with (self.folder / f"{self.kind}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, env={**os.environ, **self.settings}, start_new_session=True
            )
        deadline = time.monotonic() + _STARTING_S
        while not self._listens():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)
        if self.kind == "moto":
            urllib.request.urlopen(urllib.request.Request(f"{self.url}/{BUCKET}", method="PUT"), timeout=10).close()
        return self

    def kill(self) -> None:
        """SIGKILL: from now on connections are refused."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """SIGSTOP while the block runs: connections are taken and nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.thaw()

    def thaw(self) -> None:
        """SIGCONT: go on where it was stopped."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def log(self) -> str:
        return (self.folder / f"{self.kind}.log").read_text(errors="replace")

    def _command(self) -> Sequence[str | Path]:
        if self.kind == "moto":
            return [_MOTO, "-H", "127.0.0.1", "-p", str(self.port)]
        data = self.folder / "s3rver"
        options = ["-a", "127.0.0.1", "-p", str(self.port), "-d", data, "--no-vhost-buckets"]
        return ["node", _S3RVER, *options, "--configure-bucket", BUCKET]

    def _listens(self) -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", self.port)) == 0


def lacking(kind: str) -> str:
    """Why this machine cannot run the server; "" when it can."""
    if kind == "moto":
        return "" if _MOTO.exists() else "moto is not installed: make .venvs/moto/ready"
    if not shutil.which("node"):
        return "s3rver needs node, which is not on PATH"
    return "" if _S3RVER.exists() else "s3rver is not installed: make .venvs/s3rver/ready"


@contextmanager
def running(folder: Path, kind: str = "moto", settings: Mapping[str, str] | None = None) -> Iterator[Objects]:
    """A new server with an empty bucket at ADDRESS, gone after the block. Ask `lacking` first."""
    folder.mkdir(parents=True, exist_ok=True)
    objects = Objects(kind, folder, _free_port(), settings or {}).start()
    try:
        yield objects
    finally:
        objects.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
