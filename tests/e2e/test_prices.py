"""A price is frozen when a job is admitted: the catalog may change while a film is at work, and its bill does not."""

from collections.abc import Callable
from pathlib import Path

from e2e.traces import eventually
from serving import Server

MODEL = "house-film-1"
SECONDS = 4


def set_price(data: Path, dollars: str) -> None:
    """The operator's own model, at so many dollars a second."""
    (data / "catalog" / f"{MODEL}.toml").write_text(f"""
id = "{MODEL}"
title = "House film"
family = "house"
methods = ["predictLongRunning"]

[ability]
makes = ["video"]
aspects = ["16:9"]
seconds = [{SECONDS}]
sizes = ["720p"]
fps = 24
audio = true

[price]
second = "{dollars}"
source = "the house"
as_of = 2026-11-01
""")


def quoted(server: Server, body: object) -> object:
    return server.call("POST", "/api/quote", body).json()["cost"]["usd"]


def test_new_api_6172_a_catalog_that_changes_in_mid_flight_changes_no_bill(new_server: Callable[..., Server]) -> None:
    server = new_server()
    server.stop()
    set_price(server.data, "0.50")
    server.start()
    body = {"model": MODEL, "prompt": "a paper boat on a river"}
    job = server.call("POST", "/api/jobs", body).json()
    assert job["held"]["usd"] == "2.00"

    def look() -> dict[str, object]:
        return server.call("GET", f"/api/jobs/{job['id']}").json()

    eventually(lambda: look()["progress"] >= 0.2)
    server.kill()
    set_price(server.data, "7.25")
    server.start()
    assert quoted(server, body) == "29.00"
    ended = eventually(lambda: (told := look())["state"] == "done" and told, pause_s=0.2)
    assert (ended["held"]["usd"], ended["charged"]["usd"]) == ("2.00", "2.00")
    usage = server.call("GET", "/api/usage").json()
    assert usage["budget"]["posted"]["usd"] == "-2.00"
    assert usage["budget"]["held"]["nanos"] == 0
