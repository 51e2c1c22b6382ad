"""A picture is sent once under /api, named in quotes and jobs from then on, and is nobody else's."""

import msgspec
import pytest
from PIL import Image

from danqing.wire.answers.assets import Sent
from serving import Server

from .calls import data_url, ended, jobs, native_error, new_key, png, spent

EDITOR = "gpt-image-2"
FRAMED = "veo-2.0-generate-001"


def sent(server: Server, key: str, content: bytes) -> Sent:
    answer = server.call("POST", "/api/files", content, key=key)
    assert answer.status == 201, answer.body
    return msgspec.convert(answer.json(), Sent)


def test_a_picture_that_was_sent_is_named_in_a_quote_and_a_job(server: Server) -> None:
    key = new_key(server, "sender")
    content = png(64, 48)
    file = sent(server, key, content)
    assert (file.mime, file.bytes, file.seconds) == ("image/png", len(content), None)
    assert file.expires
    assert server.call("GET", f"/api/{file.address}", key=key).body == content
    body = {"model": EDITOR, "prompt": "make it blue", "pictures": [file.address], "count": 1}
    quoted = server.call("POST", "/api/quote", body, key=key).json()
    assert jobs(server, key) == []
    inside = {**body, "pictures": [data_url(Image.new("RGB", (64, 48)))]}
    assert quoted["cost"] == server.call("POST", "/api/quote", inside, key=key).json()["cost"]
    job = server.call("POST", "/api/jobs", body, key=key)
    assert job.status == 201, job.body
    done = ended(server, str(job.json()["id"]), key)
    assert (done["state"], done["parameters"]["pictures"]) == ("done", 1)  # type: ignore[index]
    assert spent(server, key) <= quoted["cost"]["nanos"]


def test_what_was_sent_is_nobody_elses(server: Server) -> None:
    file = sent(server, new_key(server, "owner of a picture"), png(32, 32))
    body = {"model": FRAMED, "prompt": "it moves", "first_frame": file.address}
    native_error(server.call("POST", "/api/quote", body, key=new_key(server, "stranger")), 404)


@pytest.mark.parametrize("content", [b"", b"GIF89a" + bytes(40), b"<svg/>", png(32, 32)[:20]])
def test_what_is_no_picture_or_film_is_refused(server: Server, content: bytes) -> None:
    error = native_error(server.call("POST", "/api/files", content), 400)
    assert error["message"]


def test_nobody_sends_without_a_key(server: Server) -> None:
    native_error(server.call("POST", "/api/files", png(8, 8), key=""), 401)
