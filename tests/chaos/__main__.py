"""The long form: `python -m chaos [--kills N] [--seed N] [sqlite] [many]`; ends with 1 when anything is wrong."""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import objects
import postgres
from chaos.world import PROGRAM, Told, World, engine, furnish
from fleet import fleet
from serving import Server, Worker


@contextmanager
def alone(folder: Path, seed: int, *, takes_s: float = 0.4) -> Iterator[World]:
    """One server on SQLite and a directory."""
    with engine(takes_s=takes_s) as (url, _):
        furnish(folder / "server", url)
        server = Server(folder / "server", {}, program=PROGRAM)
        try:
            yield World([server], [], url, random.Random(seed))
        finally:
            if server.process:
                server.kill()


@contextmanager
def many(folder: Path, database: str, seed: int) -> Iterator[World]:
    """Two gateways and two workers on Postgres and a bucket."""
    (folder / "objects").mkdir()
    with objects.running(folder / "objects", "moto") as store, engine() as (url, _):
        settings = {**store.env, "DANQING_ASSETS": objects.ADDRESS}
        with given(store.env), fleet(folder, database, settings) as machines:
            for number in range(2):
                for kind in ("gateway", "worker"):
                    furnish(folder / f"{kind}{number}", url)
                options = ("--no-work",)
                machines.gateways.append(Server(folder / f"gateway{number}", machines.settings, options=options))
                machines.workers.append(Worker(folder / f"worker{number}", machines.settings))
            yield World(machines.gateways, machines.workers, url, random.Random(seed))


@contextmanager
def given(env: Mapping[str, str]) -> Iterator[None]:
    """This process too can reach the bucket while the block runs."""
    before = dict(os.environ)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def shaken(world: World, kills: int) -> Told:
    """What is found after so many deaths."""
    world.open()
    world.shake(kills)
    return world.settle()


def main() -> int:
    """Shake both worlds."""
    parser = argparse.ArgumentParser(prog="chaos")
    parser.add_argument("worlds", nargs="*", choices=["sqlite", "many", []], default=["sqlite", "many"])
    parser.add_argument("--kills", type=int, default=500, help="in each world")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    wrong = 0
    for name in wanted.worlds:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if name == "sqlite":
                with alone(folder, wanted.seed) as world:
                    told = shaken(world, wanted.kills)
            else:
                with postgres.running() as server:
                    if server is None:
                        print("many: Postgres is not installed on this machine; this world was not shaken")
                        wrong += 1
                        continue
                    with many(folder, server, wanted.seed) as world:
                        told = shaken(world, wanted.kills)
        print(f"{name}: {told} in {time.monotonic() - began:.0f} s", flush=True)
        wrong += bool(told.wrong) or told.kills < wanted.kills or not told.done
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
