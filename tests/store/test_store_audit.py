"""The audit finds nothing in books that are right, whatever happened to them, and names everything that is planted."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import insert, text

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Accepted, Cancelled, Failed, Finished, Produced, Started
from danqing.domain.limits import Limits, Project
from danqing.domain.media import Blob
from danqing.domain.ports import Once
from danqing.domain.shelf import File
from danqing.domain.wording import Rewritten, Wording
from danqing.store import Database
from danqing.store.audit import DIFFERENCES_MAX, Findings, opened
from danqing.store.engine import Engines
from danqing.store.tables import transfers

from .samples import COST, NOON, a_job, a_key, after, an_output, delivered, furnish


def audited(url: str) -> Findings:
    with opened(url) as books:
        return books.audit()


async def a_history(database: Database) -> None:
    """A bit of everything: every end of a job, a project, limits that come and go, a file that is given up."""
    await furnish(database, money=100 * COST)
    await database.add_project(Project(id="project", name="p", limits=Limits(monthly=50 * COST), created=NOON))
    await database.add_key(replace(a_key("bob"), project="project"), "digest of bob")
    done = await database.admit(a_job("done", held=3 * COST), Once("order-1", "f"))
    words = Rewritten(Wording(done=True, target="en", texts=("a fox",), cost=7))
    outputs = (Produced(an_output("one")), Produced(an_output("two")))
    await database.commit(*after(done, words, Started(), *outputs, Finished()))
    await database.admit(a_job("waiting"), None)
    await database.limit_key("key", {"daily": 50 * COST}, NOON)
    running = await database.admit(a_job("running", key="bob", held=2 * COST), None)
    await database.commit(*after(running, Started(), Accepted("ticket"), Produced(an_output("three"))))
    for name, event in (("cancelled", Cancelled()), ("failed", Failed(Problem(Kind.UNKNOWN, "who knows")))):
        await database.commit(*after(await database.admit(a_job(name), None), event))
    await database.limit_key("key", {"daily": None}, NOON)
    ended = await database.job("done")
    assert ended is not None
    at = {"created": NOON, "updated": NOON, "expires": NOON}
    begun = File(id="begun", key="key", name="begun", size=10, **at)
    await database.shelve(begun)
    await database.extend(begun, Blob("cd" * 32, 4, "application/octet-stream"))
    sent = replace(begun, id="sent", name="sent", blob=Blob("ef" * 32, 10, "image/png"))
    await database.shelve(sent)
    gone = replace(ended.outputs[0], gone=NOON)
    await database.give_up(replace(ended, outputs=(gone, *ended.outputs[1:]), version=ended.version + 1))


async def test_books_that_are_right_have_no_difference(database: Database, database_url: str) -> None:
    await a_history(database)
    found = audited(database_url)
    assert (found.clean, found.differences) == (True, [])
    counted = {name: found.counts[name] for name in ("jobs", "unfinished", "charged", "held", "keys", "requests")}
    held = 3 * COST
    assert counted == {"jobs": 5, "unfinished": 2, "charged": 2 * COST + 7, "held": held, "keys": 2, "requests": 1}
    assert (found.counts["files"], found.counts["transfers"]) == (3, 11)


async def test_jobs_that_were_taken_over_and_not_gone_on_with_are_no_difference(
    database: Database, database_url: str
) -> None:
    await a_history(database)
    heir = database.member("heir", kind="serve", lease_s=15)
    await heir.beat()
    assert {job.id for job in await heir.adopt(())} == {"waiting", "running"}
    assert audited(database_url).differences == []


PLANTED: dict[str, tuple[str | Sequence[str], str]] = {
    "an account": (
        "UPDATE balances SET posted = posted + 1 WHERE balance = 'account:house'",
        "all balances together come to $0.000000001",
    ),
    "a budget": ("UPDATE balances SET posted = posted - 1 WHERE balance = 'budget:key'", "key key has spent different"),
    "a hold of nobody": (
        "UPDATE balances SET held = held + 1 WHERE balance = 'budget:project'",
        "balance budget:project holds",
    ),
    "a period": ("UPDATE balances SET posted = 0 WHERE balance LIKE 'budget:key:%'", "balance budget:key:2026-11-22"),
    "no balance": ("DELETE FROM balances WHERE balance = 'budget:project:2026-11'", "has transfers but no row"),
    "no hold": (
        "DELETE FROM transfers WHERE id = 'waiting:hold'",
        "job waiting holds $0.00000003, and its hold is missing",
    ),
    "another hold": ("UPDATE transfers SET amount = 1 WHERE id = 'waiting:hold'", "job waiting holds"),
    "a hold of another": ("UPDATE transfers SET key = 'bob' WHERE id = 'waiting:hold'", "job waiting holds"),
    "other budgets": ("UPDATE transfers SET budgets = '' WHERE id = 'running:hold'", "job running holds"),
    "no settlement": ("DELETE FROM transfers WHERE id = 'failed:settle'", "job failed has ended"),
    "another charge": (
        "UPDATE transfers SET amount = amount + 1 WHERE id = 'done:settle'",
        "job done says that it cost",
    ),
    "no charge for words": ("DELETE FROM transfers WHERE id = 'done:words'", "job done has ended, and its hold"),
    "another charge for words": (
        "UPDATE transfers SET amount = 6 WHERE id = 'done:words'",
        "job done is charged for its words by done:words",
    ),
    "words too early": (
        "INSERT INTO transfers SELECT 'waiting:words', 'words', account, key, job, 0, 0, created, budgets"
        " FROM transfers WHERE id = 'waiting:hold'",
        "job waiting is queued, and is settled",
    ),
    "too great a charge": ("UPDATE transfers SET amount = 99 WHERE id = 'done:settle'", "done:settle is impossible"),
    "a charge of what failed": (
        "UPDATE jobs SET document = replace(document, '\"charged\":0', '\"charged\":9') WHERE id = 'failed'",
        "job failed is unknown, and was charged $0.000000009",
    ),
    "a settlement too early": (
        "INSERT INTO transfers SELECT 'waiting:settle', 'void', account, key, job, 0, amount, created, budgets"
        " FROM transfers WHERE id = 'waiting:hold'",
        "job waiting is queued, and is settled",
    ),
    "a state": ("UPDATE jobs SET state = 'done' WHERE id = 'running'", "job running is done in its row"),
    "what a job is found by": (
        "UPDATE jobs SET charged = charged + 1 WHERE id = 'done'",
        "job done cost $0.000000068 in its row",
    ),
    "a step that is lost": (
        "UPDATE jobs SET version = version - 1 WHERE id = 'running'",
        "job running is at version 0",
    ),
    "a step after the end": ("UPDATE jobs SET version = version + 1 WHERE id = 'failed'", "job failed is at version 2"),
    "a job that is gone": (
        ("DELETE FROM inputs WHERE job = 'failed'", "DELETE FROM jobs WHERE id = 'failed'"),
        "transfer failed:settle belongs to no job",
    ),
    "a name": ("UPDATE transfers SET id = 'other' WHERE id = 'cancelled:settle'", "other is not named after"),
    "a request": ("UPDATE requests SET key = 'bob'", "'order-1' of bob leads to no job"),
    "a file's size": ("UPDATE files SET bytes = 1 WHERE name = 'two'", "file two is not what job done delivered"),
    "a file's owner": ("UPDATE files SET key = 'bob' WHERE name = 'two'", "file two is not what job done delivered"),
    "the bytes of a key": (
        "UPDATE keys SET stored = stored + 1 WHERE id = 'key'",
        "key key stores 1,045 bytes, and its files come to 1,044",
    ),
    "the bytes of an upload": (
        "UPDATE uploads SET bytes = 9 WHERE id = 'sent'",
        "upload sent is not what its document",
    ),
    "a part that is lost": (
        "UPDATE parts SET bytes = 99 WHERE upload = 'begun'",
        "upload begun takes 10 bytes, and 99",
    ),
    "a part too many": ("UPDATE parts SET upload = 'sent'", "upload sent takes 10 bytes, and 14 are here"),
    "an upload that is gone": (
        ("DELETE FROM parts", "DELETE FROM uploads WHERE id = 'begun'"),
        "and its files come to",
    ),
    "a batch": ("UPDATE jobs SET batch = 'other' WHERE id = 'failed'", "job failed belongs to other in its row"),
    "a file that is gone": ("DELETE FROM files WHERE name = 'three'", "job running has 0 rows of files"),
}


@pytest.mark.parametrize("what", PLANTED)
async def test_what_is_planted_is_named(database: Database, database_url: str, engines: Engines, what: str) -> None:
    await a_history(database)
    statements, named = PLANTED[what]
    with engines.writing.begin() as connection:
        for statement in [statements] if isinstance(statements, str) else statements:
            assert connection.execute(text(statement.replace(":", "\\:"))).rowcount
    found = audited(database_url)
    assert any(named in difference for difference in found.differences), found.differences


async def test_it_sees_one_moment_of_a_database_at_work(database: Database, database_url: str) -> None:
    await furnish(database, money=10**9)

    async def work(name: str) -> None:
        for n in range(30):
            job = await database.admit(a_job(f"{name}{n}"), None)
            await database.commit(*delivered(job, job.id))

    tasks = [asyncio.ensure_future(work(name)) for name in "abcd"]
    jobs = []
    while not all(task.done() for task in tasks):
        found = await asyncio.to_thread(audited, database_url)
        assert found.differences == []
        jobs.append(found.counts["jobs"])
    assert len(set(jobs)) > 1, "it was looked at while jobs came in"


async def test_differences_without_number_are_counted(database: Database, database_url: str, engines: Engines) -> None:
    row = {"phase": "void", "account": "a", "key": "k", "amount": 0, "held": 0, "created": NOON}
    rows = [{**row, "id": f"{n}:settle", "job": f"{n}"} for n in range(DIFFERENCES_MAX + 5)]
    with engines.writing.begin() as connection:
        connection.execute(insert(transfers), rows)
    found = audited(database_url)
    assert len(found.differences) == DIFFERENCES_MAX
    assert found.more >= 5
    assert not found.clean


def test_a_database_of_another_version_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(Problem, match="Start this one's server first"):
        audited(f"sqlite:///{tmp_path_factory.mktemp('new') / 'new.db'}")
