"""An engine of every kind at once that takes work and then misbehaves, each time in the way that its model's id names.

The id of a model ends in `hostile--FAULT--STAGE`: at "call", which is paid for, at "poll" or at "file". What is asked
at another stage gets an honest answer, whose ids lead on to that stage.
"""

import asyncio
import base64
import json
import re
import socket
import struct
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from .media import FILM, a_picture

MARK = re.compile(r"hostile--([a-z0-9]+(?:-[a-z0-9]+)*)--(call|poll|file)")
MB = b"\0" * (1 << 20)
TEN_GB = 10 << 10  # in MB
PICTURE = a_picture(large=True)


@dataclass(frozen=True)
class Asked:
    """One request, and the honest answer to it. `key` is what it was opened with."""

    path: str
    key: str
    honest: bytes
    mime: str


class Wire:
    """What a fault writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, body: bytes, *, length: int | None = None, status: str = "200 OK", head: str = "") -> None:
        told = len(body) if length is None else length
        await self.begin(f"content-length: {told}\r\n{head}", status=status)
        await self.send(body)

    async def begin(self, head: str = "", *, status: str = "200 OK") -> None:
        """The head alone; without a length the body ends with the connection."""
        await self.send(f"HTTP/1.1 {status}\r\nconnection: close\r\n{head}\r\n".encode())

    async def pour(self, data: bytes = MB, count: int = TEN_GB) -> None:
        for _ in range(count):
            await self.send(data)
            await asyncio.sleep(0.02)

    def reset(self) -> None:
        """No farewell: the other side gets a reset and not an end."""
        told = self._writer.get_extra_info("socket")
        told.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Fault = Callable[[Wire, Asked], Awaitable[None]]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__.strip("_").replace("_", "-")] = function
    return function


@fault
async def truncated(wire: Wire, asked: Asked) -> None:
    await wire.answer(asked.honest[: len(asked.honest) // 2], length=len(asked.honest))


@fault
async def reset(wire: Wire, asked: Asked) -> None:
    await truncated(wire, asked)
    await asyncio.sleep(0.05)
    wire.reset()


@fault
async def hangup(wire: Wire, asked: Asked) -> None:
    pass


@fault
async def lies_long(wire: Wire, asked: Asked) -> None:
    await wire.answer(asked.honest, length=len(asked.honest) + 1000)


@fault
async def lies_short(wire: Wire, asked: Asked) -> None:
    await wire.answer(asked.honest, length=len(asked.honest) // 2)


@fault
async def slow(wire: Wire, asked: Asked) -> None:
    await wire.begin(f"content-length: {len(asked.honest)}\r\n")
    for at in range(len(asked.honest)):
        await wire.send(asked.honest[at : at + 1])
        await asyncio.sleep(1)


@fault
async def silent(wire: Wire, asked: Asked) -> None:
    await asyncio.sleep(3600)


@fault
async def html(wire: Wire, asked: Asked) -> None:
    await wire.answer(b"<html><body>Welcome</body></html>", head="content-type: text/html\r\n")


@fault
async def empty(wire: Wire, asked: Asked) -> None:
    await wire.answer(b"")


@fault
async def nan(wire: Wire, asked: Asked) -> None:
    await wire.answer(b'{"a":NaN,' + asked.honest[1:])


@fault
async def a_list(wire: Wire, asked: Asked) -> None:
    await wire.answer(b"[[],1]")


@fault
async def a_number(wire: Wire, asked: Asked) -> None:
    await wire.answer(b"7")


@fault
async def deep(wire: Wire, asked: Asked) -> None:
    await wire.answer(b'{"a":' * 10_000 + b"1" + b"}" * 10_000)


@fault
async def twice(wire: Wire, asked: Asked) -> None:
    """Every key, once with nothing and once with what belongs there."""
    await wire.answer(json.dumps(dict.fromkeys(json.loads(asked.honest))).encode()[:-1] + b"," + asked.honest[1:])


@fault
async def not_base64(wire: Wire, asked: Asked) -> None:
    middle = len(asked.honest) // 2
    await wire.answer(asked.honest[:middle] + b"*" + asked.honest[middle + 1 :])


@fault
async def a_gif(wire: Wire, asked: Asked) -> None:
    for file in (PICTURE, FILM):
        strange = b"GIF89a" + file[6:]
        changed = asked.honest.replace(base64.b64encode(file), base64.b64encode(strange)).replace(file, strange)
        if changed != asked.honest:
            await wire.answer(changed)


@fault
async def bomb(wire: Wire, asked: Asked) -> None:
    """10 GB of blanks in ten MB."""
    await wire.begin("content-encoding: gzip\r\n")
    pack = zlib.compressobj(1, wbits=31)
    for _ in range(TEN_GB):
        await wire.send(pack.compress(b" " * len(MB)))
        await asyncio.sleep(0.02)


@fault
async def zeros(wire: Wire, asked: Asked) -> None:
    await wire.begin()
    await wire.pour()


@fault
async def blanks(wire: Wire, asked: Asked) -> None:
    await wire.begin("content-length: 10737418240\r\n")
    await wire.pour(b" " * len(MB))


@fault
async def endless(wire: Wire, asked: Asked) -> None:
    """A file that has a good beginning and no end."""
    await wire.begin()
    await wire.send(asked.honest[: len(asked.honest) // 2])
    await wire.pour(b"A" * len(MB))


@fault
async def heads(wire: Wire, asked: Asked) -> None:
    await wire.answer(asked.honest, head="".join(f"x-{at}: {'a' * 1000}\r\n" for at in range(1000)))


@fault
async def redirect(wire: Wire, asked: Asked) -> None:
    await wire.answer(b"", status="307 There", head=f"location: {OTHER['url']}{asked.path}\r\n")


@fault
async def inside(wire: Wire, asked: Asked) -> None:
    await wire.answer(b'{"error":{"code":500,"message":"It broke.","status":"INTERNAL"}}')


@fault
async def echo(wire: Wire, asked: Asked) -> None:
    said = json.dumps({"error": {"message": f"The key {asked.key} is of no use here."}}).encode()
    await wire.answer(said, status="400 No")


@fault
async def broken(wire: Wire, asked: Asked) -> None:
    said = f"Traceback: key={asked.key} at {asked.path}".encode()
    await wire.answer(said, status="500 Oops")


@fault
async def gone(wire: Wire, asked: Asked) -> None:
    await wire.answer(b"The link has expired.", status="404 Gone")


@fault
async def stuck(wire: Wire, asked: Asked) -> None:
    """Work that never ends."""
    body = json.dumps(
        {**json.loads(asked.honest), "done": False, "status": "in_progress", "state": "running", "outputs": []}
    )
    await wire.answer(body.encode())


OTHER = {"url": ""}  # where redirects lead


class Hostile:
    """The server, in a thread of its own. `cancelled` are the paths of what was called off, `strays` the requests that
    came to another host of it."""

    def __init__(self) -> None:
        self.cancelled: list[str] = []
        self.strays: list[str] = []
        self.url = ""
        self._open = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()))

    def __enter__(self) -> "Hostile":
        self._thread.start()
        self._open.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    async def _work(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for serve in (self._serve, self._stray)]
        self.url, OTHER["url"] = (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers)
        self._open.set()
        await self._done.wait()
        for server in servers:
            server.close()

    async def _stray(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.strays.append((await reader.read(4096)).decode(errors="replace"))
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, Wire(writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, wire: Wire) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split(" ", 2)
        body = b"".join([piece async for piece in _body(reader, head.lower())]).decode(errors="replace")
        if path.endswith("/cancel") or method == "DELETE":
            self.cancelled.append(path)
            await asyncio.sleep(3600)  # deaf
        found = MARK.search(path) or MARK.search(body)
        if not found:
            await wire.answer(b"{}")
            return
        asked = Asked(path, _key(head), *honest(method, path, body, found[0], self.url))
        bad = FAULTS[found[1]] if found[2] == stage(method, path) else _honestly
        await bad(wire, asked)


async def _honestly(wire: Wire, asked: Asked) -> None:
    await wire.answer(asked.honest, head=f"content-type: {asked.mime}\r\n")


async def _body(reader: asyncio.StreamReader, head: str) -> AsyncIterator[bytes]:
    if told := re.search(r"content-length: (\d+)", head):
        yield await reader.readexactly(int(told[1]))
    elif "chunked" in head:
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readline()


def _key(head: str) -> str:
    found = re.search(r"(?:x-goog-api-key: |Bearer )(\S+)", head, re.IGNORECASE)
    return found[1] if found else ""


def stage(method: str, path: str) -> str:
    """What a request is about."""
    if re.search(r"/files/|/content|/storage/|alt=media", path):
        return "file"
    return "call" if method == "POST" and not path.endswith(":fetchPredictOperation") else "poll"


def honest(method: str, path: str, body: str, mark: str, url: str) -> tuple[bytes, str]:
    """The answer of a good engine, and its type."""
    if stage(method, path) == "file":
        return (FILM, "video/mp4") if '"image"' not in body else (PICTURE, "image/png")
    if '"stream":true' in body.replace(" ", ""):
        told = json.dumps({"choices": [{"delta": {"content": f"Here. ![a]({url}/files/{mark}.mp4)"}}]})
        return f"data: {told}\n\ndata: [DONE]\n\n".encode(), "text/event-stream"
    answers = {"call": _called, "poll": _polled}
    return json.dumps(answers[stage(method, path)](path, body, mark, url)).encode(), "application/json"


def _called(path: str, body: str, mark: str, url: str) -> dict[str, object]:
    picture = base64.b64encode(PICTURE).decode()
    if path.endswith(":generateContent"):
        part = {"inlineData": {"mimeType": "image/png", "data": picture}}
        return {"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}
    if path.endswith(":predict"):
        return {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": picture}]}
    if path.endswith(":predictLongRunning"):
        return {"name": f"models/m/operations/{mark}"}
    if path.endswith("/images/generations"):
        return {"created": 1, "data": [{"b64_json": picture}]}
    if path.endswith("/chat/completions"):
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
        return {"choices": [{"message": {"content": "Here.", "images": [image]}, "finish_reason": "stop"}]}
    return {"id": mark, "status": "in_progress", "state": "running", "provider": "p", "outputs": []}


def _polled(path: str, body: str, mark: str, url: str) -> dict[str, object]:
    file = f"{url}/v1beta/files/{mark}:download?alt=media"
    if "/api/jobs/" in path:
        made = {"medium": "video", "file": mark, "seconds": 8, "width": 16, "height": 9}
        return {"id": mark, "state": "done", "provider": "p", "outputs": [made]}
    if "/interactions/" in path:
        made = {"type": "video", "mime_type": "video/mp4", "uri": file}
        return {"id": mark, "status": "completed", "steps": [{"type": "model_output", "content": [made]}]}
    if "/videos/" in path:
        return {"id": mark, "status": "completed", "progress": 100}
    response: dict[str, object] = {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": file}}]}}
    if path.endswith(":fetchPredictOperation"):
        response = {"videos": [{"gcsUri": f"gs://bucket/{mark}", "mimeType": "video/mp4"}]}
    return {"name": f"models/m/operations/{mark}", "done": True, "response": response}
