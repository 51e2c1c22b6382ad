"""What a caller says about the price: how much may be paid at the most, or that nothing is to be made, only quoted.

`x-danqing-max-cost: 0.05` refuses what could cost more dollars; `danqing-dry-run: true` answers with the quote.
"""

from starlette.requests import Request

from danqing.domain.errors import invalid
from danqing.wire.books import read_amount

MAX_COST = "x-danqing-max-cost"
DRY_RUN = "danqing-dry-run"
_WORDS = {"true": True, "1": True, "false": False, "0": False, "": False}


def ceiling_of(request: Request) -> int | None:
    """The most that the caller will pay, in nano-dollars; None when nothing was said. Raises Problem(INVALID)."""
    text = request.headers.get(MAX_COST)
    return None if text is None else read_amount(text.strip(), MAX_COST)


def is_dry(request: Request) -> bool:
    """Whether the caller only wants to know. Raises Problem(INVALID) for a word that leaves it open."""
    word = request.headers.get(DRY_RUN, "").strip().lower()
    if word not in _WORDS:
        raise invalid(f"{DRY_RUN} must be true or false.", param=DRY_RUN)
    return _WORDS[word]
