"""Where clients ask and how they say who they are: every path, version and place for a key (wire.md 2 and 3)."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import STARTING_S, Server

from .calls import IMAGEN, MODELS, VEO_2, curl, film_body, google_error, new_key, openai_error, predict_body

FAILS = predict_body("[danqing:fail] a fox")
SENTENCE = "The prompt asked the Sketch engine to fail (a magic prompt)."
PROJECT = "projects/ahm-gemini-03/locations/us-central1/publishers/google/"

BEGINNINGS = [
    "/gemini/v1/",
    "/gemini/v1beta/",
    "/gemini/v1alpha/",
    "/gemini/v1beta1/",
    "/gemini/",
    "/gemini/v1beta/v1beta/",
    "/gemini/v1/v1beta/",
    "/v1/",
    "/v1beta/",
    "/v1alpha/",
    "/v1beta1/",
    "/v1beta/v1beta/",
    "/gemini/v1beta1/publishers/google/",
    "/gemini/v1/publishers/google/",
    f"/gemini/v1beta1/{PROJECT}",
    f"/v1beta1/{PROJECT}",
    f"/gemini/v1beta/{PROJECT}",
]


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
def test_a_call_reaches_its_model(server: Server, beginning: str, colon: str) -> None:
    error = google_error(server.call("POST", f"{beginning}models/{IMAGEN}{colon}predict", FAILS), 502)
    assert error["message"] == SENTENCE


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_an_operation_is_named_for_the_resource_that_was_asked(server: Server, beginning: str) -> None:
    started = server.call("POST", f"{beginning}models/{VEO_2}:predictLongRunning", film_body("[danqing:fail] a fox"))
    assert started.status == 200
    name = started.json()["name"]
    owner = re.sub(r"^/(gemini/)?(v1(beta1?|alpha)?/)*", "", beginning)
    assert name == f"{owner}models/{VEO_2}/operations/{started.headers['danqing-job']}"
    assert server.call("GET", beginning + name.removeprefix(owner)).json()["name"] == name


@pytest.mark.parametrize(
    "path", ["/gemini", "/gemini/v2/models", "/gemini/v1beta", "/v1beta/models/x/y", "/v1beta2/models"]
)
def test_other_paths_do_not_exist(server: Server, path: str) -> None:
    assert server.call("GET", path).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"x-goog-api-key": "{key}"},
        {"x-goog-api-key": " {key} "},
        {"Authorization": "Bearer {key}"},
        {"authorization": "bearer  {key}"},
    ],
)
@pytest.mark.parametrize("path", [MODELS, "/v1/models", "/api/models"])
def test_a_key_is_taken_from_either_header(server: Server, headers: dict[str, str], path: str) -> None:
    sent = {name: value.format(key=server.key) for name, value in headers.items()}
    assert server.call("GET", path, key="", headers=sent).status == 200


@pytest.mark.parametrize("path", [MODELS, "/v1/models", "/api/models"])
def test_a_key_is_taken_from_the_query(server: Server, path: str) -> None:
    assert server.call("GET", f"{path}?key={server.key}", key="").status == 200
    assert server.call("GET", f"{path}?pageSize=3&key={server.key}&alt=json", key="").status == 200
    assert server.call("GET", f"{path}?key=wrong", key="").status == 401
    assert server.call("GET", f"{path}?key=", key="").status == 401


def test_the_document_s_curl_starts_a_film_with_a_key_in_the_query(server: Server) -> None:
    body = {
        "instances": [{"prompt": "[danqing:fail] A cat playing with a ball"}],
        "parameters": {
            "numberOfVideos": 1,
            "durationSeconds": 8,
            "aspectRatio": "16:9",
            "personGeneration": "dont_allow",
        },
    }
    url = f"{server.url}{MODELS}/veo-3.0-generate-preview:predictLongRunning?key={server.key}"
    said = curl(url, "-H", "Content-Type: application/json", "-X", "POST", "-d", json.dumps(body))
    assert re.fullmatch(rb'{"name":"models/veo-3\.0-generate-preview/operations/[0-9a-f-]{36}"}', said)
    name = said.split(b'"')[3].decode()
    told = json.loads(curl(f"{server.url}/gemini/v1beta/{name}?key={server.key}"))
    assert told["name"] == name


@pytest.mark.parametrize(
    ("path", "read"), [(MODELS, google_error), ("/v1beta/models", google_error), ("/v1/models", openai_error)]
)
@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic abc"}, {"authorization": "Bearer"}, {"x-goog-api-key": ""}]
)
def test_without_a_key_one_is_told_how_to_send_it(
    server: Server, path: str, read: object, headers: dict[str, str]
) -> None:
    error = read(server.call("GET", path, key="", headers=headers), 401)
    assert "is missing" in error["message"]
    assert "x-goog-api-key" in error["message"]


def test_a_revoked_key_is_refused(server: Server) -> None:
    made = server.call("POST", "/api/keys", {"name": "to be revoked"}, key=server.owner_key).json()
    assert server.call("DELETE", f"/api/keys/{made['id']}", key=server.owner_key).status == 200
    assert "revoked" in google_error(server.call("GET", MODELS, key=made["secret"]), 401)["message"]


@pytest.mark.parametrize("path", [MODELS, "/v1/models", "/api/jobs"])
def test_a_get_with_a_content_type_and_no_body_is_fine(server: Server, path: str) -> None:
    """As google-genai sends it (wire.md 3)."""
    assert server.call("GET", path, headers={"content-type": "application/json"}).status == 200


@pytest.fixture
def talkative(tmp_path: Path) -> Iterator[Server]:
    """A server that logs all that it can log."""
    server = Server(tmp_path / "talkative")
    server.data.mkdir()
    command = [sys.executable, "-m", "danqing", "serve", "--data", server.data, "--port", "0", "--log-level", "debug"]
    with (server.data / "server.log").open("ab") as log:
        server.process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
    deadline = time.monotonic() + STARTING_S
    while not (server.data / "server.json").exists() or not (text := (server.data / "server.json").read_text()):
        assert server.process.poll() is None, server.log()
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.05)
    server.url = json.loads(text)["url"]
    yield server
    assert server.stop() == 0, server.log()[-3000:]


def test_neither_key_nor_prompt_is_ever_logged(talkative: Server) -> None:
    key = new_key(talkative, "a key that is nobody's business")
    secret = "a hedgehog that nobody shall know of"
    for path in (f"{MODELS}/{IMAGEN}:predict", f"{MODELS}/{VEO_2}:predictLongRunning"):
        body = predict_body(f"[danqing:fail] {secret}")
        talkative.call("POST", f"{path}?key={key}", body, key="")
        talkative.call("POST", f"{path}?alt=json&key={key}&x=1", body, key="", headers={"x-goog-api-key": key})
    talkative.call("POST", "/v1/chat/completions", {"model": secret, "messages": secret}, key=key)
    talkative.call("POST", "/v1/chat/completions", secret.encode(), key=key)
    talkative.call("GET", f"/nowhere?key={key}", key=key)
    talkative.call("GET", f"/gemini/v1beta/models?pageToken={key}", key=key)
    log = talkative.log()
    assert log.count('"event": "request"') > 6, "the log is being written"
    assert "/nowhere" in log
    assert key not in log
    assert "hedgehog" not in log
    assert talkative.owner_key not in log
