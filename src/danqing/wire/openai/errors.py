"""OpenAI's shape of an error, as an HTTP body and in the middle of a stream (wire.md 10 and 11)."""

from danqing.domain.errors import Kind, Problem
from danqing.wire.holes import Tree

_TYPES: dict[Kind, str] = {
    Kind.INVALID: "invalid_request_error",
    Kind.UNAUTHENTICATED: "authentication_error",
    Kind.NO_FUNDS: "insufficient_quota",
    Kind.FORBIDDEN: "permission_error",
    Kind.NOT_FOUND: "not_found_error",
    Kind.NOT_ALLOWED: "invalid_request_error",
    Kind.MISMATCH: "invalid_request_error",
    Kind.TOO_LARGE: "invalid_request_error",
    Kind.FILTERED: "content_filter",
    Kind.BUSY: "rate_limit_error",
    Kind.CANCELLED: "cancelled_error",
    Kind.UPSTREAM: "api_error",
    Kind.UNKNOWN: "api_error",
    Kind.TIMEOUT: "api_error",
    Kind.UNAVAILABLE: "service_unavailable_error",
    Kind.INTERNAL: "api_error",
}

# The caller's names of the domain's fields.
_PARAMS: dict[str, str] = {
    "prompt": "messages",
    "pictures": "messages",
    "count": "n",
    "aspect": "aspect_ratio",
    "wants": "modalities",
    "negative": "negative_prompt",
    "person": "person_generation",
    "first_frame": "messages",
}


def error(problem: Problem, **called: str) -> Tree:
    """The body of an answer that is not a success, and the data of an event that ends a stream in failure.

    `called` is what the call that failed calls a field, where that is not as in a chat.
    In a stream it must come as an unnamed event: the SDK raises on `data: {"error": …}` and on nothing else.
    """
    names = _PARAMS | called
    param = names.get(problem.param, problem.param) if problem.param else None
    return {
        "error": {
            "message": problem.message,
            "type": _TYPES[problem.kind],
            "param": param,
            "code": problem.code,
        }
    }
