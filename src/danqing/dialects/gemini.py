"""Google's lists of models, as AI Studio and as Vertex tell them."""

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

import danqing.front.paths  # noqa: F401  registers {at:google}
from danqing.domain.errors import invalid
from danqing.front import Front, Reply
from danqing.front.headers import dated
from danqing.wire import google

PAGE_SIZE_MAX = 1000

envelope = google.error


def claims(request: Request) -> bool:
    """`predict` claims Google's paths for both."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """`models.list` and `models.get`."""

    async def listed(request: Request) -> Reply:
        await front.key(request)
        query = request.query_params
        write = google.publisher_models if "publishers/" in request.path_params["at"] else google.models
        rows = front.gateway.catalog.models
        return Reply.of(write(rows, page_size=_page_size(request), page_token=query.get("pageToken", "")))

    async def named(request: Request) -> Reply:
        await front.key(request)
        model = front.gateway.catalog.find(request.path_params["model"])
        write = google.publisher_model if "publishers/" in request.path_params["at"] else google.model
        return Reply.of(write(model), headers=dated(model.lifecycle))

    return [
        Route("/{at:google}models", front.endpoint(listed, envelope), methods=["GET"]),
        Route("/{at:google}models/{model}", front.endpoint(named, envelope), methods=["GET"]),
    ]


def _page_size(request: Request) -> int | None:
    text = request.query_params.get("pageSize")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 0 <= int(text[:9]) <= PAGE_SIZE_MAX:
        raise invalid(f"pageSize must be 0 to {PAGE_SIZE_MAX}.", param="pageSize")
    return int(text) or None
