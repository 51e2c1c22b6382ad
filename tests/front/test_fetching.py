"""Pictures that are only named by an address take their places in a request, each fetched once; or none may."""

from dataclasses import replace

import pytest

from danqing.domain.errors import Problem
from danqing.domain.generation import Turn
from danqing.domain.media import Blob, linked
from danqing.front.fetching import fetched
from making import a_generation

HERE = Blob("ab" * 32, 9, "image/png")
THERE, ELSEWHERE = linked("https://a.example/1.png"), linked("https://a.example/2.png")
ASKED = replace(a_generation(), turns=(Turn("user", (THERE, "and", HERE, THERE)),), first_frame=ELSEWHERE)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


async def test_each_is_fetched_once_and_stands_where_it_was_named() -> None:
    asked: list[str] = []

    async def fetch(url: str) -> Blob:
        asked.append(url)
        return Blob(url, len(asked), "image/png")

    found = await fetched(fetch, ASKED)
    assert asked == [THERE.url, ELSEWHERE.url]
    first = Blob(THERE.url, 1, "image/png")
    assert found.turns[0].parts == (first, "and", HERE, first)
    assert found.first_frame == Blob(ELSEWHERE.url, 2, "image/png")


async def test_where_it_is_off_that_is_told_and_nothing_else_is_touched() -> None:
    with pytest.raises(Problem, match="DANQING_FETCH") as refusal:
        await fetched(None, ASKED)
    assert refusal.value.code == "unsupported_url"
    assert await fetched(None, a_generation()) == a_generation()
