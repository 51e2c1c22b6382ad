"""`danqing doctor`: tells what is broken and what is only worth knowing, beside a server and without one."""

import asyncio
import re
import sqlite3
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import objects
from danqing.cli import checkups
from serving import Server
from upstreams import ai_studio
from upstreams import openai as look_alikes
from upstreams.openai import at_work

from .terminal import Connected, Ended

ROW = (Path(checkups.__file__).parents[1] / "catalog" / "models" / "imagen-3.0-generate-002.toml").read_text()
SETTINGS = """
[upstreams.google]
base_url = "{studio}"
key_env = ["GOOD", "BAD"]

[upstreams.local]
kind = "openai"
flavour = "sd-server"
base_url = "{local}/v1"
models = ["imagen-*"]

[upstreams.away]
kind = "danqing"
base_url = "http://127.0.0.1:9"

[upstreams.wrong]
kind = "openai"
flavour = "unheard-of"

[prompts.translators.model]
upstream = "google"
model = "gemini-3.1-flash-lite"
"""
KEYS = {"GOOD": ai_studio.KEY, "BAD": "AIza-bad-9876543210"}

Rows = Mapping[str, Mapping[str, object]]


@pytest.fixture
def doctor(tmp_path: Path) -> Callable[..., Ended]:
    """Asks for a checkup of a data directory."""
    return lambda data, *words, **env: Connected(tmp_path, env).run("doctor", "--data", str(data), *words)


def rows(ended: Ended) -> Rows:
    """What was looked at, by its name; the last one of each."""
    return {row["what"]: row for row in ended.json()["checkups"]}


def test_a_machine_where_nothing_was_set_up_is_well_and_stays_as_it_is(
    doctor: Callable[..., Ended], tmp_path: Path
) -> None:
    ended = doctor(tmp_path / "data", "--json")
    assert (ended.status, ended.json()["well"]) == (0, True)
    assert {what: row["state"] for what, row in rows(ended).items()} == {
        "settings": "well",
        "server": "well",
        "disk": "well",
        "database": "note",
        "files": "note",
        "sketch": rows(ended)["sketch"]["state"],  # with npm out of reach there is no art pack
        "upstreams": "note",
    }
    assert list(tmp_path.iterdir()) == []


def test_beside_a_server_the_database_and_the_files_are_tried(doctor: Callable[..., Ended], server: Server) -> None:
    kept = set((server.data / "assets").rglob("*.*"))
    ended = doctor(server.data, "--json")
    found = rows(ended)
    assert ended.status == 0, ended.out
    assert (found["server"]["facts"]["running"], found["server"]["facts"]["url"]) == (True, server.url)
    assert found["database"]["facts"]["revision"] == found["database"]["facts"]["newest"]
    assert {found[what]["state"] for what in ("server", "database", "files")} == {"well"}
    assert set((server.data / "assets").rglob("*.*")) == kept


