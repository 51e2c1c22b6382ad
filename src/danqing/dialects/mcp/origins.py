"""Keeps web pages out: a browser tells whose page asks, and only pages of this very machine or server may.

The protocol wants it against DNS rebinding, where a page of a stranger asks a server of the reader's own network under
a name that leads there. Programs send no Origin, and are known by their key alone.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from danqing.domain.errors import Kind, Problem


def require_known(request: Request, public_url: str) -> None:
    """Refuse requests of pages elsewhere. `public_url`: what the owner calls this server. Raises Problem(FORBIDDEN).

    What a request itself calls the server proves nothing: a stranger's name that leads here stands in it too.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    own = _host(public_url)
    for address in (origin, f"//{request.headers.get('host', '')}"):
        host = _host(address)
        if not (host and (host == own or _is_here(host))):
            message = f"Pages of {origin[:100]} may not ask this server; programs that send no Origin may."
            raise Problem(Kind.FORBIDDEN, message, code="origin")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_here(host: str) -> bool:
    """A name or number that no stranger can have lead here."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
