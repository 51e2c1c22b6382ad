"""Magic prompts: words in brackets that make the Sketch engine fail in a chosen way, like a test card's number.

[danqing:filtered]      everything is refused as unsafe          [danqing:filtered=2]   the last 2 outputs are
[danqing:slow=5]        5 seconds pass before the work begins    [danqing:fail]         the engine fails
[danqing:quota]         the engine is out of quota               [danqing:unknown]      nobody knows what became of it
[danqing:huge]          every picture or film is unusually large: over 15 MB as PNG, over 20 MB as a film
"""

import re
from dataclasses import dataclass

SLOW_S_MAX = 600

_MAGIC = re.compile(r"\[danqing:(filtered|slow|fail|quota|unknown|huge)(?:=(\d{1,4}))?\]")


@dataclass(frozen=True, slots=True)
class Magic:
    """What a prompt asks the engine to pretend. `filtered` is how many outputs are refused, None for all of them."""

    filtered: int | None = 0
    slow_s: int = 0
    fail: bool = False
    quota: bool = False
    unknown: bool = False
    huge: bool = False


def read(prompt: str) -> tuple[Magic, str]:
    """The magic of a prompt, and the prompt without it."""
    words = {name: int(number) if number else None for name, number in _MAGIC.findall(prompt)}
    magic = Magic(
        filtered=words.get("filtered", 0),
        slow_s=min(words.get("slow") or 0, SLOW_S_MAX),
        fail="fail" in words,
        quota="quota" in words,
        unknown="unknown" in words,
        huge="huge" in words,
    )
    return magic, _MAGIC.sub("", prompt).strip()
