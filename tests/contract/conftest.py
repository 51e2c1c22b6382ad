"""Fixtures of the contract: the SDKs of three eras, and films that many tests look at, each made once."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from serving import Answer, Server

from .calls import CHAT, FILM, FILM_CHAT, GEMINI, chat_body, ended, film_body, new_key

ROOT = Path(__file__).parent.parent.parent
CLIENTS = Path(__file__).parent / "clients"
ERAS = ("june-2025", "spring-2026", "newest")
SCRIPT_S = 120


@dataclass(frozen=True)
class Film:
    """A finished Veo 2 film of five seconds: its operation, its job, and all that was said on the way."""

    name: str
    job: str
    started: Answer
    finished: dict[str, object]


@dataclass(frozen=True)
class Facts:
    """What a client of one era made of the server: what each call gave, or how it failed."""

    era: str
    key: str
    folder: Path
    calls: Mapping[str, Mapping[str, object]]

    def value(self, call: str) -> object:
        """What the call gave."""
        fact = self.calls[call]
        assert "value" in fact, (self.era, call, fact)
        return fact["value"]

    def error(self, call: str) -> Mapping[str, object]:
        """How the call failed."""
        fact = self.calls[call]
        assert "error" in fact, (self.era, call, fact)
        return fact


@pytest.fixture(scope="session")
def film(server: Server) -> Film:
    """The one Veo 2 film that the tests share."""
    body = film_body("a calico kitten sleeping in the sunshine", numberOfVideos=1, durationSeconds=5, seed=7)
    started = server.call("POST", FILM, body)
    assert started.status == 200, started.body
    job = started.headers["danqing-job"]
    finished = ended(server, job)
    assert finished["state"] == "done", finished
    return Film(str(started.json()["name"]), job, started, finished)


@pytest.fixture(scope="session")
def told(server: Server) -> Answer:
    """The one film over chat that the tests share, streamed."""
    body = chat_body("a mechanical butterfly in the futuristic garden", model=FILM_CHAT, stream=True)
    return server.call("POST", CHAT, body | {"stream_options": {"include_usage": True}})


@pytest.fixture(scope="session")
def painted(server: Server) -> Answer:
    """One answer in words and a picture, in Chinese."""
    body = chat_body("生成一幅山水畫,並給出一首詩詞描述", modalities=["text", "image"], temperature=0.7)
    answer = server.call("POST", CHAT, body)
    assert answer.status == 200, answer.body[:500]
    assert answer.json()["model"] == GEMINI
    return answer


@pytest.fixture(scope="session")
def google_of(server: Server, film: Film, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Facts]:
    """What google-genai of an era makes of the server; each is asked once."""

    def perform(era: str) -> Facts:
        more = {"FILM": film.name, **limited(server, era)}
        return performed("google_genai", era, server, server.key, tmp_path_factory, **more)

    return cache(perform)


@pytest.fixture(params=ERAS)
def google(request: pytest.FixtureRequest, google_of: Callable[[str], Facts]) -> Facts:
    """google-genai of each era."""
    return google_of(request.param)


@pytest.fixture(scope="session", params=ERAS)
def openai(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What openai of each era makes of the server."""
    key = new_key(server, f"openai of {request.param}")
    poor = new_key(server, f"no money for {request.param}", budget_usd="0.0001")
    more = {"POOR": poor, **limited(server, request.param)}
    return performed("openai_chat", request.param, server, key, tmp_path_factory, **more)


def limited(server: Server, era: str) -> dict[str, str]:
    """Keys that may do next to nothing: DAILY spends a tenth of a cent a day, RATED asks once a minute."""
    return {
        "DAILY": new_key(server, f"little money for {era}", daily_usd="0.0001"),
        "RATED": new_key(server, f"little time for {era}", per_minute=1),
    }


def performed(
    script: str,
    era: str,
    server: Server,
    key: str,
    folders: pytest.TempPathFactory,
    *,
    folder: Path | None = None,
    **more: str,
) -> Facts:
    """Run a client's script with the interpreter of an era; its answer is the one JSON document that it prints."""
    python = ROOT / ".venvs" / era / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of {era} are not installed; `make test` installs them")
    folder = folder or folders.mktemp(f"{script}-{era}")
    env = {"PATH": os.environ["PATH"], "BASE": server.url, "KEY": key, "FOLDER": str(folder), **more}
    run = subprocess.run([python, CLIENTS / f"{script}.py"], capture_output=True, env=env, timeout=SCRIPT_S)
    assert run.returncode == 0, run.stderr.decode()[-3000:]
    return Facts(era, key, folder, json.loads(run.stdout))