async def test_upstreams_are_reached_with_each_key_and_what_is_wrong_is_told(
    doctor: Callable[..., Ended], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    async with ai_studio.imitating() as studio, at_work(look_alikes.Engine("sd-server", keys=())) as local:
        (data / "danqing.toml").write_text(SETTINGS.format(studio=studio.url, local=local.url))
        ended = await asyncio.to_thread(doctor, data, "--json", **KEYS)
        people = await asyncio.to_thread(doctor, data, **KEYS)
    found = rows(ended)
    assert (ended.status, ended.json()["well"]) == (1, False)
    assert "upstreams.wrong.flavour must be one of" in found["settings"]["told"]
    good, bad = found["upstream google, key 1 of 2"], found["upstream google, key 2 of 2"]
    assert (good["facts"]["accepted"], good["state"] != "broken") == (True, True)
    assert (bad["facts"]["accepted"], bad["state"]) == (False, "broken")
    assert "API key not valid" in bad["told"]
    assert found["upstream local"]["told"].startswith("It asks for no key, 2 models")
    assert "imagen-3.0-generate-002" in found["upstream local"]["facts"]["missing"]
    assert found["model imagen-3.0-generate-002"]["state"] == "broken"
    assert found["upstream away"]["facts"]["code"] == "upstream_unreachable"
    assert "upstream wrong" not in found
    assert (found["prompts"]["state"], found["prompts"]["facts"]) == ("well", {"translators": ["model"]})
    assert not any(key in text for key in KEYS.values() for text in (ended.out, people.out, people.err))
    assert people.status == 1
    assert "broken  upstream away" in people.out


@pytest.mark.parametrize(
    ("days", "listed", "state", "says"),
    [
        (-1, False, "broken", "its vendor switched it off on"),
        (-1, True, "note", "its vendor switched it off on"),
        (30, False, "note", "in 30 days"),
        (400, False, None, ""),
    ],
)
async def test_the_ends_of_models_are_told(
    doctor: Callable[..., Ended], tmp_path: Path, days: int, listed: bool, state: str | None, says: str
) -> None:
    (tmp_path / "data" / "catalog").mkdir(parents=True)
    end = (datetime.now(UTC) + timedelta(days=days)).date()
    row = ROW.replace('"imagen-3.0-generate-002"', '"dying-1"')
    row = row[: row.index("[lifecycle]")] + f'[lifecycle]\nshutdown = {end}\nsuccessor = "living-2"\n'
    (tmp_path / "data" / "catalog" / "dying-1.toml").write_text(row)
    async with at_work(look_alikes.Engine("sd-server", keys=())) as local:
        local.models = ("dying-1",) if listed else ()
        mapped = 'models = {"imagen-3.0-generate-002" = "dying-1"}'
        settings = f'[upstreams.local]\nkind = "openai"\nbase_url = "{local.url}/v1"\n{mapped}\n'
        (tmp_path / "data" / "danqing.toml").write_text(settings)
        ended = await asyncio.to_thread(doctor, tmp_path / "data", "--json")
    told = [row for what, row in rows(ended).items() if what == "model dying-1"]
    assert [row["state"] for row in told] == ([state] if state else [])
    for row in told:
        assert row["told"].startswith("local is asked for it for imagen-3.0-generate-002;")
        assert says in row["told"]
        assert row["told"].endswith(" Its successor is living-2.")
    assert ended.status == (state == "broken")


def test_a_database_of_a_newer_danqing_is_broken(doctor: Callable[..., Ended], tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "danqing.sqlite") as tables:
        tables.execute("CREATE TABLE alembic_version (version_num TEXT)")
        tables.execute("INSERT INTO alembic_version VALUES ('9999')")
    ended = doctor(tmp_path, "--json")
    assert (ended.status, rows(ended)["database"]["state"]) == (1, "broken")
    assert "A newer Danqing made it" in rows(ended)["database"]["told"]


def test_a_full_disk_is_broken(doctor: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkups, "DISK_BYTES_MIN", 1 << 62)
    ended = doctor(tmp_path)
    assert ended.status == 1
    assert "make room" in ended.out


def test_settings_with_which_nothing_can_be_done_are_all_that_is_told(
    doctor: Callable[..., Ended], tmp_path: Path
) -> None:
    (tmp_path / "danqing.toml").write_text("port = 'many'\nhots = 1")
    ended = doctor(tmp_path, "--json")
    assert (ended.status, [row["what"] for row in ended.json()["checkups"]]) == (1, ["settings", "settings"])


def test_a_postgres_is_asked_for_its_revision_and_its_clock(
    doctor: Callable[..., Ended], tmp_path: Path, postgres_server: str
) -> None:
    ended = doctor(tmp_path, "--json", DANQING_DATABASE=postgres_server)
    facts = rows(ended)["database"]["facts"]
    assert (ended.status, facts["revision"], facts["clock_s"]) == (0, "", 0)


def test_a_bucket_is_tried_and_nothing_stays_of_it(doctor: Callable[..., Ended], tmp_path: Path) -> None:
    if lacking := objects.lacking("moto"):
        pytest.skip(lacking)
    (tmp_path / "objects").mkdir()
    with objects.running(tmp_path / "objects", "moto") as store:
        ended = doctor(tmp_path / "data", "--json", DANQING_ASSETS=objects.ADDRESS, **store.env)
        with urllib.request.urlopen(f"{store.url}/{objects.BUCKET}", timeout=10) as listed:
            kept = re.findall(r"<Key>(.*?)</Key>", listed.read().decode())
    assert (ended.status, rows(ended)["files"]["state"]) == (0, "well")
    assert kept == ["danqing/danqing"], "what is written to see whether anything can be"
    assert not (tmp_path / "data").exists()


def test_a_postgres_that_is_away_is_broken(doctor: Callable[..., Ended], tmp_path: Path) -> None:
    ended = doctor(tmp_path, "--json", DANQING_DATABASE="postgresql://anna:hush@127.0.0.1:9/danqing")
    assert (ended.status, rows(ended)["database"]["state"]) == (1, "broken")
    assert "hush" not in ended.out
