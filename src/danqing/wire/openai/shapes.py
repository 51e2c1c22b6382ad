"""`size` of OpenAI's media calls, read in all that clients write there: pixels, "auto", a resolution or a ratio."""

import re
from dataclasses import dataclass

from danqing.domain.sizes import scale, sides

_RATIO = re.compile(r"[1-9][0-9]{0,3}:[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Size:
    """One of them, or none."""

    pixels: str | None = None
    size: str | None = None
    aspect: str | None = None


def read_size(text: str | None) -> Size:
    """What a size says. What it does not say at all is left for the model to refuse."""
    if text is None or text.lower() in ("", "auto"):
        return Size()
    if _RATIO.fullmatch(text):
        return Size(aspect=text)
    if not sides(text.lower()) and scale(text):
        return Size(size=text)
    return Size(pixels=text.lower())
