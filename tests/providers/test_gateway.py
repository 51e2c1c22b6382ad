"""AiHubMix and its kind as an upstream, against an imitation of the document, over real sockets."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind
from danqing.domain.generation import Generation, Role, Task, Turn
from danqing.domain.jobs import Accepted
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import Provider
from danqing.providers import connect
from danqing.upstream.keys import mark_of
from making import a_generation
from upstreams.aihubmix import RAI, TASK, Hub
from upstreams.media import FILM, a_picture
from upstreams.openai import at_work

from .making_orders import Told, a_film, an_order, told_by

KEY = "sk-real-0123456789"
IMAGEN, VEO, TALK, STORY = "imagen-4.0-generate-001", "veo-3.0-generate-preview", "gemini-2.0-flash-exp", "veo-3"


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 24)
    yield assets
    assets.close()


@asynccontextmanager
async def hub() -> AsyncIterator[tuple[Provider, Hub]]:
    async with at_work(Hub()) as server:
        provider = connect("gateway", {"name": "hub", "base_url": server.url, "key": KEY, "poll_s": 0.01})
        try:
            yield provider, server
        finally:
            await provider.close()  # type: ignore[attr-defined]


async def made(generation: Generation, upstream: str, assets: Disk) -> tuple[Told, Hub]:
    async with hub() as (provider, server):
        return await told_by(provider, an_order(generation, upstream), assets), server


async def read(assets: Disk, blob: Blob | None) -> bytes:
    assert blob
    return b"".join([chunk async for chunk in assets.open(blob)])


@pytest.mark.parametrize("prompt", ["a fox", "large"])
async def test_imagen_is_predicted(assets: Disk, prompt: str) -> None:
    knobs = (("enhancePrompt", True), ("tools", "rm"))
    told, server = await made(a_generation(prompt, count=2, aspect="16:9", seed=1, knobs=knobs), IMAGEN, assets)
    assert (told.problem, len(told.outputs)) == (None, 2)
    [call] = server.submitted
    assert call.path == f"/gemini/v1beta/models/{IMAGEN}:predict"
    parameters = call.fields["parameters"]
    assert (parameters["sampleCount"], parameters["aspectRatio"], parameters["seed"]) == (2, "16:9", 1)  # type: ignore[index]
    assert parameters["enhancePrompt"] is True  # type: ignore[index]
    assert "tools" not in parameters  # type: ignore[operator]
    assert told.ignored == {"tools"}


@pytest.mark.parametrize(("upstream", "film"), [(IMAGEN, False), (VEO, True), (STORY, True)])
async def test_what_a_call_cannot_tell_is_reported_and_pictures_are_refused(
    assets: Disk, upstream: str, film: bool
) -> None:
    knobs = (("temperature", 0.5), ("enhancePrompt", True))
    asked = a_film("butterfly", knobs=knobs) if film else a_generation("a fox", count=1, knobs=knobs)
    told, server = await made(asked, upstream, assets)
    assert (told.problem, told.ignored) == (None, {"temperature"})
    given = await assets.put(a_picture(), "image/png")
    told, server = await made(replace(asked, turns=(Turn("user", ("a fox", given)),)), upstream, assets)
    assert isinstance(told.problem, Declined)
    assert (told.problem.code, server.submitted) == ("unsupported_parameter", [])


@pytest.mark.parametrize(("upstream", "film"), [(IMAGEN, False), (VEO, True)])
async def test_all_that_people_said_is_in_the_one_prompt(assets: Disk, upstream: str, film: bool) -> None:
    turns = (Turn("system", ("In watercolour.",)), Turn("user", ("A fox.",)), Turn("model", ("Done.",)))
    asked = a_film("x") if film else a_generation("x", count=1)
    _, server = await made(replace(asked, turns=(*turns, Turn("user", ("Now at night.",)))), upstream, assets)
    [instance] = server.submitted[0].fields["instances"]  # type: ignore[misc]
    assert instance["prompt"] == "In watercolour.\nA fox.\nNow at night."


@pytest.mark.parametrize(
    ("fault", "pictures", "withheld", "kind"),
    [
        ("!reason", 1, [RAI], None),
        ("!blank", 0, 1, None),
        ("!sensitive", 0, [], Kind.FILTERED),
        ("!blocked", 0, [], Kind.FILTERED),
        ("!busy", 0, [], Kind.BUSY),
        ("!500", 0, [], Kind.UPSTREAM),
        ("!hangup", 0, [], Kind.UNKNOWN),
        ("!quota", 0, [], Kind.UPSTREAM),
    ],
)
async def test_imagen_refuses(
    assets: Disk, fault: str, pictures: int, withheld: list[str] | int, kind: Kind | None
) -> None:
    told, server = await made(a_generation(f"{fault} a girl", count=2), IMAGEN, assets)
    assert (told.problem.kind if told.problem else None) == kind
    assert len(told.outputs) == pictures
    assert told.withheld == withheld or len(told.withheld) == withheld
    assert len(server.submitted) == 1


@pytest.mark.parametrize(
    ("upstream", "fields", "param"),
    [
        (IMAGEN, {}, "pictures"),
        (IMAGEN, {"mask": Blob("1" * 64, 9, "image/png")}, "mask"),
        (VEO, {"wants": frozenset({Medium.VIDEO}), "roles": (Role.SUBJECT,)}, "pictures"),
        (VEO, {"wants": frozenset({Medium.VIDEO}), "film": Blob("1" * 64, 9, "video/mp4")}, "film"),
        (TALK, {"task": Task.UPSCALE}, "task"),
    ],
)
async def test_what_stands_in_no_document_of_theirs_is_declined(
    assets: Disk, upstream: str, fields: dict[str, object], param: str
) -> None:
    picture = await assets.put(a_picture(), "image/png")
    asked = a_generation(turns=(Turn("user", ("x", picture)),), **{"count": 1, **fields})
    told, server = await made(asked, upstream, assets)
    assert isinstance(told.problem, Declined)
    assert (told.problem.param, server.submitted) == (param, [])


async def test_pictures_come_by_chat(assets: Disk) -> None:
    given = await assets.put(a_picture(), "image/png")
    both = frozenset({Medium.TEXT, Medium.IMAGE})
    asked = a_generation(turns=(Turn("user", ("in crayon", given)),), wants=both, count=1, aspect="16:9", size="1K")
    told, server = await made(asked, TALK, assets)
    assert told.problem is None
    assert [output.medium for output in told] == [Medium.TEXT, Medium.IMAGE]
    fields = server.submitted[0].fields
    assert fields["modalities"] == ["text", "image"]
    assert fields["messages"][0] == {"role": "system", "content": "aspect_ratio=16:9"}  # type: ignore[index]
    assert told.ignored == {"size"}


@pytest.mark.parametrize("prompt", ["a fox", "!uri a fox", "!flaky a fox"])
async def test_veo_is_begun_polled_and_fetched(assets: Disk, prompt: str) -> None:
    told, server = await made(a_film(prompt), VEO, assets)
    assert told.problem is None
    [film] = told.outputs
    assert (await read(assets, film.blob), film.duration_ms) == (FILM, 8000)
    assert json.loads(told.ticket) == {"key": mark_of(KEY), "ids": [f"models/{VEO}/operations/ff0"], "of": 1}
    assert len(server.submitted) == 1
    assert told.progress


@pytest.mark.parametrize(
    ("fault", "withheld", "kind"),
    [("!rai", 1, None), ("!nothing", 1, None), ("!dies", 0, Kind.UPSTREAM), ("!busy", 0, Kind.BUSY)],
)
async def test_veo_refuses(assets: Disk, fault: str, withheld: int, kind: Kind | None) -> None:
    told, _ = await made(a_film(fault), VEO, assets)
    assert (told.problem.kind if told.problem else None, len(told.withheld)) == (kind, withheld)
    assert told.outputs == []


async def test_an_operation_is_resumed_with_its_ticket(assets: Disk) -> None:
    async with hub() as (provider, server):
        updates = provider.generate(an_order(a_film(), VEO), assets)
        accepted = await anext(updates)
        assert isinstance(accepted, Accepted)
        await updates.aclose()
        told = await told_by(provider, an_order(a_film(), VEO, ticket=accepted.ticket), assets)
        assert (len(told.outputs), len(server.submitted)) == (1, 1)


async def test_a_film_is_read_out_of_its_story(assets: Disk) -> None:
    told, server = await made(a_film("butterfly", seed=3), STORY, assets)
    assert told.problem is None
    [film] = told.outputs
    assert (await read(assets, film.blob), film.duration_ms) == (FILM, 8000)
    [accepted] = told.accepted
    assert accepted.prompt == "A sleek butterfly"
    assert json.loads(accepted.ticket)["ids"] == [f"{server.url}/source/{TASK}"]
    assert told.ignored == {"seed"}
    assert {step.stage for step in told.progress} >= {"filming", "filming, attempt 2", "optimizing, attempt 2"}


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("!fails", Kind.UPSTREAM, "upstream_failed"),
        ("!wordless", Kind.UPSTREAM, "upstream_malformed"),
        ("!elsewhere", Kind.UPSTREAM, "file_expired"),
        ("!busy", Kind.BUSY, "upstream_busy"),
        ("!hangup", Kind.UNKNOWN, "outcome_unknown"),
        ("!blocked", Kind.FILTERED, "filtered"),
    ],
)
async def test_a_story_without_a_film(
    assets: Disk, fault: str, kind: Kind, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("danqing.upstream.patience.LOST_POLLS_S", 0.05)
    told, server = await made(a_film(f"{fault} fox"), STORY, assets)
    assert told.problem
    assert (told.problem.kind, told.problem.code) == (kind, code)
    assert told.outputs == []
    assert (len(server.submitted), server.strange) == (1, [])


async def test_a_story_that_ends_in_a_refusal_is_withheld(assets: Disk) -> None:
    told, _ = await made(a_film("!refused fox"), STORY, assets)
    assert told.problem is None
    assert told.withheld == ["Video generation failed: the prompt may violate our content policy"]


async def test_a_story_that_breaks_off_is_found_again_by_its_source(assets: Disk) -> None:
    async with hub() as (provider, server):
        told = await told_by(provider, an_order(a_film("!breaks fox"), STORY), assets)
        assert (told.problem, len(told.outputs), server.sources) == (None, 1, 2)
        again = await told_by(provider, an_order(a_film("!breaks fox"), STORY, ticket=told.ticket), assets)
        assert (len(again.outputs), len(server.submitted)) == (1, 1)


async def test_a_story_takes_no_pictures(assets: Disk) -> None:
    first = await assets.put(a_picture(), "image/png")
    told, server = await made(a_film(first_frame=first), STORY, assets)
    assert isinstance(told.problem, Declined)
    assert server.calls == []
