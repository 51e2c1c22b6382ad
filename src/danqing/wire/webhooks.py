"""Notifications as they are sent, by the rules of Standard Webhooks 1.0 (standardwebhooks.com), and /api/webhooks."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

import msgspec

from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.webhooks import SECRET_PREFIX, Delivery, Event, Fate, Webhook
from danqing.wire import native
from danqing.wire.holes import Tree


class WebhookRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/webhooks. `events`: what it is told of; without any, everything."""

    url: str
    events: list[Event] = []


def webhook(row: Webhook) -> Tree:
    """All about a webhook but its secret."""
    return {
        "id": row.id,
        "url": row.url,
        "events": [event.value for event in row.events],
        "created": native.time(row.created),
        "rotated": native.time(row.rotated),
        "ended": native.time(row.ended),
    }


def delivery(row: Delivery) -> Tree:
    """What has become of a notification."""
    pending = row.state is Fate.PENDING
    return {
        "id": row.id,
        "webhook": None if row.single else row.webhook,
        "job": row.job,
        "event": row.event.value,
        "url": row.url,
        "state": row.state.value,
        "attempts": row.attempts,
        "next": native.time(row.due) if pending else None,
        "until": native.time(row.until) if pending else None,
        "status": row.status,
        "error": row.error or None,
        "answer": row.answer or None,
        "created": native.time(row.created),
        "updated": native.time(row.updated),
    }


def notification(row: Delivery, job: Job, base: str) -> bytes:
    """The body: the job as /api/jobs tells it, links for its files, and what its request wanted to have back."""

    def url(output: Output) -> str:
        return f"{base}/api/files/{output.file}"

    told = {"type": row.event.value, "timestamp": native.time(row.created), "data": native.job(job, url)}
    metadata = job.callback.metadata if job.callback else ""
    return msgspec.json.encode(told | ({"user_metadata": msgspec.Raw(metadata.encode())} if metadata else {}))


def headers(id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The id, the second of this attempt, and a signature of both and the body with each secret, "whsec_…"."""
    second = str(int(at.timestamp()))
    signed = f"{id}.{second}.".encode() + body
    return {
        "webhook-id": id,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets),
        "content-type": "application/json",
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
