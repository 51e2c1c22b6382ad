"""The rooms that keep the books, in a real browser: jobs, usage, keys, upstreams; each figure held against the API."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from contract.calls import DOLLAR, GEMINI, IMAGEN, IMAGEN_4, VEO_3, ended, new_key, spent
from e2e.traces import eventually
from e2e.visiting import NEEDED, PHONE, Visit, visiting
from serving import Server

pytestmark = NEEDED
MINI = "gpt-image-1-mini"  # charged by tokens: no round amounts


def asked(server: Server, key: str, prompt: str, *, model: str = IMAGEN, **also: object) -> str:
    """The id of a new job."""
    answer = server.call("POST", "/api/jobs", {"model": model, "prompt": prompt, "count": 1, **also}, key=key)
    assert answer.status == 201, answer.body
    return str(answer.json()["id"])


def listed(page: Page) -> list[str]:
    """The jobs that are seen, in their order."""
    return [str(row.get_attribute("data-job")) for row in page.locator(".job").all()]


def test_jobs_are_chosen_in_the_address_and_new_ones_appear_by_themselves(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "clerk of jobs")
    good = asked(server, key, "a red fox in the snow")
    bad = asked(server, key, "[danqing:fail] a lighthouse")
    film = asked(server, key, "[danqing:slow=600] a boat", model=VEO_3)
    for job in (good, bad):
        ended(server, job, key)
    page = visit.enter(key)
    page.get_by_role("link", name="Jobs").click()
    expect(page.locator(".job")).to_have_count(3)
    assert listed(page) == [film, bad, good]
    expect(page.locator(f"[data-job='{film}'] .paid")).to_contain_text("$5.40")
    page.get_by_role("radio", name="Came to nothing").click()
    expect(page.locator(".job")).to_have_count(1)
    expect(page.locator(".job")).to_contain_text("Failed")
    assert "state=failed%2Ccancelled%2Cunknown" in page.url
    page.reload()
    expect(page.locator(".job")).to_have_count(1)
    second = asked(server, key, "[danqing:unknown] a horse")
    expect(page.locator(".job")).to_have_count(2)
    assert listed(page) == [second, bad]
    page.get_by_role("radio", name="At work").click()
    expect(page.locator(".job")).to_have_count(1)
    server.call("POST", f"/api/jobs/{film}/cancel", key=key)
    expect(page.locator(".empty")).to_be_visible()
    visit.open(f"jobs?kind=video&model={VEO_3}&since=2020-01-01")
    expect(page.locator(".job")).to_have_count(1)
    visit.open("jobs?until=2020-01-01")
    expect(page.locator(".empty")).to_be_visible()


def test_a_job_tells_its_timeline_and_its_money(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "reader of timelines")
    job = asked(server, key, "[danqing:filtered=1] three boats on a lake", count=3)
    ended(server, job, key)
    page = visit.enter(key)
    visit.open(f"jobs/{job}")
    told = server.call("GET", f"/api/jobs/{job}/timeline", key=key).json()["timeline"]
    expect(page.locator(".happened")).to_have_count(len(told))
    assert [step.get_attribute("data-what") for step in page.locator(".happened").all()] == [
        row["what"] for row in told
    ]
    assert [mark.get_attribute("datetime") for mark in page.locator(".happened time").all()] == [
        row["at"] for row in told
    ]
    assert {"admitted", "produced", "withheld", "done"} <= {row["what"] for row in told}
    expect(page.locator(".delivered img")).to_have_count(2)
    expect(page.locator(".flow")).to_contain_text(re.compile(r"held \$0\.09.*charged \$0\.06"))
    lines = server.call("GET", f"/api/ledger?job={job}", key=key).json()["entries"]
    expect(page.locator(".lines tr")).to_have_count(len(lines))
    expect(page.locator(".money")).to_contain_text("The rest of the hold was given back")


@pytest.mark.parametrize(
    ("word", "said"), [("fail", "Failed"), ("unknown", "it is never sent again by itself"), ("filtered", "Refused")]
)
def test_what_came_to_nothing_is_explained_and_asked_for_again_at_the_price_on_the_button(
    visit: Visit, word: str, said: str
) -> None:
    server, key = visit.server, new_key(visit.server, f"in trouble: {word}")
    job = asked(server, key, f"[danqing:{word}] a lighthouse", count=2)
    ended(server, job, key)
    page = visit.enter(key)
    visit.open(f"jobs/{job}")
    expect(page.locator("main")).to_contain_text(said)
    expect(page.locator(".flow")).to_contain_text("charged $0.00")
    again = page.locator("button", has_text="Try again")
    expect(again).to_contain_text("$0.06")
    again.click()
    expect(page).not_to_have_url(re.compile(job))
    new = page.url.rpartition("/")[2]
    assert ended(server, new, key)["parameters"]["seed"] == ended(server, job, key)["parameters"]["seed"]
    expect(page.locator(".happened").last).to_have_attribute("data-what", re.compile("failed|unknown"))
    assert spent(server, key) == 0


def test_a_job_is_made_again_for_the_price_on_the_button_used_as_a_draft_and_its_files_deleted(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "maker of more")
    job = asked(server, key, "a red fox beside a lighthouse", seed=7, aspect="16:9")
    ended(server, job, key)
    page = visit.enter(key)
    visit.open(f"jobs/{job}")
    button = page.locator("button", has_text="same seed")
    expect(button).to_contain_text("$0.03")
    button.click()
    expect(page).not_to_have_url(re.compile(job))
    expect(page.locator(".now")).to_contain_text("Delivered")
    assert spent(server, key) == 60_000_000
    page.locator("button", has_text="Use as a new draft").click()
    expect(page.locator(".composer textarea")).to_have_value("a red fox beside a lighthouse")
    visit.open(f"jobs/{job}")
    page.locator(".acting > button", has_text="Delete its files").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete its files").click()
    expect(page.locator(".delivered")).to_contain_text("taken away")
    assert server.call("GET", f"/api/jobs/{job}", key=key).json()["outputs"][0]["gone"]


def test_a_job_is_followed_and_cancelled_with_the_keyboard_on_a_phone_in_chinese(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "walker")
    job = asked(server, key, "[danqing:slow=600] a whale under the northern lights", model=VEO_3)
    page = visit.page
    page.set_viewport_size(PHONE)
    page.add_init_script("localStorage.setItem('danqing.language', 'zh-Hant')")
    visit.enter(key)
    expect(page.locator(".rooms")).to_be_visible()
    visit.open("jobs")
    page.locator(f"[data-job='{job}'] a").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".flow")).to_contain_text("預留 $5.40")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("button", has_text="取消並退回 $5.40").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".now")).to_contain_text("已取消")
    expect(page.locator(".money")).to_contain_text("預留款已全數退回")
    assert spent(server, key) == 0


def figures(server: Server, key: str, by: str, **chosen: str) -> list[dict[str, object]]:
    """The sums as the API tells them."""
    wanted = urlencode({"by": by, **chosen})
    return server.call("GET", f"/api/usage?{wanted}", key=key).json()["figures"]


def in_dollars(nanos: int) -> str:
    """An amount as people read it, exactly."""
    whole, part = divmod(nanos, DOLLAR)
    return f"${whole:,}.{f'{part:09}'.rstrip('0').ljust(2, '0')}"


def test_what_was_spent_is_the_sum_of_the_ledger_and_leads_to_its_lines(visit: Visit, tmp_path: Path) -> None:
    server, key = visit.server, new_key(visit.server, "treasurer", budget_usd="60", daily_usd="20")
    bodies = ({"model": IMAGEN, "count": 3}, {"model": IMAGEN_4}, {"model": MINI}, {"prompt": "[danqing:fail] a fox"})
    for body in bodies:
        ended(server, asked(server, key, **{"prompt": "a red fox in the snow", **body}), key)
    page = visit.enter(key)
    page.get_by_role("link", name="Usage").click()
    spent_now = in_dollars(spent(server, key))
    expect(page.locator(".sum", has_text="Spent in these days")).to_contain_text(spent_now)
    expect(page.locator(".limit", has_text="This key, in all")).to_contain_text(f"{spent_now} / $60.00")
    by_model = figures(server, key, "model")
    assert len(by_model) == 3
    shares = page.locator(".shares a")
    expect(shares).to_have_count(3)
    for row in by_model:
        expect(shares.filter(has_text=in_dollars(row["charged"]["nanos"]))).to_have_count(1)
    today = page.locator(".plot a").last
    today.focus()
    label = str(today.get_attribute("aria-label"))
    assert spent_now in label
    assert all(in_dollars(row["charged"]["nanos"]) in label for row in by_model)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".plot a:focus")).to_have_attribute("aria-label", re.compile(r": \$0\.00$"))
    expect(page.locator(".reading")).to_contain_text("$0.00")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    lines = server.call("GET", "/api/ledger", key=key).json()["entries"]
    expect(page.locator(".ledger tbody tr")).to_have_count(len(lines))
    expect(page.locator("main")).to_contain_text(f"{len(lines)} lines, {spent_now} charged")
    with page.expect_download() as saved:
        page.locator("a", has_text="CSV").click()
    saved.value.save_as(tmp_path / "ledger.csv")
    rows = list(csv.DictReader((tmp_path / "ledger.csv").read_text().splitlines()))
    assert {row["id"] for row in rows} == {line["id"] for line in lines}
    assert sum(int(row["charged_nanos"]) for row in rows) == spent(server, key)
    page.locator(".ledger a").first.click()
    expect(page.locator(".flow")).to_be_visible()


def test_figures_are_of_the_days_that_are_chosen_and_saved_as_a_table(visit: Visit, tmp_path: Path) -> None:
    server, key = visit.server, new_key(visit.server, "reader of days")
    ended(server, asked(server, key, "a boat at dusk"), key)
    page = visit.enter(key)
    expect(page.locator(".rooms")).to_be_visible()
    visit.open("usage?since=2026-01-01&until=2026-01-31")
    expect(page.locator(".empty")).to_contain_text("Nothing was spent")
    page.get_by_role("radio", name="7 days").click()
    expect(page.locator(".plot a")).to_have_count(7)
    with page.expect_download() as saved:
        page.locator("a", has_text="CSV").click()
    saved.value.save_as(tmp_path / "usage.csv")
    rows = list(csv.DictReader((tmp_path / "usage.csv").read_text().splitlines()))
    assert [(row["model"], int(row["charged_nanos"])) for row in rows] == [(IMAGEN, spent(server, key))]
    page.set_viewport_size(PHONE)
    page.evaluate("localStorage.setItem('danqing.language', 'zh-Hant')")
    page.reload()
    expect(page.locator("main")).to_contain_text("這段期間花費")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_owner_sees_what_everybody_spent_by_the_names_of_keys(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "a key with a name of its own")
    ended(server, asked(server, key, "a cat by the window"), key)
    page = visit.enter(server.owner_key)
    expect(page.locator(".sums")).to_be_visible()
    page.get_by_role("radio", name="Real money").click()
    expect(page.locator(".shares a", has_text="a key with a name of its own")).to_have_count(0)
    page.get_by_role("radio", name="Play money").click()
    row = page.locator(".shares a", has_text="a key with a name of its own")
    expect(row).to_contain_text("$0.03")
    row.click()
    expect(page.locator(".ledger tbody tr")).to_have_count(2)
    expect(page.locator(".ledger")).to_contain_text("a key with a name of its own")


def priced(server: Server, key: str) -> int:
    """The status of what the cheapest picture is answered with; nothing is made."""
    return server.call("POST", "/api/quote", {"model": IMAGEN, "prompt": "a fox", "count": 1}, key=key).status


def shown_once(page: Page) -> str:
    """The secret that is on the screen; it is gone when that is left."""
    secret = page.get_by_role("textbox", name="Secret").input_value()
    page.get_by_role("button", name="I have kept it").click()
    expect(page.locator("dialog.question")).to_have_count(0)
    assert secret not in page.content()
    return secret


def test_a_key_is_created_used_capped_rotated_and_revoked(visit: Visit) -> None:
    server = visit.server
    page = visit.enter(server.owner_key)
    page.get_by_role("link", name="Keys").click()
    page.get_by_role("button", name="New key").click()
    page.get_by_role("textbox", name="Name").fill("the shop in town")
    page.get_by_role("textbox", name="in all").fill("0.10")
    page.keyboard.press("Enter")
    secret = shown_once(page)
    assert secret.startswith("sk-test-")
    card = page.locator(".key", has_text="the shop in town")
    expect(card).to_contain_text("$0.00 / $0.10")
    ended(server, asked(server, secret, "a red fox", count=3), secret)
    refused = server.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": "a fox", "count": 1}, key=secret)
    assert refused.status == 402
    page.reload()
    expect(card).to_contain_text("$0.09 / $0.10")
    expect(card).to_contain_text("last used")
    card.get_by_role("button", name="Change").click()
    page.get_by_role("textbox", name="Name").fill("the shop by the sea")
    page.get_by_role("textbox", name="in all").fill("")
    page.get_by_role("button", name="Save").click()
    card = page.locator(".key", has_text="the shop by the sea")
    expect(card).to_contain_text("No limits of its own")
    assert priced(server, secret) == 200
    card.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    new = shown_once(page)
    eventually(lambda: priced(server, secret) == 401)
    assert priced(server, new) == 200
    card.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.get_by_text("Revoked keys").click()
    expect(card).to_contain_text("Revoked on")
    eventually(lambda: priced(server, new) == 401)


def test_a_project_limits_its_keys_and_what_is_refused_is_told_in_the_form(visit: Visit) -> None:
    server = visit.server
    page = visit.enter(server.owner_key)
    page.get_by_role("link", name="Keys").click()
    page.get_by_role("button", name="New project").click()
    page.get_by_role("textbox", name="Name").fill("Lantern festival")
    page.get_by_role("textbox", name="by month").fill("0.02")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".project", has_text="Lantern festival")).to_contain_text("$0.00 / $0.02")
    page.get_by_role("button", name="New key").click()
    page.get_by_role("textbox", name="Name").fill("lantern maker")
    page.get_by_role("radio", name="Viewer").click()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Create a key of a project for it")
    visit.complaints.clear()  # the browser's own words about a 400
    page.get_by_role("radio", name="Member").click()
    page.get_by_role("combobox", name="Project").select_option("Lantern festival")
    page.get_by_role("button", name="Create").click()
    secret = shown_once(page)
    expect(page.locator(".project", has_text="Lantern festival")).to_contain_text("lantern maker")
    answer = server.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": "a lantern", "count": 1}, key=secret)
    assert (answer.status, answer.json()["error"]["code"]) == (402, "project_monthly_budget_exceeded")


UPSTREAMS = """
[upstreams.studio]
kind = "google"
base_url = "http://127.0.0.1:9"
key = "AIza-of-nobody-0123456789"
"""


def test_upstreams_tell_how_they_do_and_the_clock_tells_whom_an_end_concerns(
    browser: Browser, new_server: Callable[..., Server], tmp_path: Path
) -> None:
    (tmp_path / "server0").mkdir()
    (tmp_path / "server0" / "danqing.toml").write_text(UPSTREAMS)
    server = new_server()
    live = server.live_key()
    for _ in range(5):
        ended(server, asked(server, live, "a fox", model="imagen-4.0-generate-001"), live)
    ended(server, asked(server, server.key, "a fox", model="imagen-4.0-generate-001"))
    with visiting(browser, server) as visit:
        page = visit.enter(server.owner_key)
        page.get_by_role("link", name="Upstreams").click()
        maker = page.locator("[data-upstream=studio]")
        expect(maker).to_contain_text("Of the last 5, 0 % went well")
        expect(maker).to_contain_text("cannot be reached")
        expect(maker.locator("header .health")).to_contain_text(re.compile("Resting|Being tried"))
        told = server.call("GET", "/api/models?retiring", key=server.owner_key).json()["models"]
        ending = [row for row in told if row["left"] >= 0]
        expect(page.locator(".ending > li")).to_have_count(len(ending))
        assert [row.get_attribute("data-model") for row in page.locator(".ending > li").all()] == [
            row["id"] for row in ending
        ]
        gone = page.locator(".gonelist > [data-model='imagen-4.0-generate-001']")
        expect(gone).to_contain_text("Live keys are answered by Gemini 3.1 Flash Image")
        expect(gone).to_contain_text(re.compile("Test *first test key *jobs: 1"))


def test_an_admin_keeps_the_books_with_a_key_and_a_viewer_is_offered_nothing_to_change(visit: Visit) -> None:
    server = visit.server
    project = server.call("POST", "/api/projects", {"name": "For clients"}, key=server.owner_key).json()["id"]
    member = new_key(server, "painter of the project", project=project)
    job = asked(server, member, "a red fox")
    ended(server, job, member)
    page = visit.enter(new_key(server, "client", project=project, role="viewer"))
    expect(page.locator(".rooms")).to_be_visible()
    visit.open(f"jobs/{job}")
    expect(page.locator(".flow")).to_contain_text("charged $0.03")
    expect(page.locator(".acting")).to_have_count(0)
    expect(page.locator(".rooms a[href='#/keys']")).to_have_count(0)
    visit.open("account")
    page.get_by_role("button", name="Sign out").click()
    page.locator("#key").fill(new_key(server, "head of all", role="admin"))
    page.keyboard.press("Enter")
    expect(page.locator(".rooms")).to_be_visible()
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Keys").click()
    expect(page.locator(".key", has_text="painter of the project")).to_be_visible()
    expect(page.locator("#others")).to_be_hidden()
    visit.open("jobs")
    expect(page.locator(f"[data-job='{job}']")).to_contain_text("painter of the project")
    visit.open("keys")
    page.locator(".key", has_text="painter of the project").get_by_role("link", name="Jobs").click()
    expect(page.locator(".job")).to_have_count(1)
    expect(page.get_by_role("button", name="Without “painter of the project”")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_draft_out_of_a_job_brings_what_it_was_given_or_says_that_it_cannot(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "painter over")
    first = ended(server, asked(server, key, "a red fox in the snow"), key)
    given = [f"files/{first['outputs'][0]['file']}"]
    good = asked(server, key, "make it night", model=GEMINI, pictures=given)
    bad = asked(server, key, "[danqing:fail] make it day", model=GEMINI, pictures=given)
    for job in (good, bad):
        ended(server, job, key)
    page = visit.enter(key)
    expect(page.locator(".rooms")).to_be_visible()
    visit.open(f"jobs/{bad}")
    expect(page.locator(".acting")).to_contain_text("is not taken along")
    visit.open(f"jobs/{good}")
    expect(page.locator(".delivered")).to_be_visible()
    expect(page.locator(".acting")).not_to_contain_text("is not taken along")
    page.get_by_role("button", name="Use as a new draft").click()
    expect(page.locator(".composer textarea")).to_have_value("make it night")
    expect(page.locator(".chip")).to_have_count(1)


def test_older_jobs_and_lines_of_the_ledger_come_by_scrolling(visit: Visit) -> None:
    server, key = visit.server, new_key(visit.server, "somebody with a past")
    made = [asked(server, key, "[danqing:fail] a storm") for _ in range(55)]
    ended(server, made[-1], key)
    page = visit.enter(key)
    expect(page.locator(".rooms")).to_be_visible()
    visit.open("jobs")
    expect(page.locator(".job")).to_have_count(40)
    page.keyboard.press("End")
    expect(page.locator(".job")).to_have_count(55)
    assert listed(page) == made[::-1]
    visit.open("usage/ledger")
    expect(page.locator(".ledger tbody tr")).to_have_count(100)
    page.locator(".ledger tbody tr").last.scroll_into_view_if_needed()
    expect(page.locator(".ledger tbody tr")).to_have_count(110)
