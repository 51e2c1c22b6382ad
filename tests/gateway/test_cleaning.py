"""Cleaning, with a real store and real files: what goes, what stays, and what may be cut off in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from danqing.assets.disk import Disk
from danqing.domain.errors import Problem
from danqing.domain.generation import Output
from danqing.domain.jobs import Finished, Job, Produced, Started, step
from danqing.domain.keys import Key
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import Archive, Once, Source, Stored, Story
from danqing.domain.retention import Keep, Kept, Swept
from danqing.domain.shelf import File
from danqing.domain.webhooks import EVERYTHING, Fate, Webhook
from danqing.gateway.cleaning import GRACE, Cleaner
from danqing.gateway.dispatch import Tasks
from danqing.store.database import Database, connect
from making import a_job

DAYS = timedelta(days=1)
NOW = datetime.now(UTC)
WEEK: Keep = {Kept.PICTURES: 7}


@dataclass
class House:
    """A database, files, and a clock that can be set for the cleaner alone."""

    database: Database
    disk: Disk
    keep: Keep
    at: datetime = NOW

    def cleaner(self, archive: Archive | None = None) -> Cleaner:
        return Cleaner(
            self.database, archive or self.disk, Tasks(), self.database.postbox(), self.keep, lambda: self.at
        )

    async def sweep(self, *, days: float = 0, dry: bool = False) -> Swept:
        self.at = NOW + timedelta(days=days)
        swept = await self.cleaner().sweep(dry=dry)
        assert swept
        return swept

    async def job(self, id: str, *contents: bytes, asked_with: bytes = b"", once: Once | None = None) -> Job:
        """A job that has delivered these files."""
        frame = await self.disk.put(asked_with, "image/png") if asked_with else None
        job = a_job(id=id, key="key", created=datetime.now(UTC), updated=datetime.now(UTC))
        job = replace(job, generation=replace(job.generation, first_frame=frame))
        await self.database.admit(job, once)
        blobs = [await self.disk.put(content, "image/png") for content in contents]
        outputs = [Output(medium=Medium.IMAGE, blob=blob, file=f"{id}{n}") for n, blob in enumerate(blobs)]
        transfers = []
        for event in (Started(), *map(Produced, outputs), Finished()):
            job, more = step(job, event, datetime.now(UTC))
            transfers += more
        job = replace(job, version=1)
        assert await self.database.commit(job, transfers)
        return job

    async def kept(self) -> set[bytes]:
        return {await self._content(stored) async for stored in self.disk.stored()}

    async def _content(self, stored: Stored) -> bytes:
        blob = Blob(stored.sha256, stored.size, "image/png")
        return b"".join([chunk async for chunk in self.disk.open(blob)])


@asynccontextmanager
async def housed(folder: Path, keep: Keep = WEEK) -> AsyncIterator[House]:
    database = await connect(f"sqlite:///{folder / 'test.sqlite'}")
    disk = Disk(folder / "assets", bytes_max=1 << 20)
    await database.fund("test", 10**12, "opening")
    key = Key(id="key", name="k", account="test", test=True, hint="", created=NOW)
    await database.add_key(key, "digest")
    yield House(database, disk, keep)
    disk.close()
    await database.close()


async def test_a_file_goes_when_the_last_of_its_jobs_has_given_it_up(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        first = await house.job("first", b"shared", b"own", asked_with=b"frame")
        second = await house.job("second", b"shared")
        assert await house.sweep(days=6) == Swept()
        await house.cleaner().delete(first)
        assert await house.kept() == {b"shared"}
        swept = await house.sweep(days=8)
        assert (swept.jobs, swept.files, swept.bytes) == (1, 1, len(b"shared"))
        assert await house.kept() == set()
        assert await house.sweep(days=9) == Swept(), "what was given up is not looked at again"
        found = await house.database.job(second.id)
        assert found is not None
        assert found.outputs[0].gone == NOW + 8 * DAYS
        assert found.charged == second.charged > 0


async def test_a_dry_sweep_tells_and_touches_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.job("job", b"picture", once=Once("name", "print"))
        await house.disk.put(b"orphan", "image/png")
        told = await house.sweep(days=40, dry=True)
        assert (told.jobs, told.files, told.bytes, told.requests) == (1, 1, len(b"orphan"), 1)
        assert await house.kept() == {b"picture", b"orphan"}
        assert await house.sweep(days=40, dry=True) == told


async def test_each_key_may_say_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with housed(tmp_path, {Kept.PICTURES: 7, Kept.INPUTS: 1}) as house:

        async def keeps() -> dict[str, Keep]:
            return {"key": {Kept.PICTURES: None}}

        monkeypatch.setattr(house.database, "keeps", keeps)
        await house.job("job", b"picture", asked_with=b"frame")
        assert (await house.sweep(days=900)).jobs == 1
        assert await house.kept() == {b"picture"}
        assert (await house.sweep(days=901)).jobs == 0


async def test_a_young_file_that_no_job_names_yet_is_left_alone(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.disk.put(b"on its way", "image/png")
        house.at = datetime.now(UTC) + GRACE - timedelta(minutes=1)
        assert await house.cleaner().sweep() == Swept()
        house.at += timedelta(minutes=2)
        assert (await house.cleaner().sweep() or Swept()).files == 1
        assert await house.kept() == set()


class _Slow:
    """An archive in which something happens between the look at a file and its removal."""

    def __init__(self, disk: Disk, meanwhile: list[bytes]) -> None:
        self._disk = disk
        self._meanwhile = meanwhile

    def stored(self, *hashes: str) -> AsyncIterator[Stored]:
        return self._disk.stored(*hashes)

    async def delete(self, stored: Stored) -> bool:
        for content in self._meanwhile:
            await self._disk.put(content, "image/png")
        return await self._disk.delete(stored)

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        return await self._disk.put(source, mime, story)

    def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        return self._disk.open(blob, start, stop)

    async def path(self, blob: Blob) -> str:
        return await self._disk.path(blob)


async def test_a_file_that_is_put_again_at_the_last_moment_stays(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.disk.put(b"again", "image/png")
        await house.disk.put(b"never", "image/png")
        await asyncio.sleep(0.02)  # a file system's clock ticks in steps
        house.at = NOW + 2 * DAYS
        swept = await house.cleaner(_Slow(house.disk, [b"again"])).sweep()
        assert swept
        assert (swept.files, await house.kept()) == (1, {b"again"})


async def test_a_sweep_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    class Dying(_Slow):
        async def delete(self, stored: Stored) -> bool:
            raise KeyboardInterrupt

    async with housed(tmp_path) as house:
        await house.job("one", b"one")
        await house.job("two", b"two")
        house.at = NOW + 8 * DAYS
        with pytest.raises(KeyboardInterrupt):
            await house.cleaner(Dying(house.disk, [])).sweep()
        assert await house.kept() == {b"one", b"two"}
        assert (await house.sweep(days=8)).files == 2


async def test_two_sweeps_at_once_are_one(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.job("one", b"one")
        house.at = NOW + 8 * DAYS
        async with house.database.turn():
            assert await house.cleaner().sweep() is None
        assert await house.kept() == {b"one"}


async def test_a_job_at_work_is_not_deleted(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        with pytest.raises(Problem, match="Cancel it first") as caught:
            await house.cleaner().delete(a_job())
        assert caught.value.code == "job_unfinished"


async def test_a_file_that_another_request_has_just_brought_again_is_left_to_the_sweep(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        job = await house.job("job", b"picture", asked_with=b"frame")
        await asyncio.sleep(0.02)
        await house.disk.put(b"frame", "image/png")  # for a job that is not admitted yet
        after = await house.cleaner().delete(job)
        assert after.inputs_gone
        assert await house.kept() == {b"frame"}
        assert await house.cleaner().delete(after) == after, "twice is once"


async def test_what_was_sent_goes_when_its_time_is_over_or_at_once(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        files = []
        for name, content in (("old", b"old"), ("young", b"young")):
            blob = await house.disk.put(content, "image/png")
            at = datetime.now(UTC)
            times = {"created": at, "updated": at, "expires": at + (1 if name == "old" else 30) * DAYS}
            files.append(File(id=name, key="key", name=name, size=blob.size, blob=blob, **times))
            await house.database.shelve(files[-1])
        await house.job("job", b"made", asked_with=b"young")
        told = await house.sweep(days=3, dry=True)
        assert (told.uploads, await house.kept()) == (1, {b"old", b"young", b"made"})
        swept = await house.sweep(days=3)
        assert (swept.uploads, swept.files, await house.kept()) == (1, 1, {b"young", b"made"})
        await house.cleaner().delete_upload(files[1])
        assert await house.database.on_shelf("key", "young") is None
        assert await house.kept() == {b"young", b"made"}, "a job was asked with it"


async def test_one_file_of_a_job_goes_and_the_other_stays(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.disk.put(b"orphan", "image/png")
        job = await house.job("job", b"one", b"two")
        await house.cleaner().delete_output(job, "job0")
        assert await house.kept() == {b"two", b"orphan"}
        after = await house.database.job("job")
        assert after
        await house.cleaner().delete_output(after, "nothing")
        assert await house.kept() == {b"two", b"orphan"}, "what has no such file takes nothing away"


async def test_notifications_are_forgotten_a_month_after_they_were_settled(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        box = house.database.postbox()
        for url in ("https://a.example", "https://b.example"):
            await box.add(Webhook(id=url, key="key", url=url, events=EVERYTHING, base="", created=NOW))
        await house.job("job", b"picture")
        await box.settle(replace((await box.claim(1, ()))[0], state=Fate.DELIVERED), ended=False)
        assert (await house.sweep(days=29)).deliveries == 0
        assert (await house.sweep(days=31, dry=True)).deliveries == 1
        assert (await house.sweep(days=31)).deliveries == 1
        assert [row.state for row in await box.deliveries("key", limit=9)] == [Fate.PENDING], "what waits is kept"
