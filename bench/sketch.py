"""What the Sketch engine costs: pictures, films, and how well the server answers while four films are drawn.

`sketch.py [pictures] [films] [server]`; without a word, all of them. The figures are of one machine and one run: what
can be compared between machines is the ratio of a film to the mere encoding of its frames.
"""

import asyncio
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import aiohttp
import av
import numpy as np

from danqing.sketch.film import X264, film
from danqing.sketch.picture import encoded, picture, reel
from danqing.sketch.plan import plan

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
    "a fox walking in the forest, crayon style",
    "a fox walking in the forest, pencil style",
    "a fox walking in the forest, watercolour style",
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
    """Wall time, and its ratio to encoding as many frames that are drawn already."""
    with tempfile.TemporaryDirectory() as folder:
        for prompt in FILMS:
            began = time.perf_counter()
            film(
                plan(prompt, seed=1), Path(folder) / "film.mp4", width=SIZE[0], height=SIZE[1], seconds=SECONDS,
                fps=FPS, report=lambda part, stage: None,
            )  # fmt: skip
            whole, bare = time.perf_counter() - began, _encoding_s(prompt)
            figures = f"{whole:5.2f} s, encoding alone {bare:.2f} s, ratio {whole / bare:.1f}"
            print(f"film {SECONDS} s 720p: {figures}  {prompt}")


def _encoding_s(prompt: str) -> float:
    """Seconds to encode as many frames of this film, when every fourth is drawn beforehand and shown in turn."""
    show, count = reel(plan(prompt, seed=1), *SIZE), SECONDS * FPS
    drawn = [np.asarray(show.frame(k / FPS, k / count)).copy() for k in range(0, count, 4)]
    began = time.perf_counter()
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options=dict(X264))
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for k in range(count):
            frame = av.VideoFrame.from_ndarray(drawn[k * len(drawn) // count], format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return time.perf_counter() - began


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
