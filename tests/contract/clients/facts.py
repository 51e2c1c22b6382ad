"""Keeps what came of each call, by name, and prints all of it as one JSON document."""

import json
import sys
from collections.abc import Callable


class Facts:
    """Calls are made one after the other; one that fails does not keep the others from being made."""

    def __init__(self) -> None:
        self._calls: dict[str, dict[str, object]] = {}

    def of(self, name: str, call: Callable[[], object]) -> None:
        """Make the call and keep what it gave, or how it failed."""
        try:
            self._calls[name] = {"value": call()}
        except Exception as error:
            told = {
                field: getattr(error, field, None)
                for field in ("code", "status", "status_code", "message", "type", "param")
            }
            self._calls[name] = {"error": type(error).__name__, "text": str(error), **told}

    def tell(self) -> None:
        """Print everything."""
        json.dump(self._calls, sys.stdout, default=str)
