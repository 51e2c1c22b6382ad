"""Every kind of problem has an HTTP status, and it is never a success."""

from danqing.domain.errors import Kind
from danqing.wire.status import ASK_ONCE, STATUS


def test_every_kind_has_a_status_that_is_an_error() -> None:
    assert set(STATUS) == set(Kind)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_clients_repeat_by_themselves_only_what_is_safe_to_repeat() -> None:
    repeated_by_openai = {kind for kind, status in STATUS.items() if status in (408, 409, 429) or status >= 500}
    assert repeated_by_openai - ASK_ONCE == {Kind.BUSY, Kind.UNAVAILABLE}
