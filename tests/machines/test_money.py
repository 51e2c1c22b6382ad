"""Two gateways on one database, hundreds of requests at once: money, names and limits are exact across both."""

from concurrent.futures import ThreadPoolExecutor

from crowds import CROWD, at_once, statuses
from fleet import Fleet, eventually
from serving import Server

FILM = {"model": "veo-2.0-generate-001", "prompt": "[danqing:slow=600] a fox", "count": 1, "seconds": 5}
PICTURE = {"model": "imagen-3.0-generate-002", "prompt": "a red fox", "count": 1}
PRICE = 1_750_000_000


def owner(server: Server, method: str, path: str, body: object) -> dict[str, object]:
    answer = server.call(method, path, body, key=server.owner_key)
    assert answer.status < 300, answer.body
    return answer.json()


def a_key(server: Server, **limits: object) -> str:
    return str(owner(server, "POST", "/api/keys", {"name": "of a crowd", **limits})["secret"])


def money(server: Server, key: str) -> tuple[int, int]:
    """What is held for a key, and what it was charged."""
    budget = server.call("GET", "/api/usage", key=key).json()["budget"]
    return budget["held"]["nanos"], -budget["posted"]["nanos"]


def test_money_and_limits_for_ten_admit_ten_on_two_gateways(pair: Fleet) -> None:
    both = pair.gateways
    project = owner(both[0], "POST", "/api/projects", {"name": "films", "daily_usd": "17.50"})
    for limits, refusal in (
        ({"budget_usd": "17.50"}, 402),
        ({"monthly_usd": "17.50"}, 402),
        ({"project": project["id"]}, 402),
        ({"concurrent": 10}, 429),
        ({"per_minute": 10}, 429),
    ):
        key = a_key(both[0], **limits)
        assert statuses(at_once(both, "/api/jobs", FILM, key)) == {201: 10, refusal: CROWD - 10}, limits
        assert money(both[1], key) == (10 * PRICE, 0)


def test_one_name_a_hundred_times_on_two_gateways_is_one_job_and_one_charge(pair: Fleet) -> None:
    both = pair.gateways
    key = a_key(both[0])
    answers = at_once(both, "/api/jobs", PICTURE, key, count=100, headers={"Idempotency-Key": "order 7"})
    assert statuses(answers) == {201: 100}
    [job] = both[1].call("GET", "/api/jobs", key=key).json()["jobs"]
    eventually(lambda: both[1].call("GET", f"/api/jobs/{job['id']}", key=key).json()["state"] == "done")
    assert money(both[0], key) == (0, 30_000_000)


def test_cancelled_on_one_gateway_while_it_is_made_on_the_other_settles_once(pair: Fleet) -> None:
    one, other = pair.gateways
    key = a_key(one)
    with ThreadPoolExecutor(8) as crowd:
        asked = list(crowd.map(lambda _: one.call("POST", "/api/jobs", PICTURE, key=key).json()["id"], range(24)))
        ended = list(crowd.map(lambda id: other.call("POST", f"/api/jobs/{id}/cancel", key=key).json(), asked))
    assert {job["state"] for job in ended} <= {"done", "cancelled"}
    assert money(other, key) == (0, sum(job["charged"]["nanos"] for job in ended))
    settled = pair.look("SELECT job FROM transfers WHERE phase IN ('post', 'void')")
    assert sorted(job for (job,) in settled if job in asked) == sorted(asked)


def test_a_limit_that_is_set_on_one_gateway_holds_on_the_other_for_the_next_request(pair: Fleet) -> None:
    one, other = pair.gateways
    made = owner(one, "POST", "/api/keys", {"name": "changing"})
    key = str(made["secret"])
    for _ in range(5):
        owner(one, "PATCH", f"/api/keys/{made['id']}", {"daily_usd": None})
        assert other.call("POST", "/api/jobs", PICTURE, key=key).status == 201
        owner(one, "PATCH", f"/api/keys/{made['id']}", {"daily_usd": "0.01"})
        assert other.call("POST", "/api/jobs", PICTURE, key=key).status == 402
