"""`danqing serve`: what it prints, what it leaves behind, and how it ends."""

import json
import signal
import socket
import stat
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serving import Server

from .terminal import Terminal

STOP_S = 5


@pytest.fixture
def here(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, {})


def test_the_first_start(new_server: Callable[..., Server]) -> None:
    server = new_server()
    assert server.call("GET", "/healthz", key="").status == 200
    assert stat.S_IMODE((server.data / "test-key").stat().st_mode) == 0o600
    banner = server.log()
    for line in (f"google-genai        {server.url}/gemini", f"openai              {server.url}/v1", server.key):
        assert line in banner
    assert str(server.data / "assets") in banner
    server.process.send_signal(signal.SIGINT)
    assert (server.process.wait(STOP_S), server.log()) == (0, banner)


def test_told_to_stop_while_a_film_is_made(new_server: Callable[..., Server]) -> None:
    server = new_server()
    key, film = server.key, {"model": "veo-3.0-generate-preview", "prompt": "[danqing:slow=30] a boat"}
    job = server.call("POST", "/api/jobs", film).json()
    watching = ThreadPoolExecutor().submit(_watched, server, job["id"])
    _until(lambda: server.call("GET", f"/api/jobs/{job['id']}").json()["state"] != "queued")
    assert server.stop(STOP_S) == 0
    assert watching.result().endswith(b"\n\n"), "the stream ended, and was not cut off"
    lines = [line for line in server.log().splitlines() if line.startswith("{")]
    assert lines == [], "nothing went wrong, so nothing is logged"
    server.start()
    assert server.key == key
    assert server.call("POST", f"/api/jobs/{job['id']}/cancel").json()["state"] == "cancelled", "it was still at work"


def _watched(server: Server, id: str) -> bytes:
    request = urllib.request.Request(f"{server.url}/api/jobs/{id}/events", headers={"x-goog-api-key": server.key})
    with urllib.request.urlopen(request, timeout=30) as stream:
        return stream.read()


def _until(happened: Callable[[], bool]) -> None:
    while not happened():
        time.sleep(0.02)


def test_a_directory_has_one_server(server: Server, here: Terminal) -> None:
    ended = here.run("serve", "--data", str(server.data), "--port", "0")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == f"A server is already running on {server.data}: {server.url}.\n"
    assert server.call("GET", "/healthz", key="").status == 200


def test_a_port_that_is_taken(here: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = here.run("serve", "--data", "data", "--port", str(port), "--json")
    assert (ended.status, ended.err) == (1, "")
    assert f"127.0.0.1:{port}" in ended.json()["error"]["message"]
    assert not (here.folder / "data" / "danqing.sqlite").exists(), "nothing was opened"


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("danqing.toml", "port = = 1", "danqing.toml is not TOML"),
        ("danqing.toml", 'port = "many"', "danqing.toml:1: port must be a whole number from 0 to 65535."),
        ("catalog/cat.toml", 'id = "cat"', "cat.toml"),
    ],
)
def test_a_configuration_that_cannot_be_read(here: Terminal, file: str, text: str, says: str) -> None:
    path = here.folder / "data" / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    ended = here.run("serve", "--data", "data", *(["--port", "0"] if "catalog" in file else []))
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert says in ended.err


def test_a_setting_that_is_odd_is_told_when_a_server_starts(here: Terminal) -> None:
    odd = Terminal(here.folder, {**here.env, "DANQING_PROT": "1"})
    process = odd.start("serve", "--data", "data", "--port", "0", "--json")
    "".join(iter(process.stdout.readline, "}\n"))
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=STOP_S)
    assert [json.loads(line)["note"] for line in log.splitlines()] == [
        "environment: DANQING_PROT is not a setting; did you mean DANQING_PORT?"
    ]


def test_requests_are_logged_without_keys_and_prompts(here: Terminal) -> None:
    process = here.start("serve", "--data", "data", "--port", "0", "--log-level", "info", "--json")
    banner = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
    assert set(banner) == {"url", "base_urls", "studio", "test_key", "test_key_file", "files"}
    assert set(banner["base_urls"]) == {"google-genai", "openai", "curl"}
    body = json.dumps({"model": "imagen-3.0-generate-002", "prompt": "a secret garden"}).encode()
    urllib.request.urlopen(f"{banner['url']}/api/jobs?key={banner['test_key']}", data=body, timeout=30).close()
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=STOP_S)
    requests = [json.loads(line) for line in log.splitlines()]
    assert [(line["path"], line["status"]) for line in requests if line["event"] == "request"] == [("/api/jobs", 201)]
    assert banner["test_key"] not in log
    assert "secret garden" not in log
