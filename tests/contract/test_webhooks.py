"""Jobs that tell their end: signed, again and again while nobody takes it, never lost, and only to public addresses."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from danqing.client import Client
from danqing.domain.webhooks import Event, Fate
from e2e.traces import eventually
from receivers import Received, Receiver, receiver
from serving import Server

from .calls import FILM, GEMINI, IMAGEN, PREDICT, film_body, google_error, native_error, new_key, predict_body

FAILS = {"model": IMAGEN, "prompt": "[danqing:fail] a fox"}
FILTERED = {"model": IMAGEN, "prompt": "[danqing:filtered] a fox"}
HOOKS = "/api/webhooks"


VENVS = Path(__file__).parents[2] / ".venvs"
GENAI = """
import os
from google import genai
options = genai.types.HttpOptions(base_url=os.environ["BASE"] + "/gemini")
client = genai.Client(api_key=os.environ["KEY"], http_options=options)
told = {"uris": [os.environ["URL"]], "user_metadata": {"order": 7}}
"""
FILM_OF_GENAI = """
film = client.models.generate_videos(
    model="veo-2.0-generate-001", prompt="[danqing:fail] a fox", config={"webhook_config": told}
)
print(film.name.rpartition("/")[2])
"""
INTERACTION_OF_GENAI = """
model = "gemini-2.0-flash-preview-image-generation"
print(client.interactions.create(model=model, input="[danqing:fail] a fox", background=True, webhook_config=told).id)
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may call this machine."""
    server = Server(tmp_path_factory.mktemp("own"), {"DANQING_WEBHOOKS_PRIVATE": "true"}).start()
    yield server
    assert server.stop() == 0
    assert "defect" not in server.log(), server.log()[-5000:]
    assert server.audit() == []


@pytest.fixture(scope="module")
def there() -> Iterator[Receiver]:
    with receiver() as there:
        yield there


def hook(server: Server, key: str, url: str, *events: str) -> dict[str, object]:
    answer = server.call("POST", HOOKS, {"url": url, "events": events}, key=key)
    assert answer.status == 201, answer.body
    return answer.json()


def deliveries(server: Server, key: str, query: str = "") -> list[dict[str, object]]:
    return server.call("GET", f"{HOOKS}/deliveries{query}", key=key).json()["deliveries"]


def told(secret: object, came: Received) -> dict[str, object]:
    """What was received, when its signature is good."""
    return Verifier(str(secret)).verify(came.body, came.headers)


def test_a_webhook_hears_how_a_job_ended(own: Server, there: Receiver) -> None:
    key = new_key(own, "hears")
    made = hook(own, key, f"{there.url}/takes-all")
    hook(own, key, f"{there.url}/takes-done", "job.done")
    job = own.call("POST", "/api/jobs", FAILS, key=key).json()
    [came] = there.wait("/takes-all")
    event = told(made["secret"], came)
    assert event["type"] == "job.failed"
    now = own.call("GET", f"/api/jobs/{job['id']}", key=key).json()
    assert event["data"] == {name: value for name, value in now.items() if name != "key"}
    assert (now["outcome"], now["charged"]["nanos"]) == ("failed", 0)
    assert there.of("/takes-done") == []
    [row] = eventually(lambda: [row for row in deliveries(own, key) if row["state"] == "delivered"])
    assert (row["job"], row["event"], row["attempts"], row["status"]) == (job["id"], "job.failed", 1, 204)
    assert row["id"] == came.headers["webhook-id"]
    [listed, _] = own.call("GET", HOOKS, key=key).json()["webhooks"]
    assert listed == {name: value for name, value in made.items() if name != "secret"}, "the secret is shown once"


def test_every_dialect_takes_an_address_for_one_job_which_goes_before_the_webhooks(
    own: Server, there: Receiver
) -> None:
    key = new_key(own, "single")
    hook(own, key, f"{there.url}/takes-others")
    secret = own.call("POST", f"{HOOKS}/secret", key=key).json()["secret"]
    header = {"danqing-webhook": f"{there.url}/takes-header"}
    google_error(own.call("POST", PREDICT, predict_body("[danqing:fail] a fox"), key=key, headers=header), 502)
    assert told(secret, there.wait("/takes-header")[0])["type"] == "job.failed"

    config = {"uris": [f"{there.url}/takes-google"], "userMetadata": {"order": 7}}
    film = {**film_body("[danqing:filtered] a fox"), "webhookConfig": config}
    assert own.call("POST", FILM, film, key=key).status == 200
    event = told(secret, there.wait("/takes-google")[0])
    assert (event["data"]["outcome"], event["user_metadata"]) == ("filtered", {"order": 7})

    asked = {"model": GEMINI, "input": "[danqing:fail] a fox", "background": True}
    config = {"uris": [f"{there.url}/takes-interaction"], "user_metadata": {"order": 8}}
    answer = own.call("POST", "/gemini/v1beta/interactions", {**asked, "webhook_config": config}, key=key)
    assert answer.status == 200, answer.body
    event = told(secret, there.wait("/takes-interaction")[0])
    assert (event["data"]["id"], event["user_metadata"]) == (answer.json()["id"], {"order": 8})

    job = own.call("POST", "/api/jobs", {**FAILS, "webhook": f"{there.url}/takes-native"}, key=key).json()
    assert job["webhooks"] == [f"{there.url}/takes-native"]
    assert told(secret, there.wait("/takes-native")[0])["data"]["id"] == job["id"]
    assert there.of("/takes-others") == []
    assert {row["webhook"] for row in deliveries(own, key)} == {None}


@pytest.mark.parametrize(  # what knows webhook_config: the newest asks nobody but Vertex for films, without it
    ("era", "call"), [("spring-2026", FILM_OF_GENAI), ("newest", INTERACTION_OF_GENAI)]
)
def test_google_genai_has_its_own_way_to_ask_for_it(own: Server, there: Receiver, era: str, call: str) -> None:
    python = VENVS / era / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of {era} are not installed; `make test` installs them")
    key = new_key(own, f"google-genai of {era}")
    secret = own.call("POST", f"{HOOKS}/secret", key=key).json()["secret"]
    env = {"BASE": own.url, "KEY": key, "URL": f"{there.url}/takes-{era}"}
    run = subprocess.run([python, "-c", GENAI + call], env=env, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-3000:]
    event = told(secret, there.wait(f"/takes-{era}")[0])
    assert (event["data"]["id"], event["user_metadata"]) == (run.stdout.strip(), {"order": 7})


def test_what_is_not_taken_comes_again_with_the_same_id(own: Server, there: Receiver) -> None:
    key = new_key(own, "again")
    made = hook(own, key, f"{there.url}/recovers-later")
    own.call("POST", "/api/jobs", FAILS, key=key)
    first, second = there.wait("/recovers-later", 2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert told(made["secret"], first)["data"] == told(made["secret"], second)["data"]
    assert second.at - first.at >= 3.5, "there is a pause"
    [row] = eventually(lambda: deliveries(own, key, "?state=delivered"))
    assert (row["attempts"], row["status"], row["error"]) == (2, 200, None)


def test_what_went_wrong_is_told_and_who_is_gone_is_left_alone(own: Server, there: Receiver) -> None:
    key = new_key(own, "wrong")
    for path in ("fails-always", "moves", "closes", "leaves"):
        hook(own, key, f"{there.url}/{path}")
    own.call("POST", "/api/jobs", FAILS, key=key)
    rows = eventually(
        lambda: (rows := deliveries(own, key)) and all(row["attempts"] and row["error"] for row in rows) and rows
    )
    rows = {str(row["url"]).rpartition("/")[2]: row for row in rows}
    assert {path: (row["state"], row["status"]) for path, row in rows.items()} == {
        "fails-always": ("pending", 500),
        "moves": ("pending", 307),
        "closes": ("pending", None),
        "leaves": ("dead", 410),
    }
    assert (rows["fails-always"]["answer"], rows["leaves"]["next"]) == ("no", None)
    assert there.of("/takes-what-moved") == []
    ended = [row["url"] for row in own.call("GET", HOOKS, key=key).json()["webhooks"] if row["ended"]]
    assert ended == [f"{there.url}/leaves"]
    [dead] = deliveries(own, key, "?state=dead")
    error = native_error(own.call("POST", f"{HOOKS}/deliveries/{dead['id']}/replay", key=key), 400)
    assert error["code"] == "webhook_ended"
    own.call("POST", "/api/jobs", FAILS, key=key)
    there.wait("/moves", 2)
    assert len(there.of("/leaves")) == 1


def test_a_notification_can_be_replayed(own: Server, there: Receiver) -> None:
    key, stranger = new_key(own, "replays"), new_key(own, "a stranger")
    made = hook(own, key, f"{there.url}/takes-replays")
    own.call("POST", "/api/jobs", FAILS, key=key)
    there.wait("/takes-replays")
    [row] = eventually(lambda: deliveries(own, key, "?state=delivered"))
    replay = f"{HOOKS}/deliveries/{row['id']}/replay"
    native_error(own.call("POST", replay, key=stranger), 404)
    assert own.call("POST", replay, key=key).json()["state"] == "pending"
    first, second = there.wait("/takes-replays", 2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert told(made["secret"], first) == told(made["secret"], second)


def test_a_secret_can_be_changed_without_losing_a_notification(own: Server, there: Receiver) -> None:
    key = new_key(own, "rotates")
    made = hook(own, key, f"{there.url}/takes-rotated")
    rotated = own.call("POST", f"{HOOKS}/{made['id']}/rotate", key=key).json()
    assert rotated["secret"] != made["secret"]
    own.call("POST", "/api/jobs", FAILS, key=key)
    [came] = there.wait("/takes-rotated")
    assert told(made["secret"], came) == told(rotated["secret"], came), "both are good for a day"
    other = own.call("POST", f"{HOOKS}/secret", key=key).json()["secret"]
    with pytest.raises(WebhookVerificationError):
        told(other, came)


def test_a_key_sees_and_changes_only_its_own(own: Server, there: Receiver) -> None:
    key, stranger = new_key(own, "its own"), new_key(own, "another stranger")
    made = hook(own, key, f"{there.url}/takes-own")
    assert own.call("GET", HOOKS, key=stranger).json() == {"webhooks": []}
    native_error(own.call("DELETE", f"{HOOKS}/{made['id']}", key=stranger), 404)
    native_error(own.call("POST", f"{HOOKS}/{made['id']}/rotate", key=stranger), 404)
    native_error(own.call("GET", HOOKS, key=""), 401)
    assert own.call("DELETE", f"{HOOKS}/{made['id']}", key=key).json() == {"deleted": made["id"]}
    native_error(own.call("DELETE", f"{HOOKS}/{made['id']}", key=key), 404)
    for _ in range(10):
        hook(own, key, f"{there.url}/takes-own")
    error = native_error(own.call("POST", HOOKS, {"url": f"{there.url}/takes-own"}, key=key), 400)
    assert error["code"] == "too_many_webhooks"


def test_the_client_has_a_verb_for_each_call(own: Server, there: Receiver) -> None:
    key = new_key(own, "by the client")
    with Client(own.url, key) as client:
        made = client.webhooks.create(f"{there.url}/takes-client", ["job.failed"])
        assert client.webhooks.list() == (replace(made, secret=None),)
        job = client.jobs.submit(FAILS)
        assert told(made.secret, there.wait("/takes-client")[0])["data"]["id"] == job.id
        [row] = eventually(lambda: client.webhooks.deliveries(state=Fate.DELIVERED))
        assert (row.webhook, row.job, row.event) == (made.id, job.id, Event.FAILED)
        assert client.webhooks.replay(row.id).state is Fate.PENDING
        assert client.webhooks.rotate(made.id).secret != made.secret
        assert client.webhooks.secret().startswith("whsec_")
        client.webhooks.delete(made.id)
        assert client.webhooks.list() == ()


def test_nobody_is_forgotten_when_the_server_is_killed(own: Server) -> None:
    """Some jobs have ended, some are at work, and nobody listens yet; then everything at once."""
    key = new_key(own, "killed")
    secret = own.call("POST", f"{HOOKS}/secret", key=key).json()["secret"]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    address = f"http://127.0.0.1:{port}/takes-late"
    bodies = [{**FAILS, "webhook": address}] * 6 + [
        {"model": IMAGEN, "prompt": "[danqing:slow=2] [danqing:fail] a fox", "webhook": address}
    ] * 3
    jobs = {own.call("POST", "/api/jobs", body, key=key).json()["id"] for body in bodies}
    assert len(jobs) == 9
    eventually(lambda: len(deliveries(own, key)) >= 3)
    own.kill()
    with receiver(port) as late:
        own.start()
        eventually(lambda: {told(secret, row)["data"]["id"] for row in late.of("/takes-late")} == jobs, seconds=60)
        eventually(lambda: deliveries(own, key, "?state=pending") == [])
    assert len({row.headers["webhook-id"] for row in late.received}) == 9


def test_only_public_addresses_are_called(server: Server) -> None:
    for url in ("http://example.com/", "https://127.0.0.1/", "https://169.254.169.254/", "https://[::1]/", "ftp://x/"):
        assert native_error(server.call("POST", HOOKS, {"url": url}), 400)["code"] == "invalid_webhook"
        body = {**FAILS, "webhook": url}
        assert native_error(server.call("POST", "/api/jobs", body), 400)["param"] == "webhook"
        google_error(server.call("POST", PREDICT, predict_body(), headers={"danqing-webhook": url}), 400)
        google_error(server.call("POST", FILM, {**film_body("a fox"), "webhookConfig": {"uris": [url]}}), 400)


def test_what_leads_into_this_network_is_given_up_without_a_call(server: Server, there: Receiver) -> None:
    """The name is public by its look; what it resolves to is looked at when it is called."""
    key = new_key(server, "rebinds")
    port = urlsplit(there.url).port
    made = hook(server, key, f"https://0x7f.1:{port}/takes-inside")
    server.call("POST", "/api/jobs", FAILS, key=key)
    [row] = eventually(lambda: [row for row in deliveries(server, key) if row["error"]])
    assert row["error"] == "The address is not public; it is not called."
    assert server.call("DELETE", f"{HOOKS}/{made['id']}", key=key).status == 200
    assert deliveries(server, key)[0]["state"] == "dead"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", {"url": 1}, {}, {"url": "https://a.example", "events": ["job.begun"]}, {"url": "x", "secret": "mine"}],
)
def test_what_is_not_understood_is_refused(server: Server, body: object) -> None:
    native_error(server.call("POST", HOOKS, body), 400)


def test_questions_that_make_no_sense_are_refused(server: Server) -> None:
    for query, status in (("limit=0", 400), ("limit=x", 400), ("state=lost", 400), ("before=nobody", 404)):
        native_error(server.call("GET", f"{HOOKS}/deliveries?{query}"), status)


def test_a_quote_of_what_nobody_may_be_told_is_refused_too(server: Server) -> None:
    headers = {"danqing-dry-run": "true", "danqing-webhook": "http://example.com"}
    native_error(server.call("POST", "/api/jobs", FAILS, headers=headers), 400)
    native_error(server.call("POST", "/api/quote", {**FAILS, "webhook": "http://example.com"}), 400)
