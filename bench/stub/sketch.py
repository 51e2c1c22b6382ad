"""A provider that takes the Sketch engine's place and has everything ready: 2 KB of words, or a 1.5 MB picture."""

import random
import zlib
from collections.abc import AsyncGenerator, Mapping

from danqing.domain.generation import Output
from danqing.domain.jobs import Accepted, Produced
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update

WORDS = "Something of two kilobytes. " * 75


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def picture(number: int) -> bytes:
    """A PNG of 1.5 MB whose bytes depend on `number`, so that every one is stored anew."""
    noise = random.Random(number).randbytes(1024)
    rows = b"".join(b"\0" + noise * 2 for _ in range(732))
    head = (683).to_bytes(4, "big") + (732).to_bytes(4, "big") + b"\x08\x02\0\0\0"
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def numbered(data: bytes, number: int) -> bytes:
    """The same picture with other bytes at its end, where it costs nothing to make them differ."""
    return data + _chunk(b"teXt", str(number).encode())


class Stub:
    """See `domain.ports.Provider`."""

    repeatable = True
    honours: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._picture = picture(0)
        self._count = 0

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """At once."""
        yield Accepted()
        if Medium.TEXT in order.generation.wants:
            yield Produced(Output(medium=Medium.TEXT, text=WORDS))
        if Medium.IMAGE in order.generation.wants:
            for _ in range(order.generation.count or 1):
                self._count += 1
                blob = await assets.put(numbered(self._picture, self._count), "image/png")
                yield Produced(Output(medium=Medium.IMAGE, blob=blob, width=683, height=732))


def connect(settings: Mapping[str, object]) -> Provider:
    """Whatever the settings are."""
    return Stub()
