"""Makes the values that many tests begin with."""

from dataclasses import replace
from datetime import UTC, datetime

from danqing.domain.generation import Generation, Output, Turn
from danqing.domain.jobs import Job
from danqing.domain.media import Blob, Medium
from danqing.domain.money import Price

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CENT = 10_000_000


def a_generation(prompt: str = "a cat", *, model: str = "imagen-3.0-generate-002", **fields: object) -> Generation:
    generation = Generation(model=model, turns=(Turn("user", (prompt,)),), wants=frozenset({Medium.IMAGE}))
    return replace(generation, **fields)


def a_job(**fields: object) -> Job:
    job = Job(
        id="8167db37-2b7c-4794-9232-891d02ca7fa3",
        key="key_1",
        account="test",
        generation=a_generation(count=4),
        price=Price(image=3 * CENT),
        held=12 * CENT,
        provider="sketch",
        upstream="",
        created=NOON,
        updated=NOON,
    )
    return replace(job, **fields)


def a_picture(number: int = 1) -> Output:
    blob = Blob(sha256=f"{number:064x}", size=1000 + number, mime="image/png")
    return Output(medium=Medium.IMAGE, blob=blob, file=f"{number:032x}", width=1024, height=1024)
