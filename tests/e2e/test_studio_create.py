"""The room where things are made: each kind of work for the price on its button, with a mouse and by keyboard alone."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from contract.calls import data_url, jobs, new_key, spent
from e2e.visiting import NEEDED, PHONE, Visit

EDITOR = "gpt-image-2"
FRAMED = "veo-3.0-fast-generate-001"

pytestmark = NEEDED


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.new("RGB", (480, 320), "seagreen").save(path)
    return path


def give(page: Page, file: Path) -> None:
    """Choose a file and wait until it lies with the draft."""
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".chip .place")).to_be_visible()


def price(page: Page) -> int:
    """What is on the button when it is about the draft as it is, in nano-dollars."""
    expect(page.locator(".go:enabled b:not(.unsettled)")).to_contain_text("$")
    return round(float(page.locator(".go b").inner_text().removeprefix("$")) * 1e9)


def test_a_picture_that_is_given_is_sent_once_and_changed_for_the_price_on_the_button(
    visit: Visit, photo: Path
) -> None:
    key = new_key(visit.server, "retoucher")
    page = visit.enter(key)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.url.endswith("/api/files") else None)
    give(page, photo)
    page.get_by_role("button", name="Ask ").click()
    expect(page.get_by_role("radio", name="As given")).to_be_checked()
    visit.choose(EDITOR)
    page.locator("textarea").press_sequentially("make it black and white, as an old photograph")
    page.get_by_role("radio", name="Edit").click()
    most = price(page)
    page.locator(".go").click()
    expect(page.locator(".tile img").first).to_be_visible()
    assert spent(visit.server, key) <= most
    [job] = jobs(visit.server, key)
    parameters = job["parameters"]
    assert (parameters["pictures"], parameters["task"]) == (1, "edit")  # type: ignore[index]
    assert len(sent) == 1


def test_a_picture_becomes_a_film(visit: Visit, photo: Path) -> None:
    key = new_key(visit.server, "animator")
    page = visit.enter(key)
    visit.choose(FRAMED)
    give(page, photo)
    expect(page.locator(".chip select")).to_have_value("first_frame")
    page.get_by_role("radio", name="4 s").click()
    page.locator("textarea").fill("slow zoom in")
    most = price(page)
    page.locator(".go").click()
    expect(page.locator(".tile .marks")).to_contain_text("4 s")
    assert spent(visit.server, key) == most == 600_000_000
    [job] = jobs(visit.server, key)
    assert job["parameters"]["first_frame"]  # type: ignore[index]


def test_a_work_of_danqing_gives_its_recipe_back(visit: Visit, tmp_path: Path) -> None:
    key = new_key(visit.server, "finder")
    page = visit.enter(key)
    page.locator("textarea").fill("a red fox at dawn")
    for _ in range(3):
        page.get_by_role("button", name="Fewer").click()
    page.locator("textarea").press("Control+Enter")
    expect(page.locator(".tile img")).to_have_count(1)
    [job] = jobs(visit.server, key)
    file = job["outputs"][0]["file"]  # type: ignore[index]
    work = tmp_path / "work.png"
    work.write_bytes(visit.server.call("GET", f"/api/files/{file}", key=key).body)
    page.locator("textarea").fill("something else")
    page.locator("input[type=file]").set_input_files(work)
    page.get_by_role("button", name="Use its recipe").click()
    expect(page.locator("textarea")).to_have_value("a red fox at dawn")
    expect(page.locator(".steps output")).to_have_text("1")
    page.locator("input[type=file]").set_input_files(work)
    page.get_by_role("button", name="Use as a picture").click()
    expect(page.locator(".chip")).to_be_visible()


def test_what_is_no_picture_is_told_so_and_costs_nothing(visit: Visit, tmp_path: Path) -> None:
    page = visit.enter(new_key(visit.server, "confused"))
    wrong = tmp_path / "words.txt"
    wrong.write_text("no picture")
    expect(page.locator(".composer")).to_be_visible()
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("no PNG, JPEG or WebP picture")
    page.get_by_role("button", name="Take it away").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_what_came_to_nothing_says_why_and_is_asked_for_again_for_no_more(visit: Visit) -> None:
    key = new_key(visit.server, "unlucky")
    page = visit.enter(key)
    page.locator("textarea").fill("[danqing:fail] a storm over the sea")
    page.locator("textarea").press("Control+Enter")
    nothing = page.locator(".nothing")
    expect(nothing).to_contain_text("$0.16 was held and released; $0.00 was charged.")
    expect(nothing.get_by_role("link", name="Why")).to_have_attribute(
        "href", f"#/jobs/{jobs(visit.server, key)[0]['id']}"
    )
    nothing.get_by_role("button", name="Try again $0.16").click()
    expect(nothing).to_have_count(2)
    page.locator("textarea").fill("[danqing:unknown] a storm over the sea")
    page.locator("textarea").press("Control+Enter")
    expect(nothing.first).to_contain_text("Nobody knows whether it was made")
    assert len(jobs(visit.server, key)) == 3
    assert spent(visit.server, key) == 0


def test_nothing_made_yet_begins_with_an_example_and_the_kinds_are_told_apart(visit: Visit) -> None:
    key = new_key(visit.server, "beginner")
    page = visit.enter(key)
    page.locator(".examples button").first.click()
    expect(page.locator(".chosen")).to_have_attribute("data-model", "imagen-3.0-generate-002")
    assert price(page) == 30_000_000
    page.locator(".go").click()
    expect(page.locator(".tile img")).to_be_visible()
    expect(page.locator(".purse")).to_contain_text("$0.03")
    page.get_by_role("radiogroup", name="Kind").get_by_role("radio", name="Films").click()
    expect(page.locator(".tile")).to_have_count(0)
    page.get_by_role("radiogroup", name="Kind").get_by_role("radio", name="Pictures").click()
    expect(page.locator(".tile")).to_have_count(1)


def test_the_title_counts_what_is_at_work_and_a_wish_to_be_told_is_fulfilled(visit: Visit) -> None:
    visit.context.grant_permissions(["notifications"], origin=visit.server.url)
    visit.context.add_init_script(
        "window.told = []; Notification = class extends Notification { constructor(title, more) {"
        " super(title, more); window.told.push(`${title}: ${more.body}`); } }"
    )
    page = visit.enter(new_key(visit.server, "away"))
    page.locator("textarea").fill("[danqing:slow=12] a red fox")
    page.locator("textarea").press("Control+Enter")
    expect(page).to_have_title("(1) Danqing 丹青")
    page.get_by_role("button", name="Tell me when it is done").click()
    expect(page.get_by_role("button", name="You will be told")).to_be_disabled()
    expect(page).to_have_title("Danqing 丹青")
    assert page.evaluate("window.told") == ["Your work is done: [danqing:slow=12] a red fox"]


def test_what_is_said_of_the_words_is_put_right_with_a_click_each(visit: Visit) -> None:
    page = visit.enter(new_key(visit.server, "corrector"))
    words = page.locator("textarea")
    words.fill("a girl in a quiet room with no walls, oil painting, soft light --ar 16:9")
    for advice in ("Say “young woman” instead", "Set Ratio to 16:9 instead", "Set Without to walls instead"):
        page.get_by_role("button", name=advice).click()
    expect(page.locator(".findings")).to_have_count(0)
    expect(words).to_have_value("a young woman in a quiet room, oil painting, soft light")
    expect(page.get_by_role("radio", name="16:9")).to_be_checked()
    expect(page.get_by_role("textbox", name="Without")).to_have_value("walls")


def test_words_of_before_and_drafts_laid_aside_come_back(visit: Visit) -> None:
    page = visit.enter(new_key(visit.server, "rememberer"))
    words = page.locator("textarea")
    for said in ("a red fox", "a grey heron"):
        words.fill(said)
        words.press("Control+Enter")
        expect(page.locator(f".tile img[alt='{said}']").first).to_be_visible()
    words.fill("half a thought")
    for key, shown in (("ArrowUp", "a grey heron"), ("ArrowUp", "a red fox"), ("ArrowDown", "a grey heron")):
        words.press(f"Control+{key}")
        expect(words).to_have_value(shown)
    words.press("Control+ArrowDown")
    expect(words).to_have_value("half a thought")
    page.get_by_role("button", name="Words of before").click()
    page.get_by_role("dialog").get_by_role("button", name="a red fox").click()
    expect(words).to_have_value("a red fox")
    assert "fox" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")


def test_everything_is_made_by_keyboard_alone_as_soon_as_its_price_is_known(visit: Visit) -> None:
    key = new_key(visit.server, "typist")
    page = visit.enter(key)
    expect(page.locator(".composer")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("a lighthouse by the sea at dusk, ink wash")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".tile img")).to_have_count(4)
    assert spent(visit.server, key) == 160_000_000


def test_who_may_only_look_is_told_so(visit: Visit) -> None:
    project = visit.server.call("POST", "/api/projects", {"name": "watched"}, key=visit.server.owner_key).json()["id"]
    page = visit.enter(new_key(visit.server, "spectator", role="viewer", project=project))
    expect(page.locator("main")).to_contain_text("asks for nothing itself")
    expect(page.locator(".composer")).to_have_count(0)


def test_a_ladder_leads_from_a_free_sketch_to_the_whole_and_each_rung_costs_what_it_says(visit: Visit) -> None:
    key = new_key(visit.server, "climber")
    page = visit.enter(key)
    visit.choose("veo-3.0-generate-001")
    page.locator("textarea").fill("a paper boat on a calm river at dusk, slow pan")
    page.get_by_role("button", name="Draft ladder").click()
    rungs = page.get_by_role("dialog").get_by_role("button", name="Make it")
    expect(rungs).to_contain_text(["$0.00", "$0.20", "$1.60", "$3.20"])
    expect(page.get_by_role("dialog")).to_contain_text("only the first rung is free")
    rungs.nth(1).click()
    expect(page.locator(".tile .marks")).to_contain_text("4 s")
    assert spent(visit.server, key) == 200_000_000
    assert [job["model"] for job in jobs(visit.server, key)] == ["veo-3.1-lite-generate-001"]


def test_a_live_key_is_drawn_a_sketch_for_nothing_where_it_asks_for_one(visit: Visit) -> None:
    key = new_key(visit.server, "careful", test=False)
    page = visit.enter(key)
    page.locator("textarea").fill("a red fox in the snow")
    page.get_by_role("button", name="Draft ladder").click()
    first = page.get_by_role("dialog").get_by_role("listitem").first
    expect(first).to_contain_text("not a model's work")
    first.get_by_role("button", name="Make it").click()
    expect(page.locator(".tile .marks")).to_contain_text("Sketch")
    assert spent(visit.server, key) == 0
    assert [told for told in visit.complaints if "503" not in told] == [], "nobody makes the other rungs here"
    visit.complaints.clear()


def test_a_picture_is_made_in_chinese_on_a_phone(visit: Visit, tmp_path: Path) -> None:
    key = new_key(visit.server, "畫家")
    page = visit.page
    page.set_viewport_size(PHONE)
    page.add_init_script("localStorage.setItem('danqing.language', 'zh-Hant')")
    visit.enter(key)
    page.get_by_placeholder("描述您想看到的畫面").fill("月光下的竹林，水墨畫")
    page.get_by_role("button", name="參數").click()
    for left in (3, 2, 1):
        page.get_by_role("button", name="減少").click()
        expect(page.locator(".steps output")).to_have_text(str(left))
    page.get_by_role("button", name="關閉").click()
    assert price(page) == 40_000_000
    page.get_by_role("button", name="製作").click()
    expect(page.locator(".tile img")).to_have_count(1)
    assert spent(visit.server, key) == 40_000_000
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.screenshot(path=tmp_path / "phone.png")


PASTE = """(data) => {
  const bytes = Uint8Array.from(atob(data.split(",")[1]), (byte) => byte.charCodeAt(0));
  const file = new File([bytes], "pasted.png", {type: "image/png"});
  const held = new DataTransfer();
  held.items.add(file);
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true}));
}"""


def test_a_picture_is_pasted_and_a_work_of_ones_own_is_dropped_without_being_sent(visit: Visit) -> None:
    key = new_key(visit.server, "collector")
    page = visit.enter(key)
    page.locator("textarea").fill("a red fox")
    page.locator("textarea").press("Control+Enter")
    expect(page.locator(".tile img")).to_have_count(4)
    visit.choose(EDITOR)
    page.evaluate(PASTE, data_url(Image.new("RGB", (60, 40), "seagreen")))
    expect(page.locator(".chip .place")).to_have_count(1)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.url.endswith("/api/files") else None)
    page.locator(".tile img").first.drag_to(page.locator(".composer textarea"))
    expect(page.locator(".chip .place")).to_have_count(2)
    expect(page.locator(".landing")).to_have_count(0)
    assert sent == []


def test_whoever_signs_in_next_finds_nothing_of_anothers(visit: Visit) -> None:
    page = visit.enter(new_key(visit.server, "first"))
    page.locator("textarea").fill("a secret idea")
    expect(page.locator(".go b:not(.unsettled)")).to_contain_text("$")
    visit.context.clear_cookies()
    page.locator("textarea").fill("a secret idea, in oil")
    page.locator("#key").fill(new_key(visit.server, "second"))
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_have_value("")
    page.get_by_role("button", name="Words of before").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing yet.")
    assert [told for told in visit.complaints if "401" not in told] == []
    visit.complaints.clear()
