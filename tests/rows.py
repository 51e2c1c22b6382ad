"""Models of a test's own: rows that a server finds in the catalog of its data directory."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

ROW = """id = "{id}"
title = "{id}"
family = "a test's"
[ability]
{ability}
[price]
{price}
source = "a test"
as_of = 2026-11-01
"""
ROUTE = """[[routes]]
provider = "{provider}"
upstream = "{upstream}"
"""
EIGHT_SECONDS: Mapping[str, object] = {"seconds": [8], "fps": 24}


def add_model(
    data: Path,
    id: str,
    makes: Sequence[str],
    *,
    price: Mapping[str, str],
    routes: Sequence[tuple[str, str]],
    **ability: object,
) -> None:
    """Write the row of a model that is made by `routes`: pairs of an upstream and the id that it knows the model by."""
    folder = data / "catalog"
    folder.mkdir(parents=True, exist_ok=True)
    row = ROW.format(id=id, ability=_lines({"makes": makes, **ability}), price=_lines(price))
    made_by = "".join(ROUTE.format(provider=provider, upstream=upstream) for provider, upstream in routes)
    (folder / f"{id}.toml").write_text(row + made_by)


def _lines(table: Mapping[str, object]) -> str:
    """As TOML, which spells words, numbers and lists as JSON does."""
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in table.items())
