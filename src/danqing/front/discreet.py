"""Keeps keys out of logs: the access log is written here, from requests whose key was taken out of the query.

The id of a key is no secret, and lists are chosen by it under the same name: it stays.
"""

import time
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from danqing.domain.keys import ID_PREFIX

log = structlog.get_logger("danqing.access")

QUERY_KEY = "danqing.query_key"  # where in the scope a key from the query is kept


class Discreet:
    """ASGI middleware: takes `key=` out of the query before anything can log it, and writes the access log itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[QUERY_KEY], scope["query_string"] = _without_key(scope["query_string"])
        request_id, began, status = uuid4().hex, time.perf_counter(), 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, tell)
        finally:
            taken_ms = round((time.perf_counter() - began) * 1000, 1)
            log.info("request", method=scope["method"], path=scope["path"], status=status, ms=taken_ms, id=request_id)


def _without_key(query: bytes) -> tuple[str, bytes]:
    if b"key=" not in query:
        return "", query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    secrets = [pair for pair in pairs if pair[0] == "key" and not pair[1].startswith(ID_PREFIX)]
    rest = urlencode([pair for pair in pairs if pair not in secrets])
    return next((value.strip() for _, value in secrets), ""), rest.encode()
