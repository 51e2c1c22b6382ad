"""What becomes of words in another language is told before they are paid for, decided by a click, and seen after."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from e2e.test_translation import COST, PICTURE, WRITER
from e2e.visiting import CHROMIUM, FLAGS, NEEDED, PATIENCE_MS
from upstreams.text_model import POEM_ASKED, POEM_IN_ENGLISH

from .live import STUDIO, Gateway, live_gateway

IMAGEN = "imagen-4.0-generate-001"

pytestmark = NEEDED


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with live_gateway(tmp_path, STUDIO + WRITER) as gateway:
        yield gateway


@pytest.fixture
async def page(gateway: Gateway) -> AsyncIterator[Page]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(locale="en-US", reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{gateway.server.url}/studio")
        await page.locator("#key").fill(gateway.key)
        await page.keyboard.press("Enter")
        yield page
        await browser.close()


async def test_a_translation_is_told_with_its_price_and_the_sent_words_begin_a_draft(
    gateway: Gateway, page: Page
) -> None:
    await page.locator(".chosen").click()
    await page.locator(".picker input").fill(IMAGEN)
    await expect(page.locator(".option .badge")).to_have_text("google")
    await page.keyboard.press("Enter")
    for _ in range(3):
        await page.get_by_role("button", name="Fewer").click()
    await page.locator("textarea").fill(POEM_ASKED)
    told = page.locator(".findings")
    await expect(told).to_contain_text("from Traditional Chinese into English before it is sent, for $0.00")
    await page.get_by_role("button", name="Send it as written").click()
    await expect(told).to_contain_text("takes prompts in other languages")
    await page.get_by_role("button", name="Have it translated").click()
    await expect(told).to_contain_text("into English before it is sent")
    await page.locator("textarea").press("Control+Enter")
    await page.locator(".tile img").click()
    await page.get_by_role("button", name="The words that were sent").click()
    await expect(page.locator("textarea")).to_have_value(POEM_IN_ENGLISH)
    [job] = (await gateway.call("GET", "/api/jobs")).json()["jobs"]
    assert (job["prompt"], job["rewritten"]) == (POEM_ASKED, POEM_IN_ENGLISH)
    assert job["charged"]["nanos"] == PICTURE + COST


async def test_a_translation_is_read_and_changed_before_anything_is_made_of_it(gateway: Gateway, page: Page) -> None:
    await page.locator(".chosen").click()
    await page.locator(".picker input").fill(IMAGEN)
    await page.keyboard.press("Enter")
    for _ in range(3):
        await page.get_by_role("button", name="Fewer").click()
    await page.locator("textarea").fill(POEM_ASKED)
    see = page.get_by_role("button", name="See it first")
    await expect(see).to_contain_text("$0.00")
    await see.click()
    await expect(page.locator("textarea")).to_have_value(POEM_IN_ENGLISH)
    await expect(page.locator(".tile")).to_have_count(0)
    await page.locator("textarea").fill(f"{POEM_IN_ENGLISH}, at dusk")
    await expect(page.locator(".go")).to_contain_text("$0.04")
    await page.locator("textarea").press("Control+Enter")
    await expect(page.locator(".tile img")).to_have_count(1)
    made, words = (await gateway.call("GET", "/api/jobs")).json()["jobs"]
    assert (made["prompt"], made["charged"]["nanos"]) == (f"{POEM_IN_ENGLISH}, at dusk", PICTURE)
    assert (words["prompt"], words["charged"]["nanos"]) == (POEM_ASKED, COST)
    await page.get_by_role("button", name="Words of before").click()
    await expect(page.get_by_role("dialog")).to_contain_text(POEM_ASKED)
