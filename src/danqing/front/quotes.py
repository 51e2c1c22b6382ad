"""What a caller says beside the request: what may be paid at the most, by when, or that nothing is to be made.

`x-danqing-max-cost: 0.05` refuses what could cost more dollars; `danqing-dry-run: true` answers with the quote;
`danqing-deadline: 600` ends, free of charge, what is not done in so many seconds.
"""

from starlette.requests import Request

from danqing.domain.errors import invalid
from danqing.wire.books import read_amount

MAX_COST = "x-danqing-max-cost"
DRY_RUN = "danqing-dry-run"
DEADLINE = "danqing-deadline"
DEADLINE_S_MAX = 86_400
_WORDS = {"true": True, "1": True, "false": False, "0": False, "": False}


def ceiling_of(request: Request, usual: int | None = None) -> int | None:
    """The most that the caller will pay, in nano-dollars; `usual` when nothing was said. Raises Problem(INVALID)."""
    text = request.headers.get(MAX_COST)
    return usual if text is None else read_amount(text.strip(), MAX_COST)


def within(request: Request) -> int | None:
    """The seconds in which the work must have ended, waiting included; None when nothing was said.

    Raises Problem(INVALID).
    """
    text = request.headers.get(DEADLINE)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= DEADLINE_S_MAX):
        raise invalid(f"{DEADLINE} is a number of seconds from 1 to {DEADLINE_S_MAX}.", param=DEADLINE)
    return int(text)


def is_dry(request: Request) -> bool:
    """Whether the caller only wants to know. Raises Problem(INVALID) for a word that leaves it open."""
    word = request.headers.get(DRY_RUN, "").strip().lower()
    if word not in _WORDS:
        raise invalid(f"{DRY_RUN} must be true or false.", param=DRY_RUN)
    return _WORDS[word]
