"""Google's Interactions: as clients ask for them and are answered, and as engines are asked (wire.md 15.3)."""

from danqing.wire.google.interactions.answers import interaction
from danqing.wire.google.interactions.create import Create, placed, read_create
from danqing.wire.google.interactions.engine import KNOBS, Interaction, read_interaction, write_interaction
from danqing.wire.google.interactions.events import events, read_event_id

__all__ = [
    "KNOBS",
    "Create",
    "Interaction",
    "events",
    "interaction",
    "placed",
    "read_create",
    "read_event_id",
    "read_interaction",
    "write_interaction",
]
