"""Ways of making: one module each, found by its name, with `connect(settings) -> Provider`."""

import importlib
from collections.abc import Mapping
from typing import cast

from danqing.domain.ports import Provider

Settings = Mapping[str, object]


def connect(kind: str, settings: Settings) -> Provider:
    """The provider whose module in this package is called `kind`. Raises LookupError when there is none."""
    name = f"{__name__}.{kind}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise LookupError(f"There is no kind of upstream called {kind!r}.") from error
    return cast(Provider, module.connect(settings))
