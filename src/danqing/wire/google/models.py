"""Google's lists of models, in the words of the Developer API and of Vertex (wire.md 7)."""

import re
from collections.abc import Sequence

from danqing.domain.errors import invalid
from danqing.domain.models import PROMPT_CHARACTERS_MAX, REPLY_TOKENS_MAX, Model
from danqing.wire.holes import Json, Tree

PAGE_SIZE = 50
PAGE_SIZE_MAX = 1000
_CHARACTERS_PER_TOKEN = 4  # of English; other scripts have fewer, and so get at least what is promised
_VERSION = re.compile(r"\d+(?:\.\d+)*")


def model(row: Model) -> Tree:
    """One model of the Developer API."""
    tree: Tree = {
        "name": f"models/{row.id}",
        "version": _version(row),
        "displayName": row.title,
        "description": row.description,
        "inputTokenLimit": PROMPT_CHARACTERS_MAX // _CHARACTERS_PER_TOKEN,
    }
    if row.conversational:
        tree["outputTokenLimit"] = REPLY_TOKENS_MAX
    tree["supportedGenerationMethods"] = row.methods
    return tree


def publisher_model(row: Model) -> Tree:
    """One model of Vertex."""
    return {
        "name": f"publishers/google/models/{row.id}",
        "versionId": _version(row),
        "displayName": row.title,
        "description": row.description,
    }


def models(rows: Sequence[Model], *, page_size: int | None = None, page_token: str = "") -> Tree:
    """A page of the Developer API's list. Raises Problem(INVALID) for a token that no page gave."""
    page, token = _page(rows, page_size, page_token)
    return {"models": [model(row) for row in page]} | token


def publisher_models(rows: Sequence[Model], *, page_size: int | None = None, page_token: str = "") -> Tree:
    """A page of Vertex's list. Raises Problem(INVALID) for a token that no page gave."""
    page, token = _page(rows, page_size, page_token)
    return {"publisherModels": [publisher_model(row) for row in page]} | token


def _page(rows: Sequence[Model], size: int | None, token: str) -> tuple[Sequence[Model], dict[str, Json]]:
    """The rows after the one that the token names; a model that is added meanwhile shifts nothing."""
    if size is not None and size < 0:
        raise invalid("pageSize must not be negative.", param="pageSize")
    ids = [row.id for row in rows]
    if token and token not in ids:
        raise invalid("This pageToken is not one that a page gave.", param="pageToken")
    start = ids.index(token) + 1 if token else 0
    page = rows[start : start + min(size or PAGE_SIZE, PAGE_SIZE_MAX)]
    more = page and start + len(page) < len(rows)
    return page, {"nextPageToken": page[-1].id} if more else {}


def _version(row: Model) -> str:
    found = _VERSION.search(row.id)
    return found[0] if found else "1"
