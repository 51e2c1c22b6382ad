"""Money in rows: a transfer is written once, and its entries are added to the balances or refused together."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Boolean, Connection, Table, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from danqing.domain.ledger import Balance, Entry, Transfer, entries
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
_floor = update(balances).where(balances.c.balance == bindparam("name")).values(floor=bindparam("least"))
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

    Raises IntegrityError when it was written before; the caller's transaction must then be rolled back.
    """
    write(connection, transfer, at)
    _add_entries(connection, transfer)


def book_once(connection: Connection, transfer: Transfer, at: datetime) -> bool:
    """The same for a transfer that may have been written before: False then, and nothing is added."""
    new = insert_once(connection, transfers, _row(transfer, at))
    if new:
        _add_entries(connection, transfer)
    return new


def write(connection: Connection, transfer: Transfer, at: datetime) -> None:
    """Write a transfer whose entries are added one by one, with `add`."""
    connection.execute(_insert, _row(transfer, at))


def add(connection: Connection, entry: Entry) -> bool:
    """Add one entry, and lock its balance until the end of the transaction. False when it is refused."""
    return connection.execute(_add, _change(entry)).rowcount == 1


def set_floor(connection: Connection, name: str, most: int | None) -> None:
    """Let a memorandum count up to an amount, or without an end."""
    connection.execute(_floor, {"name": name, "least": None if most is None else -most})


def _add_entries(connection: Connection, transfer: Transfer) -> None:
    for entry in entries(transfer):
        if not add(connection, entry):
            raise LookupError(f"there is no balance {entry.balance}, or too little in it")


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
        "budgets": " ".join(transfer.budgets),
        "created": at,
    }


def _change(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.balance,
        "more_posted": entry.posted,
        "more_held": entry.held,
        "unguarded": not entry.guarded,
    }
