"""Browsers sign in by a key once; the session counts for the studio's own pages, on /api, until it ends."""

import re
import time
from collections.abc import Mapping

import pytest

from danqing.front.sessions import forgotten
from danqing.gateway.keyring import SESSION_HOURS, Keyring
from serving import Answer, Server

from .calls import CENT, CHAT, CONTENT, IMAGEN, PREDICT, chat_body, content_body, native_error, new_key, predict_body

JOB = {"model": IMAGEN, "prompt": "a red fox", "count": 1}
OWN = {"sec-fetch-site": "same-origin"}


def sign_in(server: Server, key: str) -> str:
    """The cookie as a browser sends it back."""
    answer = server.call("POST", "/api/session", {"key": key}, key="", headers=OWN)
    assert answer.status == 200, answer.body
    assert key.encode() not in answer.body
    return answer.headers["set-cookie"].partition(";")[0]


def ask(
    server: Server, cookie: str, method: str, path: str, body: object = None, headers: Mapping[str, str] = OWN
) -> Answer:
    return server.call(method, path, body, key="", headers={"cookie": cookie, **headers})


@pytest.fixture(scope="module")
def cookie(server: Server) -> str:
    return sign_in(server, server.key)


def test_a_session_stands_for_its_key_and_gives_nothing_of_it_away(server: Server, cookie: str) -> None:
    answer = server.call("POST", "/api/session", {"key": server.key}, key="", headers=OWN)
    told = answer.json()
    assert (told["owner"], told["key"]["test"], told["key"]["hint"][-4:]) == (False, True, server.key[-4:])
    attributes = answer.headers["set-cookie"].split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict", "Path=/api"} < set(attributes)
    assert [word for word in attributes if word.startswith("Expires=") and word.endswith("GMT")]
    assert answer.headers["cache-control"] == "no-store"
    assert server.key not in cookie
    assert server.key.removeprefix("sk-test-") not in answer.headers["set-cookie"]
    asking = ask(server, cookie, "GET", "/api/session").json()
    assert asking["key"]["hint"] == told["key"]["hint"]
    assert told["ends"] >= asking["ends"] > told["key"]["created"]
    assert server.call("GET", "/api/session").json()["ends"] is None
    job = ask(server, cookie, "POST", "/api/jobs", JOB)
    assert (job.status, job.json()["held"]["nanos"]) == (201, 3 * CENT)


def test_over_tls_the_cookie_is_never_sent_without_it() -> None:
    assert forgotten(secure=True).endswith("; Secure")
    assert "Secure" not in forgotten(secure=False)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "danqing-studio": "1"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://evil.example", "danqing-studio": "1"},
        {},
    ],
    ids=str,
)
def test_what_another_page_asks_is_refused_and_nothing_is_made(
    server: Server, cookie: str, headers: Mapping[str, str]
) -> None:
    before = server.call("GET", "/api/jobs?limit=1").json()
    for method, path, body in (("POST", "/api/jobs", JOB), ("DELETE", "/api/jobs/none", None)):
        error = native_error(ask(server, cookie, method, path, body, headers), 403)
        assert error["code"] == "other_origin"
    assert server.call("GET", "/api/jobs?limit=1").json() == before


def test_the_studios_own_pages_are_known_by_any_of_three_signs(server: Server, cookie: str) -> None:
    host = server.url.removeprefix("http://")
    for headers in (OWN, {"origin": server.url}, {"danqing-studio": "1"}, {"origin": f"https://{host}"}):
        assert ask(server, cookie, "POST", "/api/quote", JOB, headers).status == 200, headers


def test_reading_is_refused_to_pages_elsewhere_too(server: Server, cookie: str) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil"}):
        assert ask(server, cookie, "GET", "/api/jobs", headers=headers).status == 403
    for headers in (OWN, {"sec-fetch-site": "none"}, {}):
        assert ask(server, cookie, "GET", "/api/jobs", headers=headers).status == 200


def test_a_session_counts_for_nothing_but_the_native_api(server: Server, cookie: str) -> None:
    for path, body in ((PREDICT, predict_body()), (CHAT, chat_body("a fox")), (CONTENT, content_body("a fox"))):
        assert ask(server, cookie, "POST", path, body).status in (401, 403), path
        assert "key" in str(ask(server, cookie, "POST", path, body).json())


def test_a_key_goes_before_a_session(server: Server, cookie: str) -> None:
    other = new_key(server, "other")
    answer = server.call("GET", "/api/session", key=other, headers={"cookie": cookie, "sec-fetch-site": "cross-site"})
    assert answer.json()["key"]["name"] == "other"


