"""How fast films go through the queue and money through the books, on SQLite and Postgres, as the store fills.

`make bench-queue` prints a table: the middle one of several measurements, then the lowest and the highest. The upstream
is the engine of the chaos tests, which takes no time of its own; a commit waits for the disk on either database.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import ColumnElement, func, select

import postgres
from chaos.__main__ import alone
from chaos.world import PROGRAM, World, engine, furnish
from danqing.store import connect
from danqing.store.engine import Engines, open_engines
from danqing.store.tables import DONE, UNFINISHED, jobs
from fleet import LEASE_S, Fleet, eventually, fleet
from machines.asking import at_work, film
from serving import Server, Worker
from store.filling import fill
from store.samples import a_job, a_key, delivered

MODEL = "film-again"  # pictures do not pass through the queue
AT_ONCE = 8  # clients, and charges
SLOW = "[danqing:slow=60] a paper boat"  # nobody finishes this while it is handed over


def told(what: str, stored: int, figures: Sequence[float]) -> None:
    """One row of the table."""
    spread = f"{min(figures):,.1f} to {max(figures):,.1f}"
    print(f"{what:<40} {stored:>8,} {median(figures):>10,.1f} {spread:>20}", flush=True)


@dataclass
class Bench:
    """A world to be measured, and a way past it into its database. `rounds` measurements make a row."""

    world: World
    address: str
    engines: Engines
    jobs: int
    charges: int
    rounds: int

    def close(self) -> None:
        """Let go of the database."""
        self.engines.dispose()

    def count(self, which: ColumnElement[bool]) -> int:
        """How many such jobs there are."""
        with self.engines.reading.connect() as connection:
            return connection.execute(select(func.count()).select_from(jobs).where(which)).scalar_one()

    def queue(self, what: str, stored: int) -> None:
        """Films a second, from the first that is asked for to the last that is done."""
        told(f"{what}, films/s", stored, [self._through() for _ in range(self.rounds)])

    def books(self, what: str, stored: int) -> None:
        """Charges a second in the store alone. Everybody else is dead, or they would adopt the jobs."""
        processes = [*self.world.gateways, *self.world.workers]
        for process in processes:
            process.kill()
        told(f"{what}, charges/s", stored, [asyncio.run(self._charged()) for _ in range(self.rounds)])
        for process in processes:
            process.start()

    def growth(self, what: str, stored: Sequence[int]) -> None:
        """Both, with more and more jobs in store."""
        for count in (0, *stored):
            if count:
                fill(self.engines, count - self.count(DONE))
            self.queue(what, count)
            self.books(what, count)

    def _through(self) -> float:
        before, began = self.count(DONE), time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as clients:
            list(clients.map(self._ask, range(self.jobs)))
        eventually(lambda: not self.count(UNFINISHED), 600)
        took = time.monotonic() - began
        assert self.count(DONE) == before + self.jobs
        return self.jobs / took

    def _ask(self, number: int) -> None:
        body = {"model": MODEL, "prompt": f"a paper boat, {number}", "count": 1}
        while (answer := self.world.gateways[0].call("POST", "/api/jobs", body, key=self.world.key)).status == 429:
            time.sleep(0.1)
        assert answer.status == 201, answer.body

    async def _charged(self) -> float:
        """A hold and its settlement each."""
        database, run = await connect(self.address), os.urandom(4).hex()
        await database.fund("bench", 10**9, run)
        await database.add_key(a_key(run, account="bench"), run)

        async def pay(first: int) -> None:
            for number in range(first, self.charges, AT_ONCE):
                name = f"{run}-{number}"
                job = await database.admit(a_job(name, key=run, account="bench"), None)
                assert await database.commit(*delivered(job, name))

        began = time.monotonic()
        await asyncio.gather(*map(pay, range(AT_ONCE)))
        took = time.monotonic() - began
        await database.close()
        return self.charges / took


def opened(world: World, address: str, wanted: argparse.Namespace) -> Bench:
    """Everybody at work, and money for all that is asked."""
    world.open()
    gateway = world.gateways[0]
    more = {"usd": "1000000", "cause": "bench"}
    assert gateway.call("POST", "/api/funds", more, key=gateway.owner_key).status == 201
    return Bench(world, address, open_engines(address), wanted.jobs, wanted.charges, wanted.rounds)


def one(folder: Path, wanted: argparse.Namespace) -> None:
    """SQLite: one server."""
    with alone(folder, seed=1, takes_s=0) as world:
        address = f"sqlite:///{world.gateways[0].data / 'danqing.sqlite'}"
        with closing(opened(world, address, wanted)) as bench:
            bench.growth("SQLite, one server", wanted.stored)


def many(folder: Path, server: str, wanted: argparse.Namespace) -> None:
    """Postgres: one gateway, and more and more workers; then deaths."""
    with engine(takes_s=0) as (url, _), fleet(folder, server) as machines:
        for name in ("gateway0", *(f"worker{number}" for number in range(4))):
            furnish(folder / name, url)
        machines.gateways.append(Server(folder / "gateway0", machines.settings, options=("--no-work",)))
        world = World(machines.gateways, machines.workers, url, random.Random(1))
        with closing(opened(world, machines.database, wanted)) as bench:
            for count in (1, 2, 4):
                while len(machines.workers) < count:
                    worker = Worker(folder / f"worker{len(machines.workers)}", machines.settings, program=PROGRAM)
                    machines.workers.append(worker.start())
                if count < 4:
                    bench.queue(f"Postgres, {count} worker{'s' * (count > 1)}", 0)
            deaths(bench, machines)
            bench.growth("Postgres, 4 workers", wanted.stored)
            deaths(bench, machines)


def deaths(bench: Bench, machines: Fleet) -> None:
    """How long it takes until another worker goes on."""
    for number, name in ((signal.SIGKILL, "kill -9"), (signal.SIGTERM, "SIGTERM")):
        took = [handed_over(machines, number) for _ in range(bench.rounds)]
        told(f"hand-over after {name}, s (lease {LEASE_S:g} s)", bench.count(DONE), took)


def handed_over(machines: Fleet, number: signal.Signals) -> float:
    """Seconds until another worker drives the film of one that gets a signal."""
    gateway = machines.gateways[0]
    id = film(gateway, SLOW)
    leaving = at_work(machines, id)
    assert leaving.process
    began = time.monotonic()
    leaving.process.send_signal(number)
    eventually(lambda: at_work(machines, id) is not leaving)
    took = time.monotonic() - began
    assert gateway.call("POST", f"/api/jobs/{id}/cancel").status == 200
    leaving.process.wait()
    leaving.start()
    return took


def main() -> None:
    """Measure, and print as it goes."""
    parser = argparse.ArgumentParser(prog="jobs_per_second")
    parser.add_argument("--jobs", type=int, default=500, help="films in a measurement")
    parser.add_argument("--charges", type=int, default=5000, help="charges in a measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements in a row")
    parser.add_argument("--stored", type=int, nargs="*", default=[10_000, 100_000], help="jobs in store")
    parser.add_argument("--postgres-only", action="store_true")
    wanted = parser.parse_args()
    print(f"{'':<40} {'stored':>8} {'median':>10} {f'of {wanted.rounds}':>20}")
    with tempfile.TemporaryDirectory() as temporary:
        if not wanted.postgres_only:
            one(Path(temporary) / "one", wanted)
        with postgres.running(durable=True) as server:
            if server is None:
                sys.exit("Postgres is not installed on this machine; only SQLite was measured.")
            many(Path(temporary) / "many", server, wanted)


if __name__ == "__main__":
    main()
