"""The studio in a real browser: signing in, making, finding, in three languages, without a complaint or a stranger."""

from pathlib import Path

from playwright.sync_api import expect

from contract.calls import new_key, spent
from e2e.visiting import NEEDED, PHONE, Visit

FILM = "veo-3.0-generate-preview"

pytestmark = NEEDED


def test_a_picture_is_made_for_the_price_on_the_button_and_found_again(visit: Visit, tmp_path: Path) -> None:
    key = new_key(visit.server, "painter")
    page = visit.enter(key)
    button = page.locator(".go")
    page.locator("textarea").fill("a red fox beside a lighthouse in the snow, painted in oil, at dawn")
    page.get_by_role("button", name="Fewer").click()
    expect(button).to_contain_text("$0.12")
    expect(page.locator(".price")).to_contain_text("3 × $0.04")
    page.locator(".ratios button", has_text="16:9").click()
    expect(button.locator("b:not(.unsettled)")).to_have_text("$0.12")
    price = button.locator("b").inner_text()
    page.locator("textarea").press("Control+Enter")
    expect(page.locator(".tile img")).to_have_count(3)
    assert spent(visit.server, key) == 120_000_000
    assert price == "$0.12"
    page.reload()
    expect(page.locator(".tile img")).to_have_count(3)
    page.get_by_role("link", name="Library").click()
    page.get_by_role("searchbox").fill("lighthouse 16:9")
    tile = page.locator(".tile").first
    expect(tile.locator("img")).to_have_js_property("complete", True)
    tile.click()
    shown = page.locator("dialog")
    expect(shown).to_contain_text("not a model's work")
    expect(shown).to_contain_text("16:9")
    shown.get_by_role("button", name="Star").click()
    expect(shown.get_by_role("button", name="Starred")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("nothing of the kind")
    expect(page.locator(".empty")).to_be_visible()
    page.screenshot(path=tmp_path / "library.png")
    held = visit.context.cookies()
    assert [(cookie["httpOnly"], cookie["sameSite"], cookie["path"]) for cookie in held] == [(True, "Strict", "/api")]
    kept = page.evaluate(
        "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])"
    )
    assert key not in kept
    assert held[0]["value"] not in kept


def test_a_film_is_seen_at_work_in_two_tabs_and_cancelled_for_nothing(visit: Visit) -> None:
    key = new_key(visit.server, "director")
    page = visit.enter(key)
    visit.choose(FILM)
    expect(page.locator(".locked", has_text="8 s")).to_be_visible()
    page.locator("textarea").fill("[danqing:slow=60] a boat on a calm lake at dusk, filmed from above, slow pan")
    expect(page.locator(".go")).to_contain_text("$5.40")
    page.locator(".go").click()
    expect(page.locator(".running")).to_contain_text("$5.40 held")
    other = visit.context.new_page()
    other.goto(f"{visit.server.url}/studio")
    expect(other.locator(".running")).to_contain_text("$5.40 held")
    page.reload()
    page.locator(".running button").click()
    for tab in (page, other):
        expect(tab.locator(".nothing")).to_contain_text("$0.00 was charged")
    assert spent(visit.server, key) == 0


def test_it_speaks_three_languages_on_a_phone_and_lets_go(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.set_viewport_size(PHONE)
    visit.enter(new_key(visit.server, "reader"))
    expect(page.locator(".composer")).to_be_visible()
    for language, word in (("zh-Hant", "創作"), ("zh-Hans", "创作"), ("en", "Create")):
        page.evaluate(f"localStorage.setItem('danqing.language', '{language}')")
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            for room in ("create", "library", "account"):
                visit.open(room)
                page.reload()
                expect(page.locator(".rooms")).to_contain_text(word)
                expect(page.locator("main.room")).to_be_visible()
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], (language, room)
        assert page.evaluate("document.documentElement.lang") == language
    page.screenshot(path=tmp_path / "phone.png")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#key")).to_be_visible()
    assert visit.context.cookies() == []
    page.reload()
    expect(page.locator("#key")).to_be_visible()


def test_a_key_that_nobody_knows_is_told_so(visit: Visit) -> None:
    page = visit.enter("sk-test-nobody")
    expect(page.get_by_role("alert")).to_contain_text("not known here")
    assert [told for told in visit.complaints if "401" not in told] == []
    visit.complaints.clear()


def test_tabs_are_signed_in_and_out_together(visit: Visit) -> None:
    page = visit.enter(new_key(visit.server, "one"))
    expect(page.locator(".composer")).to_be_visible()
    other = visit.context.new_page()
    other.goto(f"{visit.server.url}/studio#/account")
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    second = new_key(visit.server, "two")
    other.get_by_role("button", name="Sign out").click()
    for tab in (page, other):
        expect(tab.locator("#key")).to_be_visible()
    other.locator("#key").fill(second)
    other.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab.locator(".rooms")).to_be_visible()
