"""What a caller says beside the request: whether its prompt is translated or enriched, and who is told of the end.

`danqing-translate: auto|off|require` and `danqing-enhance: true|false` go before what the key and the server are set
to; `danqing-sketch: true` has the Sketch engine draw in place of the model, at no cost; `danqing-webhook: https://…`
goes before what the request itself says.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import TypeVar

from starlette.requests import Request

from danqing.domain.callbacks import Callback
from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Preflight, Translate
from danqing.domain.wording import ENHANCE
from danqing.gateway.webhooks import Webhooks

T = TypeVar("T", bound=Enum | bool)

TRANSLATE_HEADER = "danqing-translate"
ENHANCE_HEADER = "danqing-enhance"
PREFLIGHT_HEADER = "danqing-preflight"
SKETCH_HEADER = "danqing-sketch"
WEBHOOK_HEADER = "danqing-webhook"
_TRANSLATE = {choice.value: choice for choice in Translate}
_PREFLIGHT = {choice.value: choice for choice in Preflight}
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def wished(request: Request, generation: Generation) -> Generation:
    """The generation with what its headers say. Raises Problem(INVALID) for a word that leaves it open."""
    generation = replace(
        generation,
        translate=_said(request, TRANSLATE_HEADER, _TRANSLATE) or generation.translate,
        preflight=_said(request, PREFLIGHT_HEADER, _PREFLIGHT) or generation.preflight,
    )
    sketch = _said(request, SKETCH_HEADER, _TRUTHS)
    if sketch is not None:
        generation = replace(generation, sketch=sketch)
    enhance = _said(request, ENHANCE_HEADER, _TRUTHS)
    if enhance is None:
        return generation
    return replace(generation, knobs=tuple({**dict(generation.knobs), ENHANCE: enhance}.items()))


def called_back(request: Request, callback: Callback | None, webhooks: Webhooks, base: str) -> Callback | None:
    """Who is told how the job ended: what the header says, or else the request, which came by the address `base`.

    Raises Problem(INVALID) for an address that may not be called.
    """
    if url := request.headers.get(WEBHOOK_HEADER, "").strip():
        callback = replace(callback or Callback(), urls=(url,))
    return webhooks.allowed(callback, base) if callback else None


def _said(request: Request, header: str, words: Mapping[str, T]) -> T | None:
    word = request.headers.get(header, "").strip().lower()
    if word and word not in words:
        raise invalid(f"{header} must be one of {', '.join(words)}.", param=header)
    return words[word] if word else None
