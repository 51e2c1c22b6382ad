"""The commands on a machine where no server is named and none runs: one is run in this process."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

from serving import Server

from .terminal import Terminal, finish, wait_for

OpenTerminal = Callable[[], Terminal]


def test_a_job_outlives_the_process_that_served_it(alone: OpenTerminal) -> None:
    """The first command is the server of the second. When it goes, the second takes its place and its job goes on."""
    first, second = alone(), alone()
    drawing = first.start("draw", "[danqing:slow=3] a cat")
    server = Server(first.folder.parent / "data")
    wait_for(drawing, lambda: bool(address_of(server)))
    waiting = second.start("draw", "[danqing:slow=3] a dog", "--json")
    ended = finish(drawing)
    assert (ended.status, ended.err) == (0, "")
    assert (first.folder / ended.out.splitlines()[0]).stat().st_size > 10_000
    dog = finish(waiting)
    assert dog.status == 0, dog.err
    assert dog.json()["charged"]["usd"] == "0.03"
    assert [Path(path).stat().st_size > 10_000 for path in dog.json()["saved"]] == [True]


def test_leaving_a_film_keeps_it_for_later(alone: OpenTerminal) -> None:
    terminal = alone()
    film = ("film", "[danqing:slow=1] a dog", "--model", "veo-2.0-generate-001", "--seconds", "5")
    process = terminal.start(*film)
    server = Server(terminal.folder.parent / "data")
    wait_for(process, lambda: bool(address_of(server)) and bool(server.call("GET", "/api/jobs").json()["jobs"]))
    (job,) = server.call("GET", "/api/jobs").json()["jobs"]
    process.send_signal(signal.SIGINT)
    left = finish(process)
    assert (left.status, left.out) == (130, "")
    assert "not cancelled. To come back to it: danqing job" in left.err
    back = terminal.run("job", job["id"], "--save")
    assert back.out.splitlines()[0].endswith("-a-dog-1.mp4"), back.err


def address_of(server: Server) -> str:
    """Where the directory's server has announced itself; "" as long as there is none."""
    announced = server.data / "server.json"
    text = announced.read_text() if announced.exists() else ""
    server.url = json.loads(text)["url"] if text else ""
    return server.url
