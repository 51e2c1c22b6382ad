"""Runs a real server as a process of its own and speaks to it over real sockets."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from danqing.config import load
from danqing.store.audit import opened

STARTING_S = 30


@dataclass
class Answer:
    """What came back: `json()` of it, or the bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Server:
    """One `danqing serve` on a data directory; `start` again goes on where the last one stopped."""

    data: Path
    env: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = ()
    program: tuple[str, ...] = ()  # what is run in place of danqing itself

    def start(self) -> "Server":
        self.data.mkdir(parents=True, exist_ok=True)
        announced = self.data / "server.json"
        announced.unlink(missing_ok=True)
        program = self.program or (sys.executable, "-m", "danqing")
        command = [*program, "serve", "--data", str(self.data), "--port", "0", *self.options]
        with (self.data / "server.log").open("ab") as log:
            env = {**os.environ, "PYTHONUNBUFFERED": "1", **self.env}
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=env)
        deadline = time.monotonic() + STARTING_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended at once:\n{self.log()[-3000:]}")
            if announced.exists() and (text := announced.read_text()):
                self.url = json.loads(text)["url"]
                return self
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log()[-3000:]}")

    def stop(self, seconds: float = 10) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL: no farewell."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        return (self.data / "server.log").read_text(errors="replace")

    def audit(self) -> list[str]:
        """Every difference in its books; the server may be at work."""
        with opened(load(data=self.data, env={**os.environ, **self.env}).database_url) as books:
            return books.audit().differences

    @property
    def key(self) -> str:
        return (self.data / "test-key").read_text().strip()

    @property
    def owner_key(self) -> str:
        return (self.data / "owner-key").read_text().strip()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> Answer:
        """One request. `body`: bytes as they are, anything else as JSON; `key=""` sends none."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        key = self.key if key is None else key
        sent = {"content-type": "application/json", **({"authorization": f"Bearer {key}"} if key else {})}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={**sent, **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return Answer(
                    response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
                )
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, {name.lower(): value for name, value in error.headers.items()}, error.read())
