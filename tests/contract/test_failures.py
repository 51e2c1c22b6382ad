"""Every failure in the shape of the dialect that was spoken, and no 5xx for what the caller did (wire.md 4.4, 11)."""

import json
import socket
from urllib.parse import urlsplit

import pytest

from serving import Answer, Server

from .calls import (
    CHAT,
    CONTENT,
    COUNT,
    FILM,
    GEMINI,
    MODELS,
    PREDICT,
    STREAM,
    Read,
    chat_body,
    content_body,
    film_body,
    google_error,
    native_error,
    new_key,
    openai_error,
    predict_body,
)

FETCH = f"{MODELS}/veo-2.0-generate-001:fetchPredictOperation"
PAID: list[tuple[str, Read, dict[str, object]]] = [
    (PREDICT, google_error, predict_body("a red fox")),
    (FILM, google_error, film_body("a red fox")),
    (CONTENT, google_error, content_body("a red fox")),
    (STREAM, google_error, content_body("a red fox")),
    (CHAT, openai_error, chat_body("a red fox")),
    ("/api/jobs", native_error, {"model": GEMINI, "prompt": "a red fox"}),
]
TAKING_BODIES = [*[(path, read) for path, read, _ in PAID], (FETCH, google_error), (COUNT, google_error)]
MEGABYTE = 1 << 20
BODY_MEGABYTES_MAX = 64


def said(server: Server, head: list[str], *chunks: bytes) -> bytes:
    """Whatever the server answers to a request that was written by hand, until it hangs up."""
    address = urlsplit(server.url)
    lines = [*head, "Host: danqing", f"Authorization: Bearer {server.key}", "Connection: close", "", ""]
    heard = b""
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        try:
            connection.sendall("\r\n".join(lines).encode())
            for chunk in chunks:
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough; what it said is still to be read
        try:
            while part := connection.recv(65536):
                heard += part
        except ConnectionResetError:
            pass
    return heard


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/gemini/nowhere", google_error),
        ("/gemini/v1beta/nowhere", google_error),
        ("/gemini/v1/interactions/x/y/z", google_error),
        ("/v1beta/nowhere", google_error),
        ("/v1alpha/nowhere", google_error),
        ("/v1beta1/nowhere", google_error),
        ("/v1/nowhere", openai_error),
        ("/v1", openai_error),
        ("/v1/chat/completions/x", openai_error),
        ("/api/nowhere", native_error),
        ("/api/jobs/x/y", native_error),
        ("/web/", native_error),
        ("/cdn/x", native_error),
        ("/nowhere", native_error),
        ("/gemini%00/x", google_error),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path(server: Server, path: str, read: Read, method: str) -> None:
    assert "is not a path of this server" in read(server.call(method, path), 404)["message"]


def test_google_s_client_is_answered_in_its_own_shape_wherever_it_asks(server: Server) -> None:
    """A base URL without /gemini leads google-genai 3 below /v1 (wire.md 3)."""
    google_error(server.call("GET", "/v1/nowhere", headers={"x-goog-api-client": "google-genai-sdk/3.4.0"}), 404)


@pytest.mark.parametrize(
    ("method", "path", "read"),
    [
        ("GET", CHAT, openai_error),
        ("DELETE", "/v1/models", openai_error),
        ("PUT", PREDICT, google_error),
        ("POST", MODELS, google_error),
        ("DELETE", f"{MODELS}/x/operations/y", google_error),
        ("PUT", "/api/jobs", native_error),
        ("DELETE", "/web/x", native_error),
        ("POST", "/healthz", native_error),
    ],
)
def test_a_wrong_method(server: Server, method: str, path: str, read: Read) -> None:
    assert path in read(server.call(method, path), 405)["message"]


@pytest.mark.parametrize(("path", "read"), TAKING_BODIES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"a":1}x',
        b"{'a':1}",
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"prompt=a+fox",
    ],
    ids=range(12),
)
def test_a_body_that_is_no_request(server: Server, path: str, read: Read, body: bytes) -> None:
    error = read(server.call("POST", path, body), 400)
    assert len(error["message"]) < 300


