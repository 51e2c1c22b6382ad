"""Films: exact frames and seconds, sound that fits and never clips, motion, and the same bytes every time."""

import tomllib
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from danqing.sketch.planning.plan import Plan, plan
from danqing.sketch.stage.camera import MOVES
from danqing.sketch.stage.motion import BOUNCES, MANNERS, Beat, attitude, bounce
from danqing.sketch.stage.show import Show
from danqing.sketch.works.film import film
from danqing.sketch.works.opening import seen_by
from danqing.sketch.works.picture import picture
from danqing.sketch.works.sound import sound
from danqing.sketch.works.voices import RATE

SIZE = {"width": 192, "height": 108}
LEXICON = files("danqing.sketch") / "lexicon" / "en.toml"
ACTIONS = frozenset(tomllib.loads(LEXICON.read_text(encoding="utf-8"))["action"]) | {
    "still"
}  # every verb that a plan may have


def shot(made: Plan, out: Path, seconds: int = 1, **pictures: Image.Image) -> list[tuple[float, str]]:
    """Film a plan, small and short; what was reported comes back."""
    told: list[tuple[float, str]] = []
    film(made, out, **SIZE, seconds=seconds, fps=24, report=lambda part, stage: told.append((part, stage)), **pictures)
    return told


def frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24").astype(np.float32) for frame in container.decode(video=0)]


def test_a_film_is_what_was_asked_for(tmp_path: Path) -> None:
    told = shot(plan("a cat playing with a ball", seed=1), tmp_path / "a.mp4", seconds=2)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.pix_fmt, video.width, video.height) == ("h264", "yuv420p", 192, 108)
        assert (video.frames, video.average_rate) == (48, 24)
        assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 48_000, "stereo")
        assert video.duration * video.time_base == 2
        assert audio.duration * audio.time_base == 2
        assert container.duration == 2_000_000
    head = (tmp_path / "a.mp4").read_bytes()[:4096]
    assert b"moov" in head, "the index comes first"
    parts = [part for part, _stage in told]
    assert parts == sorted(parts)
    assert len([stage for _part, stage in told if stage == "filming"]) >= 48 / 12
    assert told[-1][1] == "writing"


@pytest.mark.parametrize("seconds", [4, 5, 6, 7, 8])
@pytest.mark.parametrize("shape", [(96, 54), (54, 96)])
def test_both_lengths_and_both_shapes_are_exact(seconds: int, shape: tuple[int, int], tmp_path: Path) -> None:
    made = plan("xyzzy", seed=1)  # a card is quickly drawn
    film(made, tmp_path / "a", width=shape[0], height=shape[1], seconds=seconds, fps=24, report=lambda *_: None)
    with av.open(str(tmp_path / "a")) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == shape
        assert sum(1 for _ in container.decode(video)) == seconds * 24
        assert container.duration == seconds * 1_000_000


@pytest.mark.parametrize("seconds", [1, 3])
def test_sound_and_picture_end_together(seconds: int, tmp_path: Path) -> None:
    shot(plan("a bird", seed=1), tmp_path / "a.mp4", seconds=seconds)
    with av.open(str(tmp_path / "a.mp4")) as container:
        audio = container.streams.audio[0]
        assert audio.duration * audio.time_base == seconds
        assert container.duration == seconds * 1_000_000


