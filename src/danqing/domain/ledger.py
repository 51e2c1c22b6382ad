"""Double entry in two phases: money is held before work begins and posted or released once, when it ends.

A `Transfer` is immutable and its id is derived from what caused it, so that the same step written twice is a constraint
error in the store and never a second charge. `entries` says what a transfer does to which balance; the store only adds
up. After TigerBeetle's two-phase transfers: post settles at most what was held and gives the rest back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

REVENUE = "revenue"
BANK = "bank"  # where money comes in from; it may go below zero, so that all balances add up to zero


def account_of(name: str) -> str:
    """The balance of a paying account."""
    return f"account:{name}"


def budget_of(key_id: str) -> str:
    """The balance that counts what a key spends. A memorandum: it limits, it holds no money."""
    return f"budget:{key_id}"


def is_memorandum(balance: str) -> bool:
    """Whether a balance stands outside the sum that must be zero."""
    return balance.startswith("budget:")


class Phase(StrEnum):
    """What a transfer does."""

    FUND = "fund"  # money from the bank into an account
    HOLD = "hold"  # reserve the most that a job can cost
    POST = "post"  # charge what was delivered and give the rest of the hold back
    VOID = "void"  # give all of the hold back


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One movement. `amount` is in nano-dollars, never negative; `held` is the hold that a POST or VOID ends."""

    id: str
    phase: Phase
    account: str
    amount: int
    held: int = 0
    key: str = ""
    job: str = ""

    def __post_init__(self) -> None:
        if self.amount < 0 or self.held < 0 or (self.phase is Phase.POST and self.amount > self.held):
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


def hold(job: str, account: str, key: str, amount: int) -> Transfer:
    """Reserve `amount` for a job."""
    return Transfer(id=f"{job}:hold", phase=Phase.HOLD, account=account, key=key, job=job, amount=amount)


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
    )


def entries(transfer: Transfer) -> tuple[Entry, ...]:
    """What the transfer adds to each balance. Posted amounts outside the memoranda always sum to zero."""
    payer, amount = account_of(transfer.account), transfer.amount
    match transfer.phase:
        case Phase.FUND:
            return Entry(BANK, posted=-amount), Entry(payer, posted=amount)
        case Phase.HOLD:
            return (
                Entry(payer, held=amount, guarded=True),
                Entry(budget_of(transfer.key), held=amount, guarded=True),
            )
        case Phase.POST | Phase.VOID:
            released = (
                Entry(payer, posted=-amount, held=-transfer.held),
                Entry(budget_of(transfer.key), posted=-amount, held=-transfer.held),
            )
            return (*released, Entry(REVENUE, posted=amount)) if amount else released


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
