"""What answers link to: a page that follows a film over chat as it is made and then plays it, its data, any file.

The links are for people and need no key: a job is only shown to whoever knows its id, and a file's link is signed and
expires (wire.md, section 10).
"""

from datetime import date, datetime
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.domain.errors import Kind, Problem
from danqing.front import Front, Handler, Reply
from danqing.wire import native

PAGE = (files("danqing.dialects") / "pages" / "tracking.html").read_bytes()
SCRIPT = (files("danqing.dialects") / "pages" / "tracking.js").read_bytes()
STYLE = (files("danqing.dialects") / "pages" / "tracking.css").read_bytes()
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self'; img-src data:"

envelope = native.error


def claims(request: Request) -> bool:
    """Links are opened by people."""
    return request.url.path.startswith(("/web/", "/source/", "/cdn/"))


def routes(front: Front) -> list[BaseRoute]:
    """The page, its data, and a film or picture to see or to save."""

    async def page(request: Request) -> Response:
        await front.gateway.shared_job(request.path_params["job"])
        headers = {"content-security-policy": POLICY, "referrer-policy": "no-referrer", "cache-control": "no-cache"}
        return Response(PAGE, headers=headers, media_type="text/html")

    async def source(request: Request) -> Reply:
        job = await front.gateway.shared_job(request.path_params["job"])
        tree = native.job(job, lambda film: front.link(request, film, job), await front.gateway.place(job))
        private = ("held", "charged")
        saved = [front.link(request, film, job, save=True) for film in job.media if not film.gone]
        public = {name: value for name, value in tree.items() if name not in private} | {"downloads": saved}
        return Reply.of(public, headers={"cache-control": "no-store"})

    async def watch(request: Request) -> Response:
        return await _file(front, request, attach=False)

    async def save(request: Request) -> Response:
        return await _file(front, request, attach=True)

    async def script(request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    async def style(request: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    table: dict[str, Handler] = {
        "/web/tracking.js": script,
        "/web/tracking.css": style,
        "/web/{job}": page,
        "/source/{job}": source,
        "/cdn/{day}/{name}.{suffix}": watch,
        "/cdn/download/{day}/{name}.{suffix}": save,
    }
    return [Route(path, front.endpoint(handler, envelope), methods=["GET"]) for path, handler in table.items()]


async def _file(front: Front, request: Request, *, attach: bool) -> Response:
    output, job = await front.gateway.linked_file(_day(request.path_params["day"]), request.path_params["name"])
    return await front.download(request, output, job, attach=attach)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day in a path has no time zone
    except ValueError:
        raise Problem(Kind.NOT_FOUND, "This link is not valid.", code="link_expired") from None
