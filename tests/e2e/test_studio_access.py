"""Every room of the studio by the rules of accessibility, in dark and in light, on a phone and on a wide screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contract.calls import new_key
from e2e.rooms import ABOVE, ROOMS, SCREENS, SHELL
from e2e.visiting import NEEDED, Visit, at_rest
from serving import Server

AXE = Path(__file__).parents[2] / ".venvs" / "studio" / "node_modules" / "axe-core" / "axe.min.js"
FILM = "veo-3.0-generate-001"
# What axe finds, as lines that name the place.
LOOK = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) =>
  violations.flatMap(({id, impact, help, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id} (${impact}): ${help}: ${target} ${failureSummary}`)))"""

pytestmark = [
    *NEEDED,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make .venvs/studio/ready (it needs npm)"),
]


def test_every_room_is_known() -> None:
    assert {"create", "library", "account"} <= ROOMS.keys()
    assert len(ROOMS) + 1 == SHELL.count("import(")


def looked_at(page: Page, where: str) -> list[str]:
    """What is wrong with what is open, in dark and in light."""
    wrong = []
    at_rest(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE.read_text())
        wrong += [f"{where}, {scheme}: {line}" for line in page.evaluate(LOOK)]
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        wrong += [f"{where}, {scheme}: {wide[0]} pixels wide"] if wide[0] > wide[1] else []
    return wrong


@pytest.fixture(scope="module")
def stocked(server: Server) -> Iterator[str]:
    """A key that has made something, failed at something, and is at work on something."""
    key = new_key(server, "somebody who has worked here")
    bodies = (
        {"model": "imagen-4.0-generate-001", "prompt": "a red fox in the snow at dawn", "count": 2, "aspect": "16:9"},
        {"model": "imagen-4.0-generate-001", "prompt": "水墨畫：山間的一葉孤舟", "count": 1},
        {"model": "imagen-4.0-generate-001", "prompt": "[danqing:fail] a storm", "count": 1},
        {"model": FILM, "prompt": "a paper boat on a river", "seconds": 4},
        {"model": FILM, "prompt": "[danqing:slow=600] a boat at dusk", "seconds": 4},
    )
    made = [server.call("POST", "/api/jobs", body, key=key) for body in bodies]
    assert [answer.status for answer in made] == [201] * len(bodies), [answer.body for answer in made]
    *ending, working = [answer.json()["id"] for answer in made]
    for job in ending:
        server.call("GET", f"/api/jobs/{job}/events", key=key)
    yield key
    server.call("POST", f"/api/jobs/{working}/cancel", key=key)


def test_what_is_wrong_is_found(visit: Visit) -> None:
    expect(visit.open().locator("#key")).to_be_visible()
    visit.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    visit.page.evaluate("document.querySelector('main').style.width = '3000px'")
    wrong = looked_at(visit.page, "the door")
    assert len([line for line in wrong if "button-name" in line]) == 2
    assert "the door, light: 3000 pixels wide" in wrong


@pytest.mark.parametrize("screen", SCREENS)
def test_the_door_is_open_to_everybody(visit: Visit, screen: str) -> None:
    visit.page.set_viewport_size(SCREENS[screen])
    expect(visit.open().locator("#key")).to_be_visible()
    assert looked_at(visit.page, "the door") == []


def enter(visit: Visit, key: str, room: str) -> None:
    """Sign in with a key, or as the owner where keys may not go, and go into a room."""
    visit.enter(key if "key" in ROOMS[room] else visit.server.owner_key)
    expect(visit.page.locator(".rooms")).to_be_visible()
    visit.open(room)
    expect(visit.page.locator("main.room:not(.waiting)")).to_be_visible()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_open_to_everybody(visit: Visit, stocked: str, room: str, screen: str) -> None:
    page = visit.page
    page.set_viewport_size(SCREENS[screen])
    enter(visit, stocked, room)
    expect(page.locator(f".rooms a[href='#/{room}']")).to_have_attribute("aria-current", "page")
    assert looked_at(page, room) == []


def play(page: Page) -> None:
    """A film with its controls, and the links to it."""
    page.locator(".tile", has_text="paper boat").first.locator("a").click()
    page.locator(".told").get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("textbox", name="Link for others").first).to_be_visible()


def delete(page: Page) -> None:
    """What is asked before works that are chosen are deleted."""
    expect(page.locator(".tile").first).to_be_visible()
    page.keyboard.press("Control+a")
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    expect(page.locator("dialog.question[open]")).to_be_visible()


def recognise(page: Page) -> None:
    """A file that does not tell where it comes from."""
    nothing = {"name": "nothing.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator("aside input[type=file]").set_input_files([nothing])  # type: ignore[list-item]
    expect(page.locator("dialog.question[open]")).to_contain_text("does not say")


# What opens above a room: the room, and how.
OPENED: dict[str, tuple[str, Callable[[Page], None]]] = {
    **ABOVE,
    "film": ("library", play),
    "question": ("library", delete),
    "card": ("library", recognise),
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", OPENED)
def test_what_opens_above_a_room_is_open_to_everybody(visit: Visit, stocked: str, name: str, screen: str) -> None:
    page = visit.page
    page.set_viewport_size(SCREENS[screen])
    room, open_it = OPENED[name]
    enter(visit, stocked, room)
    open_it(page)
    assert looked_at(page, name) == []
