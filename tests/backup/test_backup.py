"""Backups of every kind of database, brought back into every other: the same rows and files, or nothing."""

import json
import os
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine, inspect

from danqing.assets.disk import Disk
from danqing.backup import Manifest, Restored, Wanted, back_up, restore
from danqing.backup.manifest import MANIFEST, Part
from danqing.domain.batches import Batch
from danqing.domain.errors import Problem
from danqing.domain.generation import Output
from danqing.domain.jobs import Finished, Produced, Started
from danqing.domain.media import JSONL, Blob, Medium
from danqing.domain.ports import Once
from danqing.domain.shelf import File
from danqing.domain.sight import sight_of
from danqing.domain.webhooks import EVERYTHING, Webhook
from danqing.store import Database, connect
from danqing.store.snapshot import snapshot
from store.samples import NOON, a_job, after, furnish

Address = Callable[[str], str]


def hush(what: str, done: int) -> None:
    """Nobody wants to know how far it is."""


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """A new database of each kind; "sqlite" and "other" are files, "postgres" is a schema."""

    def named(kind: str) -> str:
        if kind == "postgres":
            return str(request.getfixturevalue("postgres_url"))
        return f"sqlite:///{tmp_path / kind / 'danqing.sqlite'}"

    return named


@dataclass
class House:
    """A database and a directory with files and secrets, as a server has them."""

    url: str
    data: Path
    disk: Disk

    def rows(self) -> dict[str, list[bytes]]:
        with snapshot(self.url) as moment:
            return {table: list(moment.lines(table)) for table in moment.tables}

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.data / "assets").glob("??/*")}

    async def back_up(self, target: Path, **wanted: Any) -> Manifest:
        done = await back_up(self.url, self.disk, self.data, Wanted(target=target, **wanted), hush)
        return done.manifest

    async def restore(self, source: Path) -> Restored:
        return await restore(source, self.url, self.disk, self.data, hush)

    def is_unused(self) -> bool:
        if not Path(self.url.removeprefix("sqlite:///")).exists():
            return True
        engine = create_engine(self.url)
        try:
            return inspect(engine).get_table_names() == []
        finally:
            engine.dispose()


@asynccontextmanager
async def housed(url: str, data: Path) -> AsyncIterator[House]:
    disk = Disk(data / "assets", bytes_max=1 << 20)
    try:
        yield House(url, data, disk)
    finally:
        disk.close()


async def live_in(house: House) -> None:
    """Money, a key, a job that is done, one that is under way, and secrets."""
    database = await connect(house.url)
    await furnish(database)
    await deliver(house, database, "done", b"a picture")
    asked = replace(a_job().generation, first_frame=await house.disk.put(b"a frame", "image/jpeg"), turns=())
    await database.admit(replace(a_job("waiting", minute=1), generation=asked), Once("name", "print"))
    await house.disk.put(b"named by nobody", "image/png")
    await database.close()
    (house.data / "secret").write_text("pepper\n")
    (house.data / "test-key").write_text("sk-test-1\n")


async def deliver(house: House, database: Database, id: str, content: bytes) -> Blob:
    blob = await house.disk.put(content, "image/png")
    job = replace(a_job(id), generation=replace(a_job().generation, turns=()))
    await database.admit(job, None)
    output = Output(medium=Medium.IMAGE, blob=blob, file=f"{id}file")
    assert await database.commit(*after(job, Started(), Produced(output), Finished()))
    return blob