@pytest.mark.parametrize(
    ("path", "read", "body", "field"),
    [
        (PREDICT, google_error, {"instances": "x"}, "instances"),
        (PREDICT, google_error, {"instances": []}, "instances"),
        (PREDICT, google_error, {"instances": [{"prompt": "a"}, {"prompt": "b"}]}, "instances"),
        (PREDICT, google_error, {"instances": [{"prompt": 7}]}, "instances[0].prompt"),
        (PREDICT, google_error, predict_body(sampleCount="many"), "parameters.sampleCount"),
        (PREDICT, google_error, predict_body(sampleCount=1.5), "parameters.sampleCount"),
        (PREDICT, google_error, predict_body(seed=2**70), "parameters.seed"),
        (PREDICT, google_error, predict_body(aspectRatio=1), "parameters.aspectRatio"),
        (PREDICT, google_error, predict_body(includeRaiReason="maybe"), "parameters.includeRaiReason"),
        (PREDICT, google_error, {"instances": [{"prompt": "a"}], "parameters": []}, "parameters"),
        (FILM, google_error, film_body("a", durationSeconds=[8]), "parameters.durationSeconds"),
        (CHAT, openai_error, {"messages": []}, "model"),
        (CHAT, openai_error, chat_body(7), "messages[0].content"),
        (CHAT, openai_error, chat_body([7]), "messages[0].content[0]"),
        (CHAT, openai_error, chat_body([{"type": "text", "text": 7}]), "messages[0].content[0].text"),
        (CHAT, openai_error, chat_body("a", stream_options=7), "stream_options"),
        ("/api/jobs", native_error, {"prompt": "a"}, "model"),
        ("/api/jobs", native_error, {"model": GEMINI, "prompt": "a", "count": "2"}, "count"),
        ("/api/jobs", native_error, {"model": GEMINI, "prompt": "a", "colour": "red"}, "colour"),
        ("/api/jobs", native_error, {"model": GEMINI, "prompt": "a", "wants": ["sound"]}, "wants"),
    ],
)
def test_a_wrong_type_is_named_by_its_path(server: Server, path: str, read: Read, body: object, field: str) -> None:
    assert field in read(server.call("POST", path, body), 400)["message"]


@pytest.mark.parametrize(
    ("path", "read", "body"),
    [
        (f"{MODELS}/veo-9:predictLongRunning", google_error, film_body("a")),
        (f"{MODELS}/imagen-9:predict", google_error, predict_body()),
        (CHAT, openai_error, chat_body("a", model="imagen-9")),
        ("/api/jobs", native_error, {"model": "imagen-9", "prompt": "a"}),
    ],
)
def test_an_unknown_model(server: Server, path: str, read: Read, body: object) -> None:
    message = read(server.call("POST", path, body), 404)["message"]
    assert "There is no model" in message
    assert "Did you mean" in message


@pytest.mark.parametrize(("path", "read", "body"), PAID)
def test_a_prompt_may_not_be_endless(server: Server, path: str, read: Read, body: dict[str, object]) -> None:
    long = json.loads(json.dumps(body).replace("a red fox", "fox " * 8_001))
    assert "32000" in read(server.call("POST", path, long), 400)["message"]


@pytest.mark.parametrize(("path", "read"), TAKING_BODIES)
def test_a_body_that_says_that_it_is_too_large_is_not_waited_for(server: Server, path: str, read: Read) -> None:
    heard = said(server, [f"POST {path} HTTP/1.1", f"Content-Length: {200 * MEGABYTE}"])
    assert heard.startswith(b"HTTP/1.1 413 ")
    body = heard.partition(b"\r\n\r\n")[2]
    error = read(Answer(413, {"content-type": "application/json"}, body), 413)
    assert "64 MB" in error["message"]


