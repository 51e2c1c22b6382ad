"""The rooms that keep the books, in a real browser: jobs, usage, keys, upstreams; each figure held against the API."""

import re

import pytest
from playwright.sync_api import Page, expect

from contract.calls import IMAGEN, VEO_3, ended, new_key, spent
from e2e.visiting import NEEDED, PHONE, Visit
from serving import Server

pytestmark = NEEDED


def asked(server: Server, key: str, prompt: str, **also: object) -> str:
    """The id of a new job."""
    answer = server.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": prompt, "count": 1, **also}, key=key)
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
    expect(page.locator(".step")).to_have_count(len(told))
    assert [step.get_attribute("data-what") for step in page.locator(".step").all()] == [row["what"] for row in told]
    assert [mark.get_attribute("datetime") for mark in page.locator(".step time").all()] == [row["at"] for row in told]
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
    expect(page.locator(".step").last).to_have_attribute("data-what", re.compile("failed|unknown"))
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
