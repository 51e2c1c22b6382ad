"""The database is away for ten seconds in the middle of a film: nothing is lost, nothing is done or charged twice."""

import time
from pathlib import Path

import pytest

import postgres
from fleet import fleet
from machines.asking import FILM_NANOS, at_work, ended, film, settled_once

AWAY_S = 10


def test_a_database_that_is_away_in_the_middle_of_a_film(tmp_path: Path) -> None:
    with postgres.own() as server:
        if server is None:
            pytest.skip("Postgres is not installed on this machine")
        with fleet(tmp_path, server.url) as machines:
            gateway = machines.gateway()
            machines.worker(), machines.worker()
            id, waiting = film(gateway), film(gateway, "a second boat")
            at_work(machines, id)

            server.stop()
            refused = gateway.call("GET", f"/api/jobs/{id}")
            assert (refused.status, refused.json()["error"]["code"]) == (503, "database_unavailable")
            time.sleep(AWAY_S)
            server.start()

            for each in (id, waiting):
                assert ended(gateway, each)["state"] == "done"
                settled_once(machines, each, FILM_NANOS)
            assert ended(gateway, film(gateway, "and another"))["state"] == "done"
