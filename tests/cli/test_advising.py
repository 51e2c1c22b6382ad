"""`danqing advise`: a model with reasons and prices, or what may go wrong with one. Nothing is asked, nothing made."""

from pathlib import Path

import pytest

from .terminal import Connected, Terminal


@pytest.fixture
def here(tmp_path: Path) -> Terminal:
    """A machine where nothing was ever set up."""
    return Connected(tmp_path, {"DANQING_DATA": str(tmp_path / "data")})


def test_the_model_comes_with_its_reasons_and_the_others_with_their_prices(here: Terminal) -> None:
    ended = here.run("advise", "a minimalist logo, no walls")
    assert (ended.status, ended.err) == (0, "")
    first, reason, *rest = ended.out.splitlines()
    assert first == "imagen-4.0-fast-generate-001, $0.02 at the most"
    assert reason == "  “logo” is about a brand or a product."
    assert any(line.startswith("imagen-4.0-generate-001 ") and "$0.04" in line for line in rest)
    assert rest[-1].startswith("warning: The prompt says what shall not be there")
    assert list(here.folder.iterdir()) == []


def test_a_program_gets_all_of_it(here: Terminal) -> None:
    told = here.run("advise", "影片：貓咪在陽光下睡覺", "--json").json()
    assert told["languages"] == ["zh-Hant"]
    assert told["chosen"]["model"] == "gemini-omni-1.1-flash"
    assert told["chosen"]["cost"] == {"usd": "0.80", "nanos": 800_000_000}
    assert len(told["alternatives"]) > 6


def test_one_model_can_be_looked_at(here: Terminal) -> None:
    words = ("a girl in the park, soft light", "--model", "imagen-3.0-generate-002", "--aspect", "21:9")
    assert [line.partition(".")[0] for line in here.run("advise", *words).out.splitlines()] == [
        "error: The model does not have the ratio 21:9",
        "warning: The word “girl” often makes the filter of imagen-3",
    ]
    codes = [finding["code"] for finding in here.run("advise", *words, "--json").json()["findings"]]
    assert codes == ["unsupported_aspect", "risky_word"]
    good = here.run("advise", "a fox in the snow, soft light", "--model", "imagen-3.0-generate-002")
    assert good.out == "Nothing speaks against asking imagen-3.0-generate-002.\n"


def test_the_operators_own_models_are_advised_too(here: Terminal) -> None:
    own = here.folder / "data" / "catalog"
    own.mkdir(parents=True)
    row = '[ability]\nmakes = ["image"]\n[price]\nimage = "0"\nsource = "us"\nas_of = 2026-11-01\n'
    (own / "sumi.toml").write_text(f'id = "sumi-1"\ntitle = "Sumi"\nfamily = "sumi"\n{row}')
    assert here.run("advise", "a fox in the snow").out.startswith("sumi-1, $0.00 at the most\n")
    (own / "sumi.toml").write_text("id = 1")
    ended = here.run("advise", "a fox in the snow")
    assert (ended.status, ended.out) == (1, "")
    assert "sumi.toml" in ended.err


def test_what_no_model_can_do_is_said_in_one_sentence_each(here: Terminal) -> None:
    ended = here.run("advise", "a film of a fox", "--seconds", "90")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("No model here can do that. ")
    assert ended.err.endswith("cannot either.\n")


def test_a_server_that_is_named_is_asked_and_says_the_same(terminal: Terminal, here: Terminal) -> None:
    for words in (["a minimalist logo, no walls"], ["a girl in the park", "--model", "imagen-3.0-generate-002"]):
        assert terminal.run("advise", *words).out == here.run("advise", *words).out
        assert terminal.run("advise", *words, "--json").json() == here.run("advise", *words, "--json").json()
    ended = terminal.run("advise", "a film of a fox", "--seconds", "90")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("No model here can do that. ")


def test_a_server_that_is_away_is_not_replaced_by_the_catalog_of_this_machine(tmp_path: Path) -> None:
    away = Connected(tmp_path, {"DANQING_URL": "http://127.0.0.1:9", "DANQING_KEY": "sk-test-1"})
    ended = away.run("advise", "a fox")
    assert (ended.status, ended.out, ended.err) == (1, "", "The server at http://127.0.0.1:9 does not answer.\n")
