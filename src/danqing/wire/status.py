"""The HTTP status of every kind of problem: one table for all dialects."""

from collections.abc import Mapping
from types import MappingProxyType

from danqing.domain.errors import Kind

STATUS: Mapping[Kind, int] = MappingProxyType(
    {
        Kind.INVALID: 400,
        Kind.UNAUTHENTICATED: 401,
        Kind.NO_FUNDS: 402,  # not 429, which openai clients send again at once
        Kind.FORBIDDEN: 403,
        Kind.NOT_FOUND: 404,
        Kind.NOT_ALLOWED: 405,
        Kind.MISMATCH: 422,
        Kind.TOO_LARGE: 413,
        Kind.FILTERED: 400,
        Kind.BUSY: 429,
        Kind.CANCELLED: 499,
        Kind.UPSTREAM: 502,
        Kind.UNKNOWN: 502,
        Kind.TIMEOUT: 504,
        Kind.UNAVAILABLE: 503,
        Kind.INTERNAL: 500,
    }
)

# Answered with `x-should-retry: false`. openai clients repeat every 5xx twice by themselves (wire.md 11), and here the
# engine may have done the work already, so that a repetition would pay for it twice.
ASK_ONCE = frozenset({Kind.UPSTREAM, Kind.UNKNOWN, Kind.TIMEOUT, Kind.INTERNAL})
