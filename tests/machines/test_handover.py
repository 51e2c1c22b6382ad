"""Films and pictures whose process is killed, stopped or sent away: another one finishes them, once."""

import signal

from fleet import Fleet, eventually
from machines.asking import FILM_NANOS, PICTURE_MODEL, at_work, ended, film, job, settled_once


def test_any_gateway_answers_for_any_job(company: Fleet) -> None:
    one, other = company.gateways
    assert one.key == other.key, "the first test key follows from the shared secret"

    id = film(one)
    row = ended(other, id)

    assert row["state"] == "done", row
    file = str(row["outputs"][0]["url"]).partition("/api/files/")[2]
    for gateway in (one, other):
        assert gateway.call("GET", f"/api/files/{file}").body[4:8] == b"ftyp"
    settled_once(company, id, FILM_NANOS)


def test_the_film_of_a_killed_worker_is_finished_by_another(machines: Fleet) -> None:
    gateway = machines.gateway()
    machines.worker(), machines.worker()
    id = film(gateway)
    at_work(machines, id).kill()

    assert ended(gateway, id)["state"] == "done"
    settled_once(machines, id, FILM_NANOS)
    taken = "SELECT 1 FROM dbos.workflow_status WHERE status = 'PENDING'"
    eventually(lambda: not machines.look(taken))  # the queue is told a moment after the job's own commit


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


def test_pictures_do_not_pass_through_the_queue(pair: Fleet) -> None:
    gateway, _ = pair.gateways
    id = str(gateway.call("POST", "/api/jobs", {"model": PICTURE_MODEL, "prompt": "a fox", "count": 1}).json()["id"])
    assert ended(gateway, id)["state"] == "done"
    assert pair.look("SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid LIKE :id", id=f"{id}%") == []


def test_a_key_with_many_films_does_not_starve_another(machines: Fleet) -> None:
    gateway = machines.gateway()
    other = gateway.call("POST", "/api/keys", {"name": "other"}, key=gateway.owner_key).json()["secret"]
    many = [film(gateway, f"boat {n}") for n in range(20)]
    body = {"model": "veo-3.0-generate-001", "prompt": "a single boat", "seconds": 4, "count": 1}
    one = str(gateway.call("POST", "/api/jobs", body, key=str(other)).json()["id"])
    turns = dict(machines.look("SELECT id, turn FROM jobs"))
    assert sorted([*many, one], key=lambda id: (int(str(turns[id])), id != one)).index(one) <= 2
