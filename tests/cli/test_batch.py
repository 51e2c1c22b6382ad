"""A table of prompts is made row by row, and whoever is killed on the way pays for nothing twice."""

import csv
from pathlib import Path

import pytest

from .terminal import Connected, Terminal, wait_for

IMAGEN = "imagen-3.0-generate-002"
SIX = "subject,seed,count\n" + "".join(f"fox {number},{number},1\n" for number in range(6))


@pytest.fixture
def payer(owner: Terminal) -> Terminal:
    """A key that nobody else uses."""
    key = owner.run("keys", "create", "a payer", "--budget", "5", "--json").json()
    return Connected(owner.folder, {**owner.env, "DANQING_KEY": key["secret"]})


def jobs(payer: Terminal) -> list[dict[str, object]]:
    return payer.run("jobs", "--limit", "200", "--json").json()["jobs"]


def spent(payer: Terminal) -> list[tuple[int, str]]:
    return [(row["jobs"], row["charged"]["usd"]) for row in payer.run("usage", "--json").json()["by_model"]]


def results(payer: Terminal) -> list[dict[str, str]]:
    with (payer.folder / "foxes.results.csv").open(newline="") as table:
        return list(csv.DictReader(table))


def test_who_is_killed_on_the_way_makes_and_pays_nothing_twice(payer: Terminal) -> None:
    (payer.folder / "foxes.csv").write_text(SIX)
    words = ("batch", "foxes.csv", "--model", IMAGEN, "--template", "[danqing:slow=2] {subject} in the snow")
    process = payer.start(*words)
    wait_for(process, lambda: len(jobs(payer)) >= 2)
    process.kill()  # SIGKILL: jobs are under way, and nothing was written of them
    process.communicate()
    process = payer.start(*words)
    wait_for(process, lambda: any(row["state"] == "done" for row in results(payer)))
    process.kill()  # some are written, others are not
    process.communicate()
    ended = payer.run(*words, "--json")
    assert ended.status == 0, ended.err
    assert len(jobs(payer)) == 6
    assert spent(payer) == [(6, "0.18")]
    rows = results(payer)
    assert [(row["state"], row["prompt"].partition("] ")[2]) for row in rows] == [
        ("done", f"fox {n} in the snow") for n in range(6)
    ]
    pictures = sorted(path.name for path in (payer.folder / "foxes").iterdir())
    assert pictures == sorted(Path(row["files"]).name for row in rows)
    assert all((payer.folder / "foxes" / name).stat().st_size for name in pictures)
    again = payer.run(*words)
    assert (again.status, again.err) == (0, ""), "nothing is left to quote"
    assert len(jobs(payer)) == 6
    (payer.folder / "foxes" / pictures[0]).unlink()
    assert payer.run(*words).status == 0
    assert (payer.folder / "foxes" / pictures[0]).stat().st_size, "it is fetched, not made"
    assert len(jobs(payer)) == 6


def test_rows_that_fail_are_told_and_tried_anew_and_new_rows_are_made(payer: Terminal) -> None:
    table = payer.folder / "foxes.csv"
    table.write_text("prompt,aspect\na fox,\n[danqing:fail] a fox,\na fox,7:1\n")
    first = payer.run("batch", "foxes.csv", "--model", IMAGEN, "--json")
    assert first.status == 1
    assert [(row["line"], row["state"]) for row in first.json()["rows"]] == [(2, "done"), (3, "failed"), (4, "refused")]
    assert "Allowed: 1:1" in first.json()["rows"][2]["error"]
    table.write_text("prompt,aspect\na cat,\n[danqing:fail] a fox,\na fox,\n")
    second = payer.run("batch", "foxes.csv", "--model", IMAGEN, "--json").json()["rows"]
    assert [(row["state"], row["attempt"]) for row in second] == [("done", 0), ("failed", 1), ("done", 0)]
    assert second[2]["job"] == first.json()["rows"][0]["job"]
    assert len(jobs(payer)) == 4


def test_a_table_that_costs_too_much_is_not_begun(payer: Terminal) -> None:
    (payer.folder / "foxes.csv").write_text("prompt,count\na fox,1\na cat,1\n")
    dear = payer.run("batch", "foxes.csv", "--model", IMAGEN, "--max-cost", "0.05")
    assert dear.status == 1
    assert "This can cost up to $0.06, and at most $0.05" in dear.err
    assert jobs(payer) == []
