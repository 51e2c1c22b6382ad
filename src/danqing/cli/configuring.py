"""Checks the settings of this machine's server, and shows them; no server needs to run, and none is started."""

import sys
from importlib.resources import files
from pathlib import Path

from rich.table import Table

from danqing import config
from danqing.catalog import CatalogError
from danqing.catalog import load as load_catalog
from danqing.cli.report import Report, show
from danqing.cli.running import FAILED
from danqing.config.showing import Shown, shown
from danqing.config.survey import Mistake, Survey
from danqing.config.upstreams import check_models

CATALOG = "catalog"


def check(file: Path | None, *, keys: bool, data: Path | None, json: bool) -> None:
    """All mistakes at once; ends the process with 1 when one of them is grave."""
    found = examined(data=data, file=file, keys=keys)
    show(_checked(found), json=json)
    if any(mistake.grave for mistake in found.mistakes):
        sys.exit(FAILED)


def examined(*, data: Path | None, file: Path | None = None, keys: bool = True) -> Survey:
    """The settings with every mistake in them, also in what they say of the catalog."""
    found = config.look(data=data, file=file)
    config.check(found, keys=keys)
    own = found.data / CATALOG
    try:
        check_models(found, load_catalog(extra=own if own.is_dir() else None))
    except CatalogError as error:
        found.mistaken(f"{own}:", "", str(error).removesuffix("."))
    found.mistakes.sort(key=Mistake.place)
    return found


def show_all(file: Path | None, *, data: Path | None, json: bool) -> None:
    """What is in force, also where something is wrong."""
    found = config.look(data=data, file=file)
    rows = list(shown(found))
    document = {"data": str(found.data), "file": str(found.written.path), "settings": rows}
    show(Report(document, [f"{found.data}", _table(rows)]), json=json)


def example() -> None:
    """A danqing.toml that has everything, commented out."""
    sys.stdout.write(files("danqing.config").joinpath("example.toml").read_text(encoding="utf-8"))


def _checked(found: Survey) -> Report:
    grave = sum(mistake.grave for mistake in found.mistakes)
    told = [str(mistake) for mistake in found.mistakes]
    names = ", ".join(found.upstreams) or "none"
    verdict = (
        f"{grave} mistake{'s' * (grave > 1)}." if grave else f"{found.written.path} can be used. Upstreams: {names}."
    )
    document = {"file": str(found.written.path), "right": not grave, "mistakes": found.mistakes}
    return Report(document, [*told, verdict])


def _table(rows: list[Shown]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in ("setting", "value", "set by"):
        table.add_column(title, overflow="fold")
    for row in rows:
        value = "" if row.value in ("", {}) else str(row.value)
        table.add_row(row.name, value, row.source)
    return table
