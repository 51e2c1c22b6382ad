"""Films that wait for their turn: where they stand, how long they may wait, and who watches them."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from fleet import Fleet, eventually
from machines.asking import FILM_NANOS, MODEL, ended, film, job, settled_once
from serving import Server


def test_a_film_that_waits_says_where_it_stands_and_for_how_long(machines: Fleet) -> None:
    gateway, other = machines.gateway(), machines.gateway()
    first = film(gateway)
    assert job(other, first)["queue"] == {"position": 1, "seconds": None}
    machines.worker()
    assert ended(gateway, first)["queue"] is None
    ids = [film(gateway, f"boat {n}") for n in range(4)]
    place = job(other, ids[-1])["queue"]
    assert place["position"] in (3, 4)
    assert place["seconds"] >= place["position"], "a film takes longer than a second"
    for id in ids:
        assert other.call("POST", f"/api/jobs/{id}/cancel").status == 200


def test_a_deadline_counts_the_waiting(pair: Fleet) -> None:
    gateway, _ = pair.gateways
    body = {"model": MODEL, "prompt": "a boat", "seconds": 4, "count": 1}
    refused = gateway.call("POST", "/api/jobs", body, headers={"danqing-deadline": "soon"})
    assert (refused.status, refused.json()["error"]["param"]) == (400, "danqing-deadline")
    id = str(gateway.call("POST", "/api/jobs", body, headers={"danqing-deadline": "2"}).json()["id"])

    row = ended(gateway, id)
    assert (row["state"], row["error"]["kind"], row["charged"]["nanos"]) == ("failed", "timeout", 0)
    phases = pair.look("SELECT phase FROM transfers WHERE job = :id ORDER BY phase", id=id)
    assert phases == [("hold",), ("void",)]


@contextmanager
def stream(server: Server, last: str = "") -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Everything that `/api/events` tells while the block runs: id and job."""
    headers = {"authorization": f"Bearer {server.key}", **({"last-event-id": last} if last else {})}
    response = urllib.request.urlopen(urllib.request.Request(f"{server.url}/api/events", headers=headers), timeout=60)
    told: list[tuple[str, dict[str, object]]] = []

    def read() -> None:
        id = ""
        try:
            for line in response:
                if line.startswith(b"id: "):
                    id = line[4:].strip().decode()
                elif line.startswith(b"data: "):
                    told.append((id, json.loads(line[6:])))
        except (OSError, ValueError, AttributeError):
            pass  # closed under our hands

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield told
    finally:
        response.fp.raw._sock.shutdown(2)
        reader.join(5)
        response.close()


def test_one_stream_tells_of_all_jobs_and_goes_on_at_another_gateway(company: Fleet) -> None:
    one, other = company.gateways
    with stream(one) as told:
        first = film(other)
        eventually(lambda: [row for _, row in told if row["id"] == first and 0 < float(str(row["progress"])) < 1])
        last = told[-1][0]
    assert ended(other, first)["state"] == "done"
    second = film(one)
    assert ended(one, second)["state"] == "done"
    with stream(other, last) as missed:
        eventually(lambda: {first, second} <= {row["id"] for _, row in missed if row["state"] == "done"})
    settled_once(company, first, FILM_NANOS)
