"""The commands on a machine where no server is named: one that runs is used, else one is run in this process."""

from collections.abc import Callable
from pathlib import Path

from serving import Server

from .terminal import Terminal, finish, wait_for

OpenTerminal = Callable[[], Terminal]


def test_a_picture_without_any_server(alone: OpenTerminal) -> None:
    terminal = alone()
    ended = terminal.run("draw", "a cat")
    assert (ended.status, ended.err) == (0, "")
    assert (terminal.folder / ended.out.splitlines()[0]).stat().st_size > 10_000
    usage = terminal.run("usage", "--json").json()
    assert [(row["jobs"], row["charged"]["usd"]) for row in usage["by_model"]] == [(1, "0.03")]


def test_the_server_of_the_directory_is_used(new_server: Callable[..., Server], tmp_path: Path) -> None:
    server = new_server()
    terminal = Terminal(tmp_path, {"DANQING_DATA": str(server.data)})
    assert terminal.run("keys", "create", "a friend").status == 0
    keys = server.call("GET", "/api/keys", key=server.owner_key).json()["keys"]
    assert [key["name"] for key in keys] == ["a friend", "first test key"]


def test_a_job_outlives_the_process_that_served_it(alone: OpenTerminal) -> None:
    """The first command is the server of the second. When it goes, the second takes its place and the film goes on."""
    first, second = alone(), alone()
    drawing = first.start("draw", "[danqing:slow=4] a cat", "--json")
    wait_for(drawing, lambda: (first.folder.parent / "data" / "server.json").exists())
    filming = second.start(
        "film", "[danqing:slow=6] a cat", "--model", "veo-2.0-generate-001", "--seconds", "5", "--json"
    )
    assert finish(drawing).status == 0
    film = finish(filming)
    assert film.status == 0, film.err
    assert film.json()["charged"]["usd"] == "1.75"
    assert [Path(path).suffix for path in film.json()["saved"]] == [".mp4"]


def test_leaving_a_film_keeps_it_for_later(alone: OpenTerminal) -> None:
    terminal = alone()
    process = terminal.start("film", "[danqing:slow=2] a dog", "--model", "veo-2.0-generate-001", "--seconds", "5")
    wait_for(process, lambda: _submitted(terminal))
    process.send_signal(2)
    left = finish(process)
    assert (left.status, left.out) == (130, "")
    command = left.err.strip().partition("danqing ")[2].split()
    back = terminal.run(*command)
    assert back.out.splitlines()[0].endswith("-a-dog-1.mp4"), back.err


def _submitted(terminal: Terminal) -> bool:
    scratch = terminal.folder.parent / "data" / "server.json"
    return scratch.exists() and '"url"' in scratch.read_text() and bool(_jobs(terminal))


def _jobs(terminal: Terminal) -> object:
    return terminal.run("jobs", "--json").json()["jobs"]
