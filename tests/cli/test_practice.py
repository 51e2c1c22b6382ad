"""Working on a picture as one does: the same again."""

from pathlib import Path

from .terminal import Terminal


def test_a_job_is_made_again_with_a_new_seed_its_own_or_a_given_one(terminal: Terminal) -> None:
    first = terminal.run("draw", "a red fox", "--seed", "7", "--aspect", "16:9", "--json").json()
    seeds = []
    for words in (["--same"], ["--seed", "9"], []):
        job = terminal.run("again", first["id"], *words, "--json").json()
        assert (job["prompt"], job["parameters"]["aspect"]) == ("a red fox", "16:9")
        assert Path(job["saved"][0]).stat().st_size
        seeds.append(job["parameters"]["seed"])
    assert seeds[:2] == [7, 9]
    assert seeds[2] not in (7, 9)
    assert len(list(terminal.folder.iterdir())) == 4


def test_again_says_what_it_cannot_do(terminal: Terminal) -> None:
    assert "There is no job nothing" in terminal.run("again", "nothing").err
    both = terminal.run("again", "nothing", "--same", "--seed", "1")
    assert (both.status, both.err) == (2, "Invalid value: Give --seed or --same, not both.\n")
