"""Double entry in two phases: money is held before work begins and posted or released once, when it ends.

A `Transfer` is immutable and its id is derived from what caused it, so that the same step written twice is a constraint
error in the store and never a second charge. `entries` says what a transfer does to which balance; the store only adds
up. After TigerBeetle's two-phase transfers: post settles at most what was held and gives the rest back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

REVENUE = "revenue"
BANK = "bank"  # where money comes in from; it may go below zero, so that all balances add up to zero
_BUDGET = "budget:"


def account_of(name: str) -> str:
    """The balance of a paying account."""
    return f"account:{name}"


def budget_of(owner: str, period: str = "") -> str:
    """The balance that counts what a key or a project spends, ever or in a period such as "2026-11" or "2026-11-25".

    A memorandum: it limits, it holds no money.
    """
    return f"{_BUDGET}{owner}:{period}" if period else f"{_BUDGET}{owner}"


def owner_and_period(budget: str) -> tuple[str, str]:
    """What `budget_of` made the name of."""
    owner, _, period = budget.removeprefix(_BUDGET).partition(":")
    return owner, period


def is_memorandum(balance: str) -> bool:
    """Whether a balance stands outside the sum that must be zero."""
    return balance.startswith(_BUDGET)


class Phase(StrEnum):
    """What a transfer does."""

    FUND = "fund"  # money from the bank into an account
    HOLD = "hold"  # reserve the most that a job can cost
    POST = "post"  # charge what was delivered and give the rest of the hold back
    WORDS = "words"  # charge what was done to the prompt, out of the same hold
    VOID = "void"  # give all of the hold back
    OPEN = "open"  # begin a budget with what was spent before it was set


CHARGES = frozenset({Phase.POST, Phase.WORDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One movement. `amount` is in nano-dollars, never negative; `held` is the hold, or the part of it, that is ended.

    `budgets` are the memoranda that it counts in besides the key's own.
    """

    id: str
    phase: Phase
    account: str
    amount: int
    held: int = 0
    key: str = ""
    job: str = ""
    budgets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.amount < 0 or self.held < 0 or (self.phase in CHARGES and self.amount > self.held):
            raise ValueError(f"transfer {self.id} of {self.amount} on a hold of {self.held}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a transfer adds to one balance. `guarded`: refuse it when posted - held would fall below the floor."""

    balance: str
    posted: int = 0
    held: int = 0
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """The sums of one balance in nano-dollars. `floor` is how far it may go down; None is no limit."""

    posted: int = 0
    held: int = 0
    floor: int | None = 0

    @property
    def available(self) -> int | None:
        """What may still be spent; None is no limit."""
        return None if self.floor is None else self.posted - self.held - self.floor


def fund(account: str, amount: int, cause: str) -> Transfer:
    """Money into an account. `cause` makes the id, so that the same cause funds once."""
    return Transfer(id=f"{cause}:fund", phase=Phase.FUND, account=account, amount=amount)


def hold(job: str, account: str, key: str, amount: int, budgets: tuple[str, ...] = ()) -> Transfer:
    """Reserve `amount` for a job."""
    return Transfer(
        id=f"{job}:hold", phase=Phase.HOLD, account=account, key=key, job=job, amount=amount, budgets=budgets
    )


def opening(budget: str, amount: int, cause: str) -> Transfer:
    """Count in a budget what was spent before it was set. `cause` tells the openings of one budget apart."""
    return Transfer(id=f"{budget}:open:{cause}", phase=Phase.OPEN, account="", amount=amount, budgets=(budget,))


def words(held: Transfer, amount: int) -> tuple[Transfer, Transfer]:
    """Charge for a prompt that was reworded, and the hold that is left; it is settled in the same commit."""
    charge = replace(held, id=f"{held.job}:words", phase=Phase.WORDS, amount=amount, held=amount)
    return charge, replace(held, amount=held.amount - amount)


def post(held: Transfer, amount: int) -> Transfer:
    """Charge `amount`, at most what was held, and release the rest."""
    return _settle(held, Phase.POST, amount)


def void(held: Transfer) -> Transfer:
    """Release the hold without a charge."""
    return _settle(held, Phase.VOID, 0)


def _settle(held: Transfer, phase: Phase, amount: int) -> Transfer:
    # Post and void share one id: whichever is written first, the other can never follow.
    return Transfer(
        id=f"{held.job}:settle",
        phase=phase,
        account=held.account,
        key=held.key,
        job=held.job,
        amount=amount,
        held=held.amount,
        budgets=held.budgets,
    )


def entries(transfer: Transfer) -> tuple[Entry, ...]:
    """What the transfer adds to each balance. Posted amounts outside the memoranda always sum to zero.

    The order is the one in which rows are locked: a key's own first, and last those that everybody shares.
    """
    payer, amount = account_of(transfer.account), transfer.amount
    counted = (*((budget_of(transfer.key),) if transfer.key else ()), *transfer.budgets)
    match transfer.phase:
        case Phase.FUND:
            return Entry(BANK, posted=-amount), Entry(payer, posted=amount)
        case Phase.HOLD:
            return tuple(Entry(name, held=amount, guarded=True) for name in (*counted, payer))
        case Phase.POST | Phase.WORDS | Phase.VOID:
            released = tuple(Entry(name, posted=-amount, held=-transfer.held) for name in (*counted, payer))
            return (*released, Entry(REVENUE, posted=amount)) if amount else released
        case Phase.OPEN:
            return tuple(Entry(name, posted=-amount) for name in counted)


def add(balances: Mapping[str, Balance], transfer: Transfer) -> dict[str, Balance]:
    """The balances after a transfer, as the store's conditional updates leave them. Raises Overdrawn."""
    after = dict(balances)
    for entry in entries(transfer):
        old = after.get(entry.balance, Balance())
        new = Balance(old.posted + entry.posted, old.held + entry.held, old.floor)
        if entry.guarded and new.available is not None and new.available < 0:
            raise Overdrawn(entry.balance)
        after[entry.balance] = new
    return after


class Overdrawn(Exception):
    """A guarded entry would take a balance below its floor. `args[0]` is the balance."""
