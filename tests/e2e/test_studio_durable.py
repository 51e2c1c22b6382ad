"""The studio and work that lasts: through reloads, over several tabs and machines, through the death of the server."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, expect

from contract.calls import new_key, spent
from e2e.visiting import NEEDED, PHONE, Visit, visiting
from serving import Server

NewServer = Callable[..., Server]
FILM = "veo-3.0-generate-001"
TABS = 8

pytestmark = NEEDED


def order(server: Server, key: str, prompt: str) -> str:
    """Have a film of four seconds made, from somewhere else; its job."""
    body = {"model": FILM, "prompt": prompt, "seconds": 4}
    answer = server.call("POST", "/api/jobs", body, key=key)
    assert answer.status == 201, answer.body
    return str(answer.json()["id"])


def running(page: Page, job: str) -> None:
    expect(page.locator(f".running[data-job='{job}']")).to_be_visible()


def test_work_goes_on_while_its_page_is_loaded_anew(visit: Visit) -> None:
    key = new_key(visit.server, "somebody in a hurry")
    page = visit.enter(key)
    page.locator("textarea").fill("[danqing:slow=5] a paper boat on a river")
    page.locator(".go").click()
    expect(page.locator(".running")).to_be_visible()
    page.reload()
    expect(page.locator(".running")).to_be_visible()
    expect(page.locator(".tile img").first).to_be_visible()
    expect(page.locator(".running")).to_have_count(0)


def test_a_server_that_dies_is_waited_for_and_its_work_is_seen_to_its_end(
    browser: Browser, new_server: NewServer
) -> None:
    server = new_server()
    with visiting(browser, server) as visit:
        key = new_key(server, "survivor")
        page = visit.enter(key)
        expect(page.locator(".composer")).to_be_visible()
        job = order(server, key, "a paper boat on a river")
        running(page, job)
        loaded = page.evaluate("window.loaded = performance.timeOrigin")
        server.kill()
        expect(page.locator("header [role=status]")).to_have_text("Reconnecting…")
        running(page, job)
        server.options = ("--port", str(urlsplit(server.url).port))
        server.start()
        expect(page.locator("header [role=status]")).to_have_text("Connected")
        expect(page.locator(".tile img")).to_have_count(1)
        assert page.evaluate("window.loaded") == loaded, "it is the same page still"
        assert spent(server, key) == server.call("GET", f"/api/jobs/{job}", key=key).json()["charged"]["nanos"] > 0
        assert [
            told for told in visit.complaints if "ERR_CONNECTION" not in told and "ERR_INCOMPLETE" not in told
        ] == []
        visit.complaints.clear()


def test_a_stream_that_was_refused_is_asked_for_again(visit: Visit) -> None:
    key = new_key(visit.server, "patient")
    refused = {"status": 503, "body": "{}", "content_type": "application/json"}
    visit.context.route("**/api/events", lambda asked: asked.fulfill(**refused), times=2)
    expect(visit.enter(key).locator(".composer")).to_be_visible()
    expect(visit.page.locator("header [role=status]")).to_have_text("Reconnecting…")
    expect(visit.page.locator("header [role=status]")).to_have_text("Connected")
    job = order(visit.server, key, "[danqing:slow=60] a boat at dusk")
    running(visit.page, job)
    visit.server.call("POST", f"/api/jobs/{job}/cancel", key=key)
    expect(visit.page.locator(".nothing")).to_be_visible()
    assert [told for told in visit.complaints if "503" not in told] == []
    visit.complaints.clear()


def test_work_is_seen_on_another_machine_as_it_happens(browser: Browser, server: Server) -> None:
    key = new_key(server, "two machines")
    with visiting(browser, server) as here, visiting(browser, server) as there:
        for visit in (here, there):
            expect(visit.enter(key).locator(".composer")).to_be_visible()
        job = order(server, key, "[danqing:slow=60] a boat at dusk")
        running(here.page, job)
        running(there.page, job)
        here.page.locator(f".running[data-job='{job}'] button").last.click()
        for visit in (here, there):
            expect(visit.page.locator(f".nothing[data-job='{job}']")).to_be_visible()
        assert spent(server, key) == 0


def test_eight_tabs_live_on_one_stream_and_outlive_the_tab_that_holds_it(visit: Visit) -> None:
    streams: set[Request] = set()
    visit.context.on("request", lambda asked: streams.add(asked) if asked.url.endswith("/api/events") else None)
    visit.context.on("requestfailed", lambda asked: streams.discard(asked))
    visit.context.on("requestfinished", lambda asked: streams.discard(asked))
    key = new_key(visit.server, "eight tabs")
    expect(visit.enter(key).locator(".composer")).to_be_visible()
    tabs = [visit.page, *(visit.context.new_page() for _ in range(TABS - 1))]
    for tab in tabs[1:]:
        tab.goto(f"{visit.server.url}/studio")
        expect(tab.locator(".composer")).to_be_visible()
    first = order(visit.server, key, "[danqing:slow=60] a boat at dusk")
    for tab in tabs:
        running(tab, first)
    assert len(streams) == 1
    tabs.pop(0).close()
    streams.clear()
    second = order(visit.server, key, "[danqing:slow=60] a boat at dawn")
    for tab in tabs:
        running(tab, second)
    assert len(streams) == 1, "one of the others has taken it over"
    for job in (first, second):
        visit.server.call("POST", f"/api/jobs/{job}/cancel", key=key)
    for tab in tabs:
        expect(tab.locator(".nothing")).to_have_count(2)


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with the keyboard")


def test_everything_is_done_without_a_mouse(visit: Visit) -> None:
    page = visit.open()
    tab_to(page, "#key")
    page.keyboard.insert_text(new_key(visit.server, "no mouse"))
    page.keyboard.press("Enter")
    expect(page.locator(".composer")).to_be_visible()
    tab_to(page, "textarea")
    page.keyboard.insert_text("a lighthouse by the sea")
    expect(page.locator(".go")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".tile img").first).to_be_visible()
    tab_to(page, "a[href='#/library']")
    page.keyboard.press("Enter")
    tab_to(page, "input[type=search]")
    page.keyboard.insert_text("lighthouse")
    expect(page.locator(".tile img").first).to_be_visible()
    tab_to(page, ".tile, .tile *")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null"), "what is open has the focus"
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.tile') !== null"), "the focus is where it was before"


def test_somebody_who_reads_chinese_works_on_a_phone(browser: Browser, server: Server) -> None:
    for language, library in (("zh-Hant", "作品庫"), ("zh-Hans", "作品库")):
        with visiting(browser, server) as visit:
            page = visit.page
            page.set_viewport_size(PHONE)
            page.add_init_script(f"localStorage.setItem('danqing.language', '{language}')")
            visit.enter(new_key(server, language))
            page.locator("textarea").fill("水墨畫：山間的一葉孤舟，晨霧")
            button = page.locator(".go")
            expect(button).to_be_enabled()
            button.click()
            expect(page.locator(".tile img").first).to_be_visible()
            page.get_by_role("link", name=library).click()
            page.get_by_role("searchbox").fill("孤舟")
            page.locator(".tile").first.click()
            shown = page.locator("dialog[open]")
            expect(shown).to_contain_text("孤舟")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
