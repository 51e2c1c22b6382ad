"""Several files as one zip that is written while it is sent: never more than a chunk of one of them in memory."""

import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from danqing.domain.media import Blob
from danqing.domain.ports import Assets

_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Sink:
    """What a zip is written to: bytes that are taken away at once. It cannot seek, so sizes follow their files."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def close(self) -> None:
        """Nothing is open."""

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


async def bundle(assets: Assets, files: Sequence[tuple[str, datetime, Blob]]) -> AsyncIterator[bytes]:
    """The zip of files with their names and times, as they are: pictures and films are compressed already."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, at, blob in files:
            entry = zipfile.ZipInfo(name, max(_EARLIEST, at.timetuple()[:6]))
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=blob.size >= zipfile.ZIP64_LIMIT) as file:
                async for chunk in assets.open(blob):
                    file.write(chunk)
                    yield sink.taken()
    yield sink.taken()
