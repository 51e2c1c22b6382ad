"""A provider that takes the Sketch engine's place and paints skies at once: small files in four ratios."""

from collections.abc import AsyncGenerator, Mapping
from colorsys import hls_to_rgb
from io import BytesIO
from itertools import count

from PIL import Image

from danqing.domain.generation import Output
from danqing.domain.jobs import Accepted, Produced
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update

SIZES = ((1024, 1024), (1280, 720), (720, 1280), (1152, 864))
GOLDEN = 0.618034  # neighbours are never alike


def sky(number: int, size: tuple[int, int]) -> bytes:
    """A PNG that goes from one colour over into another."""
    above, below = (hls_to_rgb((number * GOLDEN + turn) % 1, 0.55, 0.5) for turn in (0.0, 0.15))
    two = Image.new("RGB", (1, 2))
    for row, colour in enumerate((above, below)):
        two.putpixel((0, row), tuple(round(255 * part) for part in colour))
    out = BytesIO()
    two.resize(size, Image.Resampling.BILINEAR).save(out, "PNG")
    return out.getvalue()


class Painter:
    """See `domain.ports.Provider`."""

    repeatable = True
    honours: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._numbers = count()

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """At once."""
        yield Accepted()
        for _ in range(order.generation.count or 1):
            number = next(self._numbers)
            width, height = SIZES[number % len(SIZES)]
            blob = await assets.put(sky(number, (width, height)), "image/png")
            yield Produced(Output(medium=Medium.IMAGE, blob=blob, width=width, height=height))


def connect(settings: Mapping[str, object]) -> Provider:
    """Whatever the settings are."""
    return Painter()
