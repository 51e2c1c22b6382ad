"""A Starlette server that answers the same requests with the same sizes and does nothing else: `serve_bare.py DATA`."""

import json
import sys
from pathlib import Path

import pybase64
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from stub.sketch import WORDS, picture

PICTURE = picture(0)


async def answer(request: Request) -> Response:
    """As many pictures as were asked for, else words."""
    asked = json.loads(await request.body())
    count = asked.get("parameters", {}).get("sampleCount", 1 if "modalities" in asked else 0)
    coded = b",".join(b'"' + pybase64.b64encode(PICTURE) + b'"' for _ in range(count))
    return Response(b"[" + (coded or json.dumps(WORDS).encode()) + b"]", media_type="application/json")


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
    routes = [Route("/{path:path}", answer, methods=["POST"])]
    Server(uvicorn.Config(Starlette(routes=routes), port=0, lifespan="off", access_log=False, log_level="error")).run()
