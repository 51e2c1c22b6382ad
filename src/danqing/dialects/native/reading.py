"""Reading what stands in an address: the words of a query, checked before anything is asked of the store."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request

from danqing.domain.errors import invalid
from danqing.domain.gallery import AssetSearch, JobSearch, read_ratio, terms_of
from danqing.domain.jobs import State
from danqing.domain.media import Medium
from danqing.wire.books import read_amount

E = TypeVar("E", bound=StrEnum)

WORDS_MAX = 50  # of a list in a query
_TRUTHS = {"true": True, "1": True, "": True, "false": False, "0": False}


def readable(request: Request) -> None:
    """Raises Problem(INVALID) for what no name or word holds, and not every database can be asked for."""
    if any("\0" in text for text in (request.url.path, *request.query_params.values(), *request.path_params.values())):
        raise invalid("The address holds a NUL character.", param="address")


def whole(text: str, param: str) -> int:
    """A whole number that is not below zero. Raises Problem(INVALID)."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid(f"{param} must be a whole number.", param=param)
    return int(text)


def limit(request: Request, usual: int) -> int:
    """How many rows a page has."""
    return whole(request.query_params.get("limit", str(usual)), "limit")


def words(request: Request, param: str) -> tuple[str, ...]:
    """A list: the parameter several times, or once with commas. Raises Problem(INVALID)."""
    told = [word.strip() for text in request.query_params.getlist(param) for word in text.split(",")]
    if len(told) > WORDS_MAX:
        raise invalid(f"{param} takes at most {WORDS_MAX} values.", param=param)
    return tuple(word for word in told if word)


def choice(text: str, kind: type[E], param: str) -> E:
    """One of the words that there are. Raises Problem(INVALID)."""
    try:
        return kind(text)
    except ValueError:
        raise invalid(f"{param} is one of {', '.join(kind)}.", param=param) from None


def truth(request: Request, param: str) -> bool | None:
    """true or false; None when nothing is said. Raises Problem(INVALID)."""
    text = request.query_params.get(param)
    if text is None:
        return None
    if text.lower() not in _TRUTHS:
        raise invalid(f"{param} must be true or false.", param=param)
    return _TRUTHS[text.lower()]


def moment(request: Request, param: str) -> datetime | None:
    """A day, or a point in time, as ISO 8601 has it; in UTC when it does not say. Raises Problem(INVALID)."""
    text = request.query_params.get(param)
    if not text:
        return None
    try:
        told = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not escaped
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise invalid(f'{param} is a day such as "2026-11-26", or a time of one.', param=param) from None


def medium(request: Request) -> Medium | None:
    """What was made, by its `kind`."""
    text = request.query_params.get("kind")
    return choice(text, Medium, "kind") if text else None


def cost(request: Request, param: str) -> int | None:
    """Dollars as a decimal number, in nano-dollars. Raises Problem(INVALID)."""
    text = request.query_params.get(param)
    return read_amount(text, param) if text else None


def job_search(request: Request) -> JobSearch:
    """Which jobs are looked for: `state`, `model`, `kind`, `since`, `until`, `cost_min`, `cost_max`."""
    return JobSearch(
        states=frozenset(choice(word, State, "state") for word in words(request, "state")),
        models=frozenset(words(request, "model")),
        medium=medium(request),
        since=moment(request, "since"),
        until=moment(request, "until"),
        cost_min=cost(request, "cost_min"),
        cost_max=cost(request, "cost_max"),
    )


def asset_search(request: Request) -> AssetSearch:
    """Which files are looked for: `q`, `ratio`, `starred`, `board`, and what jobs are looked for by but `state`."""
    query = request.query_params
    return AssetSearch(
        terms=terms_of(query.get("q", "")),
        models=frozenset(words(request, "model")),
        medium=medium(request),
        ratio=read_ratio(query["ratio"]) if query.get("ratio") else None,
        since=moment(request, "since"),
        until=moment(request, "until"),
        starred=truth(request, "starred"),
        board=query.get("board") or None,
        cost_min=cost(request, "cost_min"),
        cost_max=cost(request, "cost_max"),
    )
