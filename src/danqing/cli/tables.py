"""How answers look on a terminal: values in, tables and lines out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from danqing.client.told import (
    Job,
    Key,
    Limits,
    Model,
    Money,
    NewKey,
    Output,
    Project,
    Quote,
    Quoted,
    Retiring,
    Standing,
    Swept,
    Usage,
)
from danqing.client.upstreams import Upstream
from danqing.domain.jobs import State
from danqing.domain.ledger import Phase
from danqing.domain.money import show as dollars_of

Lines = Sequence[RenderableType]
Fact = tuple[str, str | Text]

_WHOLE = frozenset(
    {"job", "id", "state", "created", "cost", "model and price", "ends"}
)  # columns that are never folded
_STATEMENT_LINES = 12  # the newest; --json has more
_PHASES = {Phase.HOLD: "held", Phase.POST: "charged", Phase.WORDS: "for its words", Phase.VOID: "given back"}
_LIMITS = {
    "balance": "{}",
    "total": "{} in all",
    "monthly": "{} a month",
    "daily": "{} a day",
    "per_minute": "{} requests a minute",
    "concurrent": "{} jobs at a time",
    "storage": "{} of files",
    "keep_pictures": "pictures for {} days",
    "keep_films": "films for {} days",
    "keep_inputs": "inputs for {} days",
}
_HEALTH_STYLES = {"closed": "green", "open": "red"}
_STATE_STYLES = {
    State.DONE: "green",
    State.FAILED: "red",
    State.UNKNOWN: "red",
    State.CANCELLED: "dim",
}


def stage(job: Job) -> str:
    """What a job is at, in a word or two."""
    return job.stage or job.state.value


def made(job: Job, saved: Sequence[Path]) -> Lines:
    """What was delivered, and where it is now: each path alone on its line."""
    paths = iter(saved)
    lines: list[RenderableType] = []
    for output in job.outputs:
        if output.file:
            lines.append(str(next(paths)))
            lines.append(_pairs(_facts(output)))
        else:
            lines.append(output.text)
    lines.append(_pairs(_settlement(job)))
    return lines


def job(job: Job) -> Lines:
    """Everything about one job."""
    facts: list[Fact] = [
        ("job", job.id),
        ("state", _state(job)),
        ("in the queue", _place(job)),
        ("error", job.error.message if job.error else ""),
        ("prompt", job.prompt),
        ("rewritten", job.rewritten),
        *((name, _value(value)) for name, value in job.parameters.items() if name != "wants"),
        ("created", _when(job.created)),
        ("held", _dollars(job.held) if not job.state.ended else ""),
        *_settlement(job),
    ]
    grids = [_pairs([("file", output.file or ""), *_facts(output)]) for output in job.outputs]
    return [_pairs(facts), *grids]


def _place(job: Job) -> str:
    if job.queue is None:
        return ""
    about = "" if job.queue.seconds is None else f", about {job.queue.seconds} s to go"
    return f"number {job.queue.position}{about}"


def cancelled(job: Job) -> Lines:
    """What has become of a job that was to be cancelled."""
    if job.state is State.CANCELLED:
        return [f"Job {job.id} is cancelled; nothing was charged."]
    return [f"Job {job.id} had ended before ({job.state.value}); it cost {_dollars(job.charged)}."]


def jobs(rows: Sequence[Job]) -> Lines:
    """Newest first."""
    if not rows:
        return ["No jobs yet."]
    table = _table("job", "state", "cost", "created", "model and prompt")
    for row in rows:
        asked = Text(f"{row.model}\n{' '.join(row.prompt.split())}", overflow="ellipsis", no_wrap=True)
        table.add_row(row.id, _state(row), _dollars(row.charged), _when(row.created), asked)
    return [table]


def models(rows: Sequence[Model]) -> Lines:
    """Ids with their prices, and what each model can be asked for."""
    table = _table("model and price", "limits")
    for row in rows:
        prices = [f"  {_dollars(rate.price)} / {rate.per}" for rate in row.prices]
        table.add_row("\n".join([row.id, *prices]), " · ".join(filter(None, _limits(row))))
    return [table]


def upstreams(rows: Sequence[Upstream]) -> Lines:
    """How each does with each model."""
    if not rows:
        return ["No upstreams are configured; test keys are served by the Sketch engine."]
    table = _table("upstream", "model", "health", "in flight", "went well", "last error")
    for row in rows:
        name = f"{row.name} ({row.kind})" if row.name != row.kind else row.name
        if row.keys and row.keys.resting:
            name += f"\n{row.keys.resting} of {row.keys.all} keys rest"
        for route in row.routes:
            health = Text(route.health, style=_HEALTH_STYLES.get(route.health, "yellow"))
            if route.retry_after:
                health.append(f"\nfor {route.retry_after:.0f} s")
            well = "" if route.success is None else f"{route.success:.0%} of {route.asked}"
            table.add_row(name, route.model, health, str(route.in_flight or ""), well, route.last_error or "")
            name = ""
        if not row.routes:
            table.add_row(name, "asked for nothing")
    return [table]


def retiring(rows: Sequence[Retiring]) -> Lines:
    """What dies next first; then what is gone and still answers here."""
    if not rows:
        return ["No model of the catalog has a day on which it ends."]
    table = _table("model", "ends", "its successor, and what is lost", "used lately")
    for row in rows:
        days = f"in {row.left} days" if row.left >= 0 else f"{-row.left} days ago"
        users = [
            f"{use.name}{' (test)' if use.test else ''}: {use.jobs}, last {_when(use.last)}" for use in row.used_by
        ]
        lost = [f"– {sentence}" for sentence in row.lifecycle.loses]
        told = "\n".join([row.lifecycle.successor or "", *lost])
        ends = Text(f"{row.lifecycle.shutdown}\n{days}", style="yellow" if row.left >= 0 else "")
        table.add_row(row.id, ends, told, "\n".join(users))
    return [table]


def usage(spent: Usage) -> Lines:
    """A key's money, and where it went."""
    account, budget, key = spent.account, spent.budget, spent.key
    left = "" if budget.available is None else f", {_dollars(budget.available)} left of {_limit(key.budget)}"
    facts: list[Fact] = [
        ("key", f"{key.name} ({key.hint}), {_kind(key)}{': play money' if key.test else ''}"),
        ("spent", f"${dollars_of(-budget.posted.nanos)}, {_dollars(budget.held)} more held for jobs at work{left}"),
        ("account", f"{_limit(account.available)} left"),
        *((_LIMITS[row.limit].format(row.of), _standing(row)) for row in spent.limits if row.of != "account"),
    ]
    table = _table("model", "jobs", "charged")
    for row in spent.by_model:
        table.add_row(row.model, str(row.jobs), _dollars(row.charged))
    return [_pairs(facts), *([table, _statement(spent)] if spent.by_model else [])]


