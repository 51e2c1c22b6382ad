"""Pictures that users name by an address: only public https addresses are reached, and little is taken from them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from danqing.assets.disk import Disk
from danqing.domain.errors import Kind, Problem
from danqing.upstream.guard import open_connector
from danqing.upstream.pictures import Pictures

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    disk = Disk(tmp_path / "assets", bytes_max=1 << 30)
    yield disk
    disk.close()


def png(side: int = 8) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side, side), "red").save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def web_with(handler: Handler) -> AsyncIterator[str]:
    """A site on this machine that answers everything in one way."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def trusting(disk: Disk, *, seconds: float = 10) -> Pictures:
    """One that reaches this machine too, without TLS."""
    schemes = frozenset({"http"})
    return Pictures(disk, connect=lambda: open_connector(public_only=False, limit=4), schemes=schemes, seconds=seconds)


async def refused(pictures: Pictures, url: str) -> Problem:
    with pytest.raises(Problem) as raised:
        await pictures(url)
    await pictures.close()
    return raised.value


async def test_a_picture_is_stored_and_nothing_of_this_server_is_told(disk: Disk) -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        if len(seen) < 3:
            raise web.HTTPFound(f"/moved{len(seen)}", headers={"set-cookie": "a=b"})
        return web.Response(body=png(), content_type="text/plain")  # what it is, its own header says

    pictures = trusting(disk)
    async with web_with(answer) as site:
        blob = await pictures(f"{site}/a.png?x=1")
    await pictures.close()
    assert (blob.sha256, blob.mime) == (hashlib.sha256(png()).hexdigest(), "image/png")
    assert [part async for part in disk.open(blob)] == [png()]
    assert [str(request.rel_url) for request in seen] == ["/a.png?x=1", "/moved1", "/moved2"]
    for request in seen:
        assert not {"authorization", "cookie", "x-goog-api-key", "referer"} & {name.lower() for name in request.headers}


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/a.png", "https://localhost/a.png", "https://[::1]/a.png", "https://10.0.0.1/a.png"),
        *("https://169.254.169.254/latest/meta-data", "https://2130706433/a.png", "https://0x7f.1/a.png"),
        *("https://[::ffff:127.0.0.1]/a.png", "https://100.64.0.1/a.png", "https://224.0.0.1/", "https://0.0.0.0/"),
        *("http://example.com/a.png", "ftp://example.com/a", "file:///etc/passwd", "https://user:pw@example.com/a"),
        *("https://", "https://[", "https://a b/"),
    ],
)
async def test_nothing_but_public_https_addresses_is_reached(disk: Disk, url: str) -> None:
    problem = await refused(Pictures(disk), url)
    assert (problem.kind, problem.code) == (Kind.INVALID, "unsupported_url")
    assert "127.0.0.1" not in problem.message


async def test_a_site_on_this_machine_is_never_asked(disk: Disk) -> None:
    async def answer(request: web.Request) -> web.Response:
        raise AssertionError("it was asked")

    async with web_with(answer) as site:
        for address in (site, site.replace("127.0.0.1", "localhost"), site.replace("127.0.0.1", "2130706433")):
            pictures = Pictures(disk, schemes=frozenset({"http"}))
            assert "cannot be reached from here" in (await refused(pictures, address)).message


async def test_a_redirect_is_checked_as_the_address_was(disk: Disk) -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("file:///etc/passwd")

    async def on_and_on(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{request.rel_url}1")

    for handler, sentence in ((away, "only https"), (on_and_on, "again and again")):
        async with web_with(handler) as site:
            assert sentence in (await refused(trusting(disk), f"{site}/1")).message


async def test_what_is_too_large_too_slow_or_no_picture_is_refused(disk: Disk) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(400):
            await response.write(b"\x89PNG" * (1 << 14))
        return response

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response(body=png())

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="image/png")

    async def missing(request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    cases = (
        (endless, 10.0, Kind.TOO_LARGE, "picture_too_large"),
        (slow, 0.2, Kind.INVALID, "unsupported_url"),
        (page, 10.0, Kind.INVALID, "invalid_picture"),
        (missing, 10.0, Kind.INVALID, "unsupported_url"),
    )
    for handler, seconds, kind, code in cases:
        async with web_with(handler) as site:
            problem = await refused(trusting(disk, seconds=seconds), site)
            assert (problem.kind, problem.code) == (kind, code), handler
