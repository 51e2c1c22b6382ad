"""The page behind a film's link, in a real browser: it follows the film while it is made, then plays it."""

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.browser import CHROMIUM, Page, browsing
from serving import Server

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

PATIENCE_S = 120
BAR = "parseFloat(document.querySelector('#bar span').style.width) || 0"
STATUS = "document.querySelector('#status').textContent"
STATE = "document.querySelector('video')?.readyState ?? -1"
FILM = """(() => { const film = document.querySelector('video'); return {
  width: film.videoWidth, height: film.videoHeight, seconds: Math.round(film.duration),
  error: film.error?.message ?? null, muted: film.muted } })()"""
HAVE_CURRENT_DATA = 2


@contextmanager
def told_of_a_film(server: Server, prompt: str) -> Iterator[str]:
    """The address of the page, as somebody reads it in the chat while the film is still being made."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=PATIENCE_S)
    body = {"model": "veo-3", "stream": True, "messages": [{"role": "user", "content": prompt}]}
    sent = {"authorization": f"Bearer {server.key}", "content-type": "application/json"}
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), sent)
        answer = connection.getresponse()
        told = ""
        while not (link := re.search(r"\[Data Preview\]\((\S+?)\)", told)):
            line = answer.readline().decode()
            assert line, f"the stream ended without a link: {told}"
            told += line
        assert "High-quality video generated" not in told, "the link came when the film was done already"
        yield link.group(1)
    finally:
        connection.close()


def test_the_page_follows_the_film_and_plays_it(server: Server, tmp_path: Path) -> None:
    with told_of_a_film(server, "A lighthouse in a storm") as link:
        assert link.startswith(f"{server.url}/web/")
        asyncio.run(follow(server, link, tmp_path))


async def follow(server: Server, link: str, folder: Path) -> None:
    async with browsing(folder / "profile") as page, asyncio.timeout(PATIENCE_S):
        await page.open(link)
        widths, statuses = await watched(page, folder)
        assert len(set(widths)) >= 3, f"the bar did not move: {widths}"
        assert widths == sorted(widths), f"the bar went back: {widths}"
        assert any(status.startswith("Filming") for status in statuses), statuses
        assert await page.evaluate("document.title") == "The film is ready"
        assert await page.evaluate("document.querySelector('#bar').hidden") is True
        assert await page.evaluate("document.querySelector('#prompt').textContent.length > 20") is True
        assert "a sketch, not a model's work" in str(
            await page.evaluate("document.querySelector('#facts').textContent")
        )
        await playing(page)
        await page.screenshot(folder / "done.png")
        saved = await page.evaluate(
            "fetch(document.querySelector('#save').href).then(answer => answer.headers.get('content-disposition'))"
        )
        assert str(saved).startswith("attachment")
    assert page.complaints == []
    assert {url for url in page.requests if not url.startswith((server.url, "data:", "about:"))} == set()


async def watched(page: Page, folder: Path) -> tuple[list[float], list[str]]:
    """How wide the bar was, and what stood below it, until there was a film."""
    widths: list[float] = []
    statuses: list[str] = []
    while await page.evaluate(STATE) == -1:
        if await page.evaluate("!!document.querySelector('#bar span')"):
            widths.append(float(str(await page.evaluate(BAR))))
            statuses.append(str(await page.evaluate(STATUS)))
        if len(set(widths)) == 3 and not (folder / "filming.png").exists():
            await page.screenshot(folder / "filming.png")
        await asyncio.sleep(0.2)
    return widths, statuses


async def playing(page: Page) -> None:
    """Wait until the film really plays; it is what was asked for."""
    await page.until(f"{STATE} >= {HAVE_CURRENT_DATA}")
    await page.until("document.querySelector('video').currentTime > 0")
    film = await page.evaluate(FILM)
    assert film == {"width": 1280, "height": 720, "seconds": 8, "error": None, "muted": True}


def test_a_film_that_failed_says_so_and_that_it_was_free(server: Server, tmp_path: Path) -> None:
    body = {"model": "veo-3", "messages": [{"role": "user", "content": "A lighthouse [danqing:slow=1] [danqing:fail]"}]}
    answer = server.call("POST", "/v1/chat/completions", body)
    assert answer.status >= 400
    newest = server.call("GET", "/api/jobs?limit=1").json()["jobs"][0]
    asyncio.run(expect_failure(f"{server.url}/web/{newest['id']}", tmp_path))


async def expect_failure(link: str, folder: Path) -> None:
    async with browsing(folder / "profile") as page, asyncio.timeout(PATIENCE_S):
        await page.open(link)
        text = await page.until("document.querySelector('#status')?.textContent")
        assert "Nothing was charged." in str(text)
        assert await page.evaluate("document.title") == "No film was made"
    assert page.complaints == []
