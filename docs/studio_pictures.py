"""Takes pictures of the studio: every room and what opens above it, dark and light, on a phone, and in Chinese.

`make studio-pictures` draws on a server of its own whose works are always the same. Every page goes into docs/studio
once, dark, and every room in Chinese besides, light; in all other looks they go into build/studio, to be looked at.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from contract.calls import new_key
from e2e.rooms import ABOVE, ROOMS, WIDE
from e2e.visiting import CHROMIUM, FLAGS, PATIENCE_MS, PHONE, at_rest
from serving import Server

ALL = Path(__file__).parents[1] / "build" / "studio"
SHOWN = Path(__file__).parent / "studio"
ALSO = ("create-phone", "library-phone", "library-light")
BYTES_MAX = 100 << 10
IMAGEN, ULTRA, FILM = "imagen-4.0-generate-001", "imagen-4.0-ultra-generate-001", "veo-3.0-generate-001"
DRAFT = {"en": "a lighthouse in a storm at night, oil painting", "zh-Hant": "黃昏的海邊，一座燈塔，油畫"}
# So long that what makes them fail or wait is cut off wherever they are shown.
HOPELESS = (
    "A storm in a teacup: tall waves, lightning over the rim and a paper boat no larger than a leaf, seen through the "
    "steam in the last light of a winter afternoon, macro photograph with a very shallow depth of field, dust in the "
    "air, muted colours, the table cloth out of focus behind it [danqing:fail]"
)
PATIENT = (
    "Drone shot over a river that winds through misty mountains at sunrise: a small wooden boat with a lantern drifts "
    "past cranes that take wing, the camera slowly descends until the water fills the frame, soft golden light, "
    "birdsong and the sound of oars, in the manner of an old scroll [danqing:slow=600]"
)
# What lies in the library, oldest first; the last is still at work.
WORKS: tuple[dict[str, object], ...] = (
    {"model": IMAGEN, "prompt": "an astronaut riding a horse on the moon", "aspect": "4:3"},
    {"model": IMAGEN, "prompt": "櫻花樹下的一隻狗", "aspect": "1:1"},
    {"model": IMAGEN, "prompt": "a mechanical butterfly flying in the futuristic garden", "aspect": "16:9"},
    {"model": IMAGEN, "prompt": "夜晚的城市，下著雨", "aspect": "3:4"},
    {"model": IMAGEN, "prompt": "a stained glass window of a peacock", "aspect": "1:1"},
    {"model": FILM, "prompt": "Panning wide shot of a calico kitten sleeping in the sunshine", "seconds": 4},
    {"model": ULTRA, "prompt": "A minimalist logo for a LLM router market company on a solid white background. "
     "trident in a circle as the main symbol, with ONLY text 'InferEra' below.", "aspect": "1:1"},
    {"model": IMAGEN, "prompt": "a lighthouse in a storm at night", "aspect": "16:9"},
    {"model": IMAGEN, "prompt": "一隻熊貓在竹林裡吃竹子", "aspect": "4:3"},
    {"model": IMAGEN, "prompt": "a hot air balloon over the mountains at dawn", "aspect": "9:16"},
    {"model": IMAGEN, "prompt": HOPELESS, "aspect": "1:1"},
    {"model": IMAGEN, "prompt": "生成一幅山水畫,並給出一首詩詞描述", "aspect": "16:9"},
    {"model": IMAGEN, "prompt": "a red fox in the snow at dawn", "aspect": "4:3"},
    {"model": FILM, "prompt": PATIENT, "seconds": 8},
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How it is looked at."""

    name: str
    scheme: str
    language: str
    phone: bool = False


LOOKS = (
    Look("dark", "dark", "en"),
    Look("light", "light", "en"),
    Look("phone", "dark", "en", phone=True),
    Look("phone-light", "light", "zh-Hant", phone=True),
    Look("zh-Hant", "light", "zh-Hant"),
)


def furnish(server: Server) -> str:
    """Have the works made; the key that has them."""
    key = new_key(server, "Studio")
    for seed, work in enumerate(WORKS, 1):
        body = {"count": 1, **work, "seed": seed}
        answer = server.call("POST", "/api/jobs", body, key=key)
        assert answer.status == 201, answer.body
        if work is not WORKS[-1]:
            server.call("GET", f"/api/jobs/{answer.json()['id']}/events", key=key)
    return key


def take(browser: Browser, server: Server, keys: Mapping[str, str], look: Look) -> Iterator[tuple[str, bytes]]:
    """All that there is to be seen, looked at in one way: names and PNGs. `keys`: of those who may see it."""
    for whose, key in keys.items():
        context = browser.new_context(
            viewport=PHONE if look.phone else WIDE,
            device_scale_factor=2 if look.phone else 1,
            color_scheme=look.scheme,  # type: ignore[arg-type]
            locale=look.language if look.language != "en" else "en-US",
            reduced_motion="reduce",
            timezone_id="Asia/Taipei",
        )
        page = context.new_page()
        page.goto(f"{server.url}/studio")
        expect(page.locator("#key")).to_be_visible()
        at_rest(page)
        yield "signin", page.screenshot()
        page.locator("#key").fill(key)
        page.keyboard.press("Enter")
        expect(page.locator(".rooms")).to_be_visible()
        for name, (room, show) in sights(whose).items():
            enter(page, server, room, look)
            show(page)
            at_rest(page)
            yield name, page.screenshot()
        context.close()


def sights(whose: str) -> dict[str, tuple[str, Callable[[Page], object]]]:
    """The rooms that are for a key, or for the owner alone, and what opens above them: in which room, and how."""
    mine = [room for room, admitted in ROOMS.items() if whose == ("key" if "key" in admitted else "owner")]
    rooms = {room: (room, lambda page: None) for room in mine}
    return {**rooms, **{name: sight for name, sight in ABOVE.items() if sight[0] in mine}}


def enter(page: Page, server: Server, room: str, look: Look) -> None:
    """Go into a room and wait until all of it is there."""
    page.goto(f"{server.url}/studio#/{room}")
    page.reload()
    expect(page.locator("main.room:not(.waiting)")).to_be_visible()
    if room == "create":
        page.locator("textarea").fill(DRAFT[look.language])
        expect(page.locator(".go")).to_contain_text("$")
    at_rest(page)


def pressed(picture: bytes) -> bytes:
    """As WebP, no larger than it may be."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    for quality in (86, 78, 68, 55):
        out = BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= BYTES_MAX:
            break
    return out.getvalue()


def keep(name: str, look: Look, picture: bytes) -> None:
    """Where it is looked at, or where the documentation shows it."""
    title = f"{name}-{look.name}"
    whole = name != "form"  # which stands beside Create on a wide screen
    shown = (look.name == "dark" and whole) or (look.name == "zh-Hant" and name in ROOMS) or title in ALSO
    ((SHOWN if shown else ALL) / f"{title}.webp").write_bytes(picture)


def main() -> None:
    """Take them all."""
    if CHROMIUM is None:
        sys.exit("Chromium is not installed on this machine.")
    expect.set_options(timeout=PATIENCE_MS)
    for folder in (ALL, SHOWN):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder)).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            keys = {"key": furnish(server), "owner": server.owner_key}
            for look in LOOKS:
                for name, picture in take(browser, server, keys, look):
                    keep(name, look, pressed(picture))
        finally:
            browser.close()
            server.kill()


if __name__ == "__main__":
    main()
