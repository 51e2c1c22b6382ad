"""How fast jobs go through the queue and money through the books, on SQLite and Postgres, and with 100,000 stored jobs.

`make bench-queue` prints a table. The upstream is the engine of the chaos tests, which takes no time of its own.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import text

import postgres
from chaos.__main__ import alone
from chaos.world import PROGRAM, World, engine, furnish
from danqing.store import connect
from danqing.store.engine import open_engines
from danqing.store.tables import jobs, transfers
from fleet import LEASE_S, Fleet, eventually, fleet
from machines.asking import at_work, film
from serving import Server, Worker
from store.samples import a_job, a_key, delivered

STORED = (10_000, 100_000)
MODEL = "picture-again"
SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count)"


def told(what: str, stored: int, figure: str) -> None:
    """One row of the table."""
    print(f"{what:<44} {stored:>8,} {figure:>16}", flush=True)


def through(world: World, database: str, count: int) -> float:
    """Jobs a second, from the first that is asked for to the last that is done."""

    def ask(number: int) -> None:
        body = {"model": MODEL, "prompt": f"a paper boat, {number}"}
        while world.gateways[0].call("POST", "/api/jobs", body, key=world.key).status == 429:
            time.sleep(0.1)

    before, began = done(database), time.monotonic()
    with ThreadPoolExecutor(8) as clients:
        list(clients.map(ask, range(count)))
    eventually(lambda: done(database) >= before + count)
    return count / (time.monotonic() - began)


def done(database: str) -> int:
    """How many jobs are done."""
    engines = open_engines(database)
    with engines.reading.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM jobs WHERE state = 'done'")).scalar_one()
    engines.dispose()
    return int(found)


def store(database: str, count: int) -> None:
    """So many more ended jobs with their transfers: copies of one that is there. The balances do not follow."""
    engines = open_engines(database)
    with engines.writing.begin() as connection:
        job = connection.execute(text("SELECT id FROM jobs WHERE state = 'done' LIMIT 1")).scalar_one()
        mark = f"'{os.urandom(4).hex()}-' || n"
        for table, own in ((jobs, jobs.c.id), (transfers, transfers.c.job)):
            copied = {"id": f"replace(id, '{job}', {mark})", "job": mark}
            names = [column.name for column in table.c]
            columns = ", ".join(copied.get(name, name) for name in names)
            into = f"INSERT INTO {table.name} ({', '.join(names)})"
            copies = f"SELECT {columns} FROM {table.name}, series WHERE {own.name} = :job"
            connection.execute(text(f"{SERIES} {into} {copies}"), {"job": job, "count": count})
    engines.dispose()


async def charges(address: str, count: int) -> float:
    """Charges a second in the store alone: a hold and its settlement each, eight at a time."""
    database = await connect(address)
    run = os.urandom(4).hex()
    await database.fund("bench", 10**9, run)
    await database.add_key(a_key(run, account="bench"), run)

    async def pay(first: int) -> None:
        for number in range(first, count, 8):
            name = f"{run}-{number}"
            job = await database.admit(a_job(name, key=run, account="bench"), None)
            assert await database.commit(*delivered(job, name))

    began = time.monotonic()
    await asyncio.gather(*map(pay, range(8)))
    await database.close()
    return count / (time.monotonic() - began)


def measured(what: str, world: World, database: str, wanted: argparse.Namespace) -> None:
    """The rates with few, and with more and more jobs in store."""
    for stored in (0, *STORED):
        if stored:
            store(database, stored - done(database))
        told(f"{what}, jobs/s", stored, f"{through(world, database, wanted.jobs):.1f}")
        processes = [*world.gateways, *world.workers]
        for process in processes:
            process.kill()  # they would adopt the jobs that the charges are for
        told(f"{what}, charges/s", stored, f"{asyncio.run(charges(database, wanted.charges)):.0f}")
        for process in processes:
            process.start()


def one(wanted: argparse.Namespace) -> None:
    """SQLite: one server."""
    with tempfile.TemporaryDirectory() as temporary, alone(Path(temporary), seed=1, takes_s=0) as world:
        world.open()
        measured("SQLite, one server", world, f"sqlite:///{world.gateways[0].data / 'danqing.sqlite'}", wanted)


def many(folder: Path, server: str, wanted: argparse.Namespace) -> None:
    """Postgres: one gateway, and workers one after the other; then deaths."""
    with engine(takes_s=0) as (url, _), fleet(folder, server) as machines:
        names = ("gateway0", *(f"worker{number}" for number in range(4)))
        for name in names:
            furnish(folder / name, url)
        gateway = Server(folder / "gateway0", machines.settings, options=("--no-work",))
        machines.gateways.append(gateway)
        world = World([gateway], machines.workers, url, random.Random(1))
        world.open()
        for count in (1, 2, 4):
            while len(machines.workers) < count:
                worker = Worker(folder / f"worker{len(machines.workers)}", machines.settings, program=PROGRAM)
                machines.workers.append(worker)
                worker.start()
            if count < 4:
                rate = through(world, machines.database, wanted.jobs)
                told(f"Postgres, {count} worker{'s' * (count > 1)}, jobs/s", 0, f"{rate:.1f}")
        measured("Postgres, 4 workers", world, machines.database, wanted)
        for number, name in ((signal.SIGKILL, "kill -9"), (signal.SIGTERM, "SIGTERM")):
            told(f"hand-over after {name}, lease {LEASE_S:g} s", STORED[-1], f"{handed_over(machines, number):.1f} s")


def handed_over(machines: Fleet, number: signal.Signals) -> float:
    """Seconds until another worker drives the film of one that gets a signal."""
    id = film(machines.gateways[0])
    leaving = at_work(machines, id)
    began = time.monotonic()
    leaving.process.send_signal(number)
    eventually(lambda: at_work(machines, id) is not leaving)
    return time.monotonic() - began


def main() -> None:
    """Measure, and print as it goes."""
    parser = argparse.ArgumentParser(prog="jobs_per_second")
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--charges", type=int, default=1000)
    parser.add_argument("--postgres-only", action="store_true")
    wanted = parser.parse_args()
    print(f"{'':<44} {'stored':>8} {'figure':>16}")
    if not wanted.postgres_only:
        one(wanted)
    with tempfile.TemporaryDirectory() as temporary, postgres.running() as server:
        if server is None:
            sys.exit("Postgres is not installed on this machine; only SQLite was measured.")
        many(Path(temporary), server, wanted)


if __name__ == "__main__":
    main()
