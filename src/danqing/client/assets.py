"""Everything that was delivered to a key."""

from pathlib import Path

from danqing.client.delivered import AsyncFile
from danqing.client.told import Output
from danqing.client.transport import Transport, quoted


class AsyncAssets:
    """The files of the key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def file(self, told: Output, prompt: str = "") -> AsyncFile:
        """A file that the server told of, to be saved or held; in a folder it is named after the prompt."""
        return AsyncFile(self._transport, told, prompt)

    async def download(self, name: str, path: str | Path) -> None:
        """Save a file at `path`, whole or not at all; what is there is replaced."""
        await self._transport.download(f"files/{quoted(name)}", Path(path))
