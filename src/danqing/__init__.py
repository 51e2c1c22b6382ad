"""Danqing 丹青: a self-hosted gateway and studio for generated pictures and film.

from danqing import Client

with Client.local() as client:
    client.images.generate("a red fox in the snow").save("fox.png")
"""

from danqing.later import attribute

__version__ = "0.1.0"
__all__ = ["AsyncClient", "Client", "Kind", "Problem", "__version__"]

_WHERE = {  # the types of these are in __init__.pyi
    "AsyncClient": "danqing.library",
    "Client": "danqing.library",
    "Kind": "danqing.domain.errors",
    "Problem": "danqing.domain.errors",
}


def __getattr__(name: str) -> object:
    """What a program wants of Danqing, loaded when it asks for it."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return attribute(_WHERE[name], name)
