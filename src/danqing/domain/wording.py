"""An author's words on their way to an engine: what may be made of them, and what was."""

from dataclasses import dataclass
from enum import StrEnum


class Translate(StrEnum):
    """Whether a prompt is translated that the model does not understand."""

    AUTO = "auto"  # translated if it can be; else the author's words are sent, and that is told
    OFF = "off"  # never
    REQUIRE = "require"  # translated, or nothing is made


@dataclass(frozen=True, slots=True)
class Rewording:
    """Texts said anew, in the order of those that they stand for, and what that costs in nano-dollars."""

    texts: tuple[str, ...]
    cost: int = 0
