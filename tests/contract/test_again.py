"""What was made once is made again from what is stored of it: as a new job, at today's price, for its own key only."""

import pytest

from serving import Server

from .calls import CENT, IMAGEN, jobs, native_error, new_key, spent

PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
ASKED = {
    "model": IMAGEN,
    "prompt": 'a red fox, "Reynard"',
    "aspect": "16:9",
    "count": 2,
    "seed": 7,
    "negative": "snow",
    "knobs": {"guidanceScale": 5},
    "translate": "off",
    "enhance": False,
}


def made(server: Server, key: str, body: object = ASKED) -> dict[str, object]:
    answer = server.call("POST", "/api/jobs", body, key=key)
    assert answer.status == 201, answer.body
    return answer.json()


def ended(server: Server, key: str, id: object) -> dict[str, object]:
    server.call("GET", f"/api/jobs/{id}/events", key=key)  # the stream ends with the job
    return server.call("GET", f"/api/jobs/{id}", key=key).json()


def test_the_same_seed_makes_the_same_picture_and_no_seed_makes_another(server: Server) -> None:
    key = new_key(server, "once more")
    first = ended(server, key, made(server, key)["id"])
    recipe = ("model", "prompt", "parameters")
    alike, another, chosen = (
        ended(server, key, server.call("POST", f"/api/jobs/{first['id']}/again", body, key=key).json()["id"])
        for body in ({"seed": "same"}, {}, {"seed": 12})
    )
    assert len({job["id"] for job in (first, alike, another, chosen)}) == 4
    assert [alike[name] for name in recipe] == [first[name] for name in recipe]
    assert (another["parameters"]["seed"] == 7, chosen["parameters"]["seed"]) == (False, 12)
    assert {**another["parameters"], "seed": 7} == first["parameters"]

    def pictures(job: dict[str, object]) -> list[tuple[object, ...]]:
        kept = ("mime", "width", "height", "seed", "drawn")
        return [tuple(str(output[name]) for name in kept) for output in job["outputs"]]

    assert pictures(alike) == pictures(first) != pictures(another)
    assert spent(server, key) == 8 * 3 * CENT


def test_it_is_priced_anew_and_refused_above_what_may_be_paid(server: Server) -> None:
    key = new_key(server, "careful again")
    path = f"/api/jobs/{made(server, key)['id']}/again"
    refused = server.call("POST", path, {}, key=key, headers={"x-danqing-max-cost": "0.059"})
    assert native_error(refused, 402)["code"] == "max_cost_exceeded"
    told = server.call("POST", path, {}, key=key, headers={"danqing-dry-run": "true"}).json()
    assert told["cost"]["nanos"] == 6 * CENT
    assert len(jobs(server, key)) == 1


def test_sent_twice_under_one_idempotency_key_it_is_one_job(server: Server) -> None:
    key = new_key(server, "patient")
    path = f"/api/jobs/{made(server, key)['id']}/again"
    ids = {server.call("POST", path, {}, key=key, headers={"idempotency-key": "x"}).json()["id"] for _ in range(2)}
    assert len(ids) == 1
    other = server.call("POST", path, {"seed": 1}, key=key, headers={"idempotency-key": "x"})
    assert other.status == 422


def test_the_pictures_that_came_with_it_come_again_until_they_are_taken_away(server: Server) -> None:
    key = new_key(server, "painter")
    model = "gemini-2.0-flash-preview-image-generation"
    id = ended(server, key, made(server, key, {"model": model, "prompt": "make it red", "pictures": [PIXEL]})["id"])[
        "id"
    ]
    new = server.call("POST", f"/api/jobs/{id}/again", {}, key=key).json()["id"]
    assert ended(server, key, new)["parameters"]["pictures"] == 1
    for job in (id, new):
        server.call("DELETE", f"/api/jobs/{job}", key=key)
    error = native_error(server.call("POST", f"/api/jobs/{id}/again", {}, key=key), 404)
    assert error["code"] == "file_removed"


@pytest.mark.parametrize("body", [{"seed": "other"}, {"seed": 2**64}, {"seeds": 1}, [], {"seed": True}])
def test_a_seed_that_is_none_is_refused(server: Server, body: object) -> None:
    key = new_key(server, "typist")
    path = f"/api/jobs/{made(server, key)['id']}/again"
    native_error(server.call("POST", path, body, key=key), 400)
    assert len(jobs(server, key)) == 1


def test_nobody_makes_what_another_key_has_asked_for(server: Server) -> None:
    id = made(server, new_key(server, "mine"))["id"]
    native_error(server.call("POST", f"/api/jobs/{id}/again", {}, key=new_key(server, "theirs")), 404)
