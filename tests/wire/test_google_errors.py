"""Google's errors byte for byte: what makes google-genai show a clear message."""

import pytest

from danqing.domain.errors import Kind, Problem, invalid
from danqing.wire import google
from danqing.wire.status import STATUS

from .samples import received, sent


def test_an_error_as_google_genai_reads_it() -> None:
    assert sent(google.error(invalid("At most 4.", param="count"))) == (
        b'{"error":{"code":400,"message":"At most 4.","status":"INVALID_ARGUMENT","details":['
        b'{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"INVALID_VALUE","domain":"danqing",'
        b'"metadata":{"param":"sampleCount"}}]}}'
    )


def test_when_to_try_again_is_told() -> None:
    error = received(google.error(Problem(Kind.BUSY, "Later.", retry_after=7)))["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["details"] == [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "BUSY", "domain": "danqing", "metadata": {}},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"},
    ]


WORDS = {
    Kind.INVALID: "INVALID_ARGUMENT",
    Kind.UNAUTHENTICATED: "UNAUTHENTICATED",
    Kind.NO_FUNDS: "FAILED_PRECONDITION",
    Kind.FORBIDDEN: "PERMISSION_DENIED",
    Kind.NOT_FOUND: "NOT_FOUND",
    Kind.NOT_ALLOWED: "UNIMPLEMENTED",
    Kind.MISMATCH: "FAILED_PRECONDITION",
    Kind.TOO_LARGE: "INVALID_ARGUMENT",
    Kind.FILTERED: "INVALID_ARGUMENT",
    Kind.BUSY: "RESOURCE_EXHAUSTED",
    Kind.CANCELLED: "CANCELLED",
    Kind.UPSTREAM: "UNAVAILABLE",
    Kind.UNKNOWN: "UNKNOWN",
    Kind.TIMEOUT: "DEADLINE_EXCEEDED",
    Kind.UNAVAILABLE: "UNAVAILABLE",
    Kind.INTERNAL: "INTERNAL",
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_word_and_its_status(kind: Kind) -> None:
    error = received(google.error(Problem(kind, "m")))["error"]
    assert (error["status"], error["code"], error["message"]) == (WORDS[kind], STATUS[kind], "m")


@pytest.mark.parametrize(
    ("param", "spelled"),
    [("aspect", "aspectRatio"), ("seconds", "durationSeconds"), ("person", "personGeneration"), ("prompt", "prompt")],
)
def test_fields_are_named_as_the_caller_spells_them(param: str, spelled: str) -> None:
    details = received(google.error(invalid("m", param=param)))["error"]["details"]
    assert details[0]["metadata"] == {"param": spelled}
