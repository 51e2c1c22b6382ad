"""The library: what is looked for stands in the address, works are chosen, put on boards and taken away."""

import base64
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from contract.calls import new_key
from e2e.visiting import NEEDED, PHONE, Visit
from serving import Server

pytestmark = NEEDED

PICTURES = "imagen-4.0-generate-001"
FILM = "veo-3.0-generate-001"
# Drops a file on the page, as a hand would.
DROP = """([name, text]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  data.items.add(new File([bytes], name, { type: "image/png" }));
  const how = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const what of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(what, how));
}"""
BODIES = (
    {"model": PICTURES, "prompt": "a lighthouse by the sea", "count": 2, "aspect": "16:9", "seed": 5},
    {"model": FILM, "prompt": "a paper boat on a river", "seconds": 4},
    {"model": PICTURES, "prompt": "a red fox in the snow", "count": 3, "aspect": "1:1", "seed": 7},
)


def make(server: Server, key: str, body: dict[str, object]) -> dict[str, object]:
    """A job that has ended."""
    answer = server.call("POST", "/api/jobs", body, key=key)
    assert answer.status == 201, answer.body
    server.call("GET", f"/api/jobs/{answer.json()['id']}/events", key=key)
    job: dict[str, object] = server.call("GET", f"/api/jobs/{answer.json()['id']}", key=key).json()
    assert job["state"] == "done", job
    return job


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    key = new_key(server, "collector")
    for body in BODIES:
        make(server, key, body)
    return key


def library(visit: Visit, key: str, asked: str = "") -> Page:
    visit.enter(key)
    expect(visit.page.locator(".rooms")).to_be_visible()
    page = visit.open(f"library{asked}")
    expect(page.locator("main.shelves")).to_be_visible()
    return page


def names(server: Server, key: str, **asked: str) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return [row["file"] for row in server.call("GET", f"/api/assets?{query}", key=key).json()["assets"]]


def test_what_is_looked_for_stands_in_the_address(visit: Visit, key: str) -> None:
    page = library(visit, key)
    tiles = page.locator(".strip .tile")
    expect(tiles).to_have_count(6)
    page.get_by_role("radio", name="Films").click()
    expect(tiles).to_have_count(1)
    assert "kind=video" in page.url
    page.go_back()
    expect(tiles).to_have_count(6)
    page.get_by_role("searchbox").fill("fox seed:7")
    expect(tiles).to_have_count(3)
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("fox seed:7")
    expect(tiles).to_have_count(3)
    page.get_by_role("button", name="Stop looking for “fox seed:7”").click()
    page.locator("aside").get_by_role("radio", name="16:9").click()
    expect(tiles).to_have_count(3)
    page.get_by_role("radio", name="Pictures").click()
    expect(tiles).to_have_count(2)
    page.get_by_role("combobox", name="Model").select_option(FILM)
    expect(page.locator(".empty")).to_contain_text("Nothing of the kind")
    page.locator(".empty").get_by_role("button", name="Clear all filters").click()
    expect(tiles).to_have_count(6)
    assert page.url.endswith("#/library")


def test_what_it_cost_is_looked_for(visit: Visit, key: str) -> None:
    page = library(visit, key)
    page.get_by_role("spinbutton", name="Least").fill("0.1")
    page.get_by_role("spinbutton", name="Least").press("Enter")
    expect(page.locator(".strip .tile")).to_have_count(4)
    page.get_by_role("spinbutton", name="Most").fill("0.2")
    page.get_by_role("spinbutton", name="Most").press("Enter")
    expect(page.locator(".strip .tile")).to_have_count(3)
    expect(page.get_by_role("list", name="What is looked for")).to_contain_text("$0.1 or more")


def test_an_admin_sees_whose_works_they_are(visit: Visit, server: Server) -> None:
    one, other = (new_key(server, name) for name in ("anna", "bert"))
    for key in (one, other):
        make(server, key, BODIES[0])
    wanted = {"name": "chief", "test": True, "role": "admin"}
    admin = server.call("POST", "/api/keys", wanted, key=server.owner_key).json()["secret"]
    page = library(visit, admin, "?q=lighthouse")
    page.get_by_role("combobox", name="Made for").select_option("bert")
    tiles = page.locator(".strip .tile")
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_contain_text("bert")
    expect(page.get_by_role("button", name="Stop looking for bert")).to_be_visible()