def test_what_was_tampered_with_is_nobody(server: Server, cookie: str) -> None:
    name, _, session = cookie.partition("=")
    _, ends, id, who, signature = session.split("-")
    later, owner = str(int(ends) + 1), "owner"
    forged = [
        f"session-{later}-{id}-{who}-{signature}",
        f"session-{ends}-{id[::-1]}-{who}-{signature}",
        f"session-{ends}-{id}-{owner}-{signature}",
        f"session-{ends}-{id}-{who[::-1]}-{signature}",
        f"session-{ends}-{id}-{who}-{signature[:-1]}{'0' if signature[-1] != '0' else '1'}",
        f"session-{ends}-{id}-{who}-",
        f"session-{ends}-{id}-{who}",
        "session-",
        "session---",
    ]
    for text in forged:
        assert ask(server, f"{name}={text}", "GET", "/api/jobs").status == 401, text
        assert ask(server, f"{name}={text}", "GET", "/api/keys").status == 403, text
        assert ask(server, f"{name}={text}", "GET", "/api/session").json() == {
            "owner": False,
            "key": None,
            "ends": None,
        }


def test_only_keys_begin_sessions(server: Server, cookie: str) -> None:
    assert native_error(server.call("POST", "/api/session", {"key": "sk-test-none"}, key="", headers=OWN), 401)
    for wrong in (cookie.partition("=")[2], "", " ", "sk-\r\nset-cookie: a=b", "sk-" + "x" * 300):
        answer = server.call("POST", "/api/session", {"key": wrong}, key="", headers=OWN)
        native_error(answer, 400)
        assert "set-cookie" not in answer.headers
    elsewhere = {"origin": "https://evil.example"}
    assert server.call("POST", "/api/session", {"key": server.key}, key="", headers=elsewhere).status == 403


def test_a_revoked_key_ends_its_sessions_and_a_new_secret_too(server: Server) -> None:
    for end in ("DELETE", "POST"):
        made = server.call("POST", "/api/keys", {"name": "short", "test": True}, key=server.owner_key).json()
        cookie = sign_in(server, made["secret"])
        assert ask(server, cookie, "GET", "/api/jobs").status == 200
        path = f"/api/keys/{made['id']}" + ("/rotate" if end == "POST" else "")
        assert server.call(end, path, key=server.owner_key).status == 200
        status = 200
        for _ in range(30):  # within a second, everywhere
            status = ask(server, cookie, "GET", "/api/jobs").status
            if status == 401:
                break
            time.sleep(0.1)
        assert status == 401, end


@pytest.mark.parametrize("owner", [False, True], ids=["a key", "the owner"])
def test_signing_out_ends_the_session_and_its_copies_and_no_other(server: Server, owner: bool) -> None:
    key = server.owner_key if owner else server.key
    path = "/api/keys" if owner else "/api/jobs"
    mine, other = sign_in(server, key), sign_in(server, key)
    assert [ask(server, session, "GET", path).status for session in (mine, other)] == [200, 200]
    assert ask(server, mine, "DELETE", "/api/session", headers={"sec-fetch-site": "cross-site"}).status == 403
    assert ask(server, mine, "GET", path).status == 200
    answer = ask(server, mine, "DELETE", "/api/session")
    assert answer.json() == {"signed_out": True}
    assert re.match(r"danqing-session=; Max-Age=0; Path=/api; HttpOnly; SameSite=Strict$", answer.headers["set-cookie"])
    assert ask(server, mine, "GET", path).status == (403 if owner else 401)
    token = mine.partition("=")[2]
    assert server.call("GET", path, key=token).status == (403 if owner else 401)
    assert ask(server, mine, "GET", "/api/session").json()["owner"] is False
    assert ask(server, other, "GET", path).status == 200
    assert ask(server, mine, "DELETE", "/api/session").status == 200  # twice is once
    assert ask(server, "danqing-session=session-forged", "DELETE", "/api/session").status == 200
    assert ask(server, other, "DELETE", "/api/session").status == 200


def test_the_owner_signs_in_too(server: Server) -> None:
    cookie = sign_in(server, server.owner_key)
    assert ask(server, cookie, "GET", "/api/session").json()["owner"] is True
    assert ask(server, cookie, "GET", "/api/keys").status == 200
    assert ask(server, cookie, "GET", "/api/keys", headers={"sec-fetch-site": "cross-site"}).status == 403


def test_a_session_ends_by_the_clock_and_another_server_knows_it() -> None:
    now = 1_000_000.0
    one, other = Keyring(bytes(32), lambda: now), Keyring(bytes(32), lambda: now)
    session, ends = one.session("sk-live-abc")
    assert ends.timestamp() == now + SESSION_HOURS * 3600
    assert other.digest(session) == one.digest("sk-live-abc")
    assert Keyring(bytes([1]) * 32, lambda: now).digest(session) == ""
    now = ends.timestamp() - 1
    assert other.digest(session) == one.digest("sk-live-abc")
    now = ends.timestamp()
    assert other.digest(session) == ""
