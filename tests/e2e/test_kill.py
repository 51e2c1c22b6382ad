"""Whatever moment a server dies at: every film is finished, paid for once, and nothing is left lying about."""

import http.client
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

import pytest

from e2e.films import Film, measured
from e2e.traces import Ledger, children, documents, eventually, files, is_alive, ledger, orphans
from serving import Answer, Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

NewServer = Callable[..., Server]
MODEL = "veo-3.0-generate-001"
FILM_NANOS = 4 * 400_000_000
FILM = Film("h264", 1280, 720, 24.0, 96, 4.0, "aac")
GOODBYE_S = 5


@dataclass(frozen=True)
class Operation:
    """A film on order, by the name that polls ask for."""

    name: str
    job: str


def order(server: Server, prompt: str = "A paper boat on a river", *, count: int = 1) -> Operation:
    """Ask for a film of four seconds."""
    body = {"instances": [{"prompt": prompt}], "parameters": {"durationSeconds": 4, "sampleCount": count}}
    answer = server.call("POST", f"/gemini/v1beta/models/{MODEL}:predictLongRunning", body)
    assert answer.status == 200, answer.body
    return Operation(str(answer.json()["name"]), answer.headers["danqing-job"])


def progress(server: Server, film: Operation) -> float:
    """How far the film is, 0 to 1."""
    return float(str(server.call("GET", f"/api/jobs/{film.job}").json()["progress"]))


def finished(server: Server, film: Operation) -> Answer:
    """The operation's answer once it says `done`."""

    def look() -> Answer | None:
        answer = server.call("GET", f"/gemini/v1beta/{film.name}")
        assert answer.status == 200, answer.body
        return answer if answer.json().get("done") else None

    return eventually(look, pause_s=0.2)


def films_of(server: Server, film: Operation) -> list[bytes]:
    """The delivered films, downloaded."""
    job = server.call("GET", f"/api/jobs/{film.job}").json()
    urls = [str(output["url"]) for output in job["outputs"]]
    return [server.call("GET", url.removeprefix(server.url)).body for url in urls]


def workers_of(server: Server) -> set[int]:
    """The processes that draw for a server."""
    assert server.process is not None
    return children(server.process.pid)


def at_once(server: Server, film: Operation) -> None:
    """The moment after the answer."""


def while_filming(server: Server, film: Operation) -> None:
    """The moment when some of it is filmed."""
    eventually(lambda: progress(server, film) >= 0.3)


def as_the_film_is_stored(server: Server, film: Operation) -> None:
    """The moment between the file and the commit that knows of it."""
    room = server.data / "assets"
    eventually(lambda: [path for path in files(room) if path.suffix == ".mp4"], pause_s=0.0)


@pytest.mark.parametrize("moment", [at_once, while_filming, as_the_film_is_stored])
def test_a_killed_server_finishes_its_film_after_a_restart(new_server: NewServer, moment: Callable[..., None]) -> None:
    server = new_server()
    key, film = server.key, order(server)
    moment(server, film)
    workers = workers_of(server)
    assert workers or moment is at_once
    server.kill()
    eventually(lambda: not any(map(is_alive, workers)), seconds=20)

    server.start()
    assert server.key == key
    assert "error" not in finished(server, film).json()
    assert [measured(body) for body in films_of(server, film)] == [FILM]
    expect_one_charge(server, film)
    assert server.stop() == 0, server.log()[-3000:]
    assert orphans(server.data) == set()


def expect_one_charge(server: Server, film: Operation, *, films: int = 1) -> None:
    """What the key is told, what the ledger holds and what the account has left all say the same."""
    cost = films * FILM_NANOS
    rows = (("hold", film.job, cost), ("post", film.job, cost))
    assert ledger(server.data) == Ledger(rows, spent=cost, held=0)
    usage = server.call("GET", "/api/usage").json()
    assert [(row["model"], row["jobs"], row["charged"]["nanos"]) for row in usage["by_model"]] == [(MODEL, 1, cost)]
    assert usage["account"]["held"]["nanos"] == 0


def test_what_was_delivered_before_the_kill_is_not_made_again(new_server: NewServer) -> None:
    server = new_server()
    film = order(server, count=2)
    eventually(lambda: server.call("GET", f"/api/jobs/{film.job}").json()["outputs"])
    [first] = films_of(server, film)
    server.kill()

    server.start()
    finished(server, film)
    delivered = films_of(server, film)
    assert delivered[0] == first
    assert [measured(body) for body in delivered] == [FILM, FILM]
    expect_one_charge(server, film, films=2)
    assert server.stop() == 0, server.log()[-3000:]
    assert orphans(server.data) == set()


def test_a_client_that_never_comes_back_is_served_and_billed(new_server: NewServer) -> None:
    server = new_server()
    film = order(server)
    eventually(lambda: ledger(server.data).spent)
    expect_one_charge(server, film)
    assert [document["state"] for document in documents(server.data)] == ["done"]


def test_a_server_that_is_told_to_stop_does_so_and_goes_on_later(new_server: NewServer) -> None:
    server = new_server()
    film = order(server)
    while_filming(server, film)
    workers = workers_of(server)
    assert workers
    assert server.stop(GOODBYE_S) == 0, server.log()[-3000:]
    eventually(lambda: not any(map(is_alive, workers)), seconds=20)
    assert orphans(server.data) == set()

    server.start()
    finished(server, film)
    assert [measured(body) for body in films_of(server, film)] == [FILM]
    expect_one_charge(server, film)
    assert "defect" not in server.log()


def test_a_repetition_after_the_kill_is_the_same_job(new_server: NewServer) -> None:
    """The answer was lost on its way; the client asks again with its Idempotency-Key and pays once."""
    server = new_server()
    path = "/gemini/v1beta/models/imagen-3.0-generate-002:predict"
    body = {"instances": [{"prompt": "A paper boat [danqing:slow=2]"}], "parameters": {"sampleCount": 1}}
    once = {"idempotency-key": "boat-1"}
    with closing(ask_without_listening(server, path, body, once)):
        [lost] = eventually(lambda: documents(server.data))
        server.kill()

    server.start()
    again = server.call("POST", path, body, headers=once)
    assert again.status == 200, again.body
    assert again.headers["danqing-job"] == lost["id"]
    assert len(again.json()["predictions"]) == 1
    rows = (("hold", str(lost["id"]), 30_000_000), ("post", str(lost["id"]), 30_000_000))
    assert ledger(server.data) == Ledger(rows, spent=30_000_000, held=0)
    assert server.call("POST", path, {**body, "parameters": {"sampleCount": 2}}, headers=once).status == 422
    assert server.stop() == 0, server.log()[-3000:]
    assert orphans(server.data) == set()


def ask_without_listening(
    server: Server, path: str, body: object, headers: Mapping[str, str]
) -> http.client.HTTPConnection:
    """Send a request and leave its answer where it is."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    sent = {"x-goog-api-key": server.key, "content-type": "application/json", **headers}
    connection.request("POST", path, json.dumps(body), sent)
    return connection
