"""Browsers that have signed in: the cookie that stands for a key, and which requests it counts for.

Pages never hold a key: it is given once, and from then on the browser brings a session that no script can read. Since
browsers bring it unasked, it counts for `/api` alone and only when the studio's own pages ask: cookies do not tell one
port of a machine from another, and what a stranger's page asks must not be done with the reader's money.
"""

from datetime import datetime
from email.utils import format_datetime

from starlette.requests import Request

from danqing.domain.errors import Kind, Problem

COOKIE = "danqing-session"
PATH = "/api"
ASKED_BY = "danqing-studio"  # a header that no page elsewhere can send without being asked for leave
READING = frozenset({"GET", "HEAD"})


def session_of(request: Request) -> str:
    """The session that the browser brings, "" without one. Raises Problem(FORBIDDEN) when another's page asks."""
    session = request.cookies.get(COOKIE, "")
    if not session or not request.url.path.startswith(f"{PATH}/"):
        return ""
    require_own_page(request, proven=request.method not in READING)
    return session


def require_own_page(request: Request, *, proven: bool) -> None:
    """Refuse what the page of another origin asks. Raises Problem(FORBIDDEN).

    Browsers say whose page it is: Sec-Fetch-Site where the connection can be trusted, Origin with all that changes
    something. Where they say nothing, `proven` wants the studio's own header.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        own = site == "same-origin" or (site == "none" and not proven)  # none: the reader typed the address
    elif origin is not None:
        own = origin.lower().partition("://")[2] == request.headers.get("host", "").lower()
    else:
        own = not proven or ASKED_BY in request.headers
    if not own:
        message = (
            "A session counts for the studio's own pages only. Open the studio at this server's own address, or send a"
            " key as Authorization: Bearer; a proxy in front has to hand on the Host header."
        )
        raise Problem(Kind.FORBIDDEN, message, code="other_origin")


def carried(session: str, ends: datetime, *, secure: bool) -> str:
    """The Set-Cookie header that gives a browser its session; `secure` where the studio is reached over TLS."""
    return f"{COOKIE}={session}; Expires={format_datetime(ends, usegmt=True)}; {_attributes(secure)}"


def forgotten(*, secure: bool) -> str:
    """The Set-Cookie header that takes the session away."""
    return f"{COOKIE}=; Max-Age=0; {_attributes(secure)}"


def _attributes(secure: bool) -> str:
    return f"Path={PATH}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"
