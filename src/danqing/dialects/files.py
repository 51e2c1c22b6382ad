"""Files: sent once, in one go or piece by piece, and then found by name wherever a file may be named.

Google and OpenAI have the same shelf: what is "files/NAME" to one is "file-NAME" to the other. An upload of Google's is
gone on with by whoever has its id, without a key, as its client does (wire.md 7).
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import danqing.front.paths  # noqa: F401  registers {at:google} and {at:upload}
from danqing.domain.errors import Kind, Problem, invalid, not_found
from danqing.domain.shelf import FILE_BYTES_MAX, File, Wanted
from danqing.front import Endpoint, Front, Handler, Reply, refusal
from danqing.wire import google, openai
from danqing.wire.related import RelatedReader

FORM_BYTES_MAX = 513 << 20  # a file of 512 MB, as with OpenAI, and what is said of it
PIECES_MAX = FILE_BYTES_MAX + (1 << 20)
_STATUS = "x-goog-upload-status"
_RECEIVED = "x-goog-upload-size-received"
_FILE = re.compile(r".*files/([a-z0-9-]+)")  # the last one: clients paste whole URLs into the path (wire.md 6.4)
_ENDED = (Kind.INVALID, Kind.TOO_LARGE, Kind.NOT_FOUND)

envelope = google.error


def claims(request: Request) -> bool:
    """`predict` claims Google's paths; these begin with other words."""
    return request.url.path.startswith(("/upload/", "/download/"))


def routes(front: Front) -> list[BaseRoute]:
    """Sending, listing, reading and deleting."""
    one, other = _Google(front), _OpenAI(front)
    googles: list[tuple[str, str, Handler]] = [
        ("POST", "/{at:upload}files", one.send),
        ("PUT", "/{at:upload}files", one.send),
        ("GET", "/{at:google}files", one.listed),
        ("GET", "/{at:google}files/{name:path}", one.get),
        ("GET", "/{at:download}files/{name:path}", one.get),
        ("DELETE", "/{at:google}files/{name:path}", one.delete),
    ]
    openais: list[tuple[str, str, Handler, Handler]] = [
        ("POST", "/v1/files", other.send, one.send),
        ("GET", "/v1/files", other.listed, one.listed),
        ("GET", "/v1/files/{name}", other.get, one.get),
        ("GET", "/v1/files/{name}/content", other.content, one.get),
        ("DELETE", "/v1/files/{name}", other.delete, one.delete),
    ]
    return [
        *(Route(path, front.endpoint(call, envelope), methods=[method]) for method, path, call in googles),
        *(Route(path, _either(front, call, twin), methods=[method]) for method, path, call, twin in openais),
    ]


def _either(front: Front, call: Handler, twin: Handler) -> Endpoint:
    """OpenAI's call, or its twin of Google's, whose client asks here too when its URL has no /gemini (wire.md 3)."""
    openais, googles = front.endpoint(call, openai.error), front.endpoint(twin, envelope)

    async def endpoint(request: Request) -> Response:
        name = request.path_params.get("name")
        of_google = "x-goog-api-client" in request.headers if name is None else not openai.is_id(name)
        return await (googles if of_google else openais)(request)

    return endpoint


