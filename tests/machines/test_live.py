"""What changes on one machine is seen on all: progress, cancelling, the text of a film over chat."""

import json

from fleet import Fleet, eventually
from machines.asking import at_work, ended, film, job
from serving import Server


def events(server: Server, id: str) -> list[dict[str, object]]:
    """Everything that a stream of a job's events tells, to its end."""
    body = server.call("GET", f"/api/jobs/{id}/events").body.decode()
    lines = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines]


def test_progress_is_seen_by_whoever_watches_another_gateway(company: Fleet) -> None:
    one, other = company.gateways
    id = film(one)
    seen = events(other, id)

    assert seen[-1]["state"] == "done"
    fractions = [float(str(row["progress"])) for row in seen]
    assert fractions == sorted(fractions)
    assert len([fraction for fraction in fractions if 0 < fraction < 1]) >= 3, fractions
    assert "running" in [row["state"] for row in seen]


def test_progress_is_seen_by_whoever_polls_another_gateway(company: Fleet) -> None:
    one, other = company.gateways
    id = film(one)
    eventually(lambda: 0 < float(str(job(other, id)["progress"])) < 1)
    assert ended(other, id)["state"] == "done"


def test_cancelling_on_one_machine_stops_the_work_on_another(company: Fleet) -> None:
    one, other = company.gateways
    id = film(one, "[danqing:slow=600] a boat")
    at_work(company, id)
    assert other.call("POST", f"/api/jobs/{id}/cancel").json()["state"] == "cancelled"
    # The worker makes one film at a time: that the next is done before this one could be shows that it was stopped.
    assert ended(one, film(one))["state"] == "done"
    phases = company.look("SELECT phase FROM transfers WHERE job = :id ORDER BY phase", id=id)
    assert phases == [("hold",), ("void",)]


def test_a_film_over_chat_is_told_as_it_is_made_elsewhere(company: Fleet) -> None:
    gateway, _ = company.gateways
    body = {"model": "veo-3", "messages": [{"role": "user", "content": "a boat"}], "stream": True}
    text = gateway.call("POST", "/v1/chat/completions", body).body.decode()
    chunks = [line for line in text.splitlines() if line.startswith("data: {")]
    assert len(chunks) >= 4, "in pieces, as it is made"
    assert "Watch Online" in text
