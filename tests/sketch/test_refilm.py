"""Films that begin with a film: the old one is in the new one, and what follows begins where it ended."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from danqing.sketch import worker
from danqing.sketch.works.refilm import facts_of

FPS = 12


def asked(out: Path, **fields: object) -> dict[str, object]:
    messages: list[dict[str, object]] = []
    worker.answer(json.dumps({"out": str(out), "width": 128, "height": 72, "fps": FPS, **fields}), messages.append)
    last = messages[-1]
    return last["done"] if "done" in last else last["error"]  # type: ignore[return-value]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of film."""
    film = tmp_path_factory.mktemp("films") / "given.mp4"
    asked(film, task="film", prompt="a red ball bounces in a meadow", seconds=1)
    return film


def frames(film: Path) -> list[np.ndarray]:
    with av.open(str(film)) as container:
        return [frame.to_ndarray(format="rgb24").astype(np.float32) for frame in container.decode(video=0)]


def heard(film: Path) -> int:
    with av.open(str(film)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def test_a_film_goes_on_from_its_last_frame(given: Path, tmp_path: Path) -> None:
    told = asked(tmp_path / "longer.mp4", task="extend", given=str(given), prompt="a cat jumps", seconds=2)
    before, after = frames(given), frames(tmp_path / "longer.mp4")
    assert (len(before), len(after)) == (FPS, 3 * FPS)
    assert max(apart(one, other) for one, other in zip(before, after, strict=False)) < 6, "the old film is in it"
    assert apart(before[-1], after[FPS]) < 8, "and what follows begins where it ended"
    assert apart(before[-1], after[-1]) > 15, "and comes to be something else"
    assert (told["seconds"], told["fps"], told["audio"]) == (3.0, FPS, True)
    assert told["drawn"] == ["cat", "jumps"]
    assert heard(tmp_path / "longer.mp4") >= 3 * 48_000


def test_a_film_is_changed_as_a_whole_and_keeps_its_length(given: Path, tmp_path: Path) -> None:
    prompt = "make it black and white, add a cat, crop it square"
    told = asked(tmp_path / "grey.mp4", task="refilm", given=str(given), prompt=prompt, silent=True)
    after = frames(tmp_path / "grey.mp4")
    assert len(after) == FPS
    assert max(float((one.max(-1) - one.min(-1)).mean()) for one in after) < 6
    assert (told["drawn"], told["missing"]) == (["make it black and white"], ["add a cat", "crop it square"])
    assert told["audio"] is False
    assert "cannot do that to a film" in str(told["text"])


def test_a_film_goes_by_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (90, 60), (250, 10, 200)).save(tmp_path / "pink.png")
    told = asked(
        tmp_path / "by.mp4", task="film", prompt="a beach", seconds=1, inputs=[str(tmp_path / "pink.png")] * 2,
        roles=["subject", "style"],
    )  # fmt: skip
    first = frames(tmp_path / "by.mp4")[0]
    assert (np.abs(first - (250, 10, 200)).max(-1) < 40).mean() > 0.02
    assert "style beyond its colours" in told["missing"]  # type: ignore[operator]


@pytest.mark.parametrize("task", ["extend", "refilm"])
def test_what_is_no_film_is_refused(tmp_path: Path, task: str) -> None:
    Image.new("RGB", (90, 60)).save(tmp_path / "a.png")
    told = asked(tmp_path / "out.mp4", task=task, given=str(tmp_path / "a.png"), prompt="x")
    assert (told["code"], "MP4" in str(told["message"])) == ("invalid_picture", True)


def test_a_film_that_is_too_long_or_too_large_is_refused(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert facts_of(given).frames == FPS
    monkeypatch.setattr("danqing.sketch.works.refilm.SECONDS_MAX", 0.5)
    told = asked(tmp_path / "out.mp4", task="extend", given=str(given), prompt="x")
    assert (told["code"], "at most 0.5" in str(told["message"])) == ("too_large", True)