class _Google:
    """Google's handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._shelf = front.shelf

    async def send(self, request: Request) -> Reply:
        """The beginning of an upload, more of one, or a whole file."""
        headers = request.headers
        commands = {word.strip().lower() for word in headers.get("x-goog-upload-command", "").split(",")}
        if token := request.query_params.get("upload_id"):
            return await self._more(request, token, commands)
        if "start" in commands:
            return await self._begin(request)
        how = headers.get("x-goog-upload-protocol") or request.query_params.get("uploadType")
        if how in ("raw", "media"):
            return await self._at_once(request)
        if how == "multipart":
            return await self._together(request)
        message = (
            "Begin with X-Goog-Upload-Protocol: resumable and X-Goog-Upload-Command: start, or send the file itself "
            "with X-Goog-Upload-Protocol: raw, or multipart with what is said of it."
        )
        raise invalid(message, param="x-goog-upload-protocol", code="unsupported_protocol")

    async def listed(self, request: Request) -> Reply:
        """What the key has sent and what was made for it, newest first."""
        key = await self._front.key(request)
        query = request.query_params
        size = google.read_page_size(query.get("pageSize", ""))
        rows, more = await self._shelf.page(key, google.read_place(query.get("pageToken", "")), size)
        return Reply.of(google.files(rows, self._base(request), more=more))

    async def get(self, request: Request) -> Reply | Response:
        """What is known of a file; with `:download` or `alt=media` the file itself."""
        path = f"files/{request.path_params['name']}"
        name = _named(path)
        if ":download" in path or request.query_params.get("alt") == "media":
            return await self._front.file(request, name)
        return self._told(request, await self._shelf.find(await self._front.key(request), name))

    async def delete(self, request: Request) -> Reply:
        """Take a file away, whoever made it."""
        key = await self._front.key(request)
        await self._shelf.delete(key, _named(f"files/{request.path_params['name']}"))
        return Reply.of({})

    async def _begin(self, request: Request) -> Reply:
        key = await self._front.key(request)
        body = await self._front.body(request)
        token = await self._shelf.begin(key, google.read_wanted(body, request.headers))
        url = f"{self._front.base(request)}{request.url.path}?upload_id={token}&upload_protocol=resumable"
        headers = {
            _STATUS: "active",
            "x-goog-upload-url": url,
            "x-goog-upload-control-url": url,
            "x-goog-upload-chunk-granularity": "1",
        }
        return Reply.of({}, headers=headers)

    async def _more(self, request: Request, token: str, commands: set[str]) -> Reply:
        try:
            if "cancel" in commands:
                await self._shelf.abandon(token)
                return Reply.of({}, headers={_STATUS: "cancelled"})
            if "query" in commands:
                return self._state(request, await self._shelf.upload(token))
            if not commands & {"upload", "finalize"}:
                message = "X-Goog-Upload-Command must be upload, finalize, both, query or cancel."
                raise invalid(message, param="x-goog-upload-command", code="unsupported_command")
            start = google.read_offset(request.headers.get("x-goog-upload-offset", "0"))
            pieces = self._front.pieces(request, bytes_max=PIECES_MAX)
            return self._state(request, await self._shelf.take(token, start, pieces, last="finalize" in commands))
        except Problem as problem:
            return await self._refused(token, problem)

    async def _refused(self, token: str, problem: Problem) -> Reply:
        """With the state of the upload, without which google-genai asks again three times."""
        reply = refusal(problem, envelope)
        if problem.kind in _ENDED:
            try:
                file = await self._shelf.upload(token)
                reply.headers |= {_STATUS: "active", _RECEIVED: str(file.received)}
            except Problem:
                reply.headers[_STATUS] = "cancelled"
        return reply

    async def _at_once(self, request: Request) -> Reply:
        key = await self._front.key(request)
        wanted = Wanted(title=request.headers.get("x-goog-upload-file-name", ""))
        pieces = self._front.pieces(request, bytes_max=FILE_BYTES_MAX)
        return self._whole(request, await self._shelf.put(key, wanted, pieces))

    async def _together(self, request: Request) -> Reply:
        """A file in one go with what is said of it before."""
        key = await self._front.key(request)
        reader = RelatedReader(request.headers.get("content-type", ""))
        file = _content(reader, self._front.pieces(request, bytes_max=PIECES_MAX))
        head = await anext(file, b"")
        wanted = google.read_wanted(reader.said, request.headers)
        return self._whole(request, await self._shelf.put(key, replace(wanted, size=None), _rejoined(head, file)))

    def _state(self, request: Request, file: File) -> Reply:
        if file.blob:
            return self._whole(request, file)
        return Reply.of({}, headers={_STATUS: "active", _RECEIVED: str(file.received)})

    def _whole(self, request: Request, file: File) -> Reply:
        headers = {_STATUS: "final", _RECEIVED: str(file.received)}
        return Reply.of({"file": google.file(file, self._base(request))}, headers=headers)

    def _told(self, request: Request, file: File) -> Reply:
        return Reply.of(google.file(file, self._base(request)))

    def _base(self, request: Request) -> str:
        return f"{self._front.base(request)}/gemini/v1beta/files/"


class _OpenAI:
    """OpenAI's handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._shelf = front.shelf

    async def send(self, request: Request) -> Reply:
        """A file in a form."""
        key = await self._front.key(request)
        async with self._front.form(request, bytes_max=FORM_BYTES_MAX) as form:
            wanted = openai.read_wanted(form)
            [sent] = form.files_of("file")
            return Reply.of(openai.file(await self._shelf.put(key, wanted, sent.path, sent.head)))

    async def listed(self, request: Request) -> Reply:
        """What the key has sent and what was made for it, newest first."""
        key = await self._front.key(request)
        query = request.query_params
        page = openai.read_page(**{name: query.get(name, "") for name in ("limit", "order", "after", "purpose")})
        last = await self._shelf.find(key, page.after) if page.after else None
        seen = (last.created, last.name) if last else None
        rows, more = await self._shelf.page(key, seen, page.limit, page.purpose)
        return Reply.of(openai.files(rows, more=more))

    async def get(self, request: Request) -> Reply:
        """What is known of a file."""
        key = await self._front.key(request)
        return Reply.of(openai.file(await self._shelf.find(key, openai.read_id(request.path_params["name"]))))

    async def content(self, request: Request) -> Response:
        """The file itself."""
        return await self._front.file(request, openai.read_id(request.path_params["name"]))

    async def delete(self, request: Request) -> Reply:
        """Take a file away, whoever made it."""
        key, id = await self._front.key(request), request.path_params["name"]
        await self._shelf.delete(key, openai.read_id(id))
        return Reply.of(openai.file_deleted(id))


async def _content(reader: RelatedReader, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The file in a body of two parts; what is said of it has been read when it begins."""
    async for piece in pieces:
        for content in reader.feed(piece):
            yield content
    reader.close()


async def _rejoined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece


def _named(path: str) -> str:
    found = _FILE.match(path)
    if found is None:
        raise not_found("file of this name")
    return found.group(1)
