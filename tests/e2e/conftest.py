"""Fixtures of tests that use the studio as a reader does: a browser, and a visit that nothing may disturb."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from e2e.visiting import CHROMIUM, FLAGS, PATIENCE_MS, Visit
from serving import Server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Visit]:
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
