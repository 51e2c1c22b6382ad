"""Notifications as Standard Webhooks has them, read with its own package, and how Google's calls ask for them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from danqing.domain.callbacks import Callback
from danqing.domain.errors import Kind, Problem
from danqing.domain.webhooks import announcements
from danqing.gateway.keyring import Keyring
from danqing.wire import webhooks
from danqing.wire.google import read_long_running
from store.samples import a_job, delivered

KEYRING = Keyring(bytes(32))
NEW, OLD, FOREIGN = (KEYRING.webhook_secret("webhook_1", number) for number in (2, 1, 0))


def now() -> datetime:
    """Of the call itself: what was signed five minutes ago is no longer taken."""
    return datetime.now(UTC)


def body(metadata: str = "") -> bytes:
    job = replace(delivered(a_job(), "file")[0], callback=Callback(("https://a.example",), metadata))
    [row] = announcements(job, [])
    return webhooks.notification(row, job, "https://pictures.example")


def test_the_signature_is_what_the_standard_says() -> None:
    at = now()
    sent = webhooks.headers("msg_1", at, body(), [NEW])
    told = Verifier(NEW).verify(body(), sent)
    assert sent["webhook-signature"] == Verifier(NEW).sign("msg_1", at, body().decode())
    assert (told["type"], told["data"]["id"], told["data"]["state"]) == ("job.done", "job", "done")
    assert told["data"]["outputs"][0]["url"] == "https://pictures.example/api/files/file"
    assert "user_metadata" not in told


def test_both_secrets_are_good_while_both_sign() -> None:
    sent = webhooks.headers("msg_1", now(), body(), [NEW, OLD])
    for secret in (NEW, OLD):
        Verifier(secret).verify(body(), sent)
    with pytest.raises(WebhookVerificationError):
        Verifier(FOREIGN).verify(body(), sent)


@pytest.mark.parametrize("change", [{"webhook-id": "msg_2"}, {"webhook-timestamp": "1"}, {}])
def test_whatever_is_changed_is_noticed(change: dict[str, str]) -> None:
    sent = webhooks.headers("msg_1", now(), body(), [NEW]) | change
    with pytest.raises(WebhookVerificationError):
        Verifier(NEW).verify(body() if change else body() + b" ", sent)


def test_each_webhook_and_each_rotation_has_a_secret_of_its_own() -> None:
    secrets = {Keyring(bytes([n]) * 32).webhook_secret(id, number) for n in (0, 1) for id in "ab" for number in (1, 2)}
    assert len(secrets) == 8
    assert all(secret.startswith("whsec_") for secret in secrets)


def test_what_the_author_wanted_back_comes_back() -> None:
    assert json.loads(body('{"order":[1,"二"]}'))["user_metadata"] == {"order": [1, "二"]}


@pytest.mark.parametrize("name", ["webhookConfig", "webhook_config"])
def test_google_asks_in_its_own_words(name: str) -> None:
    config = {"uris": ["https://a.example"], "userMetadata": {"job_group": "nightly"}}
    ask = read_long_running("veo", json.dumps({"instances": [{"prompt": "a fox"}], name: config}).encode())
    assert ask.callback == Callback(("https://a.example",), '{"job_group":"nightly"}')
    assert ask.generation.knobs == ()


@pytest.mark.parametrize(
    "config", ["x", {"uris": "x"}, {"uris": [1]}, {"userMetadata": []}, {"uris": [], "secret": "whsec_"}]
)
def test_what_is_not_understood_is_refused(config: object) -> None:
    body = json.dumps({"instances": [{"prompt": "a fox"}], "webhookConfig": config}).encode()
    with pytest.raises(Problem) as refusal:
        read_long_running("veo", body)
    assert refusal.value.kind is Kind.INVALID


def test_a_call_that_says_nothing_asks_for_nothing() -> None:
    assert read_long_running("veo", b'{"instances":[{"prompt":"a fox"}]}').callback is None
