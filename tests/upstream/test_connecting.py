"""What all upstreams share beside their client: settings, keys, forms, and patience with an engine at work."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from danqing.assets.disk import Disk
from danqing.domain import routes
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.ports import LEAVING
from danqing.upstream import patience
from danqing.upstream.client import Request, Upstream
from danqing.upstream.keys import Keys, bearer, mark_of
from danqing.upstream.patience import called_off, patiently
from danqing.upstream.settings import Settings, read_settings, read_upstream
from upstreams.raw import saying, talking

BASE = {"name": "engine", "kind": "made-up", "base_url": "https://engine.example/v1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Settings):
    colour: str = "blue"
    steps: int


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 20)
    yield assets
    assets.close()


@pytest.mark.parametrize(
    ("given", "setting", "sentence"),
    [
        (BASE, "steps", "The upstream 'engine': steps is missing."),
        (
            {**BASE, "steps": 1, "color": "red"},
            "color",
            "The upstream 'engine': color is not a setting; did you mean colour?",
        ),
        ({**BASE, "steps": "many"}, "steps", "The upstream 'engine': steps is wrong: expected `int`, got `str`."),
        ({"name": "engine", "steps": 1}, "base_url", "The upstream 'engine': base_url is missing."),
        (
            {**BASE, "steps": 1, "base_url": "engine.example"},
            "base_url",
            "The upstream 'engine': base_url must be an address such as https://api.example.com/v1.",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_named(given: dict[str, object], setting: str, sentence: str) -> None:
    with pytest.raises(Problem) as raised:
        read_settings(given, Made)
    assert (raised.value.param, raised.value.message) == (setting, sentence)


def test_settings_of_routing_are_somebody_elses() -> None:
    read = read_settings({**BASE, "steps": 2, "weight": 3, "key": "a", "keys": ["b", "a"]}, Made)
    assert (read.steps, read.colour, read.all_keys) == (2, "blue", ("a", "b"))


@pytest.mark.parametrize(
    ("given", "setting"),
    [
        ({"weight": -1}, "weight"),
        ({"weight": float("nan")}, "weight"),
        ({"deadline_s": 0}, "deadline_s"),
        ({"retry_filtered": 9}, "retry_filtered"),
        ({"models": {"imagen-3*": 7}}, "models[...]"),
    ],
)
def test_a_mistake_in_when_an_upstream_is_asked_is_named(given: dict[str, object], setting: str) -> None:
    with pytest.raises(Problem, match="The upstream 'engine'") as raised:
        read_upstream("engine", given)
    assert raised.value.param == setting


def test_models_are_a_list_or_a_table() -> None:
    read = read_upstream("engine", {"kind": "openai", "key": "a", "models": ["veo-*", "imagen-3"], "weight": 2})
    assert read == routes.Upstream(name="engine", kind="openai", models={"veo-*": "", "imagen-3": ""}, weight=2)
    assert read_upstream("google", {"models": {"imagen-3": "x"}}).models == {"imagen-3": "x"}
    assert read_upstream("google", {}).kind == "google"


async def test_work_goes_to_the_key_that_is_least_busy_and_stays_there() -> None:
    keys = Keys("engine", "http://127.0.0.1:9", ["one", "two"])
    async with keys.lease("x") as (first, _), keys.lease("x") as (second, _):
        assert {first, second} == {mark_of("one"), mark_of("two")}
        async with keys.lease("x", second) as (again, _), keys.lease("x") as (free, _):
            assert (again, free) == (second, first)
    with pytest.raises(Problem) as raised:
        async with keys.lease("x", mark_of("three")):
            pass
    assert raised.value.kind is Kind.UNKNOWN
    assert bearer("") == {}


async def test_a_form_has_its_files_and_its_true_length(assets: Disk) -> None:
    blob = await assets.put(b"\x89PNG\r\n\x1a\n" + bytes(70_000), "image/png")
    received = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        received.extend(head + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        engine = Upstream("engine", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", _nobody)
        form = (("prompt", "a fox, 狐"), ("image[]", blob))
        assert (await engine.call(Request(method="POST", path="/edits", form=form), assets)).body == {}
        await engine.close()
    assert b'name="image[]"; filename="' in received
    assert b"Content-Type: image/png" in received
    assert "a fox, 狐".encode() in received
    assert bytes(70_000) in received


async def _nobody() -> dict[str, str]:
    return {}


@pytest.mark.parametrize(
    ("kind", "status", "expected", "code", "declined"),
    [
        (Kind.FILTERED, "400 No", Kind.FILTERED, "filtered", False),
        (Kind.NO_FUNDS, "429 Quota", Kind.UPSTREAM, "upstream_funds", True),
        (Kind.UNKNOWN, "500 Lost", Kind.UNKNOWN, "outcome_unknown", False),
        (None, "429 Busy", Kind.BUSY, "upstream_busy", True),
    ],
)
async def test_an_engines_own_words_come_before_its_status(
    assets: Disk, kind: Kind | None, status: str, expected: Kind, code: str, declined: bool
) -> None:
    async with talking(saying(b'{"error": {"message": "Not this.", "code": "x"}}', status=status)) as url:
        engine = Upstream("engine", url, _nobody, judge=lambda status, said: kind)
        with pytest.raises(Problem) as raised:
            await engine.call(Request(method="POST", path="/make", paid=True), assets)
        await engine.close()
    assert (raised.value.kind, raised.value.code, isinstance(raised.value, Declined)) == (expected, code, declined)
    assert "Not this." in raised.value.message


async def test_lost_polls_are_borne_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [Problem(Kind.UNAVAILABLE, "lost"), Declined(Kind.BUSY, "busy"), Problem(Kind.UPSTREAM, "500")]

    async def ask() -> str:
        if answers:
            raise answers.pop()
        return "here"

    assert await patiently(ask, pause_s=0.01) == "here"

    async def never() -> str:
        raise Problem(Kind.UNAVAILABLE, "lost", code="upstream_lost")

    monkeypatch.setattr(patience, "LOST_POLLS_S", 0.05)
    with pytest.raises(Problem, match="lost"):
        await patiently(never, pause_s=0.01)


async def test_a_poll_that_can_never_succeed_is_not_repeated() -> None:
    asked = []

    async def ask() -> None:
        asked.append(1)
        raise Declined(Kind.UPSTREAM, "which key?", code="upstream_credentials")

    with pytest.raises(Declined):
        await patiently(ask, pause_s=0.01)
    assert asked == [1]


@pytest.mark.parametrize(("message", "told"), [(None, [1]), (LEAVING, [])])
async def test_only_what_nobody_wants_is_called_off(message: str | None, told: list[int]) -> None:
    calls: list[int] = []

    async def cancel() -> None:
        calls.append(1)

    async def work() -> None:
        async with called_off(cancel):
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel(message)
    await asyncio.gather(task, return_exceptions=True)
    assert calls == told


async def test_an_engine_that_takes_no_cancellation_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "CALL_OFF_S", 0.01)

    async def work() -> None:
        async with called_off(asyncio.Event().wait):
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task}, timeout=30)
    assert task.cancelled()
