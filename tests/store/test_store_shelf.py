"""Shelves in rows: what a key has sent is counted, found by its name, and gone without a trace when it is given up."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.limits import Limits, Project
from danqing.domain.media import Blob
from danqing.domain.retention import without_file
from danqing.domain.shelf import File
from danqing.store import Database
from danqing.store.audit import opened

from .samples import NOON, PICTURE, a_job, a_key, delivered, furnish

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)
PART = Blob("cd" * 32, 4, "application/octet-stream")
FOX = Blob("ef" * 32, 10, "image/png")


def a_file(id: str = "one", *, name: str = "", key: str = "key", size: int = 10, minute: int = 0) -> File:
    at = NOW + timedelta(minutes=minute)
    return File(
        id=id,
        key=key,
        name=name or id,
        size=size,
        created=at,
        updated=at,
        expires=NOW + timedelta(days=1, minutes=minute),
    )


def whole(file: File) -> File:
    return file.whole(replace(FOX, size=file.size), NOW, NOW + timedelta(days=2))


async def stored(database: Database, url: str) -> int:
    """The bytes of the key, when the audit agrees."""
    with opened(url) as books:
        assert books.audit().differences == []
        assert [size for page in books.files() for _, size in page if size > 2000] == []
    found = {standing.limit: standing for standing in await database.standings("key", NOON)}
    return int(found["storage"].used) if "storage" in found else -1


async def test_an_upload_comes_in_parts_and_is_whole_at_last(database: Database, database_url: str) -> None:
    await furnish(database)
    await database.limit_key("key", {"storage": 100}, NOON)
    file = a_file()
    await database.shelve(file)
    assert await database.on_shelf("key", "one") is None, "it is not whole"
    assert await database.extend(file, PART)
    assert not await database.extend(file, PART), "somebody has sent it already"
    behind = replace(file, parts=(replace(PART, size=2),))
    assert not await database.extend(behind, PART), "it would lie over what is here"
    under_way = await database.upload("one")
    assert under_way is not None
    assert (under_way.received, [part.name for part in under_way.parts]) == (4, [f"{PART.sha256}.bin"])
    assert await database.named({PART.sha256, FOX.sha256}) == {PART.sha256}
    assert await stored(database, database_url) == 10

    assert await database.complete(whole(under_way))
    assert not await database.complete(whole(under_way)), "once"
    assert not await database.extend(under_way, PART)
    assert await database.named({PART.sha256, FOX.sha256}) == {FOX.sha256}
    found = await database.on_shelf("key", "one")
    assert found == whole(file)
    assert await stored(database, database_url) == 10

    assert await database.unshelve(found)
    assert not await database.unshelve(found)
    assert await database.named({FOX.sha256}) == set()
    assert await stored(database, database_url) == 0


async def test_a_name_is_taken_once_by_each_key(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("bob"), "digest of bob")
    first, other = whole(a_file("a", name="fox")), whole(a_file("b", name="fox", key="bob"))
    await database.shelve(first)
    await database.shelve(other)
    with pytest.raises(Problem) as refusal:
        await database.shelve(whole(a_file("c", name="fox")))
    assert refusal.value.code == "file_exists"
    assert await database.on_shelf("key", "fox") == first
    assert await database.on_shelf("bob", "fox") == other
    await database.commit(*delivered(await database.admit(a_job(), None), "made"))
    with pytest.raises(Problem):
        await database.shelve(a_file("d", name="made"))


async def test_what_was_begun_or_has_expired_leaves_its_name(database: Database, database_url: str) -> None:
    await furnish(database)
    await database.limit_key("key", {"storage": 100}, NOON)
    await database.shelve(a_file("begun", name="fox"))
    await database.extend(a_file("begun", name="fox"), PART)
    await database.shelve(replace(whole(a_file("old", name="fox")), expires=NOW - timedelta(seconds=1)))
    assert await database.upload("begun") is None
    assert await database.on_shelf("key", "fox") is None, "its time is over"
    await database.shelve(whole(a_file("new", name="fox")))
    assert await stored(database, database_url) == 10


async def test_a_shelf_takes_no_more_than_its_key_and_project_may(database: Database) -> None:
    await furnish(database)
    await database.add_project(Project(id="project", name="p", limits=Limits(storage=25), created=NOON))
    for name in ("bob", "eve"):
        await database.add_key(replace(a_key(name), project="project"), f"digest of {name}")
    await database.limit_key("bob", {"storage": 15}, NOON)
    await database.shelve(whole(a_file("one", key="bob")))
    with pytest.raises(Problem, match="of this key may take") as refusal:
        await database.shelve(a_file("two", key="bob"))
    assert (refusal.value.kind, refusal.value.code) == (Kind.NO_FUNDS, "storage_exceeded")
    await database.shelve(a_file("three", key="eve"))
    with pytest.raises(Problem, match="of this project may take"):
        await database.shelve(a_file("four", key="eve"))


async def test_of_many_at_once_as_many_are_taken_as_there_is_room_for(database: Database) -> None:
    await furnish(database)
    await database.limit_key("key", {"storage": 50}, NOON)
    sent = [database.shelve(a_file(f"file{number}")) for number in range(12)]
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Problem)]
    assert refused == ["storage_exceeded"] * 7
    assert outcomes.count(None) == 5


async def test_files_are_listed_with_those_of_jobs_the_newest_first(database: Database) -> None:
    await furnish(database)
    for minute, id in enumerate("ca"):
        await database.commit(*delivered(await database.admit(a_job(id, minute=minute), None), f"{id}1", f"{id}2"))
    done = await database.job("c")
    assert done is not None
    await database.give_up(without_file(done, "c1", NOON))
    await database.shelve(whole(a_file("young", minute=1)))
    await database.shelve(a_file("under-way", minute=2))
    lines = replace(whole(a_file("lines")), purpose="batch")
    await database.shelve(lines)
    assert await database.filed("key", None, 9, "batch") == [lines]

    seen: list[File] = []
    after = None
    while page := await database.filed("key", after, 2):
        seen += page
        after = (page[-1].created, page[-1].name)
    assert [file.name for file in seen] == ["young", "lines", "a2", "a1", "c2"]
    assert [file.job for file in seen] == ["", "", "a", "a", "c"]
    assert seen[-1].blob == PICTURE
    assert await database.filed("bob", None, 9) == []


async def test_what_has_expired_comes_the_oldest_first(database: Database) -> None:
    await furnish(database)
    for minute, id in enumerate("cab"):
        await database.shelve(a_file(id, minute=minute))
    assert [file.id for file in await database.expired(NOW + timedelta(days=1, minutes=1), 9)] == ["c", "a"]
    assert [file.id for file in await database.expired(NOW + timedelta(days=2), 1)] == ["c"]


async def test_one_file_of_a_job_is_given_up_and_the_other_stays(database: Database, database_url: str) -> None:
    await furnish(database)
    await database.commit(*delivered(await database.admit(a_job(), None), "one", "two"))
    await database.limit_key("key", {"storage": 10_000}, NOON)
    done = await database.job("job")
    assert done is not None
    assert await database.give_up(without_file(done, "one", NOON))
    after = await database.job("job")
    assert after is not None
    assert [bool(output.gone) for output in after.outputs] == [True, False]
    assert await stored(database, database_url) == PICTURE.size
