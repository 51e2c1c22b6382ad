"""What the studio weighs and how fast it is, in a real browser: `make bench-studio`.

Each figure is the middle one of several visits with an empty cache, then the lowest and the highest. The upstream
paints at once, so that what is measured is the studio, its server and the browser. `--items` works lie in the library.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from contract.calls import new_key
from e2e.visiting import CHROMIUM, FLAGS
from serving import Server

HERE = Path(__file__).parent
MODEL = "imagen-4.0-generate-001"
PER_JOB = 4
TABS = 8
CODE_KB_MAX = 150
PATIENCE_MS = 120_000
SCREEN = {"width": 1440, "height": 900}
# Of the page: when it was first painted, and how much code had come by then.
PAINTED = """(() => {
  const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const code = performance.getEntriesByType("resource").filter(({name}) => /\\.(js|css)$/.test(name));
  const sum = (rows) => rows.reduce((all, {decodedBodySize}) => all + decodedBodySize, 0);
  return [painted, sum(code.filter(({responseEnd}) => responseEnd <= painted))];
})()"""
PRICED = "/\\$\\d/.test(document.querySelector('.go b')?.textContent ?? '')"
# The moment at which something is so; the page's policy allows no text to become code, the browser's own tools may.
SO = """new Promise((resolve) => {
  const look = () => (%s) ? resolve(performance.now()) : requestAnimationFrame(look);
  look();
})"""
# Scrolls as fast as frames come, until so many works were seen; tiles that are far away are not on the page.
SCROLL = """(wanted) => new Promise((resolve) => {
  const late = [], tasks = [0], seen = new Set();
  const busy = new PerformanceObserver((list) => list.getEntries().forEach(({duration}) => tasks.push(duration)));
  busy.observe({type: "longtask"});
  let before = performance.now(), frames = 0, nodes = 0;
  const step = (now) => {
    frames += 1;
    late.push(now - before);
    before = now;
    scrollBy(0, 160);
    document.querySelectorAll(".tile img").forEach(({src}) => seen.add(src));
    nodes = Math.max(nodes, document.querySelectorAll("*").length);
    if (seen.size < wanted) requestAnimationFrame(step);
    else resolve({frames, late: late.filter((gap) => gap > 50).length, task: Math.max(...tasks), nodes});
  };
  requestAnimationFrame(step);
})"""


@dataclass
class Table:
    """Rows of what was measured, each several times."""

    figures: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, figure: float) -> None:
        """One measurement more."""
        self.figures.setdefault(what, []).append(figure)

    def row(self, what: str) -> str:
        """The middle, and the ends."""
        measured = self.figures[what]
        return f"{what:<52} {median(measured):>10,.0f} {min(measured):>10,.0f} to {max(measured):,.0f}"


@contextmanager
def signed_in(browser: Browser, server: Server, key: str) -> Iterator[BrowserContext]:
    """A browser with an empty cache whose reader has signed in before."""
    context = browser.new_context(viewport=SCREEN, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    sent = context.request.post(f"{server.url}/api/session", data={"key": key}, headers={"danqing-studio": "1"})
    assert sent.ok, sent.text()
    yield context
    context.close()


def first_visit(browser: Browser, server: Server, key: str, table: Table) -> None:
    """From nothing to the price on the button."""
    with signed_in(browser, server, key) as context:
        page = context.new_page()
        wire = [0.0]
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda told: wire.append(told["encodedDataLength"]))
        page.goto(f"{server.url}/studio")
        priced = page.evaluate(SO % PRICED)
        painted, code = page.evaluate(PAINTED)
        table.note("first contentful paint, ms", painted)
        table.note("until the price is on the button, ms", priced)
        table.note("on the wire until then, KB", sum(wire) / 1024)
        table.note(f"code before the first paint, KB (at most {CODE_KB_MAX})", code / 1024)


def fill(server: Server, key: str, items: int) -> None:
    """So many works, each with its small picture made."""
    for number in range(items // PER_JOB):
        body = {"model": MODEL, "prompt": f"sky number {number}", "count": PER_JOB}
        answer = server.call("POST", "/api/jobs", body, key=key)
        assert answer.status == 201, answer.body
        server.call("GET", f"/api/jobs/{answer.json()['id']}/events", key=key)
    before = ""
    while before is not None:
        page = server.call("GET", f"/api/assets?limit=200{before and f'&before={before}'}", key=key).json()
        for asset in page["assets"]:
            server.call("GET", f"/api/assets/{asset['file']}/thumbnail?size=512", key=key)
        before = page["next"]


def scrolled(page: Page, server: Server, items: int, table: Table) -> None:
    """The library from its beginning to its end."""
    page.goto(f"{server.url}/studio#/library")
    page.wait_for_selector(".tile")
    told = page.evaluate(SCROLL, items)
    table.note(f"{items:,} works scrolled: frames later than 50 ms, of 1,000", 1000 * told["late"] / told["frames"])
    table.note(f"{items:,} works scrolled: longest task, ms", told["task"])
    table.note(f"{items:,} works scrolled: nodes of the page at most", told["nodes"])


def tabs_live(browser: Browser, server: Server, key: str, table: Table, rounds: int) -> None:
    """From asking elsewhere until every tab of a browser shows the work."""
    with signed_in(browser, server, key) as context:
        tabs = [context.new_page() for _ in range(TABS)]
        for tab in tabs:
            tab.goto(f"{server.url}/studio")
            tab.wait_for_selector(".composer")
        for made in range(rounds):
            begun = time.monotonic()
            body = {"model": MODEL, "prompt": "a sky for every tab", "count": 1}
            server.call("POST", "/api/jobs", body, key=key)
            for tab in tabs:
                tab.evaluate(SO % f"document.querySelectorAll('.tile img').length > {made}")
            table.note(f"until {TABS} tabs show what was made elsewhere, ms", 1000 * (time.monotonic() - begun))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=1000)
    chosen = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), program=(sys.executable, str(HERE / "serve_stub.py"), folder, "painter")).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            measure(browser, server, chosen, table)
        finally:
            browser.close()
            server.stop()
    print(f"{'':<52} {'middle':>10} {'lowest':>10} to highest")
    for what in table.figures:
        print(table.row(what))


def measure(browser: Browser, server: Server, chosen: argparse.Namespace, table: Table) -> None:
    """All of it."""
    fresh, full, busy = (new_key(server, name) for name in ("fresh", "full", "busy"))
    for _ in range(chosen.rounds):
        first_visit(browser, server, fresh, table)
    tabs_live(browser, server, busy, table, chosen.rounds)
    fill(server, full, chosen.items)
    for _ in range(chosen.rounds):
        with signed_in(browser, server, full) as context:
            scrolled(context.new_page(), server, chosen.items, table)


if __name__ == "__main__":
    main()
