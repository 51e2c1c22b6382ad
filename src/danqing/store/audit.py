"""Checks the books of a database at one moment, while others go on writing: every figure is worked out a second time.

Transfers and jobs are read once each, row by row, so that memory grows with the number of keys and not of jobs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, func, select, union_all

from danqing.domain.jobs import State
from danqing.domain.ledger import CHARGES, Phase, Transfer, budget_of, entries, hold, is_memorandum, words
from danqing.domain.media import Blob
from danqing.domain.membership import Member
from danqing.domain.money import show
from danqing.domain.webhooks import Fate
from danqing.store import upkeep
from danqing.store.documents import read_file
from danqing.store.engine import open_engines, troubles_told
from danqing.store.revision import require_current
from danqing.store.tables import (
    balances,
    deliveries,
    files,
    jobs,
    keys,
    parts,
    requests,
    transfers,
    uploads,
    webhooks,
)
from danqing.store.turn import turn

DIFFERENCES_MAX = 1000  # told one by one; more are counted
_BATCH = 500
_COUNTED = (
    "jobs",
    "unfinished",
    "transfers",
    "charged",
    "held",
    "balances",
    "budgets",
    "keys",
    "requests",
    "files",
    "uploads",
    "webhooks",
    "deliveries",
    "undelivered",
)

_of_jobs = tuple(phase.value for phase in (Phase.HOLD, Phase.WORDS, Phase.POST, Phase.VOID))
_held, _worded, _settled = transfers.alias("held"), transfers.alias("worded"), transfers.alias("settled")
_ENDINGS = {phase: phase.value for phase in (Phase.FUND, Phase.HOLD, Phase.OPEN, Phase.WORDS)}
_TRANSFER = ("id", "phase", "account", "key", "job", "amount", "held", "budgets")
_jobs = (
    select(
        jobs,
        *(_held.c[name].label(f"hold_{name}") for name in _TRANSFER),
        *(_worded.c[name].label(f"words_{name}") for name in _TRANSFER),
        *(_settled.c[name].label(f"settle_{name}") for name in _TRANSFER),
        select(func.count()).where(files.c.job == jobs.c.id).scalar_subquery().label("files"),
    )
    .join(_held, _held.c.id == jobs.c.id.concat(":hold"), isouter=True)
    .join(_worded, _worded.c.id == jobs.c.id.concat(":words"), isouter=True)
    .join(_settled, _settled.c.id == jobs.c.id.concat(":settle"), isouter=True)
)
_strays = (
    select(transfers.c.id)
    .join(jobs, jobs.c.id == transfers.c.job, isouter=True)
    .where(transfers.c.phase.in_(_of_jobs), jobs.c.id.is_(None))
)
_all_requests = select(func.count()).select_from(requests)
_lost_requests = (
    select(requests.c.key, requests.c.name)
    .join(jobs, jobs.c.id == requests.c.job, isouter=True)
    .where(jobs.c.id.is_(None) | (jobs.c.key != requests.c.key))
)
_all_webhooks = select(func.count()).select_from(webhooks).where(webhooks.c.url != "")
_deliveries = select(deliveries, jobs.c.state.label("job_state"), jobs.c.key.label("owner")).join(
    jobs, jobs.c.id == deliveries.c.job, isouter=True
)
_files = select(files, jobs.c.document, jobs.c.key.label("owner")).join(jobs, jobs.c.id == files.c.job, isouter=True)
_came = select(func.coalesce(func.sum(parts.c.bytes), 0)).where(parts.c.upload == uploads.c.id).scalar_subquery()
_uploads = select(uploads, _came.label("came"))
_sized = (select(table.c.sha256, table.c.bytes).where(table.c.sha256 != "") for table in (files, uploads, parts))
_kept = union_all(*_sized).subquery()
_named = select(_kept.c.sha256, func.max(_kept.c.bytes)).group_by(_kept.c.sha256)


class _Output(msgspec.Struct):
    file: str = ""
    blob: Blob | None = None
    gone: str | None = None


class _Bill(msgspec.Struct):
    """What a job's document says of its money and its files."""

    state: State
    version: int
    held: int
    charged: int = 0
    budgets: tuple[str, ...] = ()
    outputs: tuple[_Output, ...] = ()
    member: Member | None = None


_read_bill = msgspec.json.Decoder(_Bill)


@dataclass
class Findings:
    """What was counted, and every difference in a sentence; those beyond DIFFERENCES_MAX are only `more`."""

    counts: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    more: int = 0

    @property
    def clean(self) -> bool:
        """Whether there is no difference."""
        return not self.differences

    def differ(self, what: str) -> None:
        """Note a difference."""
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(what)
        else:
            self.more += 1


