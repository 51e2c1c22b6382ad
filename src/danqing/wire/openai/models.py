"""OpenAI's list of models."""

from collections.abc import Sequence

from danqing.domain.models import Model
from danqing.wire.holes import Tree


def model(row: Model) -> Tree:
    """One model. When it was made is not known here, but clients insist on a number."""
    return {"id": row.id, "object": "model", "created": 0, "owned_by": row.family}


def models(rows: Sequence[Model]) -> Tree:
    """All of them; this list has no pages."""
    return {"object": "list", "data": [model(row) for row in rows]}
