"""The JSON of the upstreams under /api: how each does, with all of it for the owner and its health for everybody."""

from danqing.domain.health import RouteStanding, Standing
from danqing.wire.holes import Tree

DIGITS = 3


def upstream(row: Standing, *, owner: bool) -> Tree:
    """One upstream. Nothing in it names a key or a prompt."""
    told: Tree = {
        "name": row.name,
        "kind": row.kind,
        "routes": [_route(route, owner=owner) for route in row.routes],
    }
    if owner:
        told |= {"weight": row.weight, "keys": {"all": row.keys, "resting": row.resting}}
    return told


def _route(row: RouteStanding, *, owner: bool) -> Tree:
    told: Tree = {"model": row.model, "serves": row.serves, "health": row.gate.value}
    if owner:
        told |= {
            "retry_after": round(row.away_s, DIGITS),
            "in_flight": row.in_flight,
            "asked": row.asked,
            "success": None if row.success is None else round(row.success, DIGITS),
            "last_error": row.error or None,
        }
    return told
