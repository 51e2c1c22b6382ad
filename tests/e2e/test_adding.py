"""A model, a provider and a dialect are one file each: put it there, and everything else follows."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from danqing.assets import stamp
from danqing.domain.money import DOLLAR
from serving import Answer, Server

PARTS = Path(__file__).parent / "parts"
SETTINGS = '[upstreams.painter]\nkind = "painter"\ncolour = "blue"\n'
RED = (255, 0, 0)

# Stands in for the interpreter that a server is started with: puts the parts on the paths, then serves as ever.
LAUNCHER = """#!{python}
import sys
from danqing import cli, dialects, providers
dialects.__path__.append({dialects!r})
providers.__path__.append({providers!r})
sys.argv = sys.argv[2:]
cli.main()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two models, a provider and a dialect more."""
    folder = tmp_path_factory.mktemp("adding")
    server = Server(folder / "data")
    shutil.copytree(PARTS / "catalog", server.data / "catalog")
    (server.data / "danqing.toml").write_text(SETTINGS)
    launcher = folder / "launcher"
    launcher.write_text(
        LAUNCHER.format(python=sys.executable, dialects=str(PARTS / "dialects"), providers=str(PARTS / "providers"))
    )
    launcher.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(launcher))
        server.start()
    yield server
    assert server.stop() == 0, server.log()[-3000:]
    assert "defect" not in server.log()


@pytest.fixture(scope="module")
def live_key(server: Server) -> str:
    """A key that reaches upstreams, on an account with five dollars."""
    return server.live_key(usd="5.00")


def predict(server: Server, model: str, *, key: str | None = None, count: int = 1) -> Answer:
    """Ask in Imagen's dialect."""
    body = {"instances": [{"prompt": "A teapot on a windowsill"}], "parameters": {"sampleCount": count}}
    return server.call("POST", f"/gemini/v1beta/models/{model}:predict", body, key=key)


def chat(server: Server, model: str, *, key: str | None = None) -> Answer:
    """Ask in OpenAI's dialect."""
    body = {"model": model, "messages": [{"role": "user", "content": "A teapot"}], "modalities": ["text", "image"]}
    return server.call("POST", "/v1/chat/completions", body, key=key)


def opened(data: str | bytes) -> Image.Image:
    """The picture in base64 or in bytes."""
    return Image.open(BytesIO(base64.b64decode(data, validate=True) if isinstance(data, str) else data))


@pytest.mark.parametrize(("count", "cost"), [(1, "0.01"), (2, "0.02")])
def test_an_added_model_answers_imagens_dialect(server: Server, count: int, cost: str) -> None:
    answer = predict(server, "house-style-1", count=count)
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-served-by"] == "sketch"
    assert answer.headers["danqing-cost-usd"] == cost
    pictures = [opened(row["bytesBase64Encoded"]) for row in answer.json()["predictions"]]
    assert [picture.size for picture in pictures] == [(1024, 1024)] * count


def test_an_added_model_answers_chat(server: Server) -> None:
    answer = chat(server, "house-style-1")
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-cost-usd"] == "0.01"
    parts = answer.json()["choices"][0]["message"]["multi_mod_content"]
    [data] = [part["inline_data"]["data"] for part in parts if "inline_data" in part]
    assert opened(data).size == (1024, 1024)


def test_an_added_models_limits_are_kept(server: Server) -> None:
    answer = predict(server, "house-style-1", count=3)
    assert answer.status == 400
    assert answer.json()["error"]["message"] == "house-style-1 makes 1 to 2 in one request, not 3."


@pytest.mark.parametrize(
    ("path", "rows", "name"),
    [
        ("/v1/models", "data", "id"),
        ("/gemini/v1beta/models?pageSize=1000", "models", "name"),
        ("/gemini/v1beta1/publishers/google/models?pageSize=1000", "publisherModels", "name"),
        ("/api/models", "models", "id"),
    ],
)
def test_an_added_model_is_listed(server: Server, path: str, rows: str, name: str) -> None:
    listed = {row[name].rpartition("/")[2] for row in server.call("GET", path).json()[rows]}
    assert {"house-style-1", "red-wall-1"} <= listed


def test_the_command_line_knows_an_added_model(server: Server) -> None:
    env = {**os.environ, "DANQING_URL": server.url, "DANQING_KEY": server.key}
    run = subprocess.run(
        [sys.executable, "-m", "danqing", "models", "--json"], env=env, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert "house-style-1" in {row["id"] for row in json.loads(run.stdout)["models"]}


def test_an_added_provider_serves_live_keys(server: Server, live_key: str, tmp_path: Path) -> None:
    answer = predict(server, "red-wall-1", key=live_key, count=2)
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-served-by"] == "painter/red"
    assert answer.headers["danqing-cost-usd"] == "0.04"
    for row in answer.json()["predictions"]:
        picture = opened(row["bytesBase64Encoded"])
        assert picture.size == (64, 64)
        assert picture.getcolors() == [(64 * 64, RED)]
    saved = tmp_path / "wall.png"
    saved.write_bytes(base64.b64decode(row["bytesBase64Encoded"]))
    story = stamp.read(saved) or {}
    assert (story["engine"], story["model"], story["pot"], story["sketch"]) == (
        "painter/red",
        "red-wall-1",
        "red",
        False,
    )


def test_an_added_provider_is_reached_through_chat_too(server: Server, live_key: str) -> None:
    answer = chat(server, "red-wall-1", key=live_key)
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-served-by"] == "painter/red"


def test_a_test_key_never_reaches_an_added_provider(server: Server) -> None:
    answer = predict(server, "red-wall-1")
    assert answer.headers["danqing-served-by"] == "sketch"


def test_a_live_key_without_an_upstream_is_refused_and_never_gets_a_sketch(server: Server, live_key: str) -> None:
    answer = predict(server, "house-style-1", key=live_key)
    assert answer.status == 503
    assert answer.json()["error"]["message"].startswith("No upstream that can make house-style-1 is configured.")
    assert "danqing-served-by" not in answer.headers
    account = server.call("GET", "/api/usage", key=live_key).json()["account"]
    assert account["held"]["nanos"] == 0


def test_a_live_key_pays_with_what_was_paid_in(server: Server, live_key: str) -> None:
    before = server.call("GET", "/api/usage", key=live_key).json()["account"]["posted"]["nanos"]
    assert predict(server, "red-wall-1", key=live_key).status == 200
    after = server.call("GET", "/api/usage", key=live_key).json()["account"]["posted"]["nanos"]
    assert before - after == 20_000_000
    assert 0 < after < 5 * DOLLAR


def test_an_added_dialect_answers(server: Server, live_key: str) -> None:
    answer = server.call("POST", "/postcard/red-wall-1", b"Greetings from the sea", key=live_key)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "image/png"
    assert opened(answer.body).getcolors() == [(64 * 64, RED)]


def test_an_added_dialect_refuses_in_its_own_words(server: Server) -> None:
    for path in ("/postcard/no-such-model", "/postcard/no/such/path"):
        answer = server.call("POST", path, b"Hello")
        assert answer.status == 404
        assert list(answer.json()) == ["return_to_sender"]
