"""Ways of saying a prompt in another language: one module each, found by its name, with `connect`."""

import importlib
from collections.abc import Mapping
from typing import cast

from danqing.domain.errors import invalid
from danqing.domain.ports import Breakers, Provider, Translator
from danqing.prompts.scribe import Unminded

Settings = Mapping[str, object]


def connect(
    kind: str, settings: Settings, upstreams: Mapping[str, Provider], breakers: Breakers | None = None
) -> Translator:
    """The translator whose module in this package is called `kind`; `upstreams` are those that it may use.

    Raises LookupError when there is none, Problem(INVALID) naming the setting that is wrong.
    """
    name = f"{__name__}.{kind}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            message = f"The kind {kind!r} of translator needs {error.name}: pip install 'danqing[translate]'."
            raise invalid(message, param="kind", code="extra_missing") from error
        raise LookupError(f"There is no kind of translator called {kind!r}.") from error
    return cast(Translator, module.connect(settings, upstreams, breakers or Unminded()))
