"""An engine that nobody kills: takes work over HTTP, writes down every time it was asked, and delivers after a moment.

With an Idempotency-Key it does the work of a key once; without one it does whatever it is asked, every time. From
`POST /lose` on it hangs up on the first who asks for a work, after it has begun it.
"""

import asyncio
import json
import sys
import tempfile
import time
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from aiohttp import web
from PIL import Image

TAKES_S = float(sys.argv[1]) if len(sys.argv) > 1 else 0.4
SIDE = 64
FPS = 8


class Engine:
    """What was asked, by the job it was asked for, and the files that come of it."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}  # operation -> when
        self._by_key: dict[str, str] = {}  # Idempotency-Key -> operation
        self._asked: list[dict[str, str]] = []
        self._loses = False
        self._film = _film()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/make", self.make),
            web.post("/closed/make", self.closed),
            web.get("/operations/{operation}", self.operation),
            web.get("/files/{operation}/{number}.{suffix}", self.file),
            web.get("/asked", self.asked),
            web.post("/lose", self.lose),
        ]

    async def make(self, request: web.Request) -> web.Response:
        """Begin, unless the key's work was begun before. The answer takes a moment, in which the client may die."""
        body, key = await request.json(), request.headers.get("idempotency-key", "")
        operation = self._by_key.get(key, "") if key else ""
        lost = self._loses and not operation
        if not operation:
            operation = f"op{len(self._begun)}"
            self._begun[operation] = time.monotonic()
            self._asked.append({"job": body["job"], "operation": operation, "key": key})
            if key:
                self._by_key[key] = operation
        if lost and request.transport:
            request.transport.abort()
        await asyncio.sleep(0.02)
        return web.json_response({"operation": operation})

    async def closed(self, request: web.Request) -> web.Response:
        """Turn everything away."""
        return web.json_response({"error": "Who are you?"}, status=401)

    async def operation(self, request: web.Request) -> web.Response:
        """Whether it is done."""
        begun = self._begun[request.match_info["operation"]]
        return web.json_response({"done": time.monotonic() - begun > TAKES_S})

    async def file(self, request: web.Request) -> web.Response:
        """A film, or a picture in a colour of its own."""
        if request.match_info["suffix"] == "mp4":
            return web.Response(body=self._film)
        number = sum(request.match_info["operation"].encode()) * 16 + int(request.match_info["number"])
        picture = BytesIO()
        Image.new("RGB", (SIDE, SIDE), (number % 256, number // 256 % 256, 128)).save(picture, "PNG")
        return web.Response(body=picture.getvalue())

    async def lose(self, request: web.Request) -> web.Response:
        """From now on."""
        self._loses = True
        return web.Response()

    async def asked(self, request: web.Request) -> web.Response:
        """Every work that was really begun."""
        return web.json_response(self._asked)


def _film() -> bytes:
    """One second of grey."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", options={"movflags": "faststart"}) as film:
            stream = film.add_stream("libx264", rate=Fraction(FPS))
            stream.width = stream.height = SIDE
            stream.pix_fmt = "yuv420p"
            for _ in range(FPS):
                frame = av.VideoFrame.from_ndarray(np.full((SIDE, SIDE, 3), 128, np.uint8), format="rgb24")
                film.mux(stream.encode(frame))
            film.mux(stream.encode())
        return path.read_bytes()


async def main() -> None:
    """Serve until the process ends; the first line says where."""
    app = web.Application()
    app.add_routes(Engine().routes())
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(json.dumps({"url": site.name and f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
