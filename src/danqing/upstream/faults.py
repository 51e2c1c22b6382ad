"""What goes wrong with an engine, as Problems: which leave it untouched, and which leave its outcome unknown."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
import msgspec

from danqing.domain.errors import Declined, Kind, Lost, Problem
from danqing.upstream.guard import Unreachable
from danqing.wire.sieve import Malformed

SAID_CHARACTERS_MAX = 400
RETRY_S_MAX = 3600
Judge = Callable[[int, object], Kind | None]
"""Reads an engine's own code for what went wrong, from the status and the JSON; None when the status says enough."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_DELAY = re.compile(r"(\d{1,6})(?:\.(\d{1,9}))?s?", re.ASCII)
_KEY_LIKE = re.compile(r"\b(?:sk|AIza|ya29|ak|key)[-_.A-Za-z0-9]{12,}")


@contextmanager
def told(name: str, *, paid: bool) -> Iterator[None]:
    """Raises Problem for what the connection does. `paid`: once it was sent, nobody knows what became of it."""
    try:
        yield
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, Unreachable):
            message = f"The upstream {name!r} links to an address that is not public; it is not followed."
            raise Problem(Kind.UPSTREAM, message, code="upstream_link") from error
        message = f"The upstream {name!r} cannot be reached. Check its address and the network."
        raise Declined(Kind.UNAVAILABLE, message, code="upstream_unreachable") from error
    except aiohttp.ConnectionTimeoutError as error:
        message = f"The upstream {name!r} does not answer. Check its address and the network."
        raise Declined(Kind.UNAVAILABLE, message, code="upstream_unreachable") from error
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        if paid:
            message = f"The connection to {name!r} was lost while it was at work; what became of it is unknown."
            raise Lost(Kind.UNKNOWN, message, code="outcome_unknown") from error
        message = f"The connection to the upstream {name!r} was lost."
        raise Problem(Kind.UNAVAILABLE, message, code="upstream_lost") from error


@contextmanager
def understood(name: str, what: str) -> Iterator[None]:
    """Raises Problem(UPSTREAM) for a success that comes to nothing. `what` came: "its answer" or "the file"."""
    try:
        yield
    except Malformed as error:
        raise wrong(name, f"{what} cannot be read: {error}") from None
    except TimeoutError:
        raise wrong(name, f"{what} comes too slowly") from None
    except Problem as problem:
        if problem.kind is not Kind.TOO_LARGE:
            raise
        raise wrong(name, f"{what} is too large to be kept here") from problem


def refusal(
    name: str,
    response: aiohttp.ClientResponse,
    said: str,
    *,
    paid: bool,
    judge: Judge | None = None,
) -> Problem:
    """The Problem for a status that is no success. What the engine `said` is quoted, less whatever looks like a key."""
    status = response.status
    quoted = _quoted(said)
    told = f"The upstream {name!r} answered {status}" + (f": {quoted}" if quoted else ".")
    tree = _tree(said)
    kind = judge(status, tree) if judge else None
    if kind is Kind.FILTERED:
        return filtered(quoted or f"The upstream {name!r} refused the content.")
    if kind is Kind.UNKNOWN:
        return Lost(Kind.UNKNOWN, f"{told} What became of the work is unknown.", code="outcome_unknown")
    if status == 402 or kind is Kind.NO_FUNDS:
        return Declined(Kind.UPSTREAM, f"{told} Its account needs money.", code="upstream_funds")
    if status in (429, 503):
        return Declined(Kind.BUSY, told, code="upstream_busy", retry_after=_retry_after(response, tree))
    if status in (401, 403) or kind is Kind.UNAUTHENTICATED:
        return Declined(Kind.UPSTREAM, f"{told} Check its key.", code="upstream_credentials")
    if status == 404:
        return Declined(Kind.UPSTREAM, f"{told} It does not know the model or the path.", code="upstream_not_found")
    if 300 <= status < 400:
        return Declined(Kind.UPSTREAM, f"{told} Set its base_url to where it really is.", code="upstream_redirect")
    if 400 <= status < 500 and status != 408:
        # Whoever asks for work may have asked for what cannot be; of questions about it the caller knows nothing.
        return Problem(Kind.INVALID if paid else Kind.UPSTREAM, told, code="upstream_refused")
    if paid and status in (408, 502, 504):  # said by something in between, while the engine may be at work
        return Lost(Kind.UNKNOWN, f"{told} What became of the work is unknown.", code="outcome_unknown")
    return Problem(Kind.UPSTREAM, told, code="upstream_failed")


def filtered(reason: str) -> Problem:
    """The engine refused the content, in its own words."""
    return Problem(Kind.FILTERED, reason, code="filtered")


def wrong(name: str, what: str) -> Problem:
    """An answer that was a success by its status and is of no use."""
    return Problem(Kind.UPSTREAM, f"The upstream {name!r} sent nothing usable: {what}.", code="upstream_malformed")


def _quoted(said: str) -> str:
    text = _KEY_LIKE.sub("…", _UNPRINTABLE.sub(" ", _message(said) or said).strip())
    if text.startswith("<"):  # a page for people, from something in between
        return ""
    return text if len(text) <= SAID_CHARACTERS_MAX else text[:SAID_CHARACTERS_MAX] + "…"


def _message(said: str) -> str:
    """The sentence in the usual envelopes: Google's, OpenAI's, FastAPI's, and a bare string."""
    tree = _tree(said)
    if isinstance(tree, list) and tree:
        tree = tree[0]
    for name in ("error", "message", "detail"):
        if isinstance(tree, dict) and tree.get(name):
            tree = tree[name]
    return tree if isinstance(tree, str) else ""


def _tree(said: str) -> object:
    try:
        return msgspec.json.decode(said)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _retry_after(response: aiohttp.ClientResponse, tree: object) -> int | None:
    """In seconds: as the header has it, or as Google does, in `error.details` (google.rpc.RetryInfo)."""
    told = [response.headers.get("retry-after", ""), *_delays(tree)]
    delays = (_DELAY.fullmatch(text) for text in told)
    return next((min(int(delay[1]) + bool(int(delay[2] or 0)), RETRY_S_MAX) for delay in delays if delay), None)


def _delays(tree: object) -> Iterator[str]:
    fault = tree.get("error") if isinstance(tree, dict) else None
    details = fault.get("details") if isinstance(fault, dict) else None
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and isinstance(delay := detail.get("retryDelay"), str):
            yield delay
