"""Google's prediction calls: Imagen `:predict`, which blocks, and Veo `:predictLongRunning`, which is polled."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import danqing.front.paths  # noqa: F401  registers {at:google}
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job
from danqing.front import Envelope, Front, Handler, Reply
from danqing.wire import google
from danqing.wire.google import Ask, Reader
from danqing.wire.holes import Tree

envelope = google.error
_PICTURES = partial(
    envelope,
    size="sampleImageSize",
    pictures="referenceImages",
    mask="referenceImages",
    roles="referenceType",
    area="maskMode",
    task="editMode",
    factor="upscaleFactor",
)
_FILMS = partial(envelope, size="resolution", pictures="referenceImages", roles="referenceType", film="video")


def claims(request: Request) -> bool:
    """Google's errors are expected below Google's paths, and by Google's client wherever it asks."""
    return request.url.path.startswith(("/gemini", "/v1beta", "/v1alpha")) or is_google_client(request)


def is_google_client(request: Request) -> bool:
    """google-genai says so itself."""
    return "x-goog-api-client" in request.headers


def routes(front: Front) -> list[BaseRoute]:
    """Everything that begins with a call of a model."""
    calls = _Calls(front)
    table: list[tuple[str, str, Handler, Envelope]] = [
        ("POST", "{at:google}models/{model}:predict", calls.predict, _PICTURES),
        ("POST", "{at:google}models/{model}:predictLongRunning", calls.begin, _FILMS),
        ("POST", "{at:google}models/{model}:fetchPredictOperation", calls.fetch, envelope),
        ("GET", "{at:google}{above:path}operations/{id}", calls.poll, envelope),
    ]
    return [Route(f"/{path}", front.endpoint(call, told), methods=[method]) for method, path, call, told in table]


class _Calls:
    """The handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def predict(self, request: Request) -> Reply | Response:
        """Pictures, at once or as soon as they are there."""
        job, ask = await self._submit(request, google.read_predict)
        return await self._front.patient(job, self._pictures(job, ask), envelope)

    async def begin(self, request: Request) -> Reply:
        """Films: only the name of the operation, like the document's first step."""
        job, _ = await self._submit(request, google.read_long_running)
        name = f"{request.path_params['at']}models/{job.generation.model}/operations/{job.id}"
        return Reply.of({"name": name}, headers=self._front.told(job))

    async def poll(self, request: Request) -> Reply:
        """The operation under whatever name it is asked for; only the last segment counts (wire.md 6.2)."""
        part = request.path_params
        name = f"{part['at']}{part['above']}operations/{part['id']}"
        reader = Reader.SDK if is_google_client(request) else Reader.CURL
        return await self._operation(request, part["id"], name, reader)

    async def fetch(self, request: Request) -> Reply:
        """Vertex's way to poll: the operation's name in the body, the films inside the answer."""
        await self._front.key(request)
        name = google.read_fetch(await self._front.body(request))
        return await self._operation(request, name.rpartition("/")[2], name, Reader.VERTEX)

    async def _submit(self, request: Request, read: Callable[[str, bytes], Ask]) -> tuple[Job, Ask]:
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(partial(read, request.path_params["model"]), body)
        generation = await self._front.gateway.advisor.settle(key, ask.generation)
        self._require_made(generation, request.url.path.rpartition(":")[2])
        job = await self._front.submit(request, key, body, generation, ask.uploads, callback=ask.callback)
        return job, ask

    def _require_made(self, asked: Generation, call: str) -> None:
        """Raises Problem when the model makes nothing that this call could answer with."""
        model = self._front.gateway.catalog.find(asked.model)
        if not asked.wants & model.ability.makes:
            raise google.unanswered(model, call)

    async def _pictures(self, job: Job, ask: Ask) -> Reply:
        job = await self._front.gateway.wait(job)
        if job.refusal and not (ask.with_reasons and job.filtered):
            return self._front.refused(job, envelope)
        return Reply.of(google.predictions(job, with_reasons=ask.with_reasons), headers=self._front.told(job))

    async def _operation(self, request: Request, id: str, name: str, reader: Reader) -> Reply:
        job = await self._front.gateway.job(await self._front.key(request), id)
        tree: Tree = google.operation(
            job, name=name, uri=partial(google.address, self._front.base(request)), reader=reader
        )
        return Reply.of(tree, headers=self._front.told(job))