def quote(told: Quote) -> Lines:
    """What a request would cost, and what would be left of each limit."""
    facts: list[Fact] = [
        ("cost", f"{_dollars(told.cost)} at the most{' of play money' if told.test else ''}"),
        ("model", told.model),
        ("made by", _maker(told)),
        ("not honoured", ", ".join(told.ignored)),
        ("changed", _changes(told)),
        *_wording(told),
        *((_LIMITS[row.limit].format(row.of), _rest(row)) for row in told.limits),
    ]
    return [_pairs(facts), *([] if told.affordable else ["It would be refused as it stands."])]


def _rest(row: Quoted) -> str:
    return f"{_amount(row.limit, row.left)} left now, {_amount(row.limit, row.after)} after it"


def _standing(row: Standing) -> str:
    resets = f", anew {_when(row.resets)}" if row.resets else ""
    return f"{_amount(row.limit, row.used)} used of {_amount(row.limit, row.most)}{resets}"


def _statement(spent: Usage) -> Table:
    table = _table("when", "what", "amount", "model", "job")
    for line in spent.statement[:_STATEMENT_LINES]:
        amount = line.held if line.phase == Phase.VOID else line.amount
        table.add_row(_when(line.at), _PHASES[line.phase], _dollars(amount), line.model, line.job)
    return table


def keys(rows: Sequence[Key]) -> Lines:
    """All keys; their secrets are not known."""
    table = _table("id", "name", "kind", "key", "limits", "project", "created", "revoked")
    for row in rows:
        revoked = _when(row.revoked) if row.revoked else ""
        limits = "\n".join(_told_limits(row.limits))
        project = row.project or ""
        table.add_row(
            row.id, row.name, f"{_kind(row)}\n{row.role}", row.hint, limits, project, _when(row.created), revoked
        )
    return [table]


def new_key(key: NewKey) -> Lines:
    """The one time that a secret is shown."""
    facts: list[Fact] = [
        ("id", key.id),
        ("name", key.name),
        ("kind", _kind(key)),
        ("role", key.role),
        ("project", key.project or ""),
        ("limits", "\n".join(_told_limits(key.limits))),
        ("translation", key.translate or ""),
    ]
    return [key.secret, _pairs(facts), "This is the only time that the key is shown."]


def projects(rows: Sequence[Project]) -> Lines:
    """All projects and what their keys may do together."""
    if not rows:
        return ["No projects yet."]
    table = _table("id", "name", "limits", "created")
    for row in rows:
        table.add_row(row.id, row.name, "\n".join(_told_limits(row.limits)), _when(row.created))
    return [table]


def _told_limits(limits: Limits) -> list[str]:
    given = {name: getattr(limits, name) for name in limits.__struct_fields__}
    told = [_LIMITS[name].format(_amount(name, value)) for name, value in given.items() if value is not None]
    return told or ["no limit"]


