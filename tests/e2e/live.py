"""A server whose live key reaches imitations of Google's two surfaces, with money to spend."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from serving import Answer, Server
from upstreams import ai_studio, vertex

PAUSE_S = 0.1
STUDIO = """
[upstreams.google]
kind = "google"
base_url = "{studio}"
key_file = "studio-key"
poll_s = 0.2
"""
CLOUD = """
[upstreams.vertex]
kind = "vertex"
base_url = "{cloud}"
key_env = "CLOUD_KEY"
poll_s = 0.2
"""


@dataclass
class Gateway:
    """A server with two upstreams, and a live key."""

    server: Server
    key: str
    studio: ai_studio.Studio
    cloud: vertex.Vertex

    async def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return await asyncio.to_thread(self.server.call, method, path, body, key=self.key, headers=headers)

    async def finished(self, name: str) -> dict[str, object]:
        """The operation, once it says `done`."""
        while True:
            operation = (await self.call("GET", f"/gemini/v1beta/{name}")).json()
            if operation.get("done"):
                return operation
            await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def live_gateway(folder: Path, settings: str) -> AsyncIterator[Gateway]:
    """Started with these settings, in which `{studio}` and `{cloud}` are the imitations; its books are right after."""
    async with ai_studio.imitating() as studio, vertex.imitating() as cloud:
        server = Server(folder / "data", {"CLOUD_KEY": vertex.KEY})
        server.data.mkdir()
        (server.data / "studio-key").write_text(f"{ai_studio.KEY}\n")
        (server.data / "danqing.toml").write_text(settings.format(studio=studio.url, cloud=cloud.url))
        await asyncio.to_thread(server.start)
        yield Gateway(server, await asyncio.to_thread(server.live_key, usd="50.00"), studio, cloud)
        assert await asyncio.to_thread(server.stop) == 0, server.log()[-3000:]
        assert "defect" not in server.log(), server.log()[-3000:]
        assert ai_studio.KEY not in server.log()
        assert server.audit() == []
