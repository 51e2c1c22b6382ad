"""Google's batches: many `generateContent` requests, made when there is room, and told in one answer or one file."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

import danqing.front.paths  # noqa: F401  registers {at:google}
from danqing.domain.batches import Batch
from danqing.domain.errors import invalid
from danqing.domain.keys import Key
from danqing.domain.limits import too_dear
from danqing.domain.media import JSONL, Blob
from danqing.front import Front, Handler, Quoted, Reply, once_of
from danqing.front.clerk import Asked
from danqing.front.quotes import DEADLINE, ceiling_of, is_dry
from danqing.front.wishes import ENHANCE_HEADER, PREFLIGHT_HEADER, TRANSLATE_HEADER
from danqing.wire import google
from danqing.wire.google import BatchAsk
from danqing.wire.holes import Json

PERCENT = "danqing-batch-percent"  # of the model's price, which each request costs

_ONE_BY_ONE = (TRANSLATE_HEADER, ENHANCE_HEADER, PREFLIGHT_HEADER, DEADLINE)

envelope = google.error


def claims(request: Request) -> bool:
    """`predict` claims Google's paths."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """Asking, looking, cancelling and forgetting."""
    calls = _Batches(front)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "models/{model}:batchGenerateContent", calls.create),
        ("GET", "batches", calls.listed),
        ("GET", "batches/{id}", calls.get),
        ("POST", "batches/{id}:cancel", calls.cancel),
        ("DELETE", "batches/{id}", calls.delete),
    ]
    return [
        Route(f"/{{at:google}}{path}", front.endpoint(call, envelope), methods=[method]) for method, path, call in table
    ]


class _Batches:
    """The handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._clerk = front.clerk

    async def create(self, request: Request) -> Reply:
        """Take a batch in; answered at once."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(google.read_batch, body)
        model = self._front.gateway.catalog.find(request.path_params["model"])
        if not model.conversational:
            raise google.unanswered(model, "batchGenerateContent")
        _require_plain(request)
        file = await self._file(key, ask) if ask.file else None
        count = await self._clerk.sheet.count(file) if file else len(ask.lines)
        if not count:
            raise invalid("The file has no requests in it.", param="inputConfig")
        await self._quote(request, key, model.id, ask, file)
        source = file or await self._front.gateway.assets.put(b"\n".join(ask.lines), JSONL)
        asked = Asked(model=model, source=source, count=count, inline=file is None, title=ask.title)
        return await self._told(request, await self._clerk.take(key, asked, once_of(request, body)))

    async def get(self, request: Request) -> Reply:
        """How a batch is, and what its requests came to when it has ended and they are not in a file."""
        key = await self._front.key(request)
        batch = await self._clerk.batch(key, request.path_params["id"])
        told = batch.inline and batch.stage.ended
        results = [result async for result in self._clerk.sheet.results(batch)] if told else []
        return await self._told(request, batch, results)

    async def listed(self, request: Request) -> Reply:
        """The key's batches, newest first, without their results."""
        key = await self._front.key(request)
        query = request.query_params
        size, place = google.read_page_size(query.get("pageSize", "")), google.read_place(query.get("pageToken", ""))
        rows, more = await self._clerk.page(key, place, size)
        token = google.write_place(rows[-1].created, rows[-1].id) if more else ""
        return Reply.of(google.batches([(row, await self._clerk.tally(row)) for row in rows], token))

    async def cancel(self, request: Request) -> Reply:
        """End a batch; what was made of it is kept, and paid for."""
        await self._clerk.cancel(await self._front.key(request), request.path_params["id"])
        return Reply.of({})

    async def delete(self, request: Request) -> Reply:
        """End a batch and forget it."""
        await self._clerk.delete(await self._front.key(request), request.path_params["id"])
        return Reply.of({})

    async def _file(self, key: Key, ask: BatchAsk) -> Blob:
        """The file of requests that is named. Raises Problem(NOT_FOUND), Problem(INVALID)."""
        file = await self._front.shelf.find(key, ask.file)
        if file.blob is None or file.blob.mime != JSONL:
            raise invalid(f"files/{file.name} holds no requests as JSON lines.", param="fileName")
        return file.blob

    async def _quote(self, request: Request, key: Key, model: str, ask: BatchAsk, file: Blob | None) -> None:
        """Raises Quoted when the caller only wants to know, Problem(NO_FUNDS) when it may cost more than it may."""
        ceiling, dry = ceiling_of(request), is_dry(request)
        if ceiling is None and not dry:
            return
        first, total = await self._clerk.quotes(key, model, self._lines(ask, file))
        if ceiling is not None and total > ceiling:
            raise too_dear(total, ceiling)
        if dry and first:
            raise Quoted(await self._front.quoted(key, replace(first, held=total)))

    async def _lines(self, ask: BatchAsk, file: Blob | None) -> AsyncIterator[bytes]:
        """The requests, wherever they are; nothing is stored for it."""
        for line in ask.lines:
            yield line
        if file:
            async for _, line in self._clerk.sheet.lines(file):
                yield line

    async def _told(self, request: Request, batch: Batch, results: Sequence[Json] = ()) -> Reply:
        for_sdk = "x-goog-api-client" in request.headers
        count = await self._clerk.tally(batch)
        headers = {PERCENT: str(batch.percent)}
        return Reply.of(google.batch(batch, count, results, for_sdk=for_sdk), headers=headers)


def _require_plain(request: Request) -> None:
    """Raises Problem(INVALID) for a header that is about one request and would be dropped in silence here."""
    for header in _ONE_BY_ONE:
        if header in request.headers:
            raise invalid(f"{header} is not taken with a batch; set it for the key, or leave it out.", param=header)
