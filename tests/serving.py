"""Runs real servers and workers as processes of their own, and speaks to servers over real sockets."""

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
from typing import ClassVar, Self

from danqing.config import load
from danqing.store.audit import opened

STARTING_S = 60
STOPPING_S = 30


@dataclass
class Answer:
    """What came back: `json()` of it, or the bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Machine:
    """One process of `danqing` on a data directory; `start` again goes on where the last one stopped."""

    data: Path
    env: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    program: tuple[str, ...] = ()  # what is run in place of danqing itself
    process: subprocess.Popen[bytes] | None = None
    verb: ClassVar[tuple[str, ...]]
    log_name: ClassVar[str]

    def start(self) -> Self:
        """Run it until it says that it is ready. Raises RuntimeError with its log when it does not."""
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "server.json").unlink(missing_ok=True)
        program = self.program or (sys.executable, "-m", "danqing")
        command = [*program, *self.verb, "--data", str(self.data), *self.options]
        log = self.data / self.log_name
        said = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            env = {**os.environ, "PYTHONUNBUFFERED": "1", **self.env}
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=env)
        deadline = time.monotonic() + STARTING_S
        while not self._ready(said):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"it ended at once, or never started:\n{self.log()[-3000:]}")
            time.sleep(0.05)
        return self

    def stop(self, seconds: float = STOPPING_S) -> int:
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
        """All that it has said, in every life."""
        return (self.data / self.log_name).read_text(errors="replace")

    def _ready(self, said: int) -> bool:
        """Whether it works. `said` is how long its log was before."""
        raise NotImplementedError


@dataclass
class Worker(Machine):
    """`danqing worker`."""

    verb = ("worker",)
    log_name = "worker.log"

    def _ready(self, said: int) -> bool:
        return b"makes films" in (self.data / self.log_name).read_bytes()[said:]


@dataclass
class Server(Machine):
    """`danqing serve`, and calls to it."""

    url: str = ""
    verb = ("serve", "--port", "0")
    log_name = "server.log"

    def _ready(self, said: int) -> bool:
        announced = self.data / "server.json"
        text = announced.read_text() if announced.exists() else ""
        self.url = json.loads(text)["url"] if text else ""
        return bool(text)

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

    def live_key(self, *, usd: str = "1000") -> str:
        """A new key that reaches upstreams, on an account with so much money."""
        paid = self.call("POST", "/api/funds", {"usd": usd, "cause": "1"}, key=self.owner_key)
        assert paid.status in (200, 201), paid.body
        made = self.call("POST", "/api/keys", {"name": "live", "test": False}, key=self.owner_key)
        assert made.status == 201, made.body
        return str(made.json()["secret"])

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
