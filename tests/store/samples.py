"""Jobs and keys to store, as small as they can be, and the steps that end a job."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from danqing.domain.generation import Generation, Output, Turn
from danqing.domain.jobs import Event, Finished, Job, Produced, Started, step
from danqing.domain.keys import Key
from danqing.domain.ledger import Transfer
from danqing.domain.limits import Limits
from danqing.domain.media import Blob, Medium
from danqing.domain.money import Price
from danqing.store import Database

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PICTURE = Blob("ab" * 32, 1024, "image/png")
COST = 30  # of one picture


def a_key(id: str = "key", *, account: str = "house", budget: int | None = None, minute: int = 0) -> Key:
    return Key(
        id=id,
        name=f"{id}'s name",
        account=account,
        test=True,
        hint=f"sk-test-…{id}",
        limits=Limits(total=budget),
        created=NOON + timedelta(minutes=minute),
    )


def a_job(
    id: str = "job",
    *,
    key: str = "key",
    account: str = "house",
    model: str = "imagen-4",
    held: int = COST,
    minute: int = 0,
) -> Job:
    moment = NOON + timedelta(minutes=minute)
    return Job(
        id=id,
        key=key,
        account=account,
        generation=Generation(
            model=model,
            turns=(Turn("user", ("a fox", PICTURE, "in snow")),),
            wants=frozenset({Medium.IMAGE}),
            knobs=(("guidanceScale", 7.5), ("watermark", True)),
        ),
        price=Price(image=COST),
        held=held,
        provider="sketch",
        upstream="",
        created=moment,
        updated=moment,
    )


def an_output(file: str = "") -> Output:
    return Output(medium=Medium.IMAGE, blob=PICTURE, file=file, width=8, height=8, seed=7, drawn=("fox",))


def after(job: Job, *events: Event) -> tuple[Job, list[Transfer]]:
    """The job one version further, after these events, and the transfers to commit with it."""
    transfers: list[Transfer] = []
    version = job.version + 1
    for event in events:
        job, more = step(job, event, NOON + timedelta(hours=1))
        transfers.extend(more)
    return replace(job, version=version), transfers


def delivered(job: Job, *files: str) -> tuple[Job, list[Transfer]]:
    """The job at its end, with one picture for each file name."""
    return after(job, Started(), *(Produced(an_output(file)) for file in files), Finished())


async def furnish(database: Database, *, money: int = 1000, budget: int | None = None) -> Key:
    """An account with money and one key to it."""
    key = a_key(budget=budget)
    await database.fund(key.account, money, "opening")
    await database.add_key(key, "digest")
    return key
