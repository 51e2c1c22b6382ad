"""Asks a fleet for films and looks at what becomes of them."""

from fleet import Fleet, eventually
from serving import Server, Worker

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
