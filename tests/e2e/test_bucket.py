"""A server that keeps its files in a bucket: the same answers, nothing on its own disk, a store that comes and goes."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import objects
from contract.calls import CHAT, IMAGEN, chat_body
from objects import Objects
from serving import Server

NewServer = Callable[..., Server]
STARTING_S = 30


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Objects]:
    if why := objects.lacking("moto"):
        pytest.skip(why)
    with objects.running(tmp_path / "store") as store:
        yield store


def settings(store: Objects, address: str = objects.ADDRESS) -> dict[str, str]:
    return {**store.env, "DANQING_ASSETS": address}


def drawn(server: Server, prompt: str) -> str:
    """Have a picture made; the path of its file."""
    job = server.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": prompt}).json()
    server.call("GET", f"/api/jobs/{job['id']}/events")  # ends when the job does
    job = server.call("GET", f"/api/jobs/{job['id']}").json()
    assert job["state"] == "done", job
    return str(job["outputs"][0]["url"]).removeprefix(server.url)


def test_a_picture_is_kept_in_the_bucket_and_downloaded_from_it(new_server: NewServer, store: Objects) -> None:
    server = new_server(settings(store))
    url = drawn(server, "a red fox in the snow")
    whole = server.call("GET", url)
    size = len(whole.body)
    assert (whole.status, whole.headers["content-type"]) == (200, "image/png")
    part = server.call("GET", url, headers={"range": "bytes=100-199"})
    assert (part.status, part.body) == (206, whole.body[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    assert server.call("GET", url, headers={"range": "bytes=-7"}).body == whole.body[-7:]
    beyond = server.call("GET", url, headers={"range": f"bytes={size}-"})
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    head = server.call("HEAD", url)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(size))
    etag = {"if-none-match": whole.headers["etag"]}
    assert server.call("GET", url, headers=etag).status == 304
    other = {"range": "bytes=0-9", "if-range": '"another"'}
    assert server.call("GET", url, headers=other).body == whole.body
    assert not (server.data / "assets").exists()
    assert list((server.data / "cache" / "copies").iterdir()) == [], "no download fetches a file first"
    assert objects.ADDRESS in server.log()


def test_a_picture_is_edited_from_the_bucket(new_server: NewServer, store: Objects) -> None:
    server = new_server(settings(store))
    picture = base64.b64encode(server.call("GET", drawn(server, "a red fox")).body).decode()
    content = [
        {"type": "text", "text": "make it black and white"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}},
    ]
    answer = server.call("POST", CHAT, chat_body(content))
    assert answer.status == 200, answer.body
    assert len([path for path in (server.data / "cache" / "copies").iterdir() if path.suffix == ".png"]) == 1


def test_a_picture_outlasts_a_store_that_does_not_answer(new_server: NewServer, store: Objects) -> None:
    server = new_server(settings(store))
    with store.frozen():
        job = server.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": "a boat"}).json()
        thaw = threading.Timer(3, store.thaw)
        thaw.start()
        server.call("GET", f"/api/jobs/{job['id']}/events")
        thaw.join()
    job = server.call("GET", f"/api/jobs/{job['id']}").json()
    assert job["state"] == "done", job
    url = str(job["outputs"][0]["url"]).removeprefix(server.url)
    assert server.call("GET", url).status == 200


@pytest.mark.parametrize(
    ("address", "words"),
    [(objects.ADDRESS, "does not answer"), ("s3://nowhere/a", "There is no bucket"), ("ftp://films", "must be a path")],
)
def test_a_server_that_cannot_have_its_bucket_says_so_and_ends(
    tmp_path: Path, store: Objects, address: str, words: str
) -> None:
    if words == "does not answer":
        store.kill()
    command = [sys.executable, "-m", "danqing", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    environment = {**os.environ, **settings(store, address)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=STARTING_S)
    assert ended.returncode != 0
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) <= 2, ended.stderr
