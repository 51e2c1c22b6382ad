"""Puts off imports until they are needed, so that `--help` does not wait for a server's worth of libraries."""

from importlib import import_module


class Later:
    """Stands for a module; the first thing that is asked of it imports it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> object:
        return getattr(import_module(self._name), name)
