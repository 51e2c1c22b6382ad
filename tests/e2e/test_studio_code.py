"""A draft and a job as code in the studio: what is copied is what the API prints."""

from playwright.sync_api import expect

from contract.calls import ended, new_key
from e2e.visiting import NEEDED, PHONE, Visit

pytestmark = NEEDED

WORDS = 'a "red" fox\nin the snow'


def copied(visit: Visit) -> str:
    visit.page.get_by_role("button", name="Copy").click()
    expect(visit.page.locator(".code [role=status]")).to_have_text("Copied.")
    return str(visit.page.evaluate("navigator.clipboard.readText()"))


def test_the_draft_on_the_desk_is_copied_as_code(visit: Visit) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.enter(new_key(visit.server, "reads code"))
    visit.choose("imagen-3.0-generate-002")
    code = page.get_by_role("button", name="This draft as code")
    expect(code).to_be_disabled()
    page.locator("textarea").fill(WORDS)
    code.click()
    body = {"model": "imagen-3.0-generate-002", "prompt": WORDS, "count": 4}
    told = visit.server.call("POST", "/api/code", body).json()
    expect(page.locator(".code pre")).to_contain_text("generate_images")
    assert copied(visit) == told["google_genai"]["code"]
    page.get_by_role("radio", name="google-genai").press("ArrowRight")
    expect(page.locator(".code [role=status]")).to_be_empty()
    assert copied(visit) == told["openai"]["code"]
    page.get_by_role("radio", name="danqing").click()
    expect(page.locator(".code pre")).to_contain_text("danqing draw")
    page.keyboard.press("Escape")
    expect(page.locator(".sheet")).to_have_count(0)
    expect(code).to_be_focused()


def test_a_work_is_shown_as_code_on_a_phone_and_what_a_dialect_lacks_is_told(visit: Visit) -> None:
    key = new_key(visit.server, "reads more code")
    body = {"model": "gpt-image-2", "prompt": "an owl", "pixels": "768x512", "count": 1}
    job = visit.server.call("POST", "/api/jobs", body, key=key).json()["id"]
    ended(visit.server, job, key)
    page = visit.page
    page.set_viewport_size(PHONE)
    visit.enter(key)
    page.get_by_role("link", name="Library").click()
    page.locator(".tile").first.click()
    page.locator(".viewer").get_by_role("button", name="Code").click()
    expect(page.locator(".code")).to_contain_text("google-genai has no words for this: Pixels.")
    page.get_by_role("radio", name="curl").click()
    expect(page.locator(".code pre")).to_contain_text('"pixels": "768x512"')
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.reload()
    page.locator(".viewer").get_by_role("button", name="Code").click()
    expect(page.locator(".code pre")).to_contain_text("curl -sS")
