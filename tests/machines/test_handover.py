"""Films and pictures whose process is killed, stopped or sent away: another one finishes them, once."""

import signal

from fleet import LEASE_S, Fleet, Worker, eventually
from serving import Server

MODEL = "veo-3.0-generate-001"
FILM_NANOS = 4 * 400_000_000
PICTURE_MODEL = "imagen-3.0-generate-002"


def film(server: Server, prompt: str = "a paper boat", **fields: object) -> str:
    """Ask for a film of four seconds; its job."""
    answer = server.call("POST", "/api/jobs", {"model": MODEL, "prompt": prompt, "seconds": 4, "count": 1, **fields})
    assert answer.status == 201, answer.body
    return str(answer.json()["id"])


def job(server: Server, id: str) -> dict[str, object]:
    answer = server.call("GET", f"/api/jobs/{id}")
    assert answer.status == 200, answer.body
    return answer.json()


def ended(server: Server, id: str) -> dict[str, object]:
    """The job, once it has ended."""

    def look() -> dict[str, object] | None:
        row = job(server, id)
        return row if row["state"] in ("done", "failed", "cancelled", "unknown") else None

    return eventually(look)


def at_work(machines: Fleet, id: str) -> Worker:
    """The worker that drives the job, once there is one."""

    def look() -> Worker | None:
        rows = machines.look("SELECT driver FROM jobs WHERE id = :id AND turn IS NULL", id=id)
        return next((w for w in machines.workers if rows and f"-{w.process.pid}-" in str(rows[0][0])), None)

    return eventually(look)


def settled_once(machines: Fleet, id: str, nanos: int) -> None:
    """One hold, one charge, and nobody who answers for the job any more."""
    phases = machines.look("SELECT phase, amount FROM transfers WHERE job = :id ORDER BY phase", id=id)
    assert [phase for phase, _ in phases] == ["hold", "post"]
    assert phases[1][1] == nanos
    assert machines.look("SELECT driver, turn FROM jobs WHERE id = :id", id=id) == [(None, None)]


def test_any_gateway_answers_for_any_job(machines: Fleet) -> None:
    one, other = machines.gateway(), machines.gateway()
    machines.worker()
    assert one.key == other.key, "the first test key follows from the shared secret"

    id = film(one)
    row = ended(other, id)

    assert row["state"] == "done", row
    file = str(row["outputs"][0]["url"]).partition("/api/files/")[2]
    for gateway in (one, other):
        assert gateway.call("GET", f"/api/files/{file}").body[4:8] == b"ftyp"
    settled_once(machines, id, FILM_NANOS)


def test_the_film_of_a_killed_worker_is_finished_by_another(machines: Fleet) -> None:
    gateway = machines.gateway()
    machines.worker(), machines.worker()
    id = film(gateway)
    at_work(machines, id).kill()

    assert ended(gateway, id)["state"] == "done"
    settled_once(machines, id, FILM_NANOS)
    assert machines.look("SELECT count(*) FROM dbos.workflow_status WHERE status = 'PENDING'") == [(0,)]


def test_a_stopped_worker_that_comes_back_doubles_nothing(machines: Fleet) -> None:
    gateway = machines.gateway()
    machines.worker(), machines.worker()
    id = film(gateway)
    asleep = at_work(machines, id)
    asleep.process.send_signal(signal.SIGSTOP)
    eventually(lambda: at_work(machines, id) is not asleep)
    asleep.process.send_signal(signal.SIGCONT)

    assert ended(gateway, id)["state"] == "done"
    settled_once(machines, id, FILM_NANOS)
    again = film(gateway, "a second boat")
    assert ended(gateway, again)["state"] == "done"
    eventually(lambda: len(machines.look("SELECT id FROM processes")) == 3)  # the sleeper is listed again
    assert len(job(gateway, id)["outputs"]) == 1


def test_a_worker_that_is_sent_away_hands_its_film_over_before_its_lease_ends(machines: Fleet) -> None:
    gateway = machines.gateway()
    machines.worker(), machines.worker()
    id = film(gateway)
    leaving = at_work(machines, id)
    assert leaving.stop() == 0, leaving.log()

    assert len(machines.look("SELECT id FROM processes")) == 2
    assert ended(gateway, id)["state"] == "done"
    settled_once(machines, id, FILM_NANOS)


def test_the_picture_of_a_killed_gateway_is_finished_by_a_worker(machines: Fleet) -> None:
    dying, gateway = machines.gateway(), machines.gateway()
    body = {"model": PICTURE_MODEL, "prompt": "[danqing:slow=1] a fox", "count": 1}
    id = str(dying.call("POST", "/api/jobs", body).json()["id"])
    dying.kill()
    machines.worker()

    assert ended(gateway, id)["state"] == "done"
    settled_once(machines, id, 30_000_000)
    assert LEASE_S < 15, "the tests wait for a short lease"
