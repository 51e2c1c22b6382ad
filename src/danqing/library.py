"""The clients as programs have them from `import danqing`: of a server that is named, or of this machine's own.

`Client.local()` needs no server: whoever holds the data directory's lock is one, and if nobody does, this process is.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from danqing import client
from danqing.later import Later

if TYPE_CHECKING:
    from danqing import home
else:
    home = Later("danqing.home")  # whoever asks a server that is named needs none of a server's own parts


class AsyncClient(client.AsyncClient):
    """For programs with an event loop; see `client.AsyncClient`."""

    @classmethod
    def local(cls, data: str | Path | None = None) -> Self:
        """Work on this machine, without a server: with its data directory, or another one, and its test key."""
        return cls(way=home.alone(Path(data) if data else None))


class Client(client.Client):
    """For scripts and notebooks; see `client.Client`."""

    @classmethod
    def local(cls, data: str | Path | None = None) -> Self:
        """Work on this machine, without a server: with its data directory, or another one, and its test key."""
        return cls(way=home.alone(Path(data) if data else None))
