"""The catalog for reading: every model that Danqing answers for, one TOML each, with the operator's own laid over them.

To add a model, add a file. `models/` holds the built-in ones; `load(extra=...)` takes a directory of more, and a file
there replaces the built-in row of the same id.
"""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from danqing.catalog.row import CatalogError, read
from danqing.domain.models import Catalog, Model

__all__ = ["CatalogError", "load"]


def load(*, extra: Path | None = None) -> Catalog:
    """All models. Raises CatalogError, naming the file and the field, for anything that is not right."""
    rows = _shelf(files(__name__) / "models")
    if extra is not None:
        rows |= _shelf(extra)
    _refuse_shared_names(rows)
    return Catalog([model for _, model in rows.values()])


def _shelf(directory: Traversable) -> dict[str, tuple[str, Model]]:
    """The rows of a directory: id -> (file, model)."""
    if not directory.is_dir():
        raise CatalogError(str(directory), "this is not a directory of models")
    rows: dict[str, tuple[str, Model]] = {}
    for entry in sorted(directory.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".toml"):
            continue
        model = read(entry.name, entry.read_bytes())
        if model.id in rows:
            raise CatalogError(entry.name, f"`id`: {model.id} is already defined in {rows[model.id][0]}")
        rows[model.id] = (entry.name, model)
    return rows


def _refuse_shared_names(rows: Mapping[str, tuple[str, Model]]) -> None:
    owners = {id: file for id, (file, _) in rows.items()}
    for file, model in rows.values():
        for alias in model.aliases:
            if alias in owners:
                raise CatalogError(file, f"`aliases`: {alias} is already taken by {owners[alias]}")
            owners[alias] = file
