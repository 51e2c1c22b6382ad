"""All that there is to be seen in the studio: its rooms, as the shell names them, and what opens above them."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

import danqing.studio
from e2e.visiting import PHONE

SHELL = (Path(danqing.studio.__file__).parent / "shell.js").read_text()
_ROOM = re.compile(r"^  (\w+): \{ for: \[([^\]]*)\]", re.MULTILINE)
# By name: for whom there is such a room; what opens above all of them is for nobody by itself.
ROOMS = {name: re.findall(r'"(\w+)"', whose) for name, whose in _ROOM.findall(SHELL) if whose}
WIDE = {"width": 1440, "height": 900}
SCREENS = {"phone": PHONE, "wide": WIDE}


def view(page: Page) -> None:
    """A work, large."""
    page.locator(".tile").first.click()
    expect(page.locator("dialog.viewer[open]")).to_be_visible()


def pick(page: Page) -> None:
    """The list of models."""
    page.locator(".composer [aria-haspopup=dialog].chosen").click()
    expect(page.locator("dialog.picker[open]")).to_be_visible()


def tune(page: Page) -> None:
    """The form of a model; on a wide screen it is there all the time."""
    expect(page.locator(".composer .go")).to_be_visible()
    if page.locator(".composer .tune").is_visible():
        page.locator(".composer .tune").click()
    expect(page.locator("aside .field").first).to_be_visible()


def code(page: Page) -> None:
    """The draft as code."""
    page.locator(".composer textarea").fill("a red fox in the snow at dawn")
    page.locator(".composer .tool[aria-haspopup=dialog]").nth(1).click()
    expect(page.locator(".code pre")).to_be_visible()


def remember(page: Page) -> None:
    """The words of before."""
    page.locator(".composer .tool[aria-haspopup=dialog]").nth(0).click()
    expect(page.locator("dialog[open]")).to_be_visible()


def climb(page: Page) -> None:
    """The ladder from a trial to the whole."""
    page.locator(".composer textarea").fill("a red fox in the snow at dawn")
    page.locator(".composer .tool[aria-haspopup=dialog]").nth(2).click()
    expect(page.locator("dialog[open]")).to_be_visible()


def trace(page: Page) -> None:
    """A job with everything that happened to it."""
    page.locator("main a[href^='#/jobs/']").last.click()
    expect(page.locator("main h1")).to_be_visible()


def choose(page: Page) -> None:
    """Works that are chosen, and what can be done with all of them."""
    page.locator(".tile").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar").last).to_be_visible()


def new_key(page: Page) -> None:
    """The form of a new key."""
    page.locator("main header .primary").click()
    expect(page.locator("dialog[open]")).to_be_visible()


# By name: in which room it opens, and how.
ABOVE: dict[str, tuple[str, Callable[[Page], None]]] = {
    "viewer": ("library", view),
    "models": ("create", pick),
    "form": ("create", tune),
    "code": ("create", code),
    "history": ("create", remember),
    "ladder": ("create", climb),
    "job": ("jobs", trace),
    "key": ("keys", new_key),
}
