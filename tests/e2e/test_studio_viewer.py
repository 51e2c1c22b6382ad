"""A work, large: its address, its keys, its family, and what is begun with it."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from contract.calls import new_key, spent
from e2e.visiting import NEEDED, PHONE, Visit
from serving import Server

pytestmark = NEEDED

PICTURES = "imagen-4.0-generate-001"
EDITOR = "gemini-3.1-flash-image"
FILM = "veo-3.1-generate-001"
FPS = 24
ASIDE = (
    """import(document.querySelector('link[href$="/desk/draft.js"]').href).then(({ aside }) => aside.value[0].prompt)"""
)

Made = dict[str, Any]


class Painter:
    """A key with two pictures, one that was made of the first, and a film."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.key = new_key(server, "painter")
        self.film = self.make({"model": FILM, "prompt": "a paper boat on a river", "seconds": 4})
        self.foxes = self.make({"model": PICTURES, "prompt": "a red fox", "count": 2, "seed": 7, "aspect": "4:3"})
        source = f"files/{self.foxes['outputs'][0]['file']}"
        self.blue = self.make({"model": EDITOR, "prompt": "make it blue", "pictures": [source], "wants": ["image"]})

    def make(self, body: Made) -> Made:
        answer = self.server.call("POST", "/api/jobs", body, key=self.key)
        assert answer.status == 201, answer.body
        self.server.call("GET", f"/api/jobs/{answer.json()['id']}/events", key=self.key)
        return dict(self.server.call("GET", f"/api/jobs/{answer.json()['id']}", key=self.key).json())

    def file(self, job: Made, at: int = 0) -> str:
        return str(job["outputs"][at]["file"])


@pytest.fixture(scope="module")
def painter(server: Server) -> Painter:
    return Painter(server)


def look(visit: Visit, painter: Painter, job: Made) -> Page:
    """A work by its address, as a link opens it."""
    visit.enter(painter.key)
    expect(visit.page.locator(".rooms")).to_be_visible()
    page = visit.open(f"library?work={painter.file(job)}")
    expect(page.locator(".viewer[open] .facts")).to_be_visible()
    return page


def test_it_has_an_address_that_going_back_leaves(visit: Visit, painter: Painter) -> None:
    visit.enter(painter.key)
    expect(visit.page.locator(".rooms")).to_be_visible()
    page = visit.open("library?kind=image")
    page.locator(".strip .tile a").nth(1).click()
    dialog = page.locator(".viewer[open]")
    expect(dialog).to_contain_text("2 of 3")
    second = page.url
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("3 of 3")
    assert page.url != second
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("2 of 3")
    assert page.url == second
    page.reload()
    expect(dialog).to_contain_text("a red fox")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(re.compile(r"#/library\?kind=image$"))
    page.locator(".strip .tile a").first.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.go_back()
    expect(dialog).to_have_count(0)
    expect(page.locator(".strip .tile")).to_have_count(3)


def test_what_is_not_there_is_told(visit: Visit, painter: Painter) -> None:
    visit.enter(painter.key)
    expect(visit.page.locator(".rooms")).to_be_visible()
    page = visit.open("library?work=nothing")
    expect(page.locator(".viewer [role=alert]")).to_contain_text("not there any more")
    page.locator(".lost button").click()
    expect(page.locator(".viewer[open]")).to_have_count(0)
    assert [told for told in visit.complaints if "404" not in told] == []
    visit.complaints.clear()


def test_keys_star_zoom_and_tell(visit: Visit, painter: Painter) -> None:
    page = look(visit, painter, painter.foxes)
    picture = page.locator(".stage img")
    page.keyboard.press("s")
    expect(page.locator(".viewer").get_by_role("button", name="Starred")).to_be_visible()
    assert painter.server.call("GET", f"/api/assets/{painter.file(painter.foxes)}", key=painter.key).json()["starred"]
    page.keyboard.press("+")
    expect(picture).to_have_attribute("style", re.compile(r"scale\(1\.4\)"))
    page.keyboard.press("0")
    expect(picture).to_have_attribute("style", re.compile(r"scale\(1\)"))
    picture.hover()
    page.mouse.wheel(0, -400)
    expect(picture).not_to_have_attribute("style", re.compile(r"scale\(1\)"))
    page.keyboard.press("i")
    expect(page.locator(".told")).to_have_count(0)
    page.keyboard.press("i")
    expect(page.locator(".told")).to_contain_text("No content credentials")
    expect(page.locator(".told")).to_contain_text("carries its own story")


def test_a_film_is_stepped_through_frame_by_frame(visit: Visit, painter: Painter) -> None:
    page = look(visit, painter, painter.film)
    film = page.locator("video")
    expect(film).to_have_js_property("readyState", 4)
    place = "document.querySelector('video').currentTime"
    page.keyboard.press(".")
    first = page.evaluate(place)
    page.keyboard.press(".")
    assert page.evaluate(place) - first == pytest.approx(1 / FPS, abs=1e-4)
    page.keyboard.press(",")
    assert page.evaluate(place) == pytest.approx(first, abs=1e-4)
    page.keyboard.press(" ")
    expect(film).to_have_js_property("paused", False)
    page.keyboard.press(" ")
    expect(film).to_have_js_property("paused", True)
    page.get_by_role("combobox", name="Speed").select_option("2×")
    expect(film).to_have_js_property("playbackRate", 2)
    page.get_by_role("button", name="Mute").click()
    expect(film).to_have_js_property("muted", True)
    page.reload()
    expect(film).to_have_js_property("muted", True)


def test_its_family_is_seen_and_entered(visit: Visit, painter: Painter) -> None:
    page = look(visit, painter, painter.blue)
    said = page.locator(".said")
    expect(said).to_have_text("make it blue")
    page.get_by_role("link", name="Made from").click()
    expect(said).to_have_text("a red fox")
    page.locator(".lineage").get_by_role("link", name="make it blue").click()
    expect(said).to_have_text("make it blue")


