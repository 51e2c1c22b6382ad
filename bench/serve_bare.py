"""A Starlette server that answers the same requests with the same sizes and does nothing else: `serve_bare.py DATA`.

It is an engine as well, which speaks OpenAI's images: each of its pictures has other bytes.
"""

import json
import sys
from itertools import count
from pathlib import Path

import pybase64
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from stub.sketch import WORDS, numbered, picture

PICTURE = picture(0)
NUMBERS = count(1)


async def answer(request: Request) -> Response:
    """As many pictures as were asked for, else words."""
    asked = json.loads(await request.body())
    many = asked.get("parameters", {}).get("sampleCount", 1 if "modalities" in asked else 0)
    coded = b",".join(b'"' + pybase64.b64encode(PICTURE) + b'"' for _ in range(many))
    return Response(b"[" + (coded or json.dumps(WORDS).encode()) + b"]", media_type="application/json")


async def draw(request: Request) -> Response:
    """One picture, as OpenAI answers."""
    await request.body()
    coded = pybase64.b64encode(numbered(PICTURE, next(NUMBERS)))
    return Response(b'{"data":[{"b64_json":"' + coded + b'"}]}', media_type="application/json")


def announce(port: int) -> None:
    """Write down where the server listens, as the gateway does."""
    Path(sys.argv[1], "server.json").write_text(json.dumps({"url": f"http://127.0.0.1:{port}"}))


class Server(uvicorn.Server):
    """Writes down where it listens."""

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        port = self.servers[0].sockets[0].getsockname()[1]
        announce(port)


if __name__ == "__main__":
    routes = [Route("/v1/images/generations", draw, methods=["POST"]), Route("/{path:path}", answer, methods=["POST"])]
    Server(uvicorn.Config(Starlette(routes=routes), port=0, lifespan="off", access_log=False, log_level="error")).run()
