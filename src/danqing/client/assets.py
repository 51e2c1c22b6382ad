"""Everything that was delivered to a key."""

from pathlib import Path

from danqing.client.transport import Transport, quoted


class AsyncAssets:
    """The files of the key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def download(self, name: str, path: str | Path) -> None:
        """Save a file at `path`, whole or not at all; what is there is replaced."""
        await self._transport.download(f"files/{quoted(name)}", Path(path))
