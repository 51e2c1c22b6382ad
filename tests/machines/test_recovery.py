"""The table of docs/recovery.md: jobs in every state, and what each fault makes of them, of their money and files.

In every scene the engine is held, so that one film of each kind stands still in each state when the fault comes: one
`again`, of an engine that knows a request by its id, and one `once`, of an engine that does not.
"""

import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import postgres
from chaos.world import PROGRAM, asked, engine, furnish
from e2e.test_disk_full import no_more_writes
from fleet import Fleet, eventually, fleet
from machines.asking import ended, job
from serving import STOPPING_S, Machine, Server, Worker

KINDS = ("again", "once")
FILM_NANOS = 100_000_000
TAKES_S = 1.0
SLOTS = 2  # one film runs, one is being submitted, and the third waits
AWAY_S = 10
PATIENCE_S = 15  # of the client of a film whose engine is gone
WAITING = "waiting for storage"

DONE = {(state, kind): "done" for state in ("queued", "submitting", "running", "done") for kind in KINDS}
TAKEN_OVER = DONE | {("submitting", "once"): "unknown"}
UNHEARD = TAKEN_OVER | {("queued", "once"): "unknown"}
ENDS = {"queued": "failed", "submitting": "unknown", "running": "failed", "done": "done"}
GONE = {(state, kind): end for state, end in ENDS.items() for kind in KINDS}


@dataclass
class Scene:
    """Films that stand still. The client speaks to `client`; the fault strikes `struck`."""

    client: Server
    struck: list[Machine]
    url: str
    engine: subprocess.Popen[bytes]
    films: dict[tuple[str, str], str] = field(default_factory=dict)

    def hold(self, patience_s: int = 600, *, loses: bool = False) -> None:
        """Have a film of each kind in each state, and the engine stand still; what was sent has so long a deadline."""
        self._open()
        self.films.clear()
        deadline = {"danqing-deadline": str(patience_s)}
        self._ask("done", "done")
        self._ask("running", "running", deadline)
        if loses:
            urllib.request.urlopen(f"{self.url}/lose", data=b"").close()
        self.engine.send_signal(signal.SIGSTOP)
        self._ask("submitting", "submitting", deadline)
        self._ask("queued", "queued")

    def go_on(self) -> None:
        """The engine works again."""
        self.engine.send_signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Strike every process that answers for a film."""
        for each in self.struck:
            assert each.process is not None
            each.process.send_signal(number)

    def comes_to(self, ends: dict[tuple[str, str], str]) -> None:
        """Every film has come to its end, its money and its file with it; the engine did no work twice."""
        found = {place: ended(self.client, id) for place, id in self.films.items()}
        assert {place: row["state"] for place, row in found.items()} == ends
        for place, row in found.items():
            done = ends[place] == "done"
            assert (row["charged"]["nanos"], len(row["outputs"])) == ((FILM_NANOS, 1) if done else (0, 0)), row
            for output in row["outputs"]:
                path = str(output["url"]).partition("/api/")[2]
                assert self.client.call("GET", f"/api/{path}").body[4:8] == b"ftyp"
        if self.engine.poll() is None:
            assert max(asked(self.url).values()) == 1
        assert self.client.audit() == []

    def _open(self) -> None:
        """A live account has money, and the client's key is on it."""
        owner = self.client.owner_key
        paid = {"usd": "10", "cause": f"recovery of {self.struck[0].data.name}"}
        assert self.client.call("POST", "/api/funds", paid, key=owner).status == 201
        made = self.client.call("POST", "/api/keys", {"name": "live", "test": False}, key=owner)
        for server in (self.client, *self.struck):
            (server.data / "test-key").write_text(str(made.json()["secret"]))

    def _ask(self, name: str, state: str, headers: dict[str, str] | None = None) -> None:
        """A film of each kind, at the process that is struck, once it has come so far."""
        asked_of = next(each for each in self.struck if isinstance(each, Server))
        for kind in KINDS:
            body = {"model": f"film-{kind}", "prompt": f"a boat, {name}"}
            answer = asked_of.call("POST", "/api/jobs", body, headers=headers)
            assert answer.status == 201, answer.body
            self.films[name, kind] = str(answer.json()["id"])
        for kind in KINDS:
            eventually(lambda kind=kind: job(asked_of, self.films[name, kind])["state"] == state)


