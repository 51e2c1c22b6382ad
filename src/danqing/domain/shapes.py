"""Sizes that are asked for in pixels: whether a model makes them, and what they are in its own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from danqing.domain.sizes import apart, named, ratio, scale, sides

RATIO_OFF_MAX = 1.02  # 1792x1024 still is 16:9


@dataclass(frozen=True, slots=True)
class Words:
    """A ratio, and a size if the model has any."""

    aspect: str
    size: str | None


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a model makes; as in `Ability`. Without `pixels` and `step`, whatever is of one of its ratios."""

    aspects: Sequence[str]
    sizes: Sequence[str]
    pixels: Sequence[str] = ()
    step: int = 0

    def words(self, pixels: str) -> Words | None:
        """What a size such as "1536x1024" is called; None when it is none, or is not made."""
        width, height = sides(pixels) or (0, 0)
        if not (height and self.aspects):
            return None
        near = min(self.aspects, key=lambda aspect: apart(ratio(aspect), width / height))
        if not self._makes(width, height, near):
            return None
        return Words(near, named(width, height, self.sizes))

    def told(self) -> str:
        """All of it in a sentence."""
        if self.step:
            size = f" at {self.sizes[-1]}" if self.sizes else ""
            return f"It makes sides that are multiples of {self.step}, up to {max(self.aspects, key=ratio)}{size}."
        if self.pixels:
            return f"It makes {', '.join(self.pixels)}."
        return f"It makes the ratios {', '.join(self.aspects)}." if self.aspects else "Leave the size out."

    def _makes(self, width: int, height: int, near: str) -> bool:
        if not self.step:
            fixed = f"{width}x{height}" in self.pixels
            return fixed if self.pixels else apart(ratio(near), width / height) <= RATIO_OFF_MAX
        largest = max((side for size in self.sizes if (side := scale(size))), default=0.0)
        fits = apart(width, height) <= max(map(ratio, self.aspects)) and width * height <= round(largest**2)
        return fits and width % self.step == height % self.step == 0