def test_a_file_from_anywhere_tells_how_it_was_made(visit: Visit, key: str, tmp_path: Path) -> None:
    name = names(visit.server, key, q="fox")[0]
    data = visit.server.call("GET", f"/api/files/{name}", key=key).body
    mine, longer, plain = (tmp_path / name for name in ("mine.png", "longer.png", "plain.jpg"))
    mine.write_bytes(data)
    longer.write_bytes(data + b"\0")  # another file, with the same story
    Image.open(mine).convert("RGB").save(plain)
    page = library(visit, key)
    chooser, card = page.locator("aside input[type=file]"), page.get_by_role("dialog", name="What made this file?")
    chooser.set_input_files(plain)
    expect(card).to_contain_text("does not say who made it")
    page.keyboard.press("Escape")
    chooser.set_input_files(mine)
    card.get_by_role("button", name="Show it").click()
    expect(page.locator(".viewer .said")).to_have_text("a red fox in the snow")
    page.keyboard.press("Escape")
    page.evaluate(DROP, ["longer.png", base64.b64encode(longer.read_bytes()).decode()])
    expect(card).to_contain_text("not in your library")
    card.get_by_role("button", name="Use its recipe").click()
    expect(page.locator(".composer textarea")).to_have_value("a red fox in the snow")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("7")


def test_days_are_the_readers_own(visit: Visit, key: str) -> None:
    page = library(visit, key, "?since=2001-01-01&until=2001-01-02")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.get_by_label("To", exact=True)).to_have_value("2001-01-02")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.get_by_label("To", exact=True).fill(today)
    expect(page.locator(".strip .tile")).to_have_count(6)


def test_a_link_with_nonsense_is_told_and_cleared(visit: Visit, key: str) -> None:
    page = library(visit, key, "?ratio=wide")
    expect(page.get_by_role("alert")).to_be_visible()
    assert [told for told in visit.complaints if "400" not in told] == []
    visit.complaints.clear()
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.locator(".strip .tile")).to_have_count(6)


def test_what_comes_later_waits_until_it_is_wanted(visit: Visit, server: Server) -> None:
    key = new_key(server, "patient")
    make(server, key, BODIES[0])
    page = library(visit, key)
    tiles = page.locator(".strip .tile")
    expect(tiles).to_have_count(2)
    make(server, key, BODIES[2])
    button = page.get_by_role("button", name="3 new")
    expect(button).to_be_visible()
    expect(tiles).to_have_count(2)
    button.click()
    expect(tiles).to_have_count(5)
    expect(button).to_have_count(0)


