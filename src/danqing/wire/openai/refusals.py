"""The ways in which engines of OpenAI's kind say no, read: in an error, inside a success, and at the end of a film."""

from danqing.domain.errors import Declined, Kind, Problem
from danqing.wire.bodies import Fields

# About the content, with whatever status; OpenAI's own, Azure's, and those of its look-alikes.
_FILTERED = frozenset(
    {
        "moderation_blocked",
        "content_policy_violation",
        "content_filter",
        "contentfilter",
        "responsibleaipolicyviolation",
        "content_moderation_failed",
        "sensitive_content",
        "safety_violation",
    }
)
_NO_FUNDS = frozenset({"insufficient_quota", "billing_hard_limit_reached", "insufficient_user_quota"})
_SAFETY = ("rejected by the safety system", "rejected as a result of our safety system", "content policy")
_PASSING = frozenset({"rate_limit_exceeded", "server_busy", "overloaded", "engine_overloaded"})


def judge(status: int, body: object) -> Kind | None:
    """What an answer that is no success is really about. None when its status says enough."""
    fault = body.get("error") if isinstance(body, dict) else None
    if not isinstance(fault, dict):
        return None
    return _kind((fault.get("code"), fault.get("type")), str(fault.get("message") or ""))


def read_error(fields: Fields) -> Problem | None:
    """The Problem in an answer whose status was a success all the same, or in an event. Declined when not taken."""
    if "error" not in fields:
        return None
    if fields.is_text("error"):
        said = fields.text("error")
        return _problem((), said) if said else None
    fault = fields.nested("error")
    names = (fault.take("code"), fault.take("type"))
    return _problem(names, fault.text("message") or "The engine failed and gave no reason.")


def read_fault(fault: Fields) -> Problem:
    """Why work that was accepted failed, from its `error`."""
    problem = _problem((fault.take("code"),), fault.text("message") or "The engine failed and gave no reason.")
    return Problem(problem.kind, problem.message, code=problem.code)  # nobody else may be asked


def _problem(names: tuple[object, ...], message: str) -> Problem:
    kind = _kind(names, message)
    if kind is Kind.FILTERED:
        return Problem(Kind.FILTERED, message, code="filtered")
    if kind is Kind.NO_FUNDS:
        return Declined(Kind.UPSTREAM, message, code="upstream_funds")
    if any(str(name).lower() in _PASSING for name in names):
        return Declined(Kind.BUSY, message, code="upstream_busy")
    return Problem(Kind.UPSTREAM, message, code="upstream_error")


def _kind(names: tuple[object, ...], message: str) -> Kind | None:
    words = {str(name).lower() for name in names if name}
    if words & _FILTERED or any(words_of in message.lower() for words_of in _SAFETY):
        return Kind.FILTERED
    return Kind.NO_FUNDS if words & _NO_FUNDS else None
