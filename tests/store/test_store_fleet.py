"""Who is alive: others while they beat, and oneself for as long as one asks."""

import asyncio

from danqing.store import Database, connect
from danqing.store.fleet import Member

from .samples import a_job, furnish

LEASE_S = 0.2


def member(database: Database, id: str, *, alone: bool) -> Member:
    return Member(database._read, database._write, id=id, kind="serve", lease_s=LEASE_S, alone=alone)


async def test_a_process_that_is_alone_outlives_its_lease(sqlite_url: str) -> None:
    """It need not beat, and never takes itself for dead and its own work away from itself."""
    database = await connect(sqlite_url)
    await furnish(database)
    only = member(database, "only", alone=True)
    await only.beat()
    await database.admit(a_job(), None, driver=only.id)
    await asyncio.sleep(2 * LEASE_S)
    await only.beat()
    assert await only.adopt(()) == []
    assert await only.alive() == {"only": "serve"}
    assert await only.adopt({"job"}), "what it has forsaken it adopts anew"
    await database.close()


async def test_a_process_that_is_not_alone_is_dead_after_its_lease(database: Database) -> None:
    await furnish(database)
    one, other = (member(database, id, alone=False) for id in ("one", "other"))
    await one.beat()
    await other.beat()
    await database.admit(a_job(), None, driver=one.id)
    assert await other.adopt(()) == []
    await asyncio.sleep(2 * LEASE_S)
    await other.beat()
    assert await other.alive() == {"other": "serve"}
    assert [job.id for job in await other.adopt(())] == ["job"]
