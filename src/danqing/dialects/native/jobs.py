"""Generations, from asking to downloading."""

from collections.abc import AsyncIterator, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from danqing.dialects.native.calls import Call, Subject
from danqing.dialects.native.reading import job_search, limit, words
from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.keys import Key
from danqing.domain.media import JSONL
from danqing.domain.ports import Once
from danqing.domain.queueing import Place
from danqing.domain.recovery import retried
from danqing.front import Front, Reply
from danqing.front.wishes import called_back
from danqing.gateway.feed import read_moment, write_moment
from danqing.wire import gallery, native, sse
from danqing.wire.answers import jobs
from danqing.wire.holes import Json, Piece, Tree
from danqing.wire.openapi import FILES

PAGE = 50
STREAM = ("text/event-stream",)


class Jobs:
    """Generations, from asking to downloading."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call, chosen = Subject("jobs").call, "model kind since until key cost_min cost_max"
        return [
            call("POST /jobs", self.create, jobs.Job, status=201, body=native.JobRequest, spends=True),
            call("GET /jobs", self.listed, jobs.Jobs, query=f"limit before state {chosen}"),
            call("GET /jobs/{job}", self.get, jobs.Job),
            call("DELETE /jobs/{job}", self.delete, jobs.Job),
            call("GET /jobs/{job}/timeline", self.timeline, jobs.Timeline),
            call("POST /jobs/{job}/again", self.again, jobs.Job, status=201, body=native.AgainRequest, spends=True),
            call("POST /jobs/{job}/retry", self.retry, jobs.Job, status=201, spends=True),
            call("POST /jobs/{job}/cancel", self.cancel, jobs.Job),
            call("POST /quote", self.quote, jobs.Quote, body=native.JobRequest),
            call("GET /jobs/{job}/events", self.events, mimes=STREAM),
            call("GET /events", self.all_events, mimes=STREAM, query="after"),
            call("GET /files/{file}", self.download, mimes=(*FILES, JSONL), query="attach"),
        ]

    async def create(self, request: Request) -> Reply:
        """Ask for a generation; answers at once with the job."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(native.read_job, body)
        job = await self._front.submit(request, key, body, ask.generation, ask.uploads, callback=ask.callback)
        return Reply.of(await self._one(request, key, job), status=201, headers=self._front.told(job))

    async def again(self, request: Request) -> Reply:
        """Make what a job was asked for once more, as a new job at today's price: `seed` is a number or "same"."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        wanted = native.read_again(body)
        before = await self._front.gateway.job(key, request.path_params["job"])
        job = await self._front.submit(request, key, body, wanted.of(before), ())
        return Reply.of(await self._one(request, key, job), status=201, headers=self._front.told(job))

    async def retry(self, request: Request) -> Reply:
        """Ask once more for what did not come, under the same terms: one new job, at no more than was held before."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        before = await self._front.gateway.job(key, request.path_params["job"])
        generation = retried(before)
        once = Once(f"retry:{before.id}", "")  # asked twice it is one new job; if that fails too, it is retried itself
        job = await self._front.submit(request, key, body, generation, (), ceiling=before.held, once=once)
        return Reply.of(await self._one(request, key, job), status=201, headers=self._front.told(job))

    async def timeline(self, request: Request) -> Reply:
        """What happened to a job and when: every step, attempt and delivery."""
        key = await self._front.key(request)
        return Reply.of(native.timeline(await self._front.gateway.job(key, request.path_params["job"])))

    async def quote(self, request: Request) -> Reply:
        """What a job would cost at the most; takes the body of a job and makes nothing."""
        key = await self._front.key(request)
        ask = await self._front.decode(native.read_job, await self._front.body(request))
        called_back(request, ask.callback, self._front.webhooks, self._front.base(request))
        return await self._front.quote(request, key, ask.generation)

    async def listed(self, request: Request) -> Reply:
        """The jobs that the key sees, newest first, chosen by what they are; `before` goes on with `next`."""
        key = await self._front.key(request)
        most, before = limit(request, PAGE), request.query_params.get("before")
        search, whose = job_search(request), words(request, "key")
        rows = await self._front.accounts.jobs(key, limit=most, before=before, search=search, whose=whose)
        names = await self._front.accounts.names(key, [job.key for job in rows])
        told: list[Json] = [self._tree(request, job, names) for job in rows]
        return Reply.of(gallery.page(told, rows[-1].id if rows else "", full=len(rows) == most, name="jobs"))

    async def get(self, request: Request) -> Reply:
        """One job, with its progress."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])
        place = await self._front.gateway.place(job)
        return Reply.of(await self._one(request, key, job, place), headers=self._front.told(job))

    async def cancel(self, request: Request) -> Reply:
        """End a job and give its money back."""
        key = await self._front.key(request)
        job = await self._front.gateway.cancel(key, request.path_params["job"])
        return Reply.of(await self._one(request, key, job), headers=self._front.told(job))

    async def delete(self, request: Request) -> Reply:
        """Take an ended job's files away; the job stays, for the books."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])
        deleted = await self._front.cleaner.delete(job)
        return Reply.of(await self._one(request, key, deleted), headers=self._front.told(job))

    async def events(self, request: Request) -> Response:
        """Follow a job: server-sent events, each the whole job, until it has ended."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])
        names = await self._front.accounts.names(key, [job.key])

        async def frames() -> AsyncIterator[Sequence[Piece]]:
            async for newest in self._front.gateway.watch(job):
                place = await self._front.gateway.place(newest)
                yield sse.event(self._tree(request, newest, names, place), id=write_moment(newest))

        return self._front.events(frames(), sse.COMMENT, self._front.told(job), resumable=True)

    async def all_events(self, request: Request) -> Response:
        """Follow all jobs that the key sees; `Last-Event-ID` goes on where a stream broke off, on any server."""
        key = await self._front.key(request)
        last = request.headers.get("last-event-id") or request.query_params.get("after")
        after = read_moment(last) if last else None
        names: dict[str, str] = {}

        async def frames() -> AsyncIterator[Sequence[Piece]]:
            async for newest in self._front.gateway.events(key, after):
                if newest.key not in names:
                    names.update(await self._front.accounts.names(key, [newest.key]))
                yield sse.event(self._tree(request, newest, names), id=write_moment(newest))

        return self._front.events(frames(), sse.COMMENT, {}, resumable=True)

    async def download(self, request: Request) -> Response:
        """A file by its name; `?attach` has browsers save it."""
        return await self._front.file(request, request.path_params["file"], attach="attach" in request.query_params)

    async def _one(self, request: Request, key: Key, job: Job, place: Place | None = None) -> Tree:
        return self._tree(request, job, await self._front.accounts.names(key, [job.key]), place)

    def _tree(self, request: Request, job: Job, names: Mapping[str, str], place: Place | None = None) -> Tree:
        base = self._front.base(request).removesuffix("/api")

        def url(output: Output) -> str:
            return f"{base}/api/files/{output.file}"

        return {**native.job(job, url, place), "key": native.whose(job.key, names)}
