"""Says which model to ask, why, and what may go wrong, from the catalog of this machine; nothing is asked or made."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.table import Table

from danqing import config
from danqing.catalog import CatalogError, load
from danqing.cli.report import Report, show
from danqing.cli.running import give_up
from danqing.domain.advice import AUTO, Advice, Option, advise
from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Medium
from danqing.domain.models import Catalog
from danqing.domain.money import show as dollars_of
from danqing.domain.preflight import Finding, preflight
from danqing.prompts import detect
from danqing.wire import advice as told

ALTERNATIVES_MAX = 6  # --json has all of them
_MEDIA = {True: frozenset({Medium.VIDEO}), False: frozenset({Medium.IMAGE}), None: frozenset[Medium]()}


def tell(asked: Generation, *, json: bool) -> None:
    """Print the advice, or, where a model is named, what there is to say of asking that one."""
    try:
        show(_report(asked, _catalog()), json=json)
    except Exception as error:
        give_up(error, json=json)


def request(
    prompt: str,
    model: str,
    *,
    film: bool | None,
    count: int,
    seconds: int | None,
    aspect: str | None,
    size: str | None,
    negative: str,
) -> Generation:
    """What is asked for, as it is typed; `film`: None leaves it open."""
    return Generation(
        model=model,
        turns=(Turn("user", (prompt,)),),
        wants=_MEDIA[film],
        count=count,
        seconds=seconds,
        aspect=aspect,
        size=size,
        negative=negative,
    )


def _report(asked: Generation, catalog: Catalog) -> Report:
    languages = detect(asked.prompt)
    spoken = (languages.main, *languages.others)
    if asked.model != AUTO:
        model = catalog.find(asked.model)
        found = preflight(asked, model, languages)
        lines = [*_findings(found)] or [f"Nothing speaks against asking {model.id}."]
        return Report({"model": model.id, "languages": spoken, "findings": told.findings(found)}, lines)
    given = advise(asked, languages, catalog.models, datetime.now(UTC).date())
    found = preflight(asked, catalog.find(given.chosen.model), languages)
    document = {"languages": spoken, **told.advice(given), "findings": told.findings(found)}
    return Report(document, [*_lines(given), *_findings(found)])


def _catalog() -> Catalog:
    own = config.look().data / "catalog"
    try:
        return load(extra=own if own.is_dir() else None)
    except CatalogError as error:
        raise invalid(f"{own}: {error}", param="catalog", code="catalog") from error


def _lines(given: Advice) -> Iterator[RenderableType]:
    chosen = given.chosen
    yield f"{chosen.model}, ${dollars_of(chosen.cost)} at the most"
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
        table.add_row(option.model, f"${dollars_of(option.cost)}", " ".join((*lacks, *option.risks, *option.notes)))
    return table


def _findings(found: Sequence[Finding]) -> Iterator[str]:
    return (f"{finding.severity.value}: {finding.sentence} {finding.suggestion}" for finding in found)
