"""What a request costs: CPU and rate of the gateway with a stub engine, beside a bare server that does nothing else.

Prints a table; the figures to compare are the ratios of one run, since machines differ and are shared. The last row is
of pictures that an upstream makes: what it costs to take one in, keep it and pass it on, also by the megabyte.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP = 40


@dataclass(frozen=True)
class Case:
    """One kind of request: what is sent where, by how many clients at once."""

    name: str
    path: str
    body: dict[str, object]
    clients: int
    requests: int
    live: bool = False


PREDICT = "/gemini/v1beta/models/imagen-3.0-generate-002:predict"
PICTURE_MB = 1.5
SETTINGS = """[upstreams.engine]
kind = "openai"
base_url = "{url}/v1"
models = {{ "imagen-*" = "gpt-image-2" }}
"""
CHAT = {"model": "gemini-2.0-flash-preview-image-generation", "messages": [{"role": "user", "content": "x" * 2000}]}
CASES = (
    Case("chat 2 KB, 16 clients", "/v1/chat/completions", CHAT, 16, 1500),
    Case(
        "one 1.5 MB picture over chat, 8 clients",
        "/v1/chat/completions",
        {**CHAT, "modalities": ["text", "image"]},
        8,
        300,
    ),
    Case(
        "Google :predict, 1.5 MB, 8 clients",
        PREDICT,
        {"instances": [{"prompt": "a cat"}], "parameters": {"sampleCount": 1}},
        8,
        300,
    ),
    Case(
        "four 1.5 MB pictures, 4 clients",
        PREDICT,
        {"instances": [{"prompt": "a cat"}], "parameters": {"sampleCount": 4}},
        4,
        80,
    ),
    Case(
        "one 1.5 MB picture of an upstream, 8 clients",
        PREDICT,
        {"instances": [{"prompt": "a cat"}], "parameters": {"sampleCount": 1}},
        8,
        300,
        live=True,
    ),
)


@contextmanager
def running(script: str, data: Path) -> Iterator[tuple[str, int, float]]:
    """A server process: its URL, its process id and the seconds it took to answer."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), str(data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    announced = data / "server.json"
    while not (announced.exists() and announced.read_text()):
        time.sleep(0.01)
    url = json.loads(announced.read_text())["url"]
    try:
        yield url, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def cpu_s(pid: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int, field: str) -> float:
    """VmRSS or VmHWM of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith(field))) / 1024


async def load(url: str, key: str, case: Case, requests: int) -> None:
    """Send `requests` in all, from `case.clients` at once."""
    left = iter(range(requests))
    headers = {"authorization": f"Bearer {key}"}

    async def client(session: aiohttp.ClientSession) -> None:
        for _ in left:
            async with session.post(url + case.path, json=case.body, headers=headers) as response:
                body = await response.read()
                assert response.status == 200, body[:300]

    async with aiohttp.ClientSession(read_bufsize=1 << 20) as session:
        await asyncio.gather(*(client(session) for _ in range(case.clients)))


def measure(url: str, pid: int, key: str, case: Case) -> tuple[float, float, float]:
    """Requests a second, CPU milliseconds a request, and the highest memory in MB."""
    asyncio.run(load(url, key, case, WARM_UP))
    cpu, began = cpu_s(pid), time.perf_counter()
    asyncio.run(load(url, key, case, case.requests))
    taken = time.perf_counter() - began
    return case.requests / taken, (cpu_s(pid) - cpu) * 1000 / case.requests, memory_mb(pid, "VmHWM")


def main() -> None:
    """Both servers, all cases."""
    with tempfile.TemporaryDirectory() as folder:
        data, bare = Path(folder) / "danqing", Path(folder) / "bare"
        bare.mkdir()
        with running("serve_stub.py", data) as (url, pid, _):
            pass
        with running("serve_bare.py", bare) as (plain, plain_pid, _):
            (data / "danqing.toml").write_text(SETTINGS.format(url=plain))
            with running("serve_stub.py", data) as (url, pid, started_s):
                report(url, pid, started_s, data, plain, plain_pid)


def report(url: str, pid: int, started_s: float, data: Path, plain: str, plain_pid: int) -> None:
    """The table."""
    time.sleep(2)
    keys = {False: (data / "test-key").read_text().strip(), True: live_key(url, data)}
    print(f"second start to first answer {started_s:.2f} s, memory at rest {memory_mb(pid, 'VmRSS'):.0f} MB\n")
    print(f"{'case':44} {'req/s':>8} {'CPU ms':>8} {'bare req/s':>11} {'bare CPU':>9} {'ratio':>6} {'MB':>5}")
    for case in CASES:
        rate, cpu_ms, top_mb = measure(url, pid, keys[case.live], case)
        bare_rate, bare_ms, _ = measure(plain, plain_pid, keys[case.live], case)
        figures = f"{rate:8.0f} {cpu_ms:8.2f} {bare_rate:11.0f} {bare_ms:9.2f} {cpu_ms / bare_ms:6.1f} {top_mb:5.0f}"
        print(f"{case.name:44} {figures}")
    print(f"\n{cpu_ms / PICTURE_MB:.1f} ms of CPU for each MB of a picture that was passed through")


def live_key(url: str, data: Path) -> str:
    """A key that reaches the upstream, on an account with money."""
    owner = (data / "owner-key").read_text().strip()

    def post(path: str, body: dict[str, object]) -> dict[str, object]:
        headers = {"content-type": "application/json", "authorization": f"Bearer {owner}"}
        with urllib.request.urlopen(urllib.request.Request(url + path, json.dumps(body).encode(), headers)) as answer:
            return dict(json.load(answer))

    post("/api/funds", {"usd": "1000", "cause": "bench"})
    return str(post("/api/keys", {"name": "bench", "test": False})["secret"])


if __name__ == "__main__":
    main()
