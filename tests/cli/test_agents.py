"""An agent on stdin and stdout: `danqing mcp` as an agent's program starts it, asked with the protocol's own client."""

import asyncio
import os
import sys
from pathlib import Path

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent
from PIL import Image

from serving import Server

from .terminal import Terminal

MODEL = "imagen-4.0-generate-001"


def agent(folder: Path, **env: str) -> Client:
    """The client of an agent that works in a folder."""
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(folder), **env}
    command = StdioServerParameters(command=sys.executable, args=["-m", "danqing", "mcp"], env=own, cwd=folder)
    return Client(command)


def said(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, TextContent))


def test_pictures_of_this_machine_are_changed_and_saved_on_it(server: Server, tmp_path: Path) -> None:
    Image.new("RGB", (320, 240), "navy").save(tmp_path / "sea.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "made").mkdir()
    heard: list[float] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async def work() -> None:
        async with agent(tmp_path, DANQING_URL=server.url, DANQING_KEY=server.key) as client:
            assert "A path of this machine" in (client.instructions or "")
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert "save_to" in tools["edit_image"].input_schema["properties"]
            assert "save_to" not in tools["spending"].input_schema["properties"]
            wanted = {"prompt": "make it black and white", "picture": "sea.png", "save_to": "made"}
            edited = await client.call_tool("edit_image", wanted, progress_callback=tell)
            assert not edited.is_error, said(edited)
            (path,) = edited.structured_content["saved"]
            assert f"Saved: {path}" in said(edited)
            assert [file.name for file in (tmp_path / "made").iterdir()] == ["make-it-black-and-white-1.png"]
            with Image.open(path) as picture:
                assert abs(picture.width / picture.height - 320 / 240) < 0.01
                red, green, blue = picture.convert("RGB").getpixel((9, 9))
                assert red == green == blue
            assert heard == sorted(heard)
            assert heard
            for argument, says in (
                ({"picture": "nowhere.png"}, "nowhere.png cannot be read"),
                ({"picture": "notes.txt"}, "notes.txt is not a PNG, JPEG or WebP picture"),
                ({"picture": "sea.png", "save_to": "nowhere/fox.png"}, "choose another place for save_to"),
                ({"picture": "sea.png", "save_to": 7}, "save_to is the path"),
            ):
                refused = await client.call_tool("edit_image", {"prompt": "night", **argument})
                assert refused.is_error
                assert says in said(refused)
            film = await client.call_tool("generate_video", {"prompt": "on", "task": "extend", "film": "sea.png"})
            assert "sea.png is not an MP4 film" in said(film)

    asyncio.run(work())


def test_a_server_that_does_not_answer_or_know_the_key_is_told_in_a_sentence(server: Server, tmp_path: Path) -> None:
    async def asked(url: str, key: str) -> str:
        async with agent(tmp_path, DANQING_URL=url, DANQING_KEY=key) as client:
            result = await client.call_tool("spending", {})
            assert result.is_error
            return said(result)

    assert "The server at http://127.0.0.1:9 does not answer" in asyncio.run(asked("http://127.0.0.1:9", "sk-test-1"))
    assert "is not known or was revoked" in asyncio.run(asked(server.url, "sk-test-1"))


def test_what_is_wrong_with_the_settings_is_said_before_anything_is_read(tmp_path: Path) -> None:
    ended = Terminal(tmp_path, {"DANQING_URL": "localhost:8787", "DANQING_KEY": "k"}).run("mcp")
    assert (ended.status, ended.out) == (1, "")
    assert "is no address of a server" in ended.err
