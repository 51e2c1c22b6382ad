"""Danqing's own interface under /api, for the studio, the command line and automation."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing import __version__
from danqing.dialects.native.assets import Assets
from danqing.dialects.native.calls import Call
from danqing.dialects.native.code import Code
from danqing.dialects.native.files import Files
from danqing.dialects.native.jobs import Jobs
from danqing.dialects.native.models import Models
from danqing.dialects.native.money import Money
from danqing.dialects.native.office import Office
from danqing.dialects.native.reading import readable
from danqing.dialects.native.session import Session
from danqing.dialects.native.webhooks import Webhooks
from danqing.front import Front, Handler, Reply
from danqing.wire import native
from danqing.wire.openapi import Operation, document
from danqing.wire.openapi_page import POLICY, page

SUBJECTS = (Jobs, Code, Files, Assets, Models, Money, Webhooks, Session, Office)

envelope = native.error


def claims(request: Request) -> bool:
    """Everything below `/api`, and the page that describes it."""
    return request.url.path.startswith("/api") or request.url.path == "/docs"


def routes(front: Front) -> list[BaseRoute]:
    """Jobs, files, models, money, keys and projects; and what describes them, for machines and for people."""
    calls = [call for kind in SUBJECTS for call in kind(front).calls()]
    operations = [call.operation for call in calls]

    async def openapi(request: Request) -> Reply:
        return Reply.of(_document(front, request, operations))

    async def docs(request: Request) -> Response:
        text = page(_document(front, request, operations))
        return Response(text, headers={"content-security-policy": POLICY}, media_type="text/html")

    pages: dict[str, Handler] = {"/api/openapi.json": openapi, "/api/docs": docs, "/docs": docs}
    described = [Route(path, front.endpoint(handler, envelope), methods=["GET"]) for path, handler in pages.items()]
    return [*described, *(_route(front, call) for call in calls)]


def _document(front: Front, request: Request, operations: list[Operation]) -> dict[str, Any]:
    server = f"{front.base(request).removesuffix('/api')}/api"
    return document(operations, version=__version__, server=server)


def _route(front: Front, call: Call) -> Route:
    endpoint = front.endpoint(_checked(call.handler), envelope)
    return Route(f"/api{call.operation.path}", endpoint, methods=[call.operation.method])


def _checked(handler: Handler) -> Handler:
    """The handler, for addresses that can be looked up."""

    async def checked(request: Request) -> Reply | Response:
        readable(request)
        return await handler(request)

    return checked