def test_two_films_of_a_plan_are_the_same_file(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        shot(plan("a butterfly flying in the garden", seed=3), tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("action", sorted(set(MANNERS)))
def test_every_verb_moves(action: str) -> None:
    made = replace(plan("a cat", seed=1), action=action)
    show = Show(made, 160, 120, film=True)
    first, later = (np.asarray(show.frame(t, t / 4), dtype=np.float32) for t in (0.0, 1.1))
    assert np.abs(first - later).mean() > 0.3


@pytest.mark.parametrize("action", sorted(ACTIONS - {"still"}))
def test_every_verb_is_a_movement_that_can_be_seen(action: str) -> None:
    """Within four seconds the figure goes, rises, turns or stretches by more than an eye would miss."""
    role = "ball" if action == "play" else "lead"
    beats = [Beat(k / 12, k / 96, 0.2, "bird", role) for k in range(48)]
    poses = [attitude(action, beat, "air" if action in ("fly", "float", "fall") else "ground") for beat in beats]

    def reach(part: str) -> float:
        values = [float(getattr(pose, part)) for pose in poses]
        return max(values) - min(values)

    across = reach("dx") + reach("dy") + reach("travel") + reach("rise")
    assert across > 0.15 or reach("turn") > 12 or reach("high") + reach("wide") > 0.04


@pytest.mark.parametrize("action", ["play", "sleep", "fly", "walk", "run", "dance", "jump", "swim", "spin"])
def test_every_verb_is_heard(action: str) -> None:
    """Not as another music: the notes depend on the dice, so only what is louder than stillness counts."""
    made = replace(plan("a cat", seed=1), place="studio", weather="clear")
    quiet, loud = (sound(replace(made, action=verb), 3) for verb in ("still", action))
    assert float(np.square(loud).mean()) > float(np.square(quiet).mean())


@pytest.mark.parametrize("camera", sorted(MOVES))
def test_no_camera_shows_the_edge_of_the_stage(camera: str) -> None:
    """Every column at the sides is painted by a layer: none keeps the flat colour below them all."""
    made = replace(plan("a cat in the meadow", seed=2), camera=camera)
    show = Show(made, 160, 120, film=True)
    for u in (0.0, 1.0):
        frame = np.asarray(show.frame(8 * u, u), dtype=np.float32)
        for column in (0, 1, -2, -1):
            assert frame[:, column].std() > 6


def test_a_traveller_crosses_the_frame() -> None:
    ways = [attitude("run", Beat(t, u, 0.0, "dog", "lead"), "ground").travel for t, u in ((0, 0), (4, 0.5), (8, 1))]
    assert ways == [-0.5, 0.0, 0.5]


def test_a_ball_is_on_the_ground_when_it_is_heard() -> None:
    made = plan("a cat playing with a ball", seed=1)
    with_ball, without = sound(made, 4), sound(replace(made, action="still"), 4)
    for k in (1, 2, 3):
        assert bounce(k / BOUNCES) == pytest.approx(0, abs=1e-9)
        at = int(k / BOUNCES * RATE)
        hit, quiet = (np.abs(track[:, at : at + 2400]).max() for track in (with_ball, without))
        assert hit > quiet


@pytest.mark.parametrize(
    "prompt",
    ["a cat sleeping", "a storm of rain over the sea", "people dancing in the neon city", "生成一幅山水畫", "a fish"],
)
def test_sound_is_there_fades_and_never_clips(prompt: str) -> None:
    track = sound(plan(prompt, seed=2), 3)
    assert track.shape == (2, 3 * RATE)
    assert track.dtype == np.float32
    assert 0.02 < float(np.abs(track).max()) < 0.99
    assert np.abs(track[:, :50]).max() < 0.01
    assert np.abs(track[:, -50:]).max() < 0.01
    assert not np.array_equal(track[0], track[1]), "stereo"


def test_a_film_begins_on_its_first_picture_and_ends_on_its_last(tmp_path: Path) -> None:
    red, blue = Image.new("RGB", (300, 200), (220, 30, 30)), Image.new("RGB", (90, 160), (30, 30, 220))
    shot(plan("a cat", seed=1), tmp_path / "a.mp4", seconds=1, first=red, last=blue)
    seen = frames(tmp_path / "a.mp4")
    assert np.abs(seen[0].mean((0, 1)) - (220, 30, 30)).max() < 12
    assert np.abs(seen[-1].mean((0, 1)) - (30, 30, 220)).max() < 12


def test_a_film_from_a_picture_moves_on_to_the_scene(tmp_path: Path) -> None:
    red = Image.new("RGB", (300, 200), (220, 30, 30))
    shot(plan("a cat in the meadow", seed=1), tmp_path / "a.mp4", seconds=3, first=red)
    seen = frames(tmp_path / "a.mp4")
    assert np.abs(seen[0].mean((0, 1)) - (220, 30, 30)).max() < 12
    assert seen[-1].std() > 20


def photo(width: int = 192, height: int = 108) -> Image.Image:
    """A picture with detail everywhere, of the film's own shape."""
    return picture(plan("the ocean", seed=5), width, height)


def test_a_film_starts_on_the_very_pixels_of_its_picture_and_ends_on_those_of_its_last(tmp_path: Path) -> None:
    first, last = photo(), photo().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    shot(plan("a slow pan in the snow", seed=1), tmp_path / "a.mp4", seconds=2, first=first, last=last)
    seen = frames(tmp_path / "a.mp4")
    assert np.abs(seen[0] - np.asarray(first, np.float32)).mean() < 4
    assert np.abs(seen[-1] - np.asarray(last, np.float32)).mean() < 4


def test_a_picture_without_a_cast_is_filmed_as_it_is_under_the_weather(tmp_path: Path) -> None:
    for name, prompt in (("dry", "zoom in slowly"), ("snow", "zoom in slowly, snow is falling")):
        shot(plan(prompt, seed=1), tmp_path / name, seconds=3, first=photo())
    dry, snow = frames(tmp_path / "dry"), frames(tmp_path / "snow")
    assert np.abs(dry[0] - snow[0]).mean() < 3, "the snow sets in"
    assert np.abs(dry[48] - snow[48]).mean() > 1
    still = np.asarray(seen_by("zoom", photo(), 48 / 71), np.float32)
    assert np.abs(dry[48] - still).mean() < 4, "nothing but the picture is seen"


@pytest.mark.parametrize("camera", sorted(MOVES))
def test_every_camera_begins_with_the_whole_picture_and_moves(camera: str) -> None:
    given = photo()
    assert seen_by(camera, given, 0.0).tobytes() == given.tobytes()
    ways = {seen_by(name, given, 1.0).tobytes() for name in MOVES}
    assert len(ways) == len(MOVES), "and no two move alike"


@pytest.mark.parametrize("style", ["crayon", "pencil", "watercolour"])
def test_hand_drawn_films_are_drawn_anew_for_every_frame(style: str, tmp_path: Path) -> None:
    made = replace(plan("a cat dancing", seed=1), style=style)
    for name in ("a.mp4", "b.mp4"):
        shot(made, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes(), "two artists, the same film"
    steps = [float(np.abs(one - other).mean()) for one, other in pairwise(frames(tmp_path / "a.mp4"))]
    assert len(steps) == 23
    assert min(steps) > max(steps) / 8, "none is held"


def test_a_huge_film_is_mostly_grain(tmp_path: Path) -> None:
    made = plan("a cat", seed=1)
    shot(made, tmp_path / "a.mp4")
    film(made, tmp_path / "b.mp4", **SIZE, seconds=1, fps=24, report=lambda *_: None, huge=True)
    assert len(frames(tmp_path / "b.mp4")) == 24
    assert (tmp_path / "b.mp4").stat().st_size > 5 * (tmp_path / "a.mp4").stat().st_size


@pytest.mark.parametrize("prompt", ["生成一幅山水畫", "logo of a bee", "xyzzy"])
def test_everything_can_be_filmed_and_moves(prompt: str, tmp_path: Path) -> None:
    shot(plan(prompt, seed=1), tmp_path / "a.mp4")
    seen = frames(tmp_path / "a.mp4")
    assert len(seen) == 24
    assert np.abs(seen[0] - seen[-1]).mean() > 0.2


def test_nobody_spins_head_over_heels() -> None:
    cat, wheel = (
        [attitude("spin", Beat(k / 12, k / 96, 0.2, slug, "lead"), "ground") for k in range(48)]
        for slug in ("cat", "volleyball")
    )
    assert {(pose.turn, pose.spin) for pose in cat} == {(0.0, 0.0)}
    assert min(pose.wide for pose in cat) < 0.4
    assert len({pose.spin for pose in wheel}) > 20
