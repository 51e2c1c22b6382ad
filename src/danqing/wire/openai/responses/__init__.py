"""OpenAI's responses with the image_generation tool: asked for, answered, and told in events (wire.md 16.3)."""

from danqing.wire.openai.responses.answers import deleted, made_item, response
from danqing.wire.openai.responses.create import (
    ITEM,
    PREFIX,
    Create,
    item_place,
    job_id,
    placed,
    read_create,
    require_response,
)
from danqing.wire.openai.responses.events import Teller, read_after

__all__ = [
    "ITEM",
    "PREFIX",
    "Create",
    "Teller",
    "deleted",
    "item_place",
    "job_id",
    "made_item",
    "placed",
    "read_after",
    "read_create",
    "require_response",
    "response",
]
