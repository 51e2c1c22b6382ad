"""The imitations are checked by the vendors' own clients, which talk to them directly."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from danqing.domain.media import Blob, Medium
from danqing.wire.google import write_long_running, write_predict
from danqing.wire.google.content import write_content
from danqing.wire.google.interactions import write_interaction
from danqing.wire.holes import Hole
from making import a_generation
from providers.making_orders import FILM as FILMS
from providers.making_orders import a_film

from . import ai_studio, vertex
from .aihubmix import Hub
from .media import FILM
from .openai import at_work, imitating

ROOT = Path(__file__).parent.parent.parent
CLIENTS = Path(__file__).parent / "clients"
ERAS = ("june-2025", "spring-2026", "newest")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ABSENT = "not in this era"


async def performed(script: str, era: str, **env: str) -> dict[str, object]:
    """What a client's script prints, run with the interpreter of an era."""
    python = ROOT / ".venvs" / era / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of {era} are not installed; `make test` installs them")
    run = await asyncio.create_subprocess_exec(
        *(python, CLIENTS / f"{script}.py"),
        env={"PATH": os.environ["PATH"], **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await run.communicate()
    assert run.returncode == 0, errors.decode()[-3000:]
    return json.loads(out)


@pytest.mark.parametrize("era", ERAS)
async def test_openais_client_takes_the_imitation_for_openai(era: str) -> None:
    async with imitating() as engine:
        facts = await performed("openai_direct", era, BASE=engine.url, KEY=engine.keys[0])
    films = era != "june-2025"
    assert facts == {
        "generated": [[True, True], 2000],
        "blocked": ["BadRequestError", 400, "moderation_blocked"],
        "busy": ["RateLimitError", 429, "rate_limit_exceeded"],
        "unknown": ["BadRequestError", 400, "unknown_parameter"],
        "edited": [2, 2],
        "streamed": ["image_generation.partial_image"] * 2 + ["image_generation.completed"] if films else ABSENT,
        "filmed": ["completed", 100, "8", len(FILM), True] if films else ABSENT,
        "withheld": ["failed", "moderation_blocked"] if films else ABSENT,
        "talked": ["Here it is.", "data:image/png;base64,", 1290],
        "listed": ["gpt-image-2", "sora-2"],
    }


@pytest.mark.parametrize("era", ERAS)
async def test_googles_client_takes_the_imitations_for_google(era: str) -> None:
    async with ai_studio.imitating() as studio, vertex.imitating() as cloud:
        env = {"STUDIO": studio.url, "STUDIO_KEY": ai_studio.KEY, "VERTEX": cloud.url, "VERTEX_KEY": vertex.KEY}
        facts = await performed("google_direct", era, **env)
    newest = era == "newest"
    spoken = [["thought", "thought", "text", "picture"], "STOP", 1120]
    talks = {"content": spoken, "edited": spoken, "blocked": "PROHIBITED_CONTENT", "chat": 4}
    talks["busy"] = ["ClientError", 429, "RESOURCE_EXHAUSTED"]
    makes = {
        "pictures": [True, True],
        "partly": ["Unable to show generated images. Support codes: 58061214", True],
        "film": len(FILM),
        "filtered film": ["A film shows a celebrity."],
        "failed film": 13,
    }
    # The Developer client does not read finishMessage, and the newest one makes neither these pictures nor films.
    in_studio = dict.fromkeys(makes, ABSENT) if newest else makes
    films = {
        "film": ["completed", "https://generativelanguage.googleapis.com/v1beta", 40_000],
        "inline": ["completed", True, 40_000],
        "picture": ["completed", True, 40_000],
        "failed": ["failed", "It broke."],
        "cancelled": "cancelled",
    }
    listed, told = ["models/gemini-3.1-flash-image"], ["publishers/google/models/gemini-3.1-flash-image", 2]
    assert facts == {
        "studio": {**talks, "free": listed, "withheld": ["IMAGE_SAFETY", None], **in_studio},
        "vertex": {**talks, "free": told, "withheld": ["IMAGE_SAFETY", "Try other words."], **makes},
        "interactions": films if newest else dict.fromkeys(films, ABSENT),
    }
    if newest:
        _compare(studio, cloud)


def _compare(studio: ai_studio.Studio, cloud: vertex.Vertex) -> None:
    """What google-genai sent for it is what Danqing sends, but for the alphabet of base64 and one field's spelling."""
    frame = Blob("", 0, "image/png")
    film = a_film("a fox", size=None, first_frame=frame)
    assert cloud.bodies(":predictLongRunning")[0] == _with_picture(write_long_running(film))
    pictures = a_generation("a fox", count=2, aspect="16:9")
    assert cloud.bodies(":predict")[0] == write_predict(pictures, with_reasons=True)
    talk = replace(a_generation("a fox", seed=3, knobs=(("temperature", 0.5),)), wants=frozenset(Medium) - FILMS)
    for engine, is_vertex in ((studio, False), (cloud, True)):
        body, edit = engine.bodies(":generateContent")[:2]
        assert body == write_content(talk, vertex=is_vertex)
        assert [set(part) for part in edit["contents"][0]["parts"]] == [{"inlineData"}, {"inlineData"}, {"text"}]
    omni = write_interaction("gemini-omni-1.1-flash", a_film("a fox"), background=True)
    del omni["generation_config"]
    assert studio.bodies("/interactions")[0] == omni


def _with_picture(node: object) -> object:
    """The tree with the script's picture in its holes."""
    if isinstance(node, Hole):
        return PIXEL
    if isinstance(node, dict):
        return {key: _with_picture(value) for key, value in node.items()}
    return [_with_picture(value) for value in node] if isinstance(node, list) else node


@pytest.mark.parametrize("era", ERAS)
async def test_the_documents_clients_take_the_imitation_for_aihubmix(era: str) -> None:
    async with at_work(Hub()) as hub:
        facts = await performed("aihubmix_direct", era, BASE=hub.url, KEY=hub.keys[0])
    gone = "ValueError: This method is only supported in Gemini Enterpri"  # google-genai 3 has dropped these calls
    dropped = era == "newest"
    assert facts == {
        "pictured": gone if dropped else [True, True],
        "blank": gone if dropped else "TypeError: 'NoneType' object is not iterable",  # which the document warns of
        "filmed": gone if dropped else len(FILM),
        "talked": [True],
        "told": [[True] * 3] * 2,
    }
