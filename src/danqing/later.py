"""Puts off imports until they are needed, so that `--help` does not wait for a server's worth of libraries."""

from importlib import import_module


class Later:
    """Stands for a module; the first thing that is asked of it imports it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> object:
        return attribute(self._name, name)


def attribute(module: str, name: str) -> object:
    """What a module calls by that name; imports it the first time."""
    return getattr(import_module(module), name)
