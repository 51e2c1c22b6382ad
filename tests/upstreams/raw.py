"""A server that sends exactly the bytes it is told to, whatever they are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Talk = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """The URL of a server that has `talk` answer each request, given its head, and then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await talk(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()


def saying(body: bytes, *, status: str = "200 OK", head: str = "content-type: application/json") -> Talk:
    """An answer with its true length."""
    return sending(f"HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)


def sending(data: bytes) -> Talk:
    """These bytes."""

    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return talk