class Books:
    """One moment of a database, to be audited."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def audit(self) -> Findings:
        """Everything but the files themselves."""
        return _Auditor(self._connection).run()

    def files(self) -> Iterator[list[tuple[str, int]]]:
        """Every delivered or sent file that is still kept, by its SHA-256 and size in bytes, a batch at a time."""
        for rows in self._connection.execute(_named, execution_options={"yield_per": _BATCH}).partitions():
            yield [(sha256, size) for sha256, size in rows]

    def named(self, hashes: Collection[str]) -> set[str]:
        """Which of these files some job has made or was asked with, or lie on a shelf."""
        return upkeep.named(self._connection, hashes)


@contextmanager
def opened(address: str) -> Iterator[Books]:
    """The books at an address, which may be in use. Raises Problem(INVALID), Problem(UNAVAILABLE)."""
    engines = open_engines(address)
    try:
        with troubles_told():
            require_current(engines.reading)
            # Nobody sweeps meanwhile, where that can be helped: a file that is given up would seem to be missing.
            with turn(engines.reading), engines.reading.begin() as connection:
                yield Books(connection)
    finally:
        engines.dispose()


class _Auditor:
    """Adds everything up anew, and compares."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found = Findings(dict.fromkeys(_COUNTED, 0))
        self._posted: defaultdict[str, int] = defaultdict(int)
        self._held: defaultdict[str, int] = defaultdict(int)
        self._at_work: defaultdict[str, int] = defaultdict(int)  # what is held for unfinished jobs, by balance
        self._stated: defaultdict[str, int] = defaultdict(int)  # charged by the statement, by key
        self._billed: defaultdict[str, int] = defaultdict(int)  # charged by the jobs, by key
        self._stored: defaultdict[str, int] = defaultdict(int)  # bytes of files, by key
        self._spent: dict[str, int] = {}  # by the name of its memorandum
        self._sum = 0

    def run(self) -> Findings:
        for row in self._rows("transfers", select(transfers)):
            self._transfer(row)
        for row in self._rows("jobs", _jobs):
            self._job(row)
        for row in self._rows("balances", select(balances)):
            self._balance(row)
        for name in self._posted.keys() | self._at_work.keys():
            self._found.differ(f"balance {name} has transfers but no row")
        if self._sum:
            self._found.differ(f"all balances together come to ${show(self._sum)} and not to zero")
        for row in self._rows("files", _files):
            self._file(row)
        for row in self._rows("uploads", _uploads):
            self._upload(row)
        for row in self._rows("keys", select(keys.c.id, keys.c.stored)):
            self._key(row.id)
            if row.stored != (stored := self._stored[row.id]):
                self._found.differ(f"key {row.id} stores {row.stored:,} bytes, and its files come to {stored:,}")
        self._found.counts["webhooks"] = self._connection.execute(_all_webhooks).scalar_one()
        for row in self._rows("deliveries", _deliveries):
            self._delivery(row)
        self._found.counts["requests"] = self._connection.execute(_all_requests).scalar_one()
        for id in self._connection.execute(_strays).scalars():
            self._found.differ(f"transfer {id} belongs to no job")
        for key, name in self._connection.execute(_lost_requests):
            self._found.differ(f"the Idempotency-Key {name!r} of {key} leads to no job of that key")
        return self._found

    def _rows(self, what: str, query: Select[Any]) -> Iterator[Row[Any]]:
        for row in self._connection.execute(query, execution_options={"yield_per": _BATCH}):
            self._found.counts[what] += 1
            yield row

    def _transfer(self, row: Row[Any]) -> None:
        transfer = self._read(row, "")
        if transfer is None:
            return
        for entry in entries(transfer):
            self._posted[entry.balance] += entry.posted
            self._held[entry.balance] += entry.held
        if transfer.phase in CHARGES:
            self._stated[transfer.key] += transfer.amount
            self._found.counts["charged"] += transfer.amount
        ending = _ENDINGS.get(transfer.phase, "settle")
        if f":{ending}" not in transfer.id or (transfer.job and transfer.id != f"{transfer.job}:{ending}"):
            self._found.differ(f"transfer {transfer.id} is not named after what it does")

    def _read(self, row: Row[Any], prefix: str) -> Transfer | None:
        told = {name: getattr(row, f"{prefix}{name}") for name in _TRANSFER}
        if told["id"] is None:
            return None
        try:
            budgets = tuple(told["budgets"].split())
            return Transfer(**{**told, "phase": Phase(told["phase"]), "budgets": budgets})
        except ValueError as error:
            self._found.differ(f"transfer {told['id']} is impossible: {error}")
            return None

    def _job(self, row: Row[Any]) -> None:
        bill = _read_bill.decode(row.document)
        differ = self._found.differ
        held, worded, settled = (self._read(row, prefix) for prefix in ("hold_", "words_", "settle_"))
        if row.state != bill.state.value:
            differ(f"job {row.id} is {row.state} in its row and {bill.state.value} in its document")
        if row.version < bill.version or (bill.state.ended and row.version > bill.version):
            # Who takes an unfinished job over counts the row's version on, and leaves the document to the next step.
            differ(f"job {row.id} is at version {row.version} in its row and at {bill.version} in its document")
        if row.charged != bill.charged:
            differ(f"job {row.id} cost ${show(row.charged)} in its row and ${show(bill.charged)} in its document")
        expected = hold(row.id, row.account, row.key, bill.held, bill.budgets)
        if held != expected:
            differ(f"job {row.id} holds ${show(bill.held)}, and its hold is {_told(held)}")
        member = (bill.member.batch, bill.member.number) if bill.member else (None, None)
        if (row.batch, row.number) != member:
            differ(f"job {row.id} belongs to {row.batch} in its row and to {member[0]} in its document")
        if row.files != sum(bool(output.file and output.blob) for output in bill.outputs):
            differ(f"job {row.id} has {row.files} rows of files for {len(bill.outputs)} outputs")
        self._billed[row.key] += bill.charged
        if bill.state.ended:
            self._settlement(row.id, bill, expected, worded, settled)
            return
        self._found.counts["unfinished"] += 1
        for entry in entries(expected):
            self._at_work[entry.balance] += entry.held
        if worded or settled or bill.charged:
            differ(f"job {row.id} is {bill.state.value}, and is settled with {_told(settled)}")

    def _settlement(
        self, id: str, bill: _Bill, held: Transfer, worded: Transfer | None, settled: Transfer | None
    ) -> None:
        charge = worded.amount if worded else 0
        expected, left = words(held, charge)
        told = settled and (settled.account, settled.key, settled.held, settled.budgets)
        if worded and worded != expected:
            self._found.differ(f"job {id} is charged for its words by {_told(worded)}")
        if told != (held.account, held.key, left.amount, held.budgets):
            self._found.differ(f"job {id} has ended, and its hold of ${show(bill.held)} is settled by {_told(settled)}")
        elif settled and settled.amount + charge != bill.charged:
            self._found.differ(f"job {id} says that it cost ${show(bill.charged)}, and its settlement {_told(settled)}")
        if bill.charged and bill.state is not State.DONE:
            self._found.differ(f"job {id} is {bill.state.value}, and was charged ${show(bill.charged)}")

    def _balance(self, row: Row[Any]) -> None:
        differ, name = self._found.differ, row.balance
        posted, held, at_work = self._posted.pop(name, 0), self._held.pop(name, 0), self._at_work.pop(name, 0)
        if (row.posted, row.held) != (posted, held):
            differ(f"balance {name} is {_sums(row.posted, row.held)}, and its transfers come to {_sums(posted, held)}")
        if row.held != at_work:
            differ(f"balance {name} holds ${show(row.held)}, and the unfinished jobs ${show(at_work)}")
        if is_memorandum(name):
            self._found.counts["budgets"] += 1
            self._spent[name] = -row.posted
            return
        self._sum += row.posted
        self._found.counts["held"] += row.held
        if row.floor is not None and row.posted - row.held < row.floor:
            differ(f"balance {name} is overdrawn: {_sums(row.posted, row.held)}")

    def _key(self, id: str) -> None:
        budget, stated, billed = self._spent.get(budget_of(id)), self._stated[id], self._billed[id]
        if budget is None:
            self._found.differ(f"key {id} has no balance")
        elif not budget == stated == billed:
            told = f"balance ${show(budget)}, statement ${show(stated)}, jobs ${show(billed)}"
            self._found.differ(f"key {id} has spent different sums: {told}")

    def _file(self, row: Row[Any]) -> None:
        self._stored[row.key] += row.bytes
        outputs = _read_bill.decode(row.document).outputs if row.document else ()
        output = outputs[row.position] if row.position < len(outputs) else None
        blob = output.blob if output and not output.gone else None
        told = (blob.sha256, blob.size) if blob else ("", 0)
        if output is None or (output.file, row.owner, *told) != (row.name, row.key, row.sha256, row.bytes):
            self._found.differ(f"file {row.name} is not what job {row.job} delivered")

    def _upload(self, row: Row[Any]) -> None:
        self._stored[row.key] += row.bytes
        file = read_file(row.document)
        told = file.blob.sha256 if file.blob else ""
        if (file.id, file.key, file.name, file.size, told) != (row.id, row.key, row.name, row.bytes, row.sha256):
            self._found.differ(f"upload {row.id} is not what its document says")
        here = row.came + (file.blob.size if file.blob else 0)
        if here > row.bytes or (file.blob and here < row.bytes):
            self._found.differ(f"upload {row.id} takes {row.bytes:,} bytes, and {here:,} are here")

    def _delivery(self, row: Row[Any]) -> None:
        self._found.counts["undelivered"] += row.state != Fate.DELIVERED.value
        if row.owner != row.key or row.event != f"job.{row.job_state}":
            self._found.differ(f"notification {row.id} tells {row.event} of a job that did not end so for its key")


def _told(transfer: Transfer | None) -> str:
    if transfer is None:
        return "missing"
    return f"{transfer.id} ({transfer.phase.value} ${show(transfer.amount)} of {transfer.account} and {transfer.key})"


def _sums(posted: int, held: int) -> str:
    return f"${show(posted)} with ${show(held)} held"
