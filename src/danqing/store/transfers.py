"""Money in rows: a transfer is written once, and its entries are added to the balances or refused together."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Boolean, Connection, Table, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from danqing.domain.errors import Kind, Problem
from danqing.domain.ledger import Balance, Entry, Transfer, entries, is_memorandum
from danqing.domain.money import show
from danqing.store.tables import balances, transfers

_insert = insert(transfers)

# The guard is a condition of the update itself, so that any number of requests at once cannot overdraw a balance.
_posted, _held = balances.c.posted + bindparam("more_posted"), balances.c.held + bindparam("more_held")
_add = (
    update(balances)
    .where(
        balances.c.balance == bindparam("name"),
        or_(
            bindparam("unguarded", type_=Boolean),
            balances.c.floor.is_(None),
            _posted - _held >= balances.c.floor,
        ),
    )
    .values(posted=_posted, held=_held)
)
_find = select(balances.c.posted, balances.c.held, balances.c.floor).where(balances.c.balance == bindparam("name"))

_INSERTS: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def insert_once(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Insert a row. False when it is there already, which on Postgres may mean waiting for another transaction."""
    statement = _INSERTS[connection.dialect.name](table).on_conflict_do_nothing()
    # Postgres' driver forgets the count of an insert when its cursor is closed.
    result = connection.execute(statement, row, execution_options={"preserve_rowcount": True})
    return result.rowcount == 1


def book(connection: Connection, transfer: Transfer, at: datetime) -> None:
    """Write a transfer and add its entries.

    Raises Problem(NO_FUNDS) when a guarded entry is refused and IntegrityError when the transfer was written before;
    either way the caller's transaction must be rolled back.
    """
    connection.execute(_insert, _row(transfer, at))
    _add_entries(connection, transfer)


def book_once(connection: Connection, transfer: Transfer, at: datetime) -> bool:
    """The same for a transfer that may have been written before: False then, and nothing is added."""
    new = insert_once(connection, transfers, _row(transfer, at))
    if new:
        _add_entries(connection, transfer)
    return new


def _add_entries(connection: Connection, transfer: Transfer) -> None:
    for entry in entries(transfer):
        if connection.execute(_add, _change(entry)).rowcount == 0:
            raise _refusal(connection, transfer, entry)


def balance(connection: Connection, name: str) -> Balance:
    """The sums of one balance; one that does not exist is empty."""
    row = connection.execute(_find, {"name": name}).first()
    return Balance(row.posted, row.held, row.floor) if row else Balance()


def _row(transfer: Transfer, at: datetime) -> dict[str, object]:
    return {
        "id": transfer.id,
        "phase": transfer.phase.value,
        "account": transfer.account,
        "key": transfer.key,
        "job": transfer.job,
        "amount": transfer.amount,
        "held": transfer.held,
        "created": at,
    }


def _change(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.balance,
        "more_posted": entry.posted,
        "more_held": entry.held,
        "unguarded": not entry.guarded,
    }


def _refusal(connection: Connection, transfer: Transfer, entry: Entry) -> Exception:
    if not entry.guarded:
        return LookupError(f"there is no balance {entry.balance}")
    left = show(balance(connection, entry.balance).available or 0)
    cost = f"This can cost up to ${show(transfer.amount)}"
    if is_memorandum(entry.balance):
        message = f"{cost}, and the budget of this key has ${left} left. Ask for less, or raise the budget."
        return Problem(Kind.NO_FUNDS, message, code="budget_exceeded")
    message = f"{cost}, and the account has ${left} left. Ask for less, or add money to the account."
    return Problem(Kind.NO_FUNDS, message, code="insufficient_funds")
