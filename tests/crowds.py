"""Sends hundreds of requests at the same moment over real sockets."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import aiohttp

from serving import Server

CROWD = 200


def at_once(
    servers: Sequence[Server],
    path: str,
    body: object,
    key: str,
    *,
    count: int = CROWD,
    headers: Mapping[str, str] | None = None,
) -> list[tuple[int, bytes]]:
    """The same request so many times at once, to one server after the other: each status and body."""

    async def all_of_them() -> list[tuple[int, bytes]]:
        sent = {"authorization": f"Bearer {key}", **(headers or {})}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, headers=sent) as http:

            async def ask(server: Server) -> tuple[int, bytes]:
                async with http.post(server.url + path, json=body) as answer:
                    return answer.status, await answer.read()

            return await asyncio.gather(*(ask(servers[n % len(servers)]) for n in range(count)))

    return asyncio.run(all_of_them())


def statuses(answers: list[tuple[int, bytes]]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(status for status, _ in answers)
