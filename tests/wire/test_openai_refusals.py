"""What engines of OpenAI's kind say when they say no, by their codes alone and by their words alone."""

import pytest

from danqing.domain.errors import Declined, Kind
from danqing.wire.bodies import Fields
from danqing.wire.openai.refusals import judge, read_error


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"code": "moderation_blocked", "message": "No."}, Kind.FILTERED),
        ({"code": "contentFilter", "message": "No."}, Kind.FILTERED),
        ({"type": "content_filter", "message": "No."}, Kind.FILTERED),
        ({"message": "It was rejected as a result of our safety system."}, Kind.FILTERED),
        ({"code": "insufficient_user_quota", "message": "No."}, Kind.NO_FUNDS),
        ({"code": "invalid_value", "message": "No such size."}, None),
        ({"code": 7, "message": None}, None),
    ],
)
def test_an_error_is_judged(fault: dict[str, object], kind: Kind | None) -> None:
    assert judge(400, {"error": fault}) == kind


@pytest.mark.parametrize("body", [None, [], "no", {"error": "no"}, {"error": None}, {"detail": []}])
def test_what_is_no_error_is_not_judged(body: object) -> None:
    assert judge(400, body) is None


@pytest.mark.parametrize(
    ("body", "kind", "declined"),
    [
        ({"error": {"code": "moderation_blocked", "message": "No."}}, Kind.FILTERED, False),
        ({"error": {"type": "insufficient_quota", "message": "No."}}, Kind.UPSTREAM, True),
        ({"error": {"code": "rate_limit_exceeded", "message": "No."}}, Kind.BUSY, True),
        ({"error": "it broke"}, Kind.UPSTREAM, False),
        ({"error": {}}, Kind.UPSTREAM, False),
    ],
)
def test_an_error_inside_a_success(body: dict[str, object], kind: Kind, declined: bool) -> None:
    problem = read_error(Fields(body, camel=False))
    assert problem
    assert (problem.kind, isinstance(problem, Declined)) == (kind, declined)
    assert problem.message
