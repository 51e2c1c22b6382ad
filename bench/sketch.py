"""What the Sketch engine costs: pictures, films, and how well the server answers while four films are drawn.

`sketch.py [pictures] [films] [server]`; without a word, all of them. The figures are of one machine and one run. What
can be compared between machines is the ratio of a film to the encoding of the very same frames and sound, all drawn
beforehand; the ratio of CPU time can be compared on a machine that is busy with something else, too.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import aiohttp

from danqing.sketch.planning.plan import plan
from danqing.sketch.works.film import drawn, encode, film
from danqing.sketch.works.picture import encoded, picture, reel
from danqing.sketch.works.sound import sound

PICTURES = (
    "A minimalist logo for a LLM router market company on a solid white background. trident in a circle as the main "
    "symbol, with ONLY text 'InferEra' below.",
    "A cat playing with a ball",
    "a mechanical butterfly flying in the futuristic garden",
    "Panning wide shot of a calico kitten sleeping in the sunshine",
    "生成一幅山水畫，並給出一首詩詞描述",
)
FILMS = (
    "A cat playing with a ball",
    "a mechanical butterfly flying in the futuristic garden",
    "a car driving through the city at night in the rain, tracking shot",
    "nine penguins dancing in the snow, zoom in",
    "a rocket launching into space",
    "生成一幅山水畫",
    "a fox walking in the forest, crayon style",
    "a fox walking in the forest, pencil style",
    "a fox walking in the forest, watercolour style",
    "a fox walking in the forest, neon sign style",
)
SEEDS = 3
SIZE, SECONDS, FPS = (1280, 720), 8, 24
FILMS_AT_ONCE = 4
EVERY_S = 0.02
FILM_PATH = "/gemini/v1beta/models/veo-2.0-generate-001:predictLongRunning"


def pictures() -> None:
    """The median over prompts and seeds, planned, drawn and written as a PNG."""
    taken = []
    for prompt in PICTURES:
        for seed in range(SEEDS):
            began = time.perf_counter()
            encoded(picture(plan(prompt, seed=seed), 1024, 1024), "image/png", 90)
            taken.append(time.perf_counter() - began)
    print(f"picture 1024 x 1024: median {statistics.median(taken):.2f} s, longest {max(taken):.2f} s")


def films() -> None:
    """Wall and CPU time, and their ratios to encoding the same frames and sound when nothing is left to draw."""
    with tempfile.TemporaryDirectory() as folder:
        for prompt in FILMS:
            wall, cpu = _measured(partial(_filmed, prompt, Path(folder) / "film.mp4"))
            bare_wall, bare_cpu = _measured(_encoding(prompt, Path(folder) / "bare.mp4"))
            figures = f"{wall:5.2f} s ({cpu:5.2f} s CPU), encoding alone {bare_wall:.2f} s ({bare_cpu:.2f} s CPU)"
            ratios = f"ratio {wall / bare_wall:.1f} (CPU {cpu / bare_cpu:.1f})"
            print(f"film {SECONDS} s 720p: {figures}, {ratios}  {prompt}", flush=True)


def _measured(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds of wall time and of CPU, of all threads, that the work takes."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def _filmed(prompt: str, out: Path) -> None:
    film(
        plan(prompt, seed=1), out, width=SIZE[0], height=SIZE[1], seconds=SECONDS, fps=FPS,
        report=lambda part, stage: None,
    )  # fmt: skip


def _encoding(prompt: str, out: Path) -> Callable[[], None]:
    """What is left to do for a film when every frame of it and its sound are there."""
    made, count = plan(prompt, seed=1), SECONDS * FPS
    frames = list(drawn(reel(made, *SIZE), [(k / FPS, k / (count - 1)) for k in range(count)]))
    track = sound(made, SECONDS)
    return partial(
        encode, frames, lambda: track, out, size=SIZE, fps=FPS, count=count, report=lambda part, stage: None
    )  # fmt: skip


@contextmanager
def _server(data: Path) -> Iterator[str]:
    """A real server; its URL."""
    command = [sys.executable, "-m", "danqing", "serve", "--data", str(data), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    announced = data / "server.json"
    while not (announced.exists() and announced.read_text()):
        time.sleep(0.05)
    try:
        yield json.loads(announced.read_text())["url"]
    finally:
        process.terminate()
        process.wait()


async def _answers(url: str, key: str) -> tuple[list[float], int, float]:
    """How long each GET /healthz took while the films were drawn, how many films were made, and in which time."""
    async with aiohttp.ClientSession(url, headers={"x-goog-api-key": key}) as session:
        body = {"instances": [{"prompt": FILMS[0]}], "parameters": {"sampleCount": 1, "durationSeconds": SECONDS}}
        names = []
        for _ in range(FILMS_AT_ONCE):
            async with session.post(FILM_PATH, json=body) as response:
                assert response.status == 200, await response.text()
                names.append((await response.json())["name"])
        began, taken, asked = time.perf_counter(), [], 0
        while names:
            start = time.perf_counter()
            async with session.get("/healthz") as response:
                await response.read()
            taken.append(time.perf_counter() - start)
            await asyncio.sleep(EVERY_S)
            asked += 1
            if asked % 25 == 0:
                async with session.get(f"/gemini/v1beta/{names[0]}") as response:
                    if (await response.json()).get("done"):
                        names.pop(0)
        return taken, FILMS_AT_ONCE, time.perf_counter() - began


def server() -> None:
    """The answers of GET /healthz while four films are drawn."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as url:
        key = (Path(folder) / "test-key").read_text().strip()
        taken, count, seconds = asyncio.run(_answers(url, key))
    ranked = sorted(taken)
    median, late = (ranked[int(len(ranked) * share)] * 1000 for share in (0.5, 0.99))
    print(f"healthz while {count} films were drawn in {seconds:.0f} s: {len(ranked)} answers, ", end="")
    print(f"median {median:.1f} ms, p99 {late:.1f} ms, longest {ranked[-1] * 1000:.1f} ms")


if __name__ == "__main__":
    parts = {"pictures": pictures, "films": films, "server": server}
    for name in sys.argv[1:] or parts:
        parts[name]()
