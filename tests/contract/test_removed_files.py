"""Files that were taken away: every door says so in its own words, and the job and its bill are still there."""

import json
from pathlib import Path

import pytest

from e2e.traces import eventually
from serving import Answer, Server

IMAGEN = "/gemini/v1beta/models/imagen-3.0-generate-002:predict"
VEO = "/gemini/v1beta/models/veo-3.0-generate-001"


def removed(server: Server, job: str) -> dict[str, object]:
    """Take the job's files away; what the answer tells of it."""
    answer = server.call("DELETE", f"/api/jobs/{job}")
    assert answer.status == 200, answer.body
    return answer.json()


def files_with(server: Server, name: str) -> list[Path]:
    return list((server.data / "assets").glob(f"??/{name}*"))


def test_a_picture_that_was_deleted(server: Server) -> None:
    body = {"instances": [{"prompt": "A teapot on a windowsill"}], "parameters": {"sampleCount": 1}}
    once = {"idempotency-key": "teapot"}
    first = server.call("POST", IMAGEN, body, headers=once)
    assert first.status == 200
    id = first.headers["danqing-job"]
    before = server.call("GET", f"/api/jobs/{id}").json()
    output = before["outputs"][0]
    count = len(files_with(server, ""))

    after = removed(server, id)
    assert (output["gone"], output["url"] is None) == (None, False)
    assert after["outputs"][0]["gone"]
    assert after["outputs"][0]["url"] is None
    assert (after["charged"], after["prompt"]) == (before["charged"], before["prompt"])
    assert len(files_with(server, "")) == count - 1
    assert removed(server, id) == after, "twice is once"

    native = server.call("GET", f"/api/files/{output['file']}")
    assert (native.status, native.json()["error"]["code"]) == (404, "file_removed")
    google = server.call("GET", f"/gemini/v1beta/files/{output['file']}:download?alt=media")
    assert (google.status, google.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert "was removed on" in google.json()["error"]["message"]
    again = server.call("POST", IMAGEN, body, headers=once)
    assert (again.status, again.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert again.headers["danqing-job"] == id
    assert after == server.call("GET", f"/api/jobs/{id}").json()


@pytest.mark.parametrize("stream", [False, True])
def test_a_picture_of_a_chat_that_was_deleted(server: Server, stream: bool) -> None:
    words = [{"role": "user", "content": "Draw a lantern in the fog"}]
    body = {
        "model": "gemini-2.0-flash-preview-image-generation",
        "messages": words,
        "stream": stream,
        "modalities": ["image"],
    }
    once = {"idempotency-key": f"lantern-{stream}"}
    job = server.call("POST", "/v1/chat/completions", body, headers=once).headers["danqing-job"]
    eventually(lambda: server.call("GET", f"/api/jobs/{job}").json()["state"] == "done")
    removed(server, job)
    again = server.call("POST", "/v1/chat/completions", body, headers=once)
    assert b"was removed on" in again.body
    assert b"inline_data" not in again.body
    assert again.status == (200 if stream else 404)


def test_a_film_that_was_deleted(server: Server) -> None:
    body = {"instances": [{"prompt": "A ferry at dawn"}], "parameters": {"durationSeconds": 4}}
    begun = server.call("POST", f"{VEO}:predictLongRunning", body)
    name, id = begun.json()["name"], begun.headers["danqing-job"]

    early = server.call("DELETE", f"/api/jobs/{id}")
    assert (early.status, early.json()["error"]["code"]) == (400, "job_unfinished")
    assert "Cancel it first" in early.json()["error"]["message"]

    eventually(lambda: server.call("GET", f"/gemini/v1beta/{name}").json().get("done"))
    removed(server, id)
    fetch = server.call("POST", f"{VEO}:fetchPredictOperation", {"operationName": name})
    sdk = server.call("GET", f"/gemini/v1beta/{name}", headers={"x-goog-api-client": "google-genai-sdk/1.20"})
    for answer in (fetch, sdk, server.call("GET", f"/gemini/v1beta/{name}")):
        assert answer.status == 200
        assert answer.json()["done"]
        assert answer.json()["error"]["code"] == 5
        assert "was removed on" in answer.json()["error"]["message"]


def test_somebody_else_can_neither_delete_nor_learn_of_it(server: Server) -> None:
    made = server.call("POST", "/api/keys", {"name": "stranger"}, key=server.owner_key)
    stranger = str(made.json()["secret"])
    body = {"model": "imagen-3.0-generate-002", "prompt": "A locked door"}
    id = server.call("POST", "/api/jobs", body).json()["id"]
    done = eventually(lambda: (job := server.call("GET", f"/api/jobs/{id}").json())["state"] == "done" and job)
    assert server.call("DELETE", f"/api/jobs/{id}", key=stranger).status == 404
    assert server.call("DELETE", "/api/jobs/nothing").status == 404
    removed(server, id)
    file = done["outputs"][0]["file"]
    told = server.call("GET", f"/api/files/{file}", key=stranger)
    assert (told.status, told.json()["error"]["code"]) == (404, "not_found")


def test_only_the_owner_sweeps(server: Server) -> None:
    assert server.call("POST", "/api/sweep", {}).status == 403
    assert server.call("POST", "/api/sweep", {"dry": 1}, key=server.owner_key).status == 400
    answer: Answer = server.call("POST", "/api/sweep", {"dry_run": True}, key=server.owner_key)
    assert answer.status == 200
    assert json.loads(answer.body)["swept"] == {
        "jobs": 0,
        "files": 0,
        "bytes": 0,
        "requests": 0,
        "uploads": 0,
        "deliveries": 0,
        "workflows": 0,
    }
