"""The studio at /studio: its page, and the files that the page loads. All that it does, it asks of /api."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing import studio
from danqing.domain.errors import not_found
from danqing.front import Front
from danqing.wire import native

PATH = "/studio"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
GUARDED = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
FOR_EVER = "public, max-age=31536000, immutable"

envelope = native.error


def claims(request: Request) -> bool:
    """The page and everything below it."""
    return request.url.path == PATH or request.url.path.startswith(f"{PATH}/")


def routes(front: Front) -> list[BaseRoute]:
    """The page, and its files below the name of the build; all of them are read now, before anybody asks."""
    there = studio.load()

    async def page(request: Request) -> Response:
        return _sent(request, there.page, "no-cache", status=200 if there.complete else 503)

    async def file(request: Request) -> Response:
        name = request.path_params["file"]
        if request.path_params["build"] != there.build or name not in there.files:
            raise not_found(f"file {name[:100]} of the studio, which may have been renewed since its page was loaded")
        return _sent(request, there.files[name], FOR_EVER)

    return [
        Route(PATH, front.endpoint(page, envelope), methods=["GET"]),
        Route(f"{PATH}/", front.endpoint(page, envelope), methods=["GET"]),
        Route(f"{PATH}/{{build}}/{{file:path}}", front.endpoint(file, envelope), methods=["GET"]),
    ]


def _sent(request: Request, asset: studio.Asset, cached: str, *, status: int = 200) -> Response:
    """The file, or word that the browser has it already."""
    headers = {**GUARDED, "etag": asset.etag, "cache-control": cached}
    data = asset.data
    if asset.packed:
        headers["vary"] = "accept-encoding"
        if takes_gzip(request.headers.get("accept-encoding", "")):
            data, headers["etag"], headers["content-encoding"] = asset.packed, asset.packed_etag, "gzip"
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and headers["etag"] in known:
        headers.pop("content-encoding", None)
        return Response(status_code=304, headers=headers)
    return Response(data, status, headers, asset.mime)


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` allows gzip: by its name, or else as any other; with `q=0` it does not."""
    weights: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name] = not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return weights.get("gzip", weights.get("*", False))