def worker(machines: Fleet, url: str) -> Worker:
    made = Worker(machines.folder / f"worker{len(machines.workers)}", machines.settings, program=PROGRAM)
    furnish(made.data, url, slots=SLOTS)
    machines.workers.append(made)
    return made.start()


def gateway(machines: Fleet, url: str) -> Server:
    data = machines.folder / f"gateway{len(machines.gateways)}"
    made = Server(data, machines.settings, options=("--no-work",), program=PROGRAM)
    furnish(made.data, url, slots=SLOTS)
    machines.gateways.append(made)
    return made.start()


@contextmanager
def scene(machines: Fleet) -> Iterator[Scene]:
    """Films at a gateway and a worker; the client has another gateway too."""
    with engine(takes_s=TAKES_S) as (url, process):
        one, client = gateway(machines, url), gateway(machines, url)
        made = Scene(client, [one, worker(machines, url)], url, process)
        made.hold()
        yield made


@contextmanager
def alone(folder: Path) -> Iterator[Scene]:
    """One server on SQLite, and no films yet."""
    with engine(takes_s=TAKES_S) as (url, process):
        server = Server(folder / "server", program=PROGRAM)
        furnish(server.data, url, slots=SLOTS)
        server.start()
        try:
            yield Scene(server, [server], url, process)
        finally:
            server.kill()


def answering(machines: Fleet, struck: list[Machine]) -> list[object]:
    """The films that the struck processes still answer for."""
    drivers = [str(driver) for (driver,) in machines.look("SELECT driver FROM jobs WHERE driver IS NOT NULL")]
    return [driver for driver in drivers for each in struck if each.process and f"-{each.process.pid}-" in driver]


def test_processes_that_end(machines: Fleet) -> None:
    with scene(machines) as held:
        for number, status in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 0)):
            held.signal(number)
            for each in held.struck:
                assert each.process is not None
                assert each.process.wait(STOPPING_S) == status
            heir = worker(machines, held.url)
            held.go_on()
            held.comes_to(TAKEN_OVER)
            if number == signal.SIGKILL:
                held.struck = [gateway(machines, held.url), heir]
                held.hold()


def test_processes_that_stop_and_come_back(machines: Fleet) -> None:
    with scene(machines) as held:
        held.signal(signal.SIGSTOP)
        worker(machines, held.url)
        eventually(lambda: not answering(machines, held.struck))
        held.signal(signal.SIGCONT)
        eventually(lambda: len(machines.look("SELECT id FROM processes")) == 4)  # the sleepers are listed again
        held.go_on()
        held.comes_to(TAKEN_OVER)
        for each in held.struck:
            assert each.stop() == 0, each.log()


def test_an_engine_that_is_gone(tmp_path: Path) -> None:
    with alone(tmp_path) as held:
        held.hold(PATIENCE_S)
        held.engine.kill()
        held.comes_to(GONE)


def test_an_engine_that_loses_what_it_answers(tmp_path: Path) -> None:
    with alone(tmp_path) as held:
        held.hold(loses=True)
        held.go_on()
        held.comes_to(UNHEARD)


def test_a_database_that_is_away_while_the_engine_comes_back(tmp_path: Path) -> None:
    with postgres.own() as server:
        if server is None:
            pytest.skip("Postgres is not installed on this machine")
        with fleet(tmp_path, server.url) as machines, scene(machines) as held:
            server.stop()
            held.go_on()
            with pytest.raises(AssertionError, match="it never came to that"):
                eventually(lambda: held.client.call("GET", "/api/jobs").status != 503, AWAY_S)
            server.start()
            held.comes_to(DONE)


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with alone(tmp_path) as held:
        held.hold()
        with no_more_writes(held.client):
            held.go_on()
            for kind in KINDS:
                eventually(lambda kind=kind: job(held.client, held.films["running", kind])["stage"] == WAITING)
        held.comes_to(DONE)
