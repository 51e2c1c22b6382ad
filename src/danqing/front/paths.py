"""How Google's paths begin, as Starlette path convertors: `{at:google}`, `{at:upload}` and `{at:download}` in a route.

AI Studio and Vertex resources, every version segment that a client was seen to use, with and without `/gemini`, and a
version that is there twice because the base URL had it already (wire.md, section 3).
"""

import re

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from danqing.domain.errors import Kind, Problem

_VERSION = "(?:v1beta1|v1beta|v1alpha|v1)/"
_SERVICE = f"(?:gemini/(?:{_VERSION})*|(?:{_VERSION})+)"
_OWNER = "(?:projects/[^/]+/locations/[^/]+/)?(?:publishers/[^/]+/)?"


class GooglePath(Convertor[str]):
    """Everything before `models/`, `files/` or `operations/`; the handler gets the resource's owner.

    That is "" for AI Studio, "publishers/google/" or "projects/P/locations/L/publishers/google/" for Vertex.
    """

    regex = _SERVICE + _OWNER

    def convert(self, value: str) -> str:
        return re.sub(f"^{_SERVICE}", "", value)

    def to_string(self, value: str) -> str:
        return f"v1beta/{value}"


class UploadPath(Convertor[str]):
    """Everything before `files` in the path that files are sent to: a word stands before the version (wire.md 7)."""

    regex = f"(?:gemini/)?(?:{_VERSION})*upload/(?:{_VERSION})*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class DownloadPath(UploadPath):
    """The same for the path that Google's examples for curl fetch them from."""

    regex = UploadPath.regex.replace("upload", "download")


register_url_convertor("google", GooglePath())
register_url_convertor("upload", UploadPath())
register_url_convertor("download", DownloadPath())


def specificity(route: BaseRoute) -> int:
    """Routes with a longer literal beginning are tried first, so that `/v1/models` is not taken by `{at}models`."""
    path: str = getattr(route, "path", "")
    return -len(path.partition("{")[0])


def unknown(request: Request, error: HTTPException) -> Problem:
    """What is told to whoever asks for a path that no route took, or for one with another method."""
    where = f"{request.method} {request.url.path[:200]}"
    if error.status_code == 405:
        return Problem(Kind.NOT_ALLOWED, f"{where} is not a call that exists; the path does, with another method.")
    return Problem(Kind.NOT_FOUND, f"{where} is not a path of this server.", code="unknown_path")
