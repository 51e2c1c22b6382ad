"""A world to be shaken: an engine that lives, servers and workers that keep dying, and clients that keep asking."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path

from danqing import assets
from danqing.config import load
from danqing.gateway.cleaning import Cleaner
from danqing.gateway.dispatch import Tasks
from danqing.gateway.gateway import utc_now
from danqing.store import connect
from danqing.store.engine import open_engines
from danqing.store.tables import files, inputs
from rows import add_model
from serving import Machine, Server, Worker

HERE = Path(__file__).parent
PROGRAM = (sys.executable, str(HERE / "mortal.py"))
LIFE_S = 6.0  # a process that has not reached its last step by then is killed all the same
STEPS_MAX = 60  # more are hardly ever taken within a life
UNFINISHED_MAX = 12
PATIENCE_S = 120.0
DEADLINE_S = 3600  # no order ends as too late because everybody keeps dying on a slow machine

# once: the engine takes no request id. next: another one turns everything away before it is asked.
MODELS = ("film-again", "film-once", "film-next", "picture-again", "picture-once", "picture-next")
ROUTES = {"again": ("again",), "once": ("once",), "next": ("closed", "once")}
KINDS = {
    "film": (["video"], 1, {"film": "0.10"}, {"seconds": [4], "fps": 8}),
    "picture": (["image"], 2, {"image": "0.02"}, {}),
}
CHARGE = {"film": 100_000_000, "picture": 40_000_000}


@dataclass
class Told:
    """What was found when everything had come to rest. Everything after `unknown` must be 0."""

    kills: int = 0
    places: Counter[str] = field(default_factory=Counter)  # where they died
    jobs: int = 0
    done: int = 0
    unknown: int = 0  # told, not charged, and only where the engine takes no request id
    lost: int = 0  # orders without a job, jobs without an end, ends that are neither done nor an allowed unknown
    doubled: int = 0  # jobs whose work the engine began twice
    mischarged: int = 0
    differences: int = 0  # in the books
    orphans: int = 0  # files that nobody names, after a sweep
    missing: int = 0  # files that are named and not there, or not what the engine made
    crashed: int = 0  # processes that ended without being killed
    uncounted: int = 0  # kills of which nobody knows where
    notes: list[str] = field(default_factory=list)  # what exactly was lost

    @property
    def wrong(self) -> dict[str, int]:
        """What should not be."""
        names = ("lost", "doubled", "mischarged", "differences", "orphans", "missing", "crashed", "uncounted")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@contextmanager
def engine(*, takes_s: float = 0.4) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The URL of an engine, and the process of its own that it is."""
    command = [sys.executable, str(HERE / "engine.py"), str(takes_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"], process
        finally:
            process.kill()


def furnish(data: Path, url: str, *, slots: int = 64) -> None:
    """Tell a server about the engine and its models."""
    data.mkdir(parents=True, exist_ok=True)
    for name, path, repeatable in (("again", "", "true"), ("once", "", "false"), ("closed", "/closed", "false")):
        with (data / "danqing.toml").open("a") as settings:
            settings.write(f'[upstreams.{name}]\nkind = "mortal"\nbase_url = "{url}{path}"\n')
            settings.write(f"repeatable = {repeatable}\nslots = {slots}\n")
    for (kind, (makes, count, price, more)), (way, engines) in product(KINDS.items(), ROUTES.items()):
        routes = [(engine, "") for engine in engines]
        add_model(data, f"{kind}-{way}", makes, price=price, routes=routes, count_max=2, count_default=count, **more)


def asked(url: str) -> Counter[str]:
    """How often the engine began each job's work."""
    with urllib.request.urlopen(f"{url}/asked", timeout=30) as answer:
        return Counter(row["job"] for row in json.load(answer))


@dataclass
class World:
    """Processes that share a database and files. The first gateway's directory is what the books are looked at with."""

    gateways: Sequence[Server]
    workers: Sequence[Worker]
    engine: str
    chance: random.Random
    key: str = ""
    told: Told = field(default_factory=Told)
    _orders: dict[str, str] = field(default_factory=dict)  # Idempotency-Key -> model
    _jobs: dict[str, str] = field(default_factory=dict)  # Idempotency-Key -> job
    _born: dict[int, float] = field(default_factory=dict)
    _steps: int = 0
    _patience: float = float("inf")  # clients ask on until then; while everybody keeps dying, for ever

    def open(self) -> None:
        """Everybody lives; a live key with money."""
        for process in self._all:
            process.program = PROGRAM
            self._start(process, dies_at=0)
        self.key = self.gateways[0].live_key()

    def shake(self, kills: int) -> None:
        """Clients ask while processes die at step after step; every dead one is started again at once."""
        clients = [threading.Thread(target=self._ask, args=(f"order-{n}-{self._steps}",)) for n in range(kills * 2)]
        self._born = dict.fromkeys(self._born, float("-inf"))  # who lives without a last step is killed first
        waiting = list(clients)
        end = self.told.kills + kills
        while self.told.kills < end:
            if waiting and sum(client.is_alive() for client in clients) < UNFINISHED_MAX:
                waiting.pop().start()
            for process in self._all:
                self._renew(process)
            time.sleep(0.02)
        for process in self._all:
            self._kill(process)
            self._start(process, dies_at=0)
        self._patience = time.monotonic() + PATIENCE_S
        for client in clients:
            if client.ident:
                client.join()

    def settle(self) -> Told:
        """Wait for every job's end, sweep, and look at everything."""
        jobs = {name: self._ended(id) for name, id in self._jobs.items()}
        self.told.places += Counter(place for each in self._all for place in _deaths(each).read_text().splitlines())
        self.told.uncounted = max(0, self.told.kills - self.told.places.total())
        self.told.jobs = len(jobs)
        for name in self._orders.keys() - jobs.keys():
            self._lose(f"{name} for {self._orders[name]} never had an answer")
        for name, job in jobs.items():
            self._judge(self._orders[name], job)
        self.told.doubled = sum(times > 1 for times in asked(self.engine).values())
        self.told.differences = len(self.gateways[0].audit())
        asyncio.run(self._sweep())
        return self.told

    @property
    def _all(self) -> list[Machine]:
        return [*self.gateways, *self.workers]

    def _start(self, process: Machine, *, dies_at: int) -> None:
        process.env = {**process.env, "CHAOS_DIE_AT": str(dies_at), "CHAOS_DEATHS": str(_deaths(process))}
        _deaths(process).touch()
        try:
            process.start()
        except RuntimeError:
            if not dies_at:
                raise
        self._born[id(process)] = time.monotonic()

    def _renew(self, process: Machine) -> None:
        """Start it again if it has died, to die at another step; kill it when it has lived for long."""
        assert process.process is not None
        ended = process.process.poll()
        if ended is None:
            if time.monotonic() - self._born[id(process)] < LIFE_S:
                return
            self._kill(process)
            self.told.places["at rest"] += 1
        elif ended != -signal.SIGKILL:
            self.told.crashed += 1
            self.told.notes.append(f"{process.data.name} ended with {ended}: {process.log()[-1000:]}")
        self.told.kills += 1
        self._steps += 1
        step = self._steps if self._steps <= STEPS_MAX else self.chance.randint(1, STEPS_MAX)
        self._start(process, dies_at=step)

    def _kill(self, process: Machine) -> None:
        if process.process and process.process.poll() is None:
            process.kill()

    def _ask(self, name: str) -> None:
        """A client: asks whichever gateway answers, until it has an answer, under one Idempotency-Key."""
        model = self.chance.choice(MODELS)
        self._orders[name] = model
        while time.monotonic() < self._patience:
            try:
                answer = self.chance.choice(self.gateways).call(
                    "POST",
                    "/api/jobs",
                    {"model": model, "prompt": f"a paper boat, {name}"},
                    key=self.key,
                    headers={"idempotency-key": name, "danqing-deadline": str(DEADLINE_S)},
                    timeout=5,
                )
            except (OSError, urllib.error.URLError, ValueError):
                answer = None
            if answer and answer.status == 201:
                self._jobs[name] = str(answer.json()["id"])
                return
            time.sleep(0.2)

    def _ended(self, id: str) -> dict[str, object]:
        deadline = time.monotonic() + PATIENCE_S
        job: dict[str, object] = {}
        while time.monotonic() < deadline:
            job = self.gateways[0].call("GET", f"/api/jobs/{id}", key=self.key).json()
            if job["state"] in ("done", "failed", "cancelled", "unknown"):
                break
            time.sleep(0.2)
        return job

    def _judge(self, model: str, job: dict[str, object]) -> None:
        kind, _, way = model.partition("-")
        charged = job["charged"]["nanos"] if job.get("charged") else 0  # type: ignore[index]
        outputs: list[dict[str, str]] = job["outputs"]  # type: ignore[assignment]
        if job["state"] == "done":
            self.told.done += 1
            self.told.mischarged += charged != CHARGE[kind] * len(outputs) // (1 if kind == "film" else 2)
            if way == "again" and len(outputs) < (1 if kind == "film" else 2):
                self._lose(f"{model} {job['id']} is done with {len(outputs)} outputs: {job['withheld']}")
            for output in outputs:
                url = str(output["url"]).partition("/api/")[2]
                answer = self.gateways[0].call("GET", f"/api/{url}", key=self.key)
                self.told.missing += answer.status != 200 or len(answer.body) != output["bytes"]
        elif job["state"] == "unknown" and way != "again":
            self.told.unknown += 1
            self.told.mischarged += charged != 0
        else:
            self._lose(f"{model} {job['id']} is {job['state']}: {job['error']}")

    def _lose(self, note: str) -> None:
        self.told.lost += 1
        self.told.notes.append(note)

    async def _sweep(self) -> None:
        """Sweep as if two days had gone by; what is kept must then be what is named, no more and no less."""
        config = load(data=self.gateways[0].data, env=dict(self.gateways[0].env))
        database = await connect(config.database_url)
        archive = await assets.connect(
            config.assets, local=config.data / "chaos", bytes_max=1 << 30, cache_bytes_max=1 << 30
        )
        try:
            cleaner = Cleaner(database, archive, Tasks(), database.postbox(), {}, lambda: utc_now() + timedelta(days=2))
            assert await cleaner.sweep() is not None
            kept = {stored.sha256 async for stored in archive.stored()}
        finally:
            archive.close()
            await database.close()
        engines = open_engines(config.database_url)
        with engines.reading.connect() as connection:
            named = set(connection.execute(files.select().with_only_columns(files.c.sha256)).scalars())
            named |= set(connection.execute(inputs.select().with_only_columns(inputs.c.sha256)).scalars())
        engines.dispose()
        self.told.orphans += len(kept - named)
        self.told.missing += len(named - kept)


def _deaths(process: Machine) -> Path:
    """Where it writes down where it died."""
    return process.data / "deaths"
