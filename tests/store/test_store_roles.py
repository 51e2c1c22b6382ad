"""Who sees what, on both databases: a viewer the keys of its project, an admin everybody, everyone else itself."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from danqing.domain.errors import Problem
from danqing.domain.gallery import AssetSearch, Board, JobSearch
from danqing.domain.keys import KeyRole
from danqing.domain.limits import UNLIMITED, Project
from danqing.domain.sight import EVERYBODY, Sight, sight_of
from danqing.domain.usage import By, Spent
from danqing.store import Database
from danqing.store.engine import Engines
from danqing.store.tables import ended_sessions

from .samples import COST, NOON, a_job, a_key, delivered, furnish

ADS = sight_of("ann", "bob")


@pytest.fixture
async def house(database: Database) -> Database:
    """Ann and Bob are of one project, Eve looks at it, and "key" is of none; each but Eve has made a file."""
    await furnish(database)
    await database.add_project(Project(id="ads", name="ads", limits=UNLIMITED, created=NOON))
    for id, role in (("ann", KeyRole.MEMBER), ("bob", KeyRole.MEMBER), ("eve", KeyRole.VIEWER)):
        await database.add_key(replace(a_key(id), project="ads", role=role), f"digest of {id}")
    for minute, id in enumerate(("ann", "bob", "key")):
        job = await database.admit(a_job(f"of {id}", key=id, minute=minute), None)
        assert await database.commit(*delivered(job, f"file of {id}"))
    return database


async def test_a_viewer_sees_its_project_and_an_admin_everybody(house: Database) -> None:
    eve, ann = await house.key("digest of eve"), await house.key("digest of ann")
    assert eve
    assert ann
    assert eve.sight == sight_of("ann", "bob", "eve")
    assert ann.sight == sight_of("ann")
    assert await house.set_role("key", KeyRole.ADMIN)
    admin = await house.key("digest")
    assert admin
    assert (admin.role, admin.sight) == (KeyRole.ADMIN, EVERYBODY)
    assert {key.id: key.role for key in await house.keys()}["eve"] is KeyRole.VIEWER
    assert await house.set_role("nobody", KeyRole.VIEWER) is None
    assert await house.names({"ann", "key", "nobody"}) == {"ann": a_key("ann").name, "key": a_key().name}


@pytest.mark.parametrize(
    ("sight", "whose"),
    [(sight_of("ann"), ["ann"]), (ADS, ["bob", "ann"]), (EVERYBODY, ["key", "bob", "ann"]), (Sight(frozenset()), [])],
)
async def test_lists_have_what_is_in_sight_and_their_pages_too(house: Database, sight: Sight, whose: list[str]) -> None:
    shelves = house.shelves()
    assert [job.key for job in await house.jobs(sight, limit=9)] == whose
    assert [job.key for job in await house.changed(sight, (NOON.replace(year=2000), ""), 9)] == whose[::-1]
    assert [row.job.key for row in await shelves.assets(sight, AssetSearch(), limit=9)] == whose
    figures = await house.statements().figures(Spent(sight=sight), [By.KEY], limit=9)
    assert [(figure.key, figure.charged) for figure in figures] == [(key, COST) for key in sorted(whose)]
    seen, before = [], None
    while page := await house.jobs(sight, limit=1, before=before):
        seen.append(page[0].key)
        before = page[0].id
    assert seen == whose
    for name in ("ann", "bob", "key"):
        assert bool(await shelves.asset(sight, f"file of {name}")) == (name in whose)
        if name not in whose:
            with pytest.raises(Problem):
                await house.jobs(sight, limit=1, before=f"of {name}")
            with pytest.raises(Problem):
                await shelves.assets(sight, AssetSearch(), limit=1, before=f"file of {name}")


async def test_a_board_counts_the_files_that_are_in_sight(house: Database) -> None:
    shelves = house.shelves()
    await shelves.add_board(Board(id="b", key="ann", name="best", created=NOON))
    assert await shelves.pin(EVERYBODY, "b", ["file of ann", "file of key"], NOON)
    counted = {sight: [board.assets for board in await shelves.boards(sight)] for sight in (EVERYBODY, ADS)}
    assert counted == {EVERYBODY: [2], ADS: [1]}
    assert await shelves.boards(sight_of("key")) == []


async def test_sessions_that_were_ended_are_forgotten_when_their_time_is_over(
    database: Database, engines: Engines
) -> None:
    over, lasts = NOON.replace(year=2000), NOON.replace(year=2100)
    for id, until in (("old", over), ("new", lasts), ("new", lasts), ("newest", lasts)):
        await database.end_session(id, until)
    assert [await database.is_session_ended(id) for id in ("new", "newest", "another")] == [True, True, False]
    with engines.reading.connect() as connection:
        assert set(connection.execute(select(ended_sessions.c.id)).scalars()) == {"new", "newest"}


async def test_files_and_jobs_are_chosen_by_what_they_cost(house: Database) -> None:
    dear = await house.admit(a_job("dear", held=2 * COST, minute=9), None)
    assert await house.commit(*delivered(dear, "one", "two"))
    await house.admit(a_job("waits", minute=10), None)
    for least, most, found in (
        (None, None, {"of ann", "of bob", "of key", "dear", "waits"}),
        (COST, None, {"of ann", "of bob", "of key", "dear"}),
        (COST + 1, None, {"dear"}),
        (None, COST, {"of ann", "of bob", "of key", "waits"}),
        (COST, 2 * COST - 1, {"of ann", "of bob", "of key"}),
        (2 * COST + 1, None, set()),
    ):
        jobs = await house.jobs(EVERYBODY, limit=9, search=JobSearch(cost_min=least, cost_max=most))
        assert {job.id for job in jobs} == found
        search = AssetSearch(cost_min=least, cost_max=most)
        assert {row.job.id for row in await house.shelves().assets(EVERYBODY, search, limit=9)} == found - {"waits"}
