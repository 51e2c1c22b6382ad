"""Options go before the environment, the environment before danqing.toml, and that before the defaults."""

from pathlib import Path

import pytest

from danqing.config import Config, ConfigError, data_directory, load, look, open_upstreams
from danqing.config.settings import SETTINGS
from danqing.config.survey import DEFAULT, OPTION

PEPPER = "ab" * 32


def write(data: Path, text: str) -> Path:
    data.mkdir(exist_ok=True)
    (data / "danqing.toml").write_text(text)
    return data


def test_without_anything_everything_is_at_its_default(tmp_path: Path) -> None:
    found = look(data=tmp_path, env={})
    assert found.mistakes == []
    assert {name: row.value for name, row in found.settings.items()} == {
        name: setting.default for name, setting in SETTINGS.items()
    }
    assert {row.source for row in found.settings.values()} == {DEFAULT}


def test_who_is_heard_first(tmp_path: Path) -> None:
    write(tmp_path, "\n# where to listen\nport = 1001\nhost = 'file'\nlease = 5")
    env = {"DANQING_PORT": "1002", "DANQING_HOST": "environment", "DANQING_WORK": "no", "DANQING_LEASE": ""}
    found = look(data=tmp_path, options={"port": 0, "host": None}, env=env)
    assert {name: (row.value, row.source) for name, row in found.settings.items() if row.source != DEFAULT} == {
        "port": (0, OPTION),
        "host": ("environment", "DANQING_HOST"),
        "work": (False, "DANQING_WORK"),
        "lease": (5.0, f"{tmp_path}/danqing.toml:5"),
    }
    assert load(data=tmp_path, port=0, env=env).lease_s == 5.0


def test_everything_that_has_a_variable_has_a_place_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "pepper").write_text(f"{PEPPER}\n")
    (tmp_path / "address").write_text("postgresql://anna@db/danqing\n")
    write(
        tmp_path,
        """
        host = "::1"
        port = 80
        public_url = "https://pictures.example.com/"
        work = false
        sketch_workers = 3
        database_file = "address"
        secret_file = "pepper"
        lease = 2.5
        assets = "s3://pictures"
        keep_days = {films = 7, inputs = "forever"}
        """,
    )
    told = load(data=tmp_path, env={})
    assert (told.host, told.port, told.public_url, told.work) == ("::1", 80, "https://pictures.example.com", False)
    assert (told.workers, told.database, told.secret) == (3, "postgresql://anna@db/danqing", PEPPER)
    assert (told.lease_s, told.assets, told.keep) == (2.5, "s3://pictures", {"films": 7, "inputs": None})


def test_a_file_that_is_named_in_the_environment_goes_before_what_the_toml_says_itself(tmp_path: Path) -> None:
    (tmp_path / "pepper").write_text(PEPPER)
    write(tmp_path, f'secret = "{"cd" * 32}"')
    assert load(data=tmp_path, env={"DANQING_SECRET_FILE": str(tmp_path / "pepper")}).secret == PEPPER
    assert load(data=tmp_path, env={"DANQING_SECRET": PEPPER}).secret == PEPPER
    assert load(data=tmp_path, env={}).secret == "cd" * 32


def test_a_file_with_a_value_is_looked_for_beside_whoever_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, digits in (("etc", "ab"), ("typed", "cd")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pepper").write_text(digits * 32)
    monkeypatch.chdir(tmp_path / "typed")
    data = write(tmp_path / "etc", 'secret_file = "pepper"')
    assert load(data=data, env={}).secret == "ab" * 32
    assert load(data=data, env={"DANQING_SECRET_FILE": "pepper"}).secret == "cd" * 32


def test_the_file_may_be_elsewhere_and_name_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "danqing.toml").write_text('data = "../srv"\nport = 5')
    env = {"DANQING_CONFIG": str(tmp_path / "etc" / "danqing.toml")}
    told = load(env=env)
    assert (told.data.resolve(), told.port) == (tmp_path / "srv", 5)
    assert load(env={**env, "DANQING_DATA": str(tmp_path / "other")}).data == tmp_path / "other"
    assert load(data=tmp_path / "option", env={**env, "DANQING_DATA": "other"}).data == tmp_path / "option"


def test_the_data_directory_of_somebody_who_says_nothing(tmp_path: Path) -> None:
    assert data_directory({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "danqing"


@pytest.mark.parametrize(
    ("row", "keys"),
    [
        ('key = "one"', (("key", "one"),)),
        ('key_env = "FIRST"', (("keys", ["first-key"]),)),
        ('key_env = ["FIRST", "SECOND"]', (("keys", ["first-key", "second-key"]),)),
        ('key_file = "two-keys"', (("keys", ["third-key", "fourth-key"]),)),
        (
            'key = "one"\nkeys = ["two"]\nkey_env = "FIRST"\nkey_file = ["two-keys"]',
            (("key", "one"), ("keys", ["two", "first-key", "third-key", "fourth-key"])),
        ),
    ],
)
def test_keys_come_from_where_they_are_kept(tmp_path: Path, row: str, keys: tuple[tuple[str, object], ...]) -> None:
    (tmp_path / "two-keys").write_text("third-key\n\n  fourth-key\n")
    told = load(data=write(tmp_path, f'[upstreams.mine]\nkind = "google"\n{row}'), env={})
    env = {"FIRST": "first-key", "SECOND": "second-key\n"}
    assert open_upstreams(told, env) == {"mine": {"name": "mine", "kind": "google", **dict(keys)}}
    assert "key_env" not in row or told.upstreams["mine"]["key_env"], "the keys themselves are not kept"


def test_what_is_printed_of_a_config_has_no_secret(tmp_path: Path) -> None:
    row = {"key": "AIza-secret"}
    config = Config(data=tmp_path, secret=PEPPER, database="postgresql://anna:pw@db/x", upstreams={"google": row})
    assert not any(secret in repr(config) for secret in (PEPPER, "pw", "AIza"))


def test_a_command_that_asks_no_upstream_needs_no_key(tmp_path: Path) -> None:
    told = load(data=write(tmp_path, '[upstreams.google]\nkey_env = "NOWHERE"'), env={})
    with pytest.raises(ConfigError, match=r"danqing\.toml:2: upstreams\.google\.key_env names NOWHERE, which is not"):
        open_upstreams(told, {})
