"""What a caller says of its prompt beside the request, whether it is translated, and whether it is enriched.

`danqing-translate: auto|off|require` and `danqing-enhance: true|false` go before what the key and the server are set
to.
"""

from dataclasses import replace

from starlette.requests import Request

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Translate
from danqing.domain.wording import ENHANCE

TRANSLATE_HEADER = "danqing-translate"
ENHANCE_HEADER = "danqing-enhance"
_WORDS = {"true": True, "1": True, "false": False, "0": False}


def wished(request: Request, generation: Generation) -> Generation:
    """The generation with what its headers say. Raises Problem(INVALID) for a word that leaves it open."""
    if word := request.headers.get(TRANSLATE_HEADER, "").strip().lower():
        if word not in list(Translate):
            raise invalid(f"{TRANSLATE_HEADER} must be {', '.join(Translate)}.", param=TRANSLATE_HEADER)
        generation = replace(generation, translate=Translate(word))
    if word := request.headers.get(ENHANCE_HEADER, "").strip().lower():
        if word not in _WORDS:
            raise invalid(f"{ENHANCE_HEADER} must be true or false.", param=ENHANCE_HEADER)
        generation = replace(generation, knobs=tuple({**dict(generation.knobs), ENHANCE: _WORDS[word]}.items()))
    return generation
