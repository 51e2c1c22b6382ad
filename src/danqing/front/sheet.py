"""The requests of a batch and what they came to, read line by line, however many they are."""

from collections.abc import AsyncIterator

from danqing.domain.batches import REQUESTS_MAX, Batch, Members, unanswered
from danqing.domain.errors import invalid
from danqing.domain.jobs import Job
from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.wire import google
from danqing.wire.holes import Json, plan, spell

LINE_BYTES_MAX = 64 << 20
PAGE = 100


class Sheet:
    """Reads what is stored: requests from the assets, jobs from the store."""

    def __init__(self, stock: Members, assets: Assets) -> None:
        self._stock = stock
        self._assets = assets

    async def lines(self, source: Blob) -> AsyncIterator[tuple[int, bytes]]:
        """Every line that has something in it, with its number. Raises Problem(INVALID) for one without an end."""
        number, rest = 0, b""
        async for chunk in self._assets.open(source):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    yield number, line
                    number += 1
            if len(rest) > LINE_BYTES_MAX:
                raise invalid(f"A line of the file has more than {LINE_BYTES_MAX >> 20} MB.", param="inputConfig")
        if rest.strip():
            yield number, rest

    async def count(self, source: Blob) -> int:
        """How many requests a file has. Raises Problem(INVALID), Problem(TOO_LARGE)."""
        count = 0
        async for number, _ in self.lines(source):
            count = number + 1
            if count > REQUESTS_MAX:
                raise google.too_many()
        return count

    async def members(self, batch: Batch) -> AsyncIterator[Job]:
        """The jobs of a batch, in the order of its requests."""
        after = -1
        while page := await self._stock.members(batch.id, after, PAGE):
            for job in page:
                yield job
                assert job.member is not None, "it was found by it"
                after = job.member.number

    async def results(self, batch: Batch) -> AsyncIterator[Json]:
        """What each request of a batch that has ended came to, in their order."""
        refused = dict(batch.refused)
        jobs = self.members(batch)
        job = await anext(jobs, None)
        async for number, line in self.lines(batch.source):
            known_by = google.known_by(line)
            while job and job.member and job.member.number < number:
                job = await anext(jobs, None)
            if job and job.member and job.member.number == number and job.state.ended:
                yield {**known_by, **google.answered(job)}
            elif number in refused:
                yield {**known_by, **google.failed(refused[number].problem())}
            else:
                yield {**known_by, **google.failed(unanswered(batch))}

    async def written(self, batch: Batch) -> AsyncIterator[bytes]:
        """The results as lines; the pictures in them are read while they are written."""
        async for result in self.results(batch):
            async for text in spell((*plan(result), b"\n"), self._assets.open):
                yield text
