"""A job, or a request for one, as code that asks for the same in every dialect."""

from dataclasses import replace

from starlette.requests import Request

from danqing.dialects.native.calls import Call, Subject
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job
from danqing.domain.keys import Key
from danqing.domain.media import Cited
from danqing.domain.sparing import spared
from danqing.front import Front, Reply
from danqing.front.wishes import wished
from danqing.wire import native
from danqing.wire.abilities import money
from danqing.wire.answers import code as answers
from danqing.wire.code import Recipe, written


class Code:
    """A job as code."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call = Subject("jobs").call
        return [
            call("POST /code", self.code, answers.Code, body=native.JobRequest),
            call("GET /jobs/{job}/code", self.code_of, answers.Code),
        ]

    async def code(self, request: Request) -> Reply:
        """The code that would ask for a job, in every dialect; takes the body of a job and makes nothing."""
        key = await self._front.key(request)
        ask = await self._front.decode(native.read_job, await self._front.body(request))
        asked = ask.generation
        await self._front.gateway.ready()
        found = await self._front.shelf.found(key, asked)
        settled = await self._front.gateway.advisor.settle(key, wished(request, found))
        draft = self._front.gateway.quote(key, settled)
        names = {
            blob.sha256: cited.file
            for cited, blob in zip(asked.blobs(), found.blobs(), strict=True)
            if isinstance(cited, Cited)
        }
        generation = replace(draft.generation, seed=settled.seed)
        return await self._written(request, key, draft, generation, names)

    async def code_of(self, request: Request) -> Reply:
        """The code that asks for what a job was asked for, in every dialect, at no more than was held for it."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])
        return await self._written(request, key, job, job.recipe(job.generation.seed), {})

    async def _written(
        self, request: Request, key: Key, job: Job, generation: Generation, names: dict[str, str]
    ) -> Reply:
        model = self._front.gateway.catalog.find(generation.model)
        recipe = Recipe(
            generation=spared(generation, model),
            model=model,
            base=self._front.base(request).removesuffix("/api"),
            files={**await self._front.curator.names(key, generation), **names},
            most=job.held,
        )
        return Reply.of({**written(recipe), "cost": money(job.held)})
