"""Batches by hand: told of as they go on, paid for as far as they are made, ended at any time, alive after a kill."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from danqing import catalog
from e2e.traces import eventually
from serving import Answer, Server

from .calls import GEMINI, IMAGEN, MODELS, content_body, google_error, jobs, new_key, spent
from .test_files import FILES, PIXELS, more, sent, state
from .test_files import begun as upload_begun

BATCH = f"{MODELS}/{GEMINI}:batchGenerateContent"
BATCHES = "/gemini/v1beta"
WORDS = {"responseModalities": ["TEXT"]}
HALF = "half-price"


def asked(*prompts: str, **fields: object) -> dict[str, object]:
    """A batch of requests for words; one without a prompt cannot be read."""
    rows = [
        {"request": content_body(prompt, **WORDS) if prompt else {"contents": []}, "metadata": {"key": str(number)}}
        for number, prompt in enumerate(prompts)
    ]
    return {"batch": {"inputConfig": {"requests": {"requests": rows}}, **fields}}


def begun(server: Server, key: str, body: dict[str, object], *, path: str = BATCH, **headers: str) -> str:
    """The name of a new batch."""
    answer = server.call("POST", path, body, key=key, headers=headers)
    assert answer.status == 200, answer.body
    return str(answer.json()["name"])


def ended(server: Server, key: str, name: str) -> dict[str, object]:
    def done() -> dict[str, object] | None:
        told = server.call("GET", f"{BATCHES}/{name}", key=key).json()
        return told if told["done"] else None

    return eventually(done)


def stats(batch: dict[str, object]) -> list[int]:
    """How many requests there are, and how many came to what: well, not well, not yet."""
    told = batch["metadata"]["batchStats"]  # type: ignore[index]
    return [int(told[f"{name}equestCount"]) for name in ("r", "successfulR", "failedR", "pendingR")]


def test_each_request_comes_to_its_own_end(server: Server) -> None:
    key = new_key(server, "a batch")
    name = begun(server, key, asked("a red fox", "", "[danqing:filtered] a fox", displayName="foxes"))
    done = ended(server, key, name)
    assert done["metadata"].items() >= {"state": "BATCH_STATE_SUCCEEDED", "displayName": "foxes"}.items()  # type: ignore[union-attr]
    assert stats(done) == [3, 1, 2, 0]
    first, second, third = done["response"]["inlinedResponses"]["inlinedResponses"]  # type: ignore[index]
    assert first["response"]["candidates"][0]["content"]["parts"][0]["text"]
    assert (second["error"]["code"], "contents must hold" in second["error"]["message"]) == (3, True)
    assert third["response"]["candidates"][0]["finishReason"] == "SAFETY"
    assert [row["metadata"]["key"] for row in (first, second, third)] == ["0", "1", "2"]
    made = jobs(server, key)
    assert sorted(str(job["state"]) for job in made) == ["done", "failed"]
    assert spent(server, key) == sum(job["charged"]["nanos"] for job in made) > 0  # type: ignore[index]
    listed = server.call("GET", f"{BATCHES}/batches", key=key).json()["operations"]
    assert [(row["name"], stats(row)) for row in listed] == [(name, [3, 1, 2, 0])]  # type: ignore[union-attr]


def test_requests_of_a_file_are_answered_in_a_file(server: Server) -> None:
    key, stranger = new_key(server, "lines"), new_key(server, "no lines")
    lines = [{"key": "fox", "request": content_body("a red fox")}, {"key": "no", "request": 1}]
    file = sent(server, key, b"\n\n".join(json.dumps(line).encode() for line in lines) + b"\r\n", name="files/requests")
    body = {"batch": {"input_config": {"file_name": file["name"]}}}
    google_error(server.call("POST", BATCH, body, key=stranger), 404)
    name = begun(server, key, body)
    google_error(server.call("GET", f"{BATCHES}/{name}", key=stranger), 404)
    server.call("DELETE", f"{FILES}/requests", key=key)  # the batch has what it needs
    done = ended(server, key, name)
    told = done["metadata"]["output"]  # type: ignore[index]
    assert told == done["response"] == {"responsesFile": f"files/batch-{name.rpartition('/')[2]}"}
    content = server.call("GET", f"{BATCHES}/{told['responsesFile']}:download?alt=media", key=key)
    first, second = map(json.loads, content.body.splitlines())
    assert [first["key"], second["key"]] == ["fox", "no"]
    picture = first["response"]["candidates"][0]["content"]["parts"][-1]["inlineData"]
    assert picture["data"].startswith("iVBOR")
    assert second["error"]["code"] == 3
    [made, *_] = server.call("GET", FILES, key=key).json()["files"]  # type: ignore[misc]
    assert (f"files/{made['name']}".endswith(told["responsesFile"]), made["source"]) == (True, "GENERATED")


def test_a_batch_is_ended_and_forgotten(server: Server) -> None:
    key = new_key(server, "ended early")
    name = begun(server, key, asked(*["[danqing:slow=120] a fox"] * 6))
    eventually(lambda: len(jobs(server, key)) == 4)  # some at a time
    assert server.call("POST", f"{BATCHES}/{name}:cancel", {}, key=key).json() == {}
    done = ended(server, key, name)
    assert (done["metadata"]["state"], stats(done)) == ("BATCH_STATE_CANCELLED", [6, 0, 6, 0])  # type: ignore[index]
    assert {row["error"]["code"] for row in done["response"]["inlinedResponses"]["inlinedResponses"]} == {1}  # type: ignore[index]
    assert {job["state"] for job in jobs(server, key)} == {"cancelled"}
    assert spent(server, key) == 0
    assert server.call("DELETE", f"{BATCHES}/{name}", key=key).json() == {}
    google_error(server.call("GET", f"{BATCHES}/{name}", key=key), 404)
    assert len(jobs(server, key)) == 4


def test_the_same_request_is_one_batch(server: Server) -> None:
    key = new_key(server, "once")
    once = {"idempotency-key": "foxes"}
    name = begun(server, key, asked("a red fox"), **once)
    assert begun(server, key, asked("a red fox"), **once) == name
    google_error(server.call("POST", BATCH, asked("a blue fox"), key=key, headers=once), 422)
    ended(server, key, name)
    assert len(jobs(server, key)) == 1


def test_a_key_without_money_is_told_so_for_each_request(server: Server) -> None:
    key = new_key(server, "poor", budget_usd="0.0001")
    done = ended(server, key, begun(server, key, asked("a red fox", "a blue fox")))
    assert stats(done) == [2, 0, 2, 0]
    assert [row["error"]["code"] for row in done["response"]["inlinedResponses"]["inlinedResponses"]] == [9, 9]  # type: ignore[index]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"batch": {"inputConfig": {}}},
        {"batch": {"inputConfig": {"requests": {"requests": []}}}},
        {"batch": {"inputConfig": {"requests": {"requests": [1]}}}},
        {"batch": {"inputConfig": {"fileName": "files/x", "requests": {"requests": [{}]}}}},
        asked("a fox", webhookConfig={"uris": ["https://example.com"]}),
        asked("a fox", displayName="x" * 600),
    ],
)
def test_what_is_no_batch_is_refused(server: Server, body: dict[str, object]) -> None:
    google_error(server.call("POST", BATCH, body), 400)


def test_a_header_about_one_request_is_refused(server: Server) -> None:
    for header in ("danqing-deadline", "danqing-translate", "danqing-enhance", "danqing-preflight"):
        error = google_error(server.call("POST", BATCH, asked("a fox"), headers={header: "1"}), 400)
        assert error["details"][0]["metadata"] == {"param": header}  # type: ignore[index]


def test_a_model_that_does_not_talk_has_no_batches(server: Server) -> None:
    google_error(server.call("POST", f"{MODELS}/{IMAGEN}:batchGenerateContent", asked("a fox")), 400)


def test_a_batch_goes_on_after_a_kill_and_has_its_own_price(new_server: Callable[..., Server], tmp_path: Path) -> None:
    row = (Path(catalog.__file__).parent / "models" / f"{GEMINI}.toml").read_text()
    row = row.replace(f'id = "{GEMINI}"', f'id = "{HALF}"').replace("[price]", "[price]\nbatch_percent = 50")
    own = tmp_path / "server0" / "catalog"
    own.mkdir(parents=True)
    (own / f"{HALF}.toml").write_text("\n".join(line for line in row.splitlines() if not line.startswith("aliases")))
    server: Server = new_server()
    path = f"{MODELS}/{HALF}:batchGenerateContent"
    answer: Answer = server.call("POST", path, asked(*["[danqing:slow=3] a fox"] * 6))
    assert answer.headers["danqing-batch-percent"] == "50"
    name = str(answer.json()["name"])
    upload = upload_begun(server, server.key, len(PIXELS))
    assert state(more(server, upload, "upload", PIXELS[:20])) == ("active", 20)
    eventually(lambda: jobs(server, server.key))
    server.kill()
    server.start()
    assert state(more(server, upload, "query")) == ("active", 20), "an upload goes on as well"
    assert more(server, upload, "upload, finalize", PIXELS[20:], 20).status == 200
    done = ended(server, server.key, name)
    assert stats(done) == [6, 6, 0, 0]
    made = jobs(server, server.key)
    assert [job["state"] for job in made] == ["done"] * 6, "none is lost and none is made twice"
    alone = server.call("POST", f"{MODELS}/{HALF}:generateContent", content_body("[danqing:slow=3] a fox", **WORDS))
    price = float(alone.headers["danqing-cost-usd"])
    assert float(made[0]["charged"]["usd"]) < 0.6 * price  # type: ignore[index]