async def test_what_lies_on_shelves_what_batches_ask_for_and_who_is_to_be_told_is_in_it(
    address: Address, tmp_path: Path
) -> None:
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        database = await connect(house.url)
        at = {"created": NOON, "updated": NOON, "expires": NOON + timedelta(days=9)}
        under_way = File(id="under-way", key="key", name="under-way", size=99, **at)
        await database.shelve(under_way)
        await database.extend(under_way, await house.disk.put(b"a part", "application/octet-stream"))
        sent = await house.disk.put(b"sent", "image/png")
        await database.shelve(File(id="sent", key="key", name="fox", size=sent.size, blob=sent, **at))
        lines = await house.disk.put(b"lines", JSONL)
        times = {"created": NOON, "updated": NOON}
        batch = Batch(id="batch", key="key", model="m", source=lines, count=1, inline=True, **times)
        await database.docket().open_batch(batch, "process")
        hook = Webhook(id="w", key="key", url="https://a.example", events=EVERYTHING, base="", created=NOON)
        await database.postbox().add(hook)
        await deliver(house, database, "told", b"sent")
        told = await database.postbox().deliveries("key", limit=9)
        await database.close()

        manifest = await house.back_up(tmp_path / "backup")
        assert (manifest.files, manifest.missing) == (5, 0)
        await twin.restore(tmp_path / "backup")
        assert {b"a part", b"sent", b"lines"} < set(twin.contents().values())
        database = await connect(twin.url)
        found = await database.upload("under-way")
        assert (found and found.received) == len(b"a part")
        assert (await database.docket().adopt_batches("another", {"another", "process"})) == [batch], "it is nobody's"
        assert await database.postbox().webhooks("key") == [hook]
        assert (len(told), await database.postbox().deliveries("key", limit=9)) == (1, told), (
            "who is to be told still is"
        )
        await database.close()


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
@pytest.mark.parametrize(("kind", "other"), [("sqlite", "other"), ("sqlite", "postgres"), ("postgres", "sqlite")])
async def test_what_is_brought_back_is_what_was_there(
    address: Address, tmp_path: Path, kind: str, other: str, name: str
) -> None:
    async with housed(address(kind), tmp_path / "a") as house, housed(address(other), tmp_path / "b") as twin:
        await live_in(house)
        manifest = await house.back_up(tmp_path / name)
        assert (manifest.files, manifest.missing, manifest.tables["jobs"]) == (2, 0, 2)
        restored = await twin.restore(tmp_path / name)
        assert restored.secret
        assert twin.rows() == house.rows()
        assert set(twin.contents().values()) == {b"a picture", b"a frame"}
        assert set(twin.contents()) < set(house.contents())
        assert (twin.data / "secret").read_bytes() == (house.data / "secret").read_bytes()

        database = await connect(twin.url)
        assert [job.id for job in await database.jobs(sight_of("key"), limit=9) if not job.state.ended] == ["waiting"]
        assert (await database.admit(a_job("again"), Once("name", "print"))).id == "waiting"
        await database.close()


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
async def test_only_its_owner_can_read_it(address: Address, tmp_path: Path, name: str) -> None:
    async with housed(address("sqlite"), tmp_path / "a") as house:
        await live_in(house)
        await house.back_up(tmp_path / name)
    if name.endswith(".tar"):
        with tarfile.open(tmp_path / name) as tar:
            assert {entry.mode for entry in tar} == {0o600}
    else:
        assert (tmp_path / name / "secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / name).stat().st_mode & 0o077 == 0


async def test_secrets_and_files_can_be_left_out(address: Address, tmp_path: Path) -> None:
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        manifest = await house.back_up(tmp_path / "backup", files=False, secret=False)
        assert manifest.files is None
        assert {path.name for path in (tmp_path / "backup").iterdir()} == {MANIFEST, "tables"}
        assert not (await twin.restore(tmp_path / "backup")).secret
        assert twin.rows() == house.rows()
        assert list(twin.data.iterdir()) == [twin.data / "assets"]


async def test_the_next_backup_takes_known_files_from_the_one_before(address: Address, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        await house.back_up(first)
        database = await connect(house.url)
        await deliver(house, database, "more", b"another picture")
        await database.close()
        await house.back_up(second, since=first)
        both = {path.name for path in first.glob("files/??/*")}
        assert len(both) == 2
        for path in second.glob("files/??/*"):
            if path.name in both:
                assert path.samefile(next(first.glob(f"files/??/{path.name}")))
        with pytest.raises(Problem, match="leave out --since"):
            await house.back_up(tmp_path / "third.tar", since=first)
        await twin.restore(second)
        assert twin.rows() == house.rows()
        assert b"another picture" in twin.contents().values()


async def test_a_file_that_is_not_there_is_told(address: Address, tmp_path: Path) -> None:
    async with housed(address("sqlite"), tmp_path / "a") as house:
        await live_in(house)
        next(path for path in (house.data / "assets").glob("??/*.jpg")).unlink()
        manifest = await house.back_up(tmp_path / "backup")
        assert (manifest.files, manifest.missing) == (1, 1)


async def test_nobody_sweeps_meanwhile(address: Address, tmp_path: Path) -> None:
    async with housed(address("sqlite"), tmp_path / "a") as house:
        await live_in(house)
        database = await connect(house.url)
        with snapshot(house.url):
            async with database.turn() as ours:
                assert not ours
        async with database.turn():
            with pytest.raises(Problem, match="A sweep is at work"):
                await house.back_up(tmp_path / "backup")
        await database.close()
    assert set(os.listdir(tmp_path)) == {"a", "sqlite"}, "nothing is left of the attempt"


async def test_a_used_database_and_other_secrets_are_left_alone(address: Address, tmp_path: Path) -> None:
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        before = house.rows()
        await house.back_up(tmp_path / "backup")
        with pytest.raises(Problem, match="not empty"):
            await house.restore(tmp_path / "backup")
        assert house.rows() == before
        (twin.data / "secret").write_text("another pepper\n")
        with pytest.raises(Problem, match="secret is there already"):
            await twin.restore(tmp_path / "backup")
        assert twin.is_unused()
        with pytest.raises(Problem, match="there already"):
            await house.back_up(tmp_path / "backup")


def parts_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_one_wrong_byte_anywhere_is_found_and_the_part_is_named(address: Address, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        await house.back_up(backup)
        tried = [part for part in parts_of(backup) if (backup / part).stat().st_size and part != MANIFEST]
        assert len(tried) >= 9
        for part in tried:
            whole = (backup / part).read_bytes()
            (backup / part).unlink()  # it may be a hard link
            (backup / part).write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
            with pytest.raises(Problem, match=part) as caught:
                await twin.restore(backup)
            assert caught.value.code == "backup_damaged"
            assert twin.is_unused()
            (backup / part).unlink()
            with pytest.raises(Problem, match=part):
                await twin.restore(backup)
            (backup / part).write_bytes(whole)
        await twin.restore(backup)
        assert twin.rows() == house.rows()


async def test_a_tar_file_that_is_cut_off_anywhere_is_refused(address: Address, tmp_path: Path) -> None:
    whole = tmp_path / "backup.tar"
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        await house.back_up(whole)
        with tarfile.open(whole) as tar:
            last = max(entry.offset for entry in tar)
        text = whole.read_bytes()
        for end in range(0, last, 700):
            (tmp_path / "cut.tar").write_bytes(text[:end])
            with pytest.raises(Problem, match=r"damaged|not complete"):
                await twin.restore(tmp_path / "cut.tar")
        assert twin.is_unused()
        with pytest.raises(Problem, match="no backup at"):
            await twin.restore(tmp_path / "nothing.tar")


async def test_an_older_revision_is_brought_up_to_date(address: Address, tmp_path: Path) -> None:
    """The tables as revision 0001 had them, in a backup of that time."""
    new = {"inputs", "projects"}
    added = {
        "keys": {"project", "limits"},
        "transfers": {"budgets"},
        "jobs": {"provider", "updated", "driver", "turn", "swept"},
        "files": {"key", "sha256", "bytes"},
    }
    backup = tmp_path / "backup"
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        manifest = await house.back_up(backup)
        parts = []
        for part in manifest.parts:
            table = Path(part.name).stem
            if part.name.startswith("tables/") and table not in new:
                rows = [json.loads(line) for line in (backup / part.name).read_bytes().splitlines()]
                rows = [{name: row[name] for name in row if name not in added.get(table, ())} for row in rows]
                part = rewritten(backup, part.name, b"".join(json.dumps(row).encode() + b"\n" for row in rows))
            if table not in new:
                parts.append(part)
        tables = {name: count for name, count in manifest.tables.items() if name not in new}
        old = msgspec.structs.replace(manifest, revision="0001", tables=tables, parts=tuple(parts))
        (backup / MANIFEST).write_bytes(msgspec.json.encode(old))
        await twin.restore(backup)
        assert twin.rows() == house.rows()

        unknown = msgspec.structs.replace(old, revision="9999")
        (backup / MANIFEST).write_bytes(msgspec.json.encode(unknown))
        async with housed(address("third"), tmp_path / "c") as third:
            with pytest.raises(Problem, match="newer version"):
                await third.restore(backup)
            assert third.is_unused()


def rewritten(backup: Path, name: str, text: bytes) -> Part:
    (backup / name).write_bytes(text)
    return Part(name, len(text), sha256(text).hexdigest())


async def test_a_backup_cannot_name_a_file_outside(address: Address, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    async with housed(address("sqlite"), tmp_path / "a") as house, housed(address("other"), tmp_path / "b") as twin:
        await live_in(house)
        manifest = await house.back_up(backup)
        listing = rewritten(backup, "files.jsonl", b'{"name":"../../../etc/passwd","bytes":1}\n' * 2)
        parts = tuple(listing if part.name == "files.jsonl" else part for part in manifest.parts)
        (backup / MANIFEST).write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, parts=parts)))
        with pytest.raises(Problem, match="no file of Danqing"):
            await twin.restore(backup)
        assert os.listdir(tmp_path / "b" / "assets") == ["incoming"]
