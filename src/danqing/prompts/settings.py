"""Reads the tables below [prompts]: what is missing, wrong or not known is told in one sentence that names it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import msgspec

from danqing.domain.errors import Problem, invalid
from danqing.domain.money import Price, per_million
from danqing.domain.ports import Breakers, Provider
from danqing.domain.spelling import unknown
from danqing.prompts.scribe import Scribe
from danqing.upstream.settings import explained

TIMEOUT_S = 20.0
TIMEOUT_S_MAX = 120.0
S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModel:
    """A text model of a configured upstream, and what is charged for a million of its tokens, in dollars as text."""

    upstream: str
    model: str
    input_million_tokens: str = "0"
    output_million_tokens: str = "0"
    timeout_s: float = TIMEOUT_S


def read(given: Mapping[str, object], shape: type[S], table: str) -> S:
    """A table as a dataclass. Raises Problem(INVALID) whose `param` is the setting with its tables."""
    known = sorted(spec.name for spec in fields(shape))  # type: ignore[arg-type]
    for setting in given:
        if setting not in known:
            raise misset(table, setting, unknown(setting, known).removesuffix("?"))
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise misset(table, *explained(error)) from None


def misset(table: str, setting: str, what: str) -> Problem:
    """The sentence about one setting, which is named with the tables that it is in."""
    return invalid(f"{table}.{setting} {what}.", param=f"{table}.{setting}")


def scribe_of(settings: TextModel, table: str, upstreams: Mapping[str, Provider], breakers: Breakers) -> Scribe:
    """The text model behind its upstream. Raises Problem(INVALID) naming the setting."""
    provider = upstreams.get(settings.upstream)
    if provider is None:
        known = ", ".join(sorted(upstreams)) or "none yet"
        raise misset(table, "upstream", f"must be the name of a configured upstream ({known})")
    if not 0 < settings.timeout_s <= TIMEOUT_S_MAX:
        raise misset(table, "timeout_s", f"must be more than 0 and at most {TIMEOUT_S_MAX:g}")
    price = Price(
        input_token=_rate(settings.input_million_tokens, table, "input_million_tokens"),
        output_token=_rate(settings.output_million_tokens, table, "output_million_tokens"),
    )
    return Scribe(
        settings.upstream, provider, settings.model, breakers=breakers, price=price, timeout_s=settings.timeout_s
    )


def _rate(text: str, table: str, setting: str) -> int:
    try:
        return per_million(text)
    except ValueError as error:
        raise misset(table, setting, f"is wrong: {error}") from error
