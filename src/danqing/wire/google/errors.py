"""Google's shape of an error, as an HTTP body and as the end of an operation (wire.md 4.4)."""

from danqing.domain.errors import Declined, Kind, Problem, invalid
from danqing.domain.models import Model
from danqing.wire.bodies import Fields
from danqing.wire.google.refusals import is_policy
from danqing.wire.holes import Tree
from danqing.wire.status import STATUS

# The word that goes with each kind (google.rpc.Code), chosen so that clients that look only at it do the right thing.
_WORDS: dict[Kind, str] = {
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

# Numbers of google.rpc.Code: what the error of an operation has as its code.
_NUMBERS: dict[str, int] = {
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}
# Whose fault it is when an upstream says so; every other code is the upstream's own, our key there included.
_KINDS: dict[int, Kind] = {3: Kind.INVALID, 4: Kind.TIMEOUT, 8: Kind.BUSY}
_DECLINED = ("RESOURCE_EXHAUSTED", "UNAVAILABLE", "UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND", "UNIMPLEMENTED")

# The caller's names of the domain's fields.
_PARAMS: dict[str, str] = {
    "count": "sampleCount",
    "aspect": "aspectRatio",
    "size": "imageSize",
    "seconds": "durationSeconds",
    "person": "personGeneration",
    "negative": "negativePrompt",
    "mime": "mimeType",
    "quality": "compressionQuality",
    "pictures": "inlineData",
    "first_frame": "image",
    "last_frame": "lastFrame",
    "wants": "responseModalities",
}


def error(problem: Problem, **called: str) -> Tree:
    """The body of an answer with a status other than 200. `called` is what the call that failed calls a field."""
    names = _PARAMS | called
    reason: Tree = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": problem.code.upper(),
        "domain": "danqing",
        "metadata": {"param": names.get(problem.param, problem.param)} if problem.param else {},
    }
    details = [reason]
    if problem.retry_after is not None:
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{problem.retry_after}s"})
    return {
        "error": {
            "code": STATUS[problem.kind],
            "message": problem.message,
            "status": _WORDS[problem.kind],
            "details": details,
        }
    }


def unanswered(model: Model, call: str) -> Problem:
    """What is told to whoever asks a model by a call that it has no answer to."""
    message = f"{model.id} does not answer :{call}. Use :{', :'.join(model.methods)}."
    return invalid(message, param="model", code="unsupported_call")


def rpc_status(problem: Problem) -> Tree:
    """The error inside an operation: google.rpc.Status, whose code is no HTTP status."""
    return {"code": _NUMBERS[_WORDS[problem.kind]], "message": problem.message}


def read_rpc_status(code: int, message: str) -> Problem:
    """The Problem that the error of somebody else's operation stands for."""
    if is_policy(message):
        return Problem(Kind.FILTERED, message, code="filtered")
    return Problem(_KINDS.get(code, Kind.UPSTREAM), message, code="upstream_error")


def read_error(fields: Fields) -> Problem | None:
    """The Problem in an answer whose status was a success all the same. Declined when the work was not taken."""
    if "error" not in fields:
        return None
    if fields.is_text("error"):
        said = fields.text("error")
        return Problem(Kind.UPSTREAM, said, code="upstream_error") if said else None
    fault = fields.nested("error")
    message = fault.text("message") or "The engine failed and gave no reason."
    word = (fault.text("status") or "").upper()
    if word in _DECLINED:
        kind = Kind.BUSY if word in _DECLINED[:2] else Kind.UPSTREAM
        return Declined(kind, message, code="upstream_busy" if kind is Kind.BUSY else "upstream_error")
    return read_rpc_status(_NUMBERS.get(word, 2), message)


def judge(status: int, body: object) -> Kind | None:
    """What an answer that is no success is really about: Google tells of much as of a wrong request."""
    tree = body[0] if isinstance(body, list) and body else body
    fault = tree.get("error") if isinstance(tree, dict) else None
    message = fault.get("message") if isinstance(fault, dict) else None
    if not (400 <= status < 500 and isinstance(message, str)):
        return None
    if message.startswith("API key"):  # not valid, expired
        return Kind.UNAUTHENTICATED
    return Kind.FILTERED if is_policy(message) else None
