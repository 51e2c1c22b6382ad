"""`danqing config`: mistakes are told for people and programs, an example is right as it is, nothing is started."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from danqing.config.settings import SETTINGS
from danqing.providers import __path__ as providers

from .terminal import Connected, Terminal

KINDS = {path.stem for path in Path(providers[0]).glob("*.py")} - {"__init__", "sketch"}


@pytest.fixture
def here(tmp_path: Path) -> Terminal:
    """A machine where nothing was ever set up."""
    return Connected(tmp_path, {"DANQING_DATA": str(tmp_path / "data")})


def test_mistakes_are_told_with_their_lines_and_end_with_1(here: Terminal) -> None:
    (here.folder / "mine.toml").write_text('port = "many"\n\n[upstreams.google]\nkey_nev = "X"\n')
    ended = here.run("config", "check", "mine.toml")
    assert (ended.status, ended.err) == (1, "")
    assert ended.out.splitlines() == [
        f"{here.folder}/mine.toml:1: port must be a whole number from 0 to 65535.",
        f"{here.folder}/mine.toml:3: upstreams.google.key is missing; AI Studio gives one.",
        f"{here.folder}/mine.toml:4: upstreams.google.key_nev is not a setting; did you mean key_env?",
        "3 mistakes.",
    ]
    [first, *_] = here.run("config", "check", "mine.toml", "--json").json()["mistakes"]
    assert first == {
        "where": f"{here.folder}/mine.toml:1",
        "setting": "port",
        "message": "must be a whole number from 0 to 65535.",
        "grave": True,
    }


def test_a_catalog_that_cannot_be_read_is_told_too(here: Terminal) -> None:
    (here.folder / "data" / "catalog").mkdir(parents=True)
    (here.folder / "data" / "catalog" / "cat.toml").write_text('id = "cat"')
    ended = here.run("config", "check")
    assert (ended.status, ended.out.count("cat.toml")) == (1, 1)


def test_models_that_are_named_and_not_there_are_told_and_keep_nobody_from_serving(here: Terminal) -> None:
    row = (files("danqing.catalog") / "models" / "imagen-3.0-generate-002.toml").read_text()
    (here.folder / "data" / "catalog").mkdir(parents=True)
    own = row.replace('"imagen-3.0-generate-002"', '"own-1"') + '\n[[routes]]\nprovider = "gpu9"\n'
    (here.folder / "data" / "catalog" / "own.toml").write_text(own)
    settings = (
        '[upstreams.gpu1]\nkind = "openai"\nmodels = {"own-*" = "a", "imagen-3.0-generate-003" = "b", "zz*" = "c"}\n'
    )
    (here.folder / "data" / "danqing.toml").write_text(settings)
    ended = here.run("config", "check")
    models = f"{here.folder}/data/danqing.toml:3: upstreams.gpu1.models has"
    assert (ended.status, ended.out.splitlines()[:-1]) == (
        0,
        [
            f"{here.folder}/data/catalog: own-1 has a route to gpu9,"
            " which is neither an upstream here nor a kind of them.",
            f"{models} imagen-3.0-generate-003, and no model is called that; did you mean imagen-3.0-generate-002?",
            f"{models} zz*, and no model is called that.",
        ],
    )


def test_a_machine_where_nothing_is_set_is_right_and_stays_as_it_is(here: Terminal) -> None:
    ended = here.run("config", "check", "--json")
    assert (ended.status, ended.json()["right"]) == (0, True)
    assert list(here.folder.iterdir()) == []


def test_what_is_shown_is_what_is_in_force(here: Terminal) -> None:
    (here.folder / "mine.toml").write_text('[upstreams.google]\nkey = "AIza-secret-key"\n')
    rows = {row["name"]: row for row in here.run("config", "show", "mine.toml", "--json").json()["settings"]}
    assert rows.keys() == {*SETTINGS, "upstreams.google.key"}
    assert rows["upstreams.google.key"] == {
        "name": "upstreams.google.key",
        "value": "…",
        "source": f"{here.folder}/mine.toml:2",
    }
    assert "AIza" not in here.run("config", "show", "mine.toml").out


def test_the_example_is_right_as_it_is_printed_and_with_everything_in_it_used(here: Terminal) -> None:
    example = here.run("config", "example").out
    assert example == files("danqing.config").joinpath("example.toml").read_text()
    for text in (example, used(example, here.folder)):
        (here.folder / "mine.toml").write_text(text)
        ended = here.run("config", "check", "mine.toml", "--no-keys", "--json")
        assert (ended.status, ended.json()["mistakes"]) == (0, [])


def test_the_example_names_every_setting_and_every_kind_and_no_other_default(here: Terminal) -> None:
    example = here.run("config", "example").out
    assert [name for name in SETTINGS if not re.search(rf"(^#\[?|`){name}\b", example, re.MULTILINE)] == []
    assert set(re.findall(r'^#kind = "(.+)"', example, re.MULTILINE)) == KINDS
    for name in ("host", "port", "work", "lease"):
        [written] = re.findall(rf"^#{name} = (.+)$", example, re.MULTILINE)
        assert written.strip('"') == str(SETTINGS[name].default).lower()


def used(example: str, folder: Path) -> str:
    """The example with everything in it taken into use, and the files that it names."""
    credentials, pepper = folder / "vertex.json", folder / "pepper"
    credentials.write_text('{"type": "authorized_user", "client_id": "x", "client_secret": "x", "refresh_token": "x"}')
    pepper.write_text("ab" * 32)
    text = re.sub(r"^#(?=\S)", "", example, flags=re.MULTILINE)
    assert "/etc/danqing/vertex.json" in text
    return text.replace("/etc/danqing/vertex.json", str(credentials)).replace(
        "/run/secrets/danqing-secret", str(pepper)
    )
