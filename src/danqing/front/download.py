"""A stored file as an answer to GET or HEAD: whole, one range of it, or word that the client has it already.

A file never changes, because its name is its content: the hash is its validator. Several ranges in one request, and
what is not a range at all, get the whole file, as RFC 9110 (sections 14.2 and 15.3.7) allows.
"""

import re
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from danqing.domain.media import Blob
from danqing.domain.ports import Assets

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


async def download(assets: Assets, blob: Blob, request: Request, headers: Mapping[str, str]) -> Response:
    """The answer; `headers` go along with it. Raises Problem(NOT_FOUND) before anything is sent."""
    etag = f'"{blob.sha256}"'
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={**headers, "etag": etag})
    same = request.headers.get("if-range", etag) == etag
    part = asked(request.headers.get("range", ""), blob.size) if same else None
    if part is not None and not part:
        return Response(status_code=416, headers={"content-range": f"bytes */{blob.size}"})
    sent = range(blob.size) if part is None else part
    told = {**headers, "etag": etag, "accept-ranges": "bytes", "content-length": str(len(sent))}
    if part:
        told["content-range"] = f"bytes {part.start}-{part.stop - 1}/{blob.size}"
    chunks = assets.open(blob, sent.start, sent.start if request.method == "HEAD" else sent.stop)
    first = await anext(chunks, b"")
    return StreamingResponse(_all(first, chunks), 206 if part else 200, told, blob.mime)


def asked(header: str, size: int) -> range | None:
    """Which bytes a Range header asks for: none of them when there are none such, None when it does not choose."""
    found = _RANGE.fullmatch(header)
    first, last = found.groups() if found else ("", "")
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
