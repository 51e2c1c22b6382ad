"""Fixtures of tests that use the studio as a reader does: a browser, and a visit that nothing may disturb."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from e2e.visiting import CHROMIUM, FLAGS, PATIENCE_MS, Visit, visiting
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
    with visiting(browser, server) as visit:
        yield visit
