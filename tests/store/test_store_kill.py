"""A process that is killed at any moment leaves a job with its money, or neither."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from danqing.domain.ledger import Balance
from danqing.store import Database

from .samples import COST, furnish

MONEY = 1_000_000


def kill_at_every_word(address: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", f"{__package__}.dying", address],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


async def test_a_job_and_its_money_are_both_there_or_neither(database_url: str, database: Database) -> None:
    key = await furnish(database, money=MONEY)
    lives = int(await asyncio.to_thread(kill_at_every_word, database_url))
    admitted = [n for n in range(1, lives + 1) if await database.job(f"job{n}")]
    paid = [job for n in range(1, lives + 1) if (job := await database.job(f"paid{n}")) and job.state.ended]

    # It was killed in the middle of both, and lived through both in the end.
    assert lives > len(admitted) + 3
    assert len(admitted) > len(paid) + 3
    assert lives in admitted
    assert len(paid) >= 1
    unpaid = lives - len(paid)
    assert (await database.spending(key)).account == Balance(
        posted=MONEY - COST * len(paid), held=COST * (len(admitted) + unpaid)
    )
    for job in paid:
        assert await database.file(job.outputs[0].file) == job
