"""The Sketch engine as a provider: orders become drawings, in order, and a cancelled order stops its workers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from danqing import catalog
from danqing.assets.disk import Disk
from danqing.assets.probe import probe
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Blob, Medium, Shape
from danqing.domain.ports import Order, Provider, Update
from danqing.providers import connect, sketch
from danqing.sketch.pool import Pool
from danqing.sketch.worker import SIDE_MAX
from making import a_generation


@asynccontextmanager
async def engine(folder: Path, **limits: float) -> AsyncIterator[tuple[Provider, Disk]]:
    scratch = folder / "scratch"
    scratch.mkdir()
    assets = Disk(folder / "assets", bytes_max=1 << 26)
    sketch = connect("sketch", {"scratch": scratch, "workers": 2, **limits})
    try:
        yield sketch, assets
    finally:
        await sketch.close()  # type: ignore[attr-defined]
        assets.close()
        assert list(scratch.iterdir()) == []


async def made(folder: Path, generation: Generation, *, delivered: int = 0) -> list[Update]:
    async with engine(folder) as (sketch, assets):
        order = Order(job="j", generation=generation, upstream="", delivered=delivered)
        return [update async for update in sketch.generate(order, assets)]


def pictures(updates: list[Update]) -> list[int | None]:
    return [update.output.seed for update in updates if isinstance(update, Produced) and update.output.blob]


@pytest.mark.anyio
async def test_several_pictures_are_delivered_in_their_order_and_resumed_where_they_stopped(tmp_path: Path) -> None:
    asked = a_generation(count=3, seed=10, aspect="1:1", mime="image/jpeg")
    (tmp_path / "again").mkdir()
    first, rest = await made(tmp_path, asked), await made(tmp_path / "again", asked, delivered=1)

    assert pictures(first) == [10, 11, 12]
    assert pictures(rest) == [11, 12]
    outputs = [update.output for update in first if isinstance(update, Produced)]
    assert {(output.width, output.height) for output in outputs} == {(1024, 1024)}
    assert len({output.blob for output in outputs}) == 3, "three different pictures"
    assert outputs[0].drawn == ("cat",)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("prompt", "count", "delivered", "withheld"),
    [("[danqing:filtered] a cat", 2, 0, 2), ("[danqing:filtered=1] a cat", 2, 1, 1), ("a cat", 2, 2, 0)],
)
async def test_magic_words_withhold_as_many_as_they_say(
    tmp_path: Path, prompt: str, count: int, delivered: int, withheld: int
) -> None:
    updates = await made(tmp_path, a_generation(prompt, count=count, aspect="1:1"))
    assert len(pictures(updates)) == delivered
    assert sum(isinstance(update, Withheld) for update in updates) == withheld


@pytest.mark.anyio
@pytest.mark.parametrize(("word", "kind"), [("fail", Kind.UPSTREAM), ("quota", Kind.BUSY), ("unknown", Kind.UNKNOWN)])
async def test_magic_words_fail_in_the_way_they_say(tmp_path: Path, word: str, kind: Kind) -> None:
    with pytest.raises(Problem) as raised:
        await made(tmp_path, a_generation(f"[danqing:{word}] a cat"))
    assert raised.value.kind is kind


@pytest.mark.anyio
async def test_a_huge_result_is_delivered_like_any_other(tmp_path: Path) -> None:
    updates = await made(tmp_path, a_generation("[danqing:huge] a cat", count=1, aspect="16:9", mime="image/png"))
    [output] = [update.output for update in updates if isinstance(update, Produced) and update.output.blob]
    assert output.blob is not None
    assert output.blob.size > 15_000_000
    assert (output.drawn, output.missing) == (("cat",), ())


@pytest.mark.anyio
async def test_a_drawing_that_takes_too_long_is_a_problem_of_the_engine(tmp_path: Path) -> None:
    async with engine(tmp_path, picture_s=0.0) as (sketch, assets):
        with pytest.raises(Problem) as raised:
            async for _update in sketch.generate(Order(job="j", generation=a_generation(), upstream=""), assets):
                pass
        assert (raised.value.kind, raised.value.code) == (Kind.UPSTREAM, "sketch_failed")


@pytest.mark.anyio
@pytest.mark.parametrize("enhance", [True, False])
async def test_an_enhanced_prompt_comes_before_the_drawing_when_it_is_asked_for(tmp_path: Path, enhance: bool) -> None:
    updates = await made(tmp_path, a_generation(count=1, aspect="1:1", knobs=(("enhancePrompt", enhance),)))
    accepted = next(update for update in updates if isinstance(update, Accepted))
    assert bool(accepted.prompt) is enhance
    kinds = [type(update) for update in updates]
    assert kinds.index(Accepted) < kinds.index(Produced)


@pytest.mark.anyio
async def test_a_film_that_nobody_wants_any_more_stops_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = []
    started = Pool._worker

    async def note(pool: Pool) -> object:
        workers.append(await started(pool))
        return workers[-1]

    monkeypatch.setattr(Pool, "_worker", note)
    film = a_generation(wants=frozenset({Medium.VIDEO}), aspect="16:9", seconds=8, count=1)
    async with engine(tmp_path) as (sketch, assets):
        order = Order(job="j", generation=film, upstream="")
        async with aclosing(sketch.generate(order, assets)) as updates:
            async for update in updates:
                if isinstance(update, Progressed) and update.stage == "filming":
                    break
        assert workers[0].returncode is not None


@pytest.mark.anyio
async def test_who_asks_for_silence_gets_a_film_without_a_track(tmp_path: Path) -> None:
    asked = a_generation(wants=frozenset({Medium.VIDEO}), aspect="16:9", size="360p", seconds=1, count=1, audio=False)
    async with engine(tmp_path) as (sketch, assets):
        updates = [update async for update in sketch.generate(Order(job="j", generation=asked, upstream=""), assets)]
        [film] = [update.output for update in updates if isinstance(update, Produced)]
        assert film.blob
        shape = await probe(assets, film.blob)
    assert shape == Shape(width=1280, height=720, duration_ms=1000, fps=24, audio=False)
    [told] = [update.changes for update in updates if isinstance(update, Reported)]
    assert [(change.param, change.asked, change.made) for change in told] == [("size", "360p", "720p")]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("aspect", "size", "frame"),
    [
        ("16:9", "720p", (1280, 720)),
        ("9:16", None, (720, 1280)),
        ("16:9", "1080p", (1920, 1080)),
        ("9:16", "1080p", (1080, 1920)),
    ],
)
async def test_a_film_has_the_resolution_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aspect: str, size: str | None, frame: tuple[int, int]
) -> None:
    tasks: list[Mapping[str, object]] = []

    async def noted(pool: Pool, task: Mapping[str, object]) -> AsyncIterator[dict[str, object]]:
        tasks.append(task)
        yield {"error": {"code": "failed", "message": "Noted."}}

    monkeypatch.setattr(Pool, "run", noted)
    film = a_generation(wants=frozenset({Medium.VIDEO}), aspect=aspect, size=size, seconds=8, count=1)
    with pytest.raises(Problem, match="Noted"):
        await made(tmp_path, film)
    assert (tasks[0]["width"], tasks[0]["height"]) == frame


MODELS = catalog.load().models
SHAPES = sorted(
    {
        (aspect, size)
        for model in MODELS
        if Medium.IMAGE in model.ability.makes
        for aspect in model.ability.aspects
        for size in (*model.ability.sizes, None)
    },
    key=str,
)


@pytest.mark.parametrize(("aspect", "size"), SHAPES)
def test_every_ratio_of_the_catalog_is_drawn_as_it_is_written(aspect: str, size: str | None) -> None:
    width, height = sketch._size(a_generation(aspect=aspect, size=size))
    across, down = map(int, aspect.split(":"))
    assert abs(width * down - height * across) <= max(across, down), "the ratio, to the pixel"
    assert max(width, height) >= {"2K": 2048, "512": 512, "256": 256}.get(size or "", 1024)
    assert max(width, height) <= SIDE_MAX


@pytest.mark.anyio
@pytest.mark.parametrize(("aspect", "size"), [("21:9", "1K"), ("4:5", "1K"), ("9:16", "2K")])
async def test_the_file_has_the_pixels_that_are_told(tmp_path: Path, aspect: str, size: str) -> None:
    async with engine(tmp_path) as (provider, assets):
        asked = a_generation(count=1, aspect=aspect, size=size)
        order = Order(job="j", generation=asked, upstream="")
        [output] = [made.output async for made in provider.generate(order, assets) if isinstance(made, Produced)]
        assert output.blob is not None
        with Image.open(await assets.path(output.blob)) as picture:
            assert picture.size == (output.width, output.height) == sketch._size(asked)


def test_a_film_goes_by_its_pictures_and_begins_on_its_first_frame_alone() -> None:
    frame, picture = (Blob(digit * 64, 9, "image/png") for digit in "12")
    asked = a_generation(
        turns=(Turn("user", ("a fox", picture, picture)),), wants=frozenset({Medium.VIDEO}), aspect="16:9"
    )
    paths = {frame: "frame", picture: "picture"}
    by, both = (sketch._filmed(each, paths) for each in (asked, replace(asked, first_frame=frame)))
    assert (by["first"], by["roles"], both["first"]) == (None, ["subject", "subject"], "frame")
