"""Says which model to ask, why, and what may go wrong: by the server that is named, or this machine's catalog."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from rich.console import RenderableType
from rich.table import Table

from danqing import config
from danqing.catalog import CatalogError, load
from danqing.cli.report import Report, show
from danqing.cli.running import give_up, perform
from danqing.client import AsyncClient
from danqing.client.advice import Counsel, Option
from danqing.domain.advice import counsel
from danqing.domain.errors import invalid
from danqing.domain.models import Catalog
from danqing.prompts import detect
from danqing.wire import advice, native

ALTERNATIVES_MAX = 6  # --json has all of them
_MEDIA = {True: ["video"], False: ["image"], None: []}


def tell(request: Mapping[str, object], *, film: bool | None, json: bool) -> None:
    """Print the advice, or, where a model is named, what there is to say of asking that one.

    `request` is the body of a job; `film`: None leaves it open.
    """
    given = {name: value for name, value in request.items() if value is not None}
    body = {**given, "wants": _MEDIA[film]}
    if config.remote():
        perform(lambda client: _there(client, body), json=json)
        return
    try:
        show(_report(_here(body)), json=json)
    except Exception as error:
        give_up(error, json=json)


async def _there(client: AsyncClient, body: Mapping[str, object]) -> Report:
    return _report(await client.advise(body))


def _here(body: Mapping[str, object]) -> Counsel:
    asked = native.read_job(msgspec.json.encode(body)).generation
    catalog = _catalog()
    given = counsel(asked, detect(asked.prompt), catalog, catalog.models, datetime.now(UTC).date())
    return msgspec.convert(msgspec.to_builtins(advice.counsel(given)), Counsel)


def _report(told: Counsel) -> Report:
    found = [f"{finding.severity}: {finding.sentence} {finding.suggestion}" for finding in told.findings]
    if told.chosen:
        return Report(told, [*_lines(told, told.chosen), *found])
    return Report(told, found or [f"Nothing speaks against asking {told.model}."])


def _catalog() -> Catalog:
    own = config.look().data / "catalog"
    try:
        return load(extra=own if own.is_dir() else None)
    except CatalogError as error:
        raise invalid(f"{own}: {error}", param="catalog", code="catalog") from error


def _lines(given: Counsel, chosen: Option) -> Iterator[RenderableType]:
    yield f"{chosen.model}, ${chosen.cost.usd} at the most"
    for sentence in (*chosen.reasons, given.why, *chosen.risks, *chosen.notes):
        yield f"  {sentence}"
    if given.alternatives:
        yield _alternatives(given.alternatives[:ALTERNATIVES_MAX])
    if (more := len(given.alternatives) - ALTERNATIVES_MAX) > 0:
        yield f"and {more} more."


def _alternatives(options: Sequence[Option]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in ("instead", "at the most", "to know"):
        table.add_column(title, overflow="fold")
    for option in options:
        lacks = [f"Not its field: {sentence}" for sentence in option.lacks]
        table.add_row(option.model, f"${option.cost.usd}", " ".join((*lacks, *option.risks, *option.notes)))
    return table
