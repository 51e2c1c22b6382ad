"""News of jobs between the processes that share a Postgres: LISTEN and NOTIFY on connections of their own.

News may be lost and nothing depends on it: a watcher looks into the store now and then, and a commit is fenced by its
version. So no news waits for a disk, and what cannot be sent now is replaced by what is newer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import uuid4

import msgspec
import structlog
from psycopg import AsyncConnection, Error

from danqing.domain.ports import News

log = structlog.get_logger("danqing.bus")

CHANNEL = "danqing"
PAUSE_S = 0.05  # changes of so long are sent together
PROGRESS_S = 0.25  # progress of one job is sent at most four times a second
RECONNECT_S = 1.0
WAITING_MAX = 10_000  # jobs with news that could not be sent yet
_STAGE_CHARACTERS_MAX = 200  # a payload has at most 8,000 bytes
_SEND = b"SELECT pg_notify(%s, news) FROM unnest(%s::text[]) AS news"


class _Letter(msgspec.Struct, array_like=True):
    """What is sent. `sender` tells a process its own news from that of others."""

    sender: str
    news: News


_read = msgspec.json.Decoder(_Letter)


class Bus:
    """Implements `domain.ports.Bus`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._me = uuid4().hex
        self._waiting: dict[str, News] = {}
        self._urgent = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, hear: Callable[[News], None]) -> None:
        """Begin to listen and to send."""
        self._tasks = [
            asyncio.create_task(self._kept_up(lambda: self._listen(hear)), name="bus listener"),
            asyncio.create_task(self._kept_up(self._send), name="bus sender"),
        ]

    def publish(self, news: News) -> None:
        """Tell the others, soon; progress within PROGRESS_S."""
        known = self._waiting.get(news.job)
        if known is None and len(self._waiting) >= WAITING_MAX:
            return
        news = replace(news, stage=news.stage[:_STAGE_CHARACTERS_MAX])
        self._waiting[news.job] = news
        if news.changed:
            self._urgent.set()

    async def close(self) -> None:
        """Stop, and let go of the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _kept_up(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except (Error, OSError) as error:
                log.info("reconnecting", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_S)

    async def _listen(self, hear: Callable[[News], None]) -> None:
        async with await AsyncConnection.connect(self._address, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            async for notification in connection.notifies():
                try:
                    letter = _read.decode(notification.payload)
                except msgspec.DecodeError:
                    continue  # of another version of Danqing
                if letter.sender != self._me:
                    hear(letter.news)

    async def _send(self) -> None:
        async with await AsyncConnection.connect(self._address, autocommit=True) as connection:
            await connection.execute(b"SET synchronous_commit = off")
            while True:
                await self._moment()
                batch = list(self._waiting.values())
                self._waiting.clear()
                if batch:
                    await connection.execute(_SEND, (CHANNEL, self._written(batch)))

    async def _moment(self) -> None:
        """Until there is news that should not wait, or progress has waited long enough."""
        try:
            async with asyncio.timeout(PROGRESS_S):
                await self._urgent.wait()
            await asyncio.sleep(PAUSE_S)
        except TimeoutError:
            pass
        self._urgent.clear()

    def _written(self, batch: Sequence[News]) -> list[str]:
        return [msgspec.json.encode(_Letter(self._me, news)).decode() for news in batch]
