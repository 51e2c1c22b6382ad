"""The imitations are checked by the vendors' own clients, which talk to them directly."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from .media import FILM
from .openai import imitating

ROOT = Path(__file__).parent.parent.parent
CLIENTS = Path(__file__).parent / "clients"
ERAS = ("june-2025", "spring-2026", "newest")
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
    }
