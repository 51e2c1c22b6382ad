"""Drives a headless Chromium over its DevTools protocol: opens a page, asks it things, notes everything it does."""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import aiohttp

from e2e.traces import eventually

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--mute-audio",
    "--window-size=1280,1000",
    "--remote-debugging-port=0",
)
STARTING_S = 30
MESSAGE_BYTES_MAX = 64 << 20

UNTIL = """new Promise((resolve) => {
  const look = () => { const value = (%s); value ? resolve(value) : setTimeout(look, 50); };
  look();
})"""

Json = dict[str, object]


class Page:
    """One tab. `complaints` are errors, exceptions and violations of the policy; `requests` the addresses it asked."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._session: str | None = None

    async def open(self, url: str) -> None:
        """Go there in a new tab, with every ear open."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = str(attached["sessionId"])
        for domain in ("Runtime", "Log", "Network", "Page"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> object:
        """The value of some JavaScript in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        result = answer["result"]
        assert "exceptionDetails" not in answer, answer
        assert isinstance(result, dict)
        return result.get("value")

    async def until(self, expression: str) -> object:
        """The value of some JavaScript in the page as soon as it is truthy."""
        return await self.evaluate(UNTIL % expression)

    async def screenshot(self, path: Path) -> None:
        """What a person would see."""
        answer = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(str(answer["data"])))

    async def call(self, method: str, **parameters: object) -> Json:
        """One command of the protocol, answered."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message: Json = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json({**message, "sessionId": self._session} if self._session else message)
        return await self._answers[number]

    async def listen(self) -> None:
        """Take in answers and events until the browser goes away."""
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                answer = self._answers.pop(told["id"])
                if "error" in told:
                    answer.set_exception(RuntimeError(str(told["error"])))
                else:
                    answer.set_result(told["result"])
            else:
                self._note(told["method"], told["params"])

    def _note(self, event: str, about: Json) -> None:
        match event, about:
            case "Network.requestWillBeSent", {"request": {"url": str(url)}}:
                self.requests.append(url)
            case "Runtime.exceptionThrown", {"exceptionDetails": details}:
                self.complaints.append(f"exception: {details}")
            case "Runtime.consoleAPICalled", {"type": "error" | "warning" | "assert", "args": words}:
                self.complaints.append(f"console: {words}")
            case "Log.entryAdded", {"entry": {"level": "error" | "warning", **entry}}:
                self.complaints.append(f"log: {entry}")
            case "Network.loadingFailed", {"blockedReason": reason, **rest}:
                self.complaints.append(f"blocked: {reason} {rest}")


@asynccontextmanager
async def browsing(profile: Path) -> AsyncIterator[Page]:
    """A browser of its own for as long as the block runs."""
    assert CHROMIUM is not None, "look at CHROMIUM first"
    log = (profile.parent / "chromium.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank", stdout=log, stderr=log
    )
    try:
        announced = profile / "DevToolsActivePort"
        address = await asyncio.to_thread(eventually, lambda: _address(announced), seconds=STARTING_S)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address, max_msg_size=MESSAGE_BYTES_MAX) as socket,
        ):
            page = Page(socket)
            listening = asyncio.create_task(page.listen())
            yield page
            await page.evaluate("window.stop()")
        await listening
    finally:
        log.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _address(announced: Path) -> str:
    """Where the browser listens: it writes its port and a path into its profile."""
    lines = announced.read_text().splitlines() if announced.exists() else []
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}" if len(lines) > 1 else ""
