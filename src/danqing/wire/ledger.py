"""The JSON and the CSV of what was spent: figures, the lines behind them, and the forecast."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as midnight
from urllib.parse import urlencode

from danqing.domain.money import show
from danqing.domain.usage import By, Entry, Figure, Forecast, Spent
from danqing.wire.abilities import money
from danqing.wire.holes import Json, Tree
from danqing.wire.native import time

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would work it out


class _Lines:
    """What csv writes to."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def write(self, text: str) -> None:
        """One line."""
        self.text.append(text)


def figure(row: Figure, by: Sequence[By], asked: Spent, base: str, keys: Sequence[str] = ()) -> Tree:
    """A sum, and the address of its lines; `asked` is what chose all of them, and `keys` whose they are."""
    named = _named(row, by)
    since, until = asked.since, asked.until
    if row.day:
        begins = datetime.combine(row.day, midnight(tzinfo=UTC))
        ends = begins + timedelta(days=1)
        since, until = max(since or begins, begins), min(until or ends, ends)
    chosen = {
        "since": time(since),
        "until": time(until),
        "account": asked.account,
        "model": row.model or asked.model,
        "key": row.key or ",".join(keys) or None,
        "project": row.project or "" if By.PROJECT in by else asked.project,
    }
    lines = urlencode({name: value for name, value in chosen.items() if value is not None})
    return {**named, "jobs": row.jobs, "charged": money(row.charged), "ledger": f"{base}/api/ledger?{lines}"}


def entry(row: Entry) -> Tree:
    """One transfer."""
    return {
        "id": row.id,
        "at": time(row.at),
        "phase": row.phase.value,
        "account": row.account or None,
        "key": row.key or None,
        "project": row.project,
        "job": row.job or None,
        "model": row.model or None,
        "amount": money(row.amount),
        "held": money(row.held),
        "charged": money(row.charged),
    }


def outlook(row: Forecast) -> Tree:
    """Where the money goes if it goes on as it did in the last seven days."""
    limits: list[Json] = [
        {"of": standing.whose, "limit": standing.limit, "left": money(standing.left), "used_up": time(at)}
        for standing, at in row.used_up
    ]
    return {
        "by_day": money(row.by_day),
        "month_so_far": money(row.month_so_far),
        "month": money(row.month),
        "limits": limits,
    }


def figures_csv(rows: Iterable[Figure], by: Sequence[By]) -> bytes:
    """The sums as a table (RFC 4180)."""
    table = ((*_named(row, by).values(), row.jobs, show(row.charged), row.charged) for row in rows)
    return _csv((*(name.value for name in by), "jobs", "charged_usd", "charged_nanos"), table)


def entries_csv(rows: Iterable[Entry]) -> bytes:
    """The transfers as a table (RFC 4180)."""
    head = ("id", "at", "phase", "account", "key", "project", "job", "model", "amount_nanos", "held_nanos")
    return _csv((*head, "charged_usd", "charged_nanos"), map(_row, rows))


def _row(row: Entry) -> tuple[object, ...]:
    whose = (row.account, row.key, row.project, row.job, row.model)
    return (row.id, time(row.at), row.phase.value, *whose, row.amount, row.held, show(row.charged), row.charged)


def _named(row: Figure, by: Sequence[By]) -> Tree:
    values = {By.DAY: row.day.isoformat() if row.day else None, By.MODEL: row.model, By.KEY: row.key}
    return {name.value: {**values, By.PROJECT: row.project}[name] for name in by}


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "".join(lines.text).encode()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
