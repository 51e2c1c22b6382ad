"""What is shown of the configuration has every value and no secret, wherever somebody has put one."""

from pathlib import Path

from danqing.config import look
from danqing.config.showing import shown

SECRETS = ("hush", "AIzaSyD3rK9-x2kLmnOpQrS", "ab" * 32)
WRITTEN = f"""
secret = "{SECRETS[2]}"
database = "postgresql://anna:hush@db.internal/danqing?password=hush"
assets = "s3://pictures"

[upstreams.google]
kind = "openai"
key = "{SECRETS[1]}"
keys = ["hush"]
api_key = "hush"
kym = "{SECRETS[1]}"
base_url = "https://anna:hush@engine.example/v1?key=hush"
key_env = "GEMINI_API_KEY"
extra = {{ nested = {{ user_token = "hush" }}, steps = 20 }}
"""


def test_nothing_secret_is_shown(tmp_path: Path) -> None:
    (tmp_path / "danqing.toml").write_text(WRITTEN)
    rows = {row.name: row.value for row in shown(look(data=tmp_path, env={}))}
    assert not any(secret in str(rows) for secret in SECRETS)
    assert rows["database"] == "postgresql://…@db.internal/danqing?…"
    assert rows["assets"] == "s3://pictures"
    assert rows["upstreams.google.key_env"] == "GEMINI_API_KEY"
    assert rows["upstreams.google.extra"] == {"nested": {"user_token": "…"}, "steps": 20}


def test_who_set_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "danqing.toml").write_text(WRITTEN)
    rows = {row.name: row.source for row in shown(look(data=tmp_path, env={"DANQING_PORT": "1"}))}
    assert (rows["port"], rows["host"]) == ("DANQING_PORT", "default")
    assert rows["upstreams.google.extra"] == f"{tmp_path}/danqing.toml:14"