def _amount(limit: str, value: Money | int) -> str:
    if isinstance(value, Money):
        return _dollars(value)
    return f"{value / 1e9:,.2f} GB" if limit == "storage" else f"{value}"


def swept(row: Swept | None, *, dry_run: bool) -> Lines:
    """What a sweep has removed, or would remove."""
    if row is None:
        return ["Another process is sweeping; nothing was done here."]
    facts: list[Fact] = [
        ("jobs that give up files", str(row.jobs)),
        ("files that no job names", f"{row.files} ({row.bytes / 1e6:.1f} MB)"),
        ("Idempotency-Keys", str(row.requests)),
        ("uploads that have expired", str(row.uploads)),
        ("notifications", str(row.deliveries)),
        ("ended work in the queue", str(row.workflows)),
    ]
    return ["This would be removed:" if dry_run else "This was removed:", _pairs(facts)]


def _facts(output: Output) -> list[Fact]:
    size = f"{output.width}×{output.height}" if output.width else ""
    length = f"{output.seconds:g} s at {output.fps} fps" if output.seconds else ""
    sound = ("with sound" if output.audio else "silent") if output.medium == "video" else ""
    weight = f"{(output.bytes or 0) / 1e6:.1f} MB" if output.bytes else ""
    return [
        ("removed", _when(output.gone) if output.gone else ""),
        (output.medium, ", ".join(filter(None, (size, length, sound, output.mime, weight)))),
        ("words", output.text),
        ("drawn", ", ".join(output.drawn)),
        ("not drawn", ", ".join(output.missing)),
        ("seed", "" if output.seed is None else str(output.seed)),
    ]


def _settlement(job: Job) -> list[Fact]:
    """What it cost, who made it, and what was left undone."""
    return [
        ("withheld", "\n".join(job.withheld)),
        ("not honoured", ", ".join(job.ignored)),
        ("changed", _changes(job)),
        *_wording(job),
        ("cost", _dollars(job.charged) + (" of play money" if job.test else "")),
        ("model", job.model),
        ("made by", _maker(job)),
        ("asked before", "\n".join(f"{one.upstream} {one.model}: {one.error.code}" for one in job.attempts)),
        ("job", job.id),
    ]


def _wording(row: Job | Quote) -> list[Fact]:
    """What became of the prompt, or is to."""
    told = row.wording
    done = [f"translated from {told.translated.source} into {told.translated.target}"] if told.translated else []
    done += ["enriched"] if told.enhanced else []
    by = f" by {', '.join(told.by)}" if told.by else ""
    return [
        ("written", f"in {', '.join(told.languages)}" if told.languages and (done or told.trouble) else ""),
        ("sent", ", ".join(done) + by if done else ""),
        ("words", _dollars(told.cost) if told.by else ""),
        ("but", told.trouble or ""),
        ("advice", "\n".join(f"{finding.sentence} {finding.suggestion}" for finding in told.findings)),
    ]


def _changes(row: Job | Quote) -> str:
    return "\n".join(change.message for change in row.changes)


def _maker(row: Job | Quote) -> str:
    if row.sketch:
        return "the Sketch engine: a sketch, not a model's work"
    return " ".join(filter(None, (row.provider, row.upstream)))


def _pairs(facts: Iterable[Fact]) -> Table:
    """Names and values; what has no value is left out, and what is there twice is shown once."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in {name: value for name, value in facts if value}.items():
        grid.add_row(f"  {name}", value)
    return grid


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=title in _WHOLE, overflow="fold")
    return table


def _limits(model: Model) -> Iterator[str]:
    can = model.ability
    yield _list(can.makes)
    yield f"up to {can.count.max} at once"
    yield _list(can.aspects)
    yield _list(can.sizes)
    yield f"{_list(can.seconds)} s" if can.seconds else ""
    yield f"{can.pictures_max} pictures to start from" if can.pictures_max else ""
    yield "first and last frame" if can.frames else ""
    yield f"switched off {model.lifecycle.shutdown}" if model.lifecycle.shutdown else ""


def _state(job: Job) -> Text:
    percent = "" if job.state.ended else f" {job.progress:.0%}"
    return Text(f"{job.state.value}{percent}", style=_STATE_STYLES.get(job.state, "yellow"))


def _kind(key: Key) -> str:
    return "test" if key.test else "live"


def _limit(money: Money | None) -> str:
    return "no limit" if money is None else _dollars(money)


def _dollars(money: Money) -> str:
    return f"${money.usd}".replace("$-", "-$")


def _when(moment: str) -> str:
    """An ISO time as the clock on the wall shows it."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def _list(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _value(value: object) -> str:
    return _list(value) if isinstance(value, list) else str(value)
