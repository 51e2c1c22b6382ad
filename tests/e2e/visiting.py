"""A visit to the studio with a real browser: what its tests share, and what every one of them is held to."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from danqing.studio import available
from serving import Server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 60_000
PHONE = {"width": 390, "height": 844}

_REST = """new Promise((resolve) => {
  let quiet = 0;
  const done = () => { observer.disconnect(); resolve(); };
  const awaited = (image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return !image.complete && bottom > 0 && top < innerHeight;
  };
  const look = () => [...document.images].some(awaited) ? stirred() : done();
  const stirred = () => { clearTimeout(quiet); quiet = setTimeout(look, 500); };
  const observer = new MutationObserver(stirred);
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  setTimeout(done, 8000);
  stirred();
})"""

# What a module of such tests is marked with.
NEEDED = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed on this machine"),
    pytest.mark.skipif(not available(), reason="npm was out of reach when this was built: there is no studio"),
]


@dataclass
class Visit:
    """One reader's browser; what it complained about and whom it asked."""

    server: Server
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, room: str = "create") -> Page:
        self.page.goto(f"{self.server.url}/studio#/{room}")
        return self.page

    def enter(self, key: str) -> Page:
        page = self.open()
        page.locator("#key").fill(key)
        page.keyboard.press("Enter")
        return page

    def notice(self, address: str) -> None:
        if not address.startswith((self.server.url, "blob:", "data:")):
            self.strangers.append(address)

    def choose(self, model: str) -> None:
        """Another model, out of the list of all."""
        self.page.locator(".chosen").click()
        self.page.locator(".picker input").fill(model)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".picker[open]")).to_have_count(0)


def at_rest(page: Page) -> None:
    """Wait until nothing of the page changes any more and its pictures are there; what is at work may go on."""
    page.evaluate(_REST)


@contextmanager
def visiting(browser: Browser, server: Server) -> Iterator[Visit]:
    """A reader with a browser of their own, who notices every complaint and every stranger."""
    context = browser.new_context(viewport={"width": 1360, "height": 860}, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(server, context, context.new_page())
    context.on(
        "console", lambda told: visit.complaints.append(told.text) if told.type in ("error", "warning") else None
    )
    context.on("weberror", lambda told: visit.complaints.append(str(told.error)))
    context.on("request", lambda asked: visit.notice(asked.url))
    yield visit
    context.close()
    assert visit.complaints == []
    assert visit.strangers == []