def test_works_are_chosen_put_on_a_board_packed_and_taken_away(visit: Visit, server: Server) -> None:
    key = new_key(server, "curator")
    for body in (BODIES[0], BODIES[2]):
        make(server, key, body)
    page = library(visit, key)
    tiles, bar = page.locator(".strip .tile"), page.get_by_role("toolbar")
    expect(tiles).to_have_count(5)
    page.get_by_role("button", name="New board").click()
    page.keyboard.type("Foxes")
    page.keyboard.press("Enter")
    board = page.locator(".boards .board", has_text="Foxes")
    expect(board).to_contain_text("0")
    tiles.nth(0).hover()
    tiles.nth(0).get_by_role("checkbox").click()
    tiles.nth(2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("combobox").select_option("Foxes")
    expect(board).to_contain_text("3")
    expect(bar).to_contain_text("On Foxes.")
    chosen = names(server, key, board=server.call("GET", "/api/boards", key=key).json()["boards"][0]["id"])
    with page.expect_download() as download:
        bar.get_by_role("link", name="Save as zip").click()
    packed = zipfile.ZipFile(BytesIO(download.value.path().read_bytes())).namelist()
    assert sorted(name.partition(".")[0] for name in packed) == sorted(chosen)
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    board.click()
    expect(tiles).to_have_count(3)
    page.keyboard.press("Control+a")
    bar.get_by_role("button", name="Star").click()
    expect(page.locator(".mark[aria-pressed=true]")).to_have_count(3)
    assert names(server, key, starred="true") == chosen
    bar.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete 3 for good?")
    expect(question).to_contain_text("stays on the bill")
    question.get_by_role("button", name="Leave it").click()
    assert len(names(server, key)) == 5
    bar.get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete for good").click()
    expect(tiles).to_have_count(0)
    assert len(names(server, key)) == 2
    expect(board).to_contain_text("0")


def test_a_work_is_dropped_on_a_board_that_is_renamed_and_taken_down(visit: Visit, server: Server) -> None:
    key = new_key(server, "carrier")
    make(server, key, BODIES[0])
    server.call("POST", "/api/boards", {"name": "Sea"}, key=key)
    page = library(visit, key)
    board = page.locator(".boards .board")
    expect(page.locator(".strip img").first).to_have_js_property("naturalWidth", 512)
    page.locator(".strip .tile").first.drag_to(board)
    expect(board).to_contain_text("1")
    board.hover()
    page.get_by_role("button", name="Rename Sea").click()
    page.keyboard.type("Shore")
    page.keyboard.press("Enter")
    expect(board).to_contain_text("Shore")
    page.get_by_role("button", name="Take down Shore?").click()
    page.get_by_role("button", name="Take it down").click()
    expect(board).to_have_count(0)
    assert len(names(server, key)) == 2


def test_a_thousand_works_are_read_on_and_full_rows_stay_where_they_are(visit: Visit, key: str) -> None:
    rows = visit.server.call("GET", "/api/assets", key=key).json()["assets"]
    many = [{**rows[n % len(rows)], "file": f"{rows[n % len(rows)]['file'][:26]}{n:06d}"} for n in range(1000)]

    def page_of(route: Route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        first = int(asked["before"][0][-6:]) + 1 if "before" in asked else 0
        told = many[first : first + int(asked["limit"][0])]
        route.fulfill(json={"assets": told, "next": told[-1]["file"] if told[-1] is not many[-1] else None})

    visit.page.route("**/api/assets?*", page_of)
    visit.page.route("**/thumbnail?*", lambda route: route.fulfill(status=204))
    page = library(visit, key)
    expect(page.locator(".strip").first).to_be_visible()
    before = page.evaluate("document.querySelector('.strip').outerHTML")
    seen: set[str] = set()
    while many[-1]["file"] not in seen:
        page.evaluate("scrollBy(0, innerHeight)")
        now = page.evaluate("[...document.querySelectorAll('.strip .tile')].map((tile) => tile.dataset.file)")
        assert len(now) < 150, "only what is near to what is seen is there"
        seen |= set(now)
    assert seen == {work["file"] for work in many}
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(f"[data-file='{many[0]['file']}']")).to_be_visible()
    assert page.evaluate("document.querySelector('.strip').outerHTML") == before


def test_what_was_found_stays_when_no_more_can_be_had(visit: Visit, key: str) -> None:
    works = visit.server.call("GET", "/api/assets", key=key).json()["assets"]
    first, rest = works[:4], works[4:]
    away = True

    def answer(route: Route) -> None:
        if "before=" not in route.request.url:
            route.fulfill(json={"assets": first, "next": first[-1]["file"]})
        elif away:
            route.abort()
        else:
            route.fulfill(json={"assets": rest, "next": None})

    visit.page.route("**/api/assets?*", answer)
    page = library(visit, key)
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    expect(page.locator(".strip .tile")).to_have_count(4)
    away = False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".strip .tile")).to_have_count(6)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert [told for told in visit.complaints if "ERR_FAILED" not in told] == []
    visit.complaints.clear()


def test_it_is_gone_through_by_keyboard(visit: Visit, key: str) -> None:
    page = library(visit, key)
    links = page.locator(".strip .tile > a")
    expect(links).to_have_count(6)
    links.first.focus()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("toolbar")).to_contain_text("2 selected")
    page.keyboard.press("ArrowDown")
    rows = page.evaluate("[...document.querySelectorAll('.strip')].map((row) => row.contains(document.activeElement))")
    assert rows.index(True) == 1
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".viewer[open]")).to_be_visible()


def test_it_is_used_on_a_phone_by_touch(visit: Visit, key: str) -> None:
    visit.page.set_viewport_size(PHONE)
    page = library(visit, key)
    page.get_by_role("button", name="Boards and filters").click()
    page.locator("aside").get_by_role("radio", name="16:9").click()
    page.locator("aside").get_by_role("button", name="Close").click()
    expect(page.locator(".strip .tile")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
