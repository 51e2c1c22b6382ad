"""Jobs are chosen, told step by step, and asked for once more when they came to nothing."""

import msgspec
import pytest

from danqing.wire.answers import jobs
from serving import Server

from .calls import CENT, IMAGEN, ended, native_error, new_key, spent

ONE = {"model": IMAGEN, "prompt": "a red fox", "count": 1}
FAILS = {"model": IMAGEN, "prompt": "[danqing:fail] a red fox", "seed": 9, "count": 2}


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return new_key(server, "chooser")


def made(server: Server, key: str, body: object) -> dict[str, object]:
    answer = server.call("POST", "/api/jobs", body, key=key)
    assert answer.status == 201, answer.body
    return ended(server, str(answer.json()["id"]), key)


def test_jobs_are_chosen_and_told_step_by_step(server: Server, key: str) -> None:
    done, failed = (made(server, key, body) for body in (ONE, FAILS))
    all_of_them = (failed["id"], done["id"])

    def found(query: str) -> tuple[object, ...]:
        page = msgspec.convert(server.call("GET", f"/api/jobs?{query}", key=key).json(), jobs.Jobs)
        return tuple(job.id for job in page.jobs)

    assert found("") == found("kind=image") == found(f"model={IMAGEN}") == found("state=done,failed") == all_of_them
    assert found("state=failed") == (failed["id"],)
    assert found("kind=video") == found("until=2020-01-01") == found("model=veo-2") == ()
    page = server.call("GET", "/api/jobs?limit=1&state=done,failed", key=key).json()
    assert found(f"state=done,failed&before={page['next']}") == (done["id"],)

    told = msgspec.convert(server.call("GET", f"/api/jobs/{done['id']}/timeline", key=key).json(), jobs.Timeline)
    assert [moment.what for moment in told.timeline] == ["admitted", "running", "produced", "done"]
    times = [moment.at for moment in told.timeline]
    assert times == sorted(times)
    end = msgspec.convert(server.call("GET", f"/api/jobs/{failed['id']}/timeline", key=key).json(), jobs.Timeline)
    assert end.timeline[-1].what == "failed"
    assert end.timeline[-1].error
    native_error(server.call("GET", f"/api/jobs/{done['id']}/timeline"), 404)


def test_what_failed_is_retried_once_at_no_more_than_before(server: Server) -> None:
    key = new_key(server, "stubborn")
    failed = made(server, key, FAILS)
    path = f"/api/jobs/{failed['id']}/retry"
    dry = server.call("POST", path, key=key, headers={"danqing-dry-run": "true"}).json()
    assert dry["cost"]["nanos"] == 6 * CENT
    again, twice = (server.call("POST", path, key=key) for _ in range(2))
    assert (again.status, again.json()["id"]) == (201, twice.json()["id"])
    assert again.json()["id"] != failed["id"]
    for name in ("model", "prompt", "parameters", "held"):
        assert again.json()[name] == failed[name]
    ended(server, str(again.json()["id"]), key)
    dear = server.call("POST", path, key=key, headers={"x-danqing-max-cost": "0.01", "idempotency-key": "new"})
    assert native_error(dear, 402)["code"] == "max_cost_exceeded"
    done = made(server, key, ONE)
    assert native_error(server.call("POST", f"/api/jobs/{done['id']}/retry", key=key), 400)["code"] == "not_retryable"
    native_error(server.call("POST", path, key=new_key(server, "stranger")), 404)
    assert spent(server, key) == 3 * CENT