def test_the_price_leads_to_its_job(visit: Visit, painter: Painter) -> None:
    page = look(visit, painter, painter.foxes)
    page.get_by_role("link", name="$0.08").click()
    expect(page.locator(".viewer[open]")).to_have_count(0)
    assert page.url.endswith(f"#/jobs/{painter.foxes['id']}")


# What a draft has to ask for once it is begun, by the button that begins it and the work that it is begun with.
BEGUN: dict[str, tuple[str, Made]] = {
    "Vary": ("foxes", {"prompt": "a red fox", "aspect": "4:3", "seed": None}),
    "Everything": ("foxes", {"prompt": "a red fox", "aspect": "4:3", "seed": 7, "count": 2}),
    "Its prompt": ("foxes", {"prompt": "a red fox", "seed": None}),
    "Its seed": ("foxes", {"prompt": "an owl", "seed": 7}),
    "Edit with words": ("foxes", {"pictures": ["files/{}"], "first_frame": None}),
    "Animate": ("foxes", {"prompt": "a red fox", "first_frame": "files/{}"}),
    "Upscale": ("foxes", {"pictures": ["files/{}"], "task": "upscale", "factor": 2}),
    "Continue the film": ("film", {"film": "files/{}", "task": "extend"}),
}


@pytest.mark.parametrize("way", BEGUN)
def test_it_begins_a_new_draft_and_the_one_before_is_laid_aside(visit: Visit, painter: Painter, way: str) -> None:
    whose, told = BEGUN[way]
    file = painter.file(getattr(painter, whose))
    wanted = json.loads(json.dumps(told).replace("{}", file))
    visit.enter(painter.key)
    page, before = visit.page, spent(painter.server, painter.key)
    page.locator(".composer textarea").fill("an owl")

    def meant(asked: Request) -> bool:
        body = asked.post_data_json if asked.url.endswith("/api/quote") else None
        return body is not None and {name: body.get(name) for name in wanted} == wanted

    page.goto(f"{visit.server.url}/studio#/library?work={file}")
    with page.expect_request(meant):
        page.locator(".viewer .told").get_by_role("button", name=way, exact=True).click()
    expect(page.locator(".viewer[open]")).to_have_count(0)
    expect(page.locator(".composer .go b")).to_contain_text("$")
    expect(page.locator(".composer textarea")).to_be_focused()
    aside = page.evaluate(ASIDE)
    assert aside == "an owl"
    assert spent(painter.server, painter.key) == before


def test_a_link_for_others_is_made_and_revoked(visit: Visit, painter: Painter) -> None:
    page = look(visit, painter, painter.foxes)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("combobox", name="How long").select_option("One day")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("textbox", name="Link for others").input_value()
    path = link.removeprefix(painter.server.url)
    assert painter.server.call("GET", path, key="").status == 200
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("textbox", name="Link for others")).to_have_count(0)
    assert painter.server.call("GET", path, key="").status == 404


def test_it_is_deleted_and_the_next_is_seen(visit: Visit, painter: Painter) -> None:
    doomed = painter.make({"model": PICTURES, "prompt": "a doomed drawing", "count": 1})
    visit.enter(painter.key)
    expect(visit.page.locator(".rooms")).to_be_visible()
    page = visit.open("library")
    page.locator(".strip .tile", has_text="doomed").first.locator("a").click()
    page.locator(".told").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".said")).to_have_text("make it blue")
    gone = painter.server.call("GET", f"/api/jobs/{doomed['id']}", key=painter.key).json()
    assert gone["outputs"][0]["gone"]
    page.keyboard.press("Escape")
    expect(page.locator(".strip .tile")).to_have_count(4)


def test_who_only_looks_changes_nothing(visit: Visit, server: Server) -> None:
    project = server.call("POST", "/api/projects", {"name": "shown"}, key=server.owner_key).json()["id"]
    made = server.call("POST", "/api/keys", {"name": "one", "test": True, "project": project}, key=server.owner_key)
    looks = {"name": "guest", "test": True, "project": project, "role": "viewer"}
    guest = server.call("POST", "/api/keys", looks, key=server.owner_key)
    assert (made.status, guest.status) == (201, 201), (made.body, guest.body)
    body = {"model": PICTURES, "prompt": "a quiet lake", "count": 1}
    job = server.call("POST", "/api/jobs", body, key=made.json()["secret"]).json()
    server.call("GET", f"/api/jobs/{job['id']}/events", key=made.json()["secret"])
    visit.enter(guest.json()["secret"])
    expect(visit.page.locator(".rooms")).to_be_visible()
    page = visit.open("library")
    expect(page.locator(".strip .tile")).to_have_count(1)
    expect(page.locator(".mark")).to_have_count(0)
    expect(page.get_by_role("button", name="New board")).to_have_count(0)
    page.locator(".strip .tile a").click()
    told = page.locator(".told")
    expect(told).to_contain_text("Made for one")
    expect(told.get_by_role("link", name="Save")).to_be_visible()
    for name in ("Delete", "Share", "Vary", "Animate"):
        expect(told.get_by_role("button", name=name)).to_have_count(0)


def test_a_phone_shows_it_above_its_story(visit: Visit, painter: Painter) -> None:
    visit.page.set_viewport_size(PHONE)
    page = look(visit, painter, painter.foxes)
    expect(page.locator(".stage img")).to_have_js_property("complete", True)
    shown = page.locator(".stage img").bounding_box()
    assert shown
    assert shown["width"] == PHONE["width"]
    assert page.evaluate("document.querySelector('.viewer').scrollWidth") <= PHONE["width"]
