"""Models are compared in the studio: one price for all of it, live cells, what each cost and how long it took."""

from playwright.sync_api import Page, expect

from contract.calls import jobs, new_key, spent
from e2e.visiting import NEEDED, PHONE, Visit

pytestmark = NEEDED

THREE, FOUR, FAST = "imagen-3.0-generate-002", "imagen-4.0-generate-001", "imagen-4.0-fast-generate-001"
CENT = 10_000_000


def compare(visit: Visit, key: str, *models: str, prompts: tuple[str, ...]) -> Page:
    """A comparison on the desk."""
    page = visit.enter(key)
    page.get_by_role("link", name="Compare").click()
    for at, words in enumerate(prompts):
        if at:
            page.get_by_role("button", name="Another prompt").click()
        page.get_by_label(f"Prompt {at + 1}", exact=True).fill(words)
    for model in models:
        page.locator(f".pick input[value='{model}']").check()
    return page


def test_the_price_of_all_is_told_before_and_is_what_is_charged(visit: Visit) -> None:
    key = new_key(visit.server, "compares")
    page = compare(visit, key, THREE, FOUR, prompts=("a red fox", "an owl at night"))
    go = page.locator(".go")
    expect(go.locator("b")).to_have_text("$0.14")
    page.locator(".ratios button", has_text="16:9").click()
    page.locator(".ratios button", has_text="1:1").click()
    expect(go).to_contain_text("Make 8")
    expect(go.locator("b")).to_have_text("$0.28")
    page.locator(".ratios button", has_text="1:1").click()
    expect(go.locator("b")).to_have_text("$0.14")
    page.get_by_label("Seed").fill("11")
    expect(go).to_be_enabled()
    go.click()
    expect(page.locator(".cell img")).to_have_count(4)
    expect(page.get_by_role("status")).to_have_text("4 of 4 done, $0.14 charged")
    assert spent(visit.server, key) == 14 * CENT
    made = jobs(visit.server, key)
    asked = [(job["prompt"], job["model"], job["parameters"].get("aspect"), job["parameters"]["seed"]) for job in made]
    assert sorted(asked) == sorted(
        (prompt, model, "16:9", 11) for prompt in ("a red fox", "an owl at night") for model in (THREE, FOUR)
    )
    expect(page.locator(".cell .row b").first).to_have_text("$0.03")
    expect(page.locator(".cell .row span").first).to_contain_text("s")
    order = page.locator(".cell").evaluate_all("cells => cells.map((cell) => cell.dataset.job)")
    page.reload()
    expect(page.locator(".cell img")).to_have_count(4)
    assert page.locator(".cell").evaluate_all("cells => cells.map((cell) => cell.dataset.job)") == order
    page.locator(".cell .tile a").nth(2).click()
    expect(page.locator(".viewer")).to_contain_text("an owl at night")
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_be_hidden()
    page.get_by_role("button", name="Compare anew").click()
    page.get_by_role("button", name="The last comparison").click()
    expect(page.locator(".cell img")).to_have_count(4)


def test_what_cannot_be_made_says_why_and_is_left_out(visit: Visit) -> None:
    key = new_key(visit.server, "compares in vain")
    page = compare(visit, key, THREE, "gemini-3.1-flash-image", prompts=("a boat",))
    page.locator(".ratios button", has_text="21:9").click()
    expect(page.locator(".cell", has_text="Imagen 3")).to_contain_text("Ratio: this model does not have 21:9.")
    expect(page.locator(".weighing")).to_contain_text("Left out: 1.")
    page.locator(".go").click()
    expect(page.locator(".cell img")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("1 of 1 done")
    assert [job["model"] for job in jobs(visit.server, key)] == ["gemini-3.1-flash-image"]


def test_all_of_it_is_cancelled_at_once_for_nothing(visit: Visit) -> None:
    key = new_key(visit.server, "changes their mind")
    page = visit.page
    page.set_viewport_size(PHONE)
    compare(visit, key, THREE, FAST, prompts=("[danqing:slow=60] a storm",))
    page.locator(".go").click()
    expect(page.locator(".cell .running")).to_have_count(2)
    page.get_by_role("button", name="Cancel the rest").click()
    expect(page.locator(".cell .nothing")).to_have_count(2)
    expect(page.get_by_role("button", name="Cancel the rest")).to_have_count(0)
    assert {job["state"] for job in jobs(visit.server, key)} == {"cancelled"}
    assert spent(visit.server, key) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_there_is_no_money_for_is_not_begun(visit: Visit) -> None:
    key = new_key(visit.server, "has six cents", budget_usd="0.06")
    page = compare(visit, key, THREE, FOUR, prompts=("a red fox",))
    expect(page.locator(".go b")).to_have_text("$0.07")
    expect(page.locator(".go")).to_be_disabled()
    expect(page.locator(".weighing")).to_contain_text("not enough money")
