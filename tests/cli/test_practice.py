"""Working on a picture as one does: the same again, and many side by side."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from .terminal import Connected, Terminal, wait_for


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


TWO = ("--models", "imagen-3.0-generate-002,veo-2.0-generate-001", "--ratios", "16:9,1:1")


def test_models_ratios_and_seeds_are_laid_side_by_side_with_what_failed_in_its_cell(terminal: Terminal) -> None:
    ended = terminal.run("compare", "a red fox", *TWO, "--seeds", "3", "--json")
    assert ended.status == 1, "one of them could not be had"
    assert ended.err == "3 to make, $2.86 at the most of play money.\n"
    told = ended.json()
    asked = [(cell["model"][:4], cell["aspect"], cell["seed"], len(cell["saved"])) for cell in told["cells"]]
    assert asked == [("imag", "16:9", 3, 1), ("imag", "1:1", 3, 1), ("veo-", "16:9", 3, 1), ("veo-", "1:1", 3, 0)], told
    assert "Allowed: 16:9, 9:16" in told["cells"][3]["error"]
    assert told["charged"]["usd"] == "2.86"
    assert Path(told["sheet"]).name == "a-red-fox-sheet.png"
    with Image.open(told["sheet"]) as sheet:
        film, fault = (dict(_colours(sheet.crop((x, 488, x + 360, 848)))) for x in (16, 392))
    assert len(film) > 1000, "its first picture"
    assert (163, 32, 32) in fault, "a red sentence"
    assert max(fault.values()) > 360 * 360 * 0.9, "on paper"


def _colours(picture: Image.Image) -> Iterator[tuple[tuple[int, ...], int]]:
    return ((colour, times) for times, colour in picture.getcolors(picture.width * picture.height))


def test_all_that_is_compared_is_quoted_together_and_not_made_above_what_may_be_paid(terminal: Terminal) -> None:
    seen = terminal.run("jobs", "--limit", "1", "--json").json()
    models = ("--models", "imagen-3.0-generate-002", "--seeds", "1,2")
    dear = terminal.run("compare", "a red fox", *models, "--max-cost", "0.059")
    assert dear.status == 1
    assert "This can cost up to $0.06, and at most $0.059" in dear.err
    assert terminal.run("jobs", "--limit", "1", "--json").json() == seen
    made = terminal.run("compare", "a red fox", *models, "--max-cost", "0.06")
    assert (made.status, made.out.splitlines()[0]) == (0, "a-red-fox-sheet.png")
    assert len(list(terminal.folder.glob("a-red-fox-????????-1.png"))) == 2
    assert list(terminal.folder.glob(".*")) == [], "what goes on with it is gone when it has ended"
    assert "sketches, not a model's work" in made.out


def test_a_comparison_that_was_killed_goes_on_and_pays_nothing_twice(owner: Terminal) -> None:
    key = owner.run("keys", "create", "a comparer", "--json").json()
    payer = Connected(owner.folder, {**owner.env, "DANQING_KEY": key["secret"]})
    words = ("compare", "[danqing:slow=2] a red fox", "--models", "imagen-3.0-generate-002", "--seeds", "1,2,3")

    def jobs() -> set[str]:
        return {job["id"] for job in payer.run("jobs", "--json").json()["jobs"]}

    process = payer.start(*words)
    wait_for(process, lambda: len(jobs()) == 3)
    process.kill()
    process.communicate()
    begun = jobs()
    ended = payer.run(*words, "--json")
    assert (ended.status, ended.json()["charged"]["usd"]) == (0, "0.09"), ended.err
    assert jobs() == begun == {cell["job"]["id"] for cell in ended.json()["cells"]}
    anew = {cell["job"]["id"] for cell in payer.run(*words, "--json").json()["cells"]}
    assert anew.isdisjoint(begun)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--models", ","], "Name the models"),
        (["--models", "imagen-3.0-generate-002", "--seeds", "one"], "'one' is no seed"),
        (["--models", "imagen-3.0-generate-002", "--seeds", ",".join(map(str, range(101)))], "at most 100"),
        (["--models", "imagen-9"], "imagen-9"),
        (["--models", "imagen-3.0-generate-002", "--ratios", "7:1"], "Allowed: 1:1"),
        (["--models", "imagen-3.0-generate-002", "--max-cost", "much"], "not an amount of dollars"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(terminal: Terminal, words: list[str], says: str) -> None:
    ended = terminal.run("compare", "a red fox", *words)
    assert (ended.status, ended.out) == (1, "")
    assert says in ended.err
    assert list(terminal.folder.iterdir()) == []
