"""The server of this machine's own data directory: the one that runs there already, or else one in this process."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from danqing.app import AlreadyRunning, serving
from danqing.catalog import CatalogError
from danqing.client import Locate
from danqing.config import Config, ConfigError, Remote, key, load
from danqing.domain.errors import Kind, Problem, invalid

LOOPBACK = "127.0.0.1"
LOOK_AGAIN_S = 0.1
LOOKS = 200  # at another process that is starting or stopping its server


@asynccontextmanager
async def at_home(*, owner: bool = False, data: Path | None = None) -> AsyncIterator[Locate]:
    """Finds the server while the block runs; one that was started here is stopped with it. Raises Problem.

    `owner`: with the owner's key. `data`: where everything is kept, when it is not the usual place.
    """
    with explained():
        config = load(data=data, host=LOOPBACK, port=0)
    async with AsyncExitStack() as stack:
        given = "" if owner else key()
        yield _Home(config, given, config.data / ("owner-key" if owner else "test-key"), stack).locate


@asynccontextmanager
async def alone(data: Path | None) -> AsyncIterator[Locate]:
    """The same inside of somebody's program, where only mistakes are told, and on stderr."""
    if not structlog.is_configured():
        quiet = structlog.make_filtering_bound_logger(logging.ERROR)
        structlog.configure(wrapper_class=quiet, logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    async with at_home(data=data) as locate:
        yield locate


@contextmanager
def explained() -> Iterator[None]:
    """Tells what is wrong with the configuration, or who is in the way, as a Problem."""
    try:
        yield
    except (ConfigError, CatalogError) as error:
        raise invalid(str(error), code="configuration") from error
    except AlreadyRunning as error:
        raise Problem(Kind.UNAVAILABLE, str(error), code="already_running") from error


class _Home:
    """Whoever holds the data directory's lock is the server. When it goes away, the next to ask becomes it."""

    def __init__(self, config: Config, key: str, key_file: Path, stack: AsyncExitStack) -> None:
        self._config = config
        self._key = key
        self._key_file = key_file
        self._stack = stack
        self._own = ""

    async def locate(self) -> Remote:
        url = self._own or await self._found()
        return Remote(url, self._key or await asyncio.to_thread(_secret, self._key_file))

    async def _found(self) -> str:
        with explained():
            for _ in range(LOOKS):
                if url := await self._attempt():
                    return url
                await asyncio.sleep(LOOK_AGAIN_S)
        message = f"Another process keeps starting or stopping a server on {self._config.data}; try again."
        raise Problem(Kind.UNAVAILABLE, message, code="already_running")

    async def _attempt(self) -> str:
        """Become the server, or learn where it is; "" while another process is starting or stopping it."""
        try:
            self._own = await self._stack.enter_async_context(serving(self._config))
        except AlreadyRunning as running:
            return running.url
        return self._own


def _secret(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        message = f"The key in {path} cannot be read; name a server with DANQING_URL and DANQING_KEY instead."
        raise Problem(Kind.UNAUTHENTICATED, message) from error