def test_a_body_that_does_not_say_how_large_it_is_is_stopped(server: Server) -> None:
    chunk = b"100000\r\n" + b" " * MEGABYTE + b"\r\n"
    heard = said(
        server,
        [f"POST {CHAT} HTTP/1.1", "Transfer-Encoding: chunked"],
        *[chunk] * (BODY_MEGABYTES_MAX + 1),
    )
    assert heard.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_is_as_large_as_allowed_is_read(server: Server) -> None:
    body = b" " * (BODY_MEGABYTES_MAX * MEGABYTE - 2) + b"{}"
    assert openai_error(server.call("POST", CHAT, body), 400)["param"] == "model"


@pytest.mark.parametrize("length", ["-1", "+5", "1_0", "x", "9" * 40, "5, 6"])
def test_a_length_that_is_none(server: Server, length: str) -> None:
    heard = said(server, [f"POST {CHAT} HTTP/1.1", f"Content-Length: {length}"], b"hello")
    assert heard.startswith(b"HTTP/1.1 400 ")


def test_a_client_that_leaves_before_it_has_asked_is_no_defect(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\nContent-Length: 99\r\n\r\n"
        connection.sendall(head.encode() + b'{"model":')
    assert server.call("GET", "/healthz").status == 200
    assert '"defect"' not in server.log()


@pytest.mark.parametrize(("path", "read", "body"), PAID)
@pytest.mark.parametrize("key", ["", "sk-test-wrong", "sk-live-" + "x" * 5_000, "丹青"])
def test_a_key_that_is_none(server: Server, path: str, read: Read, body: object, key: str) -> None:
    headers = {"x-goog-api-key": key.encode().decode("latin-1")} if key else {}
    error = read(server.call("POST", path, body, key="", headers=headers), 401)
    assert ("is missing" in error["message"]) == (key == "")


@pytest.mark.parametrize(("path", "read", "body"), PAID)
def test_without_money_one_is_told_what_it_costs_and_what_is_left(
    server: Server, path: str, read: Read, body: object
) -> None:
    poor = new_key(server, "a poor key", budget_usd="0.000001")
    answer = server.call("POST", path, body, key=poor)
    message = read(answer, 402)["message"]
    assert "$0.000001" in message
    assert message.count("$") >= 2
    assert server.call("GET", "/api/jobs", key=poor).json()["jobs"] == []


@pytest.mark.parametrize(("path", "read", "body"), PAID)
def test_a_live_key_is_never_served_by_a_sketch(server: Server, path: str, read: Read, body: object) -> None:
    made = server.call("POST", "/api/keys", {"name": "live", "test": False}, key=server.owner_key).json()
    assert made["secret"].startswith("sk-live-")
    message = read(server.call("POST", path, body, key=made["secret"]), 503)["message"]
    assert "No upstream" in message


def test_a_job_of_somebody_else_s_does_not_exist(server: Server) -> None:
    job = server.call("POST", "/api/jobs", {"model": GEMINI, "prompt": "[danqing:fail] mine"}).json()["id"]
    stranger = new_key(server, "somebody else")
    for method, path in (
        ("GET", f"/api/jobs/{job}"),
        ("GET", f"/api/jobs/{job}/events"),
        ("POST", f"/api/jobs/{job}/cancel"),
    ):
        hidden = native_error(server.call(method, path, key=stranger), 404)["message"]
        unknown = native_error(server.call(method, path.replace(job, "none"), key=stranger), 404)["message"]
        assert hidden.replace(job, "none") == unknown


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/keys"), ("POST", "/api/keys"), ("DELETE", "/api/keys/x")])
@pytest.mark.parametrize("owner", [False, True])
def test_keys_are_the_owner_s(server: Server, method: str, path: str, owner: bool) -> None:
    answer = server.call(method, path, {} if method == "POST" else None, key=server.owner_key if owner else server.key)
    if owner:
        assert answer.status == {"GET": 200, "POST": 400, "DELETE": 404}[method]
    else:
        assert native_error(answer, 403)["code"] == "owner_only"


@pytest.mark.parametrize("budget", ["-1", "1e400", "1e999999", "NaN", "0.0000000001", "1000000000", "٥", "", "five", 5])
def test_a_budget_that_is_none(server: Server, budget: object) -> None:
    body = {"name": "x", "budget_usd": budget}
    native_error(server.call("POST", "/api/keys", body, key=server.owner_key), 400)
