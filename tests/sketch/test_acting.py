"""How everyone moves in a film, measured on the stage: each verb in its own way, forwards, and inside the frame."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from danqing.sketch.craft.canvas import Layer, lay
from danqing.sketch.figures.piece import Actor
from danqing.sketch.planning import stature
from danqing.sketch.planning.plan import plan
from danqing.sketch.stage import camera
from danqing.sketch.stage.acting import Stance, manners_of
from danqing.sketch.stage.motion import STRIKES
from danqing.sketch.stage.show import Show
from danqing.sketch.works.picture import reel

WIDTH, HEIGHT, SECONDS, FPS = 320, 180, 8, 12
Course = list[tuple[Actor, Stance]]


def courses(
    prompt: str, seed: int = 1, *, seconds: int = SECONDS, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> list[Course]:
    """Every actor of a film, with its stances from the first frame to the last."""
    show, count = Show(plan(prompt, seed=seed), *size, film=True), seconds * FPS
    moments = [show.stances(k / FPS, k / (count - 1)) for k in range(count)]
    return [list(course) for course in zip(*moments, strict=True)]


def lead(prompt: str, seed: int = 1, **more: int) -> list[Stance]:
    return [stance for actor, stance in _lead(prompt, seed, **more)]


def _lead(prompt: str, seed: int = 1, **more: int) -> Course:
    return next(course for course in courses(prompt, seed, **more) if course[0][0].role == "lead")


GOING = {
    "a dog running in the park": "run",
    "an elephant walking": "walk",
    "a fox walking in the forest": "hop",
    "a panda running in the snow": "bound",
    "a girl walking in the rain": "waddle",
    "a penguin running": "scurry",
    "a snail walking in the garden": "crawl",
    "a red car driving through the city": "drive",
    "a rocket flying through space": "fly",
    "a bird flying over the sea": "fly",
    "an airplane flying": "fly",
    "a fish swimming": "swim",
    "a sailboat sailing on the sea": "sail",
    "a horse jumping": "leap",
    "a ball rolling": "roll",
    "a duck on a lake": "paddle",
    "an airplane taking off": "take-off",
}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("prompt", GOING)
def test_whoever_goes_somewhere_goes_forwards_and_stays_in_the_frame(prompt: str, seed: int) -> None:
    assert manners_of(plan(prompt, seed=seed))[0][1] == GOING[prompt]
    course = _lead(prompt, seed)
    xs = np.array([stance.x for _, stance in course])
    way = float(np.sign(xs[-1] - xs[0]))
    assert abs(xs[-1] - xs[0]) > 0.2 * WIDTH
    looks = {actor.facing * (-1 if stance.mirrored else 1) for actor, stance in course}
    assert looks == {int(way)}, "it looks where it goes, in every frame"
    assert xs.min() > 0.02 * WIDTH
    assert xs.max() < 0.98 * WIDTH
    for k in range(0, len(xs) - 2 * FPS, FPS):
        assert (xs[k + 2 * FPS] - xs[k]) * way > 0.02 * WIDTH, "nobody stands still for two seconds"


def test_both_directions_are_gone() -> None:
    ways = {np.sign(stances[-1].x - stances[0].x) for seed in range(6) if (stances := lead("a dog running", seed))}
    assert ways == {-1.0, 1.0}


@pytest.mark.parametrize("slug", ["rocket", "airplane", "small-airplane"])
def test_what_is_drawn_to_the_right_flies_nose_first(slug: str) -> None:
    assert stature.facing(slug) == 1
    for seed in range(4):
        stances = lead(f"a {slug.replace('-', ' ')} flying through the sky", seed)
        right = stances[-1].x > stances[0].x
        assert {stance.mirrored for stance in stances} == {not right}
        dips = [
            stance.angle * (1 if right else -1) for stance in stances
        ]  # counter-clockwise lifts a nose on the right
        assert -45 < np.mean(dips) < 0, "and not steeply upwards"


@pytest.mark.parametrize("prompt", ["a fox walking", "a panda running", "a rabbit running", "a koala walking"])
def test_sitting_animals_hop_and_come_forward_only_in_the_air(prompt: str) -> None:
    stances = lead(prompt)
    grounded = [(one, other) for one, other in pairwise(stances) if one.lift == other.lift == 0]
    assert max(stance.lift for stance in stances) > 0.05 * HEIGHT
    assert len(grounded) > 4
    assert all(abs(one.ground[0] - other.ground[0]) < 1 for one, other in grounded)
    assert min(stance.high for stance in stances) < 0.9 < 1.04 < max(stance.high for stance in stances)


@pytest.mark.parametrize("prompt", ["a girl walking", "a robot walking", "a penguin walking", "a snowman running"])
def test_figures_without_moving_legs_waddle(prompt: str) -> None:
    angles = np.array([stance.angle for stance in lead(prompt)])
    turns = np.count_nonzero(np.diff(np.sign(np.diff(angles))))
    assert np.ptp(angles) > 8
    assert turns > 2 * SECONDS, "from foot to foot"


def test_a_ball_meets_the_ground_on_the_beat_and_is_flattened_there() -> None:
    show, beat = Show(plan("a red ball bouncing", seed=1), WIDTH, HEIGHT, film=True), 1 / STRIKES["bounce"]
    (_, down), (_, up) = (show.stances(t, t / SECONDS)[0] for t in (3 * beat, 3.5 * beat))
    assert down.lift == pytest.approx(0, abs=0.01)
    assert down.high < 0.85 < down.wide
    assert up.lift > 0.15 * HEIGHT
    assert (up.high, up.wide) == (1.0, 1.0)
    assert up.y - up.high * 20 > 0, "in the frame"


def test_a_rolling_ball_turns_as_far_as_it_goes() -> None:
    course = _lead("a ball rolling")
    (actor, first), (_, last) = course[0], course[-1]
    turned = np.radians(last.spin - first.spin)
    assert turned * actor.picture.width / 2 == pytest.approx(-(last.x - first.x), rel=0.02)


@pytest.mark.parametrize(
    ("prompt", "how"),
    [("a dog running", "run"), ("an elephant walking", "walk"), ("a fox walking", "hop"), ("a robot walking", "waddle"),
     ("a man jumping", "jump"), ("a frog jumping", "leap")],
)  # fmt: skip
def test_feet_are_on_the_ground_when_they_are_heard(prompt: str, how: str) -> None:
    show = Show(plan(prompt, seed=1), WIDTH, HEIGHT, film=True)
    lifts = [show.stances(k / STRIKES[how], k / STRIKES[how] / SECONDS)[0][1].lift for k in range(1, 6)]
    between = [
        show.stances((k + 0.5) / STRIKES[how], (k + 0.5) / STRIKES[how] / SECONDS)[0][1].lift for k in range(1, 6)
    ]
    assert lifts == pytest.approx([0.0] * 5, abs=0.01)
    assert min(between) > 1


def test_a_sleeper_only_breathes() -> None:
    stances = lead("a cat sleeping")
    assert {round(stance.x, 3) for stance in stances} == {round(stances[0].x, 3)}
    assert {stance.angle for stance in stances} == {0.0}
    assert 0.03 < np.ptp([stance.high for stance in stances]) < 0.1


def test_a_dancer_turns_and_a_wheel_rolls_over() -> None:
    assert min(stance.wide for stance in lead("a cat spinning")) < 0.3
    assert {stance.spin for stance in lead("a cat spinning")} == {0.0}
    assert np.ptp([stance.spin for stance in lead("a basketball spinning")]) > 360


def test_a_rocket_is_launched_upright_and_faster_and_faster() -> None:
    stances = lead("a rocket launching")
    ys = [stance.y for stance in stances]
    assert all(abs(stance.angle) == pytest.approx(45, abs=3) for stance in stances)
    assert abs(ys[0] - ys[FPS]) < 2, "the countdown"
    assert ys[4 * FPS] - ys[5 * FPS] < ys[6 * FPS] - ys[7 * FPS]
    assert ys[-1] < 0.2 * HEIGHT
    bottom = ys[-1] + _lead("a rocket launching")[0][0].picture.height / 2
    assert bottom > 0.04 * HEIGHT, "something of it is still to be seen"


def test_a_climber_goes_up_at_the_tree_and_the_tree_stays() -> None:
    monkey, tree = (
        next(course for course in courses("a monkey climbing a tree") if course[0][0].slug == slug)
        for slug in ("monkey", "deciduous-tree")
    )
    assert {round(stance.ground[0]) for _, stance in monkey} == {round(tree[0][0].x)}
    lifts = [stance.lift for _, stance in monkey]
    assert np.diff(lifts).min() > -1e-6
    assert lifts[-1] > 0.4 * tree[0][0].picture.height
    assert max(abs(stance.ground[0] - tree[0][0].x) for _, stance in tree) < 1


def test_leaves_fall_from_above_the_frame_again_and_again() -> None:
    for course in courses("leaves falling in autumn"):
        ys = [stance.y for _, stance in course]
        assert np.mean(np.diff(ys) > 0) > 0.9, "downwards"
        assert min(ys) < 0.1 * HEIGHT < 0.7 * HEIGHT < max(ys)


@pytest.mark.parametrize(
    ("prompt", "part", "least"),
    [("a panda eating bamboo", "high", 0.04), ("a boy waving", "angle", 10), ("a monkey swinging", "angle", 30),
     ("a couple dancing", "angle", 14), ("a cat playing", "lift", 4), ("a tree", "angle", 2), ("a cat", "high", 0.02)],
)  # fmt: skip
def test_every_verb_has_its_own_movement(prompt: str, part: str, least: float) -> None:
    assert np.ptp([getattr(stance, part) for stance in lead(prompt)]) > least


def test_who_is_chased_is_ahead() -> None:
    for seed in range(4):
        dog, cat = (
            next(course for course in courses("a dog chasing a cat in the garden", seed) if course[0][0].slug == slug)
            for slug in ("dog", "cat")
        )
        for (_, behind), (_, ahead) in zip(dog, cat, strict=True):
            assert (ahead.x - behind.x) * (dog[-1][1].x - dog[0][1].x) > 0


def test_trees_and_houses_stay_when_someone_walks_by() -> None:
    for course in courses("a dog walking past a house and a tree"):
        if course[0][0].slug != "dog":
            assert len({round(stance.ground[0]) for _, stance in course}) == 1


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_world_passes_backwards_when_the_camera_follows(seed: int) -> None:
    made = plan("a dog running in the park, tracking shot", seed=seed)
    show = Show(made, WIDTH, HEIGHT, film=True)
    early, late = (show.stances(u * 8, u)[0] for u in (0.1, 0.9))
    looks = early[0].facing * (-1 if early[1].mirrored else 1)
    assert abs(early[1].ground[0] - late[1].ground[0]) < 2, "it stays in the frame"
    moved = [camera.view("track", u * 8, u, WIDTH, looks).at(0.85) for u in (0.1, 0.9)]
    assert (moved[1] - moved[0]) * looks > 0.2 * WIDTH
    assert early[1].depth == 0


def test_cameras_do_as_they_are_called() -> None:
    def seen(name: str, u: float) -> camera.View:
        return camera.view(name, u * 8, u, WIDTH)

    assert seen("pan", 0).shift < 0 < seen("pan", 1).shift
    assert seen("pan-left", 0).shift > 0 > seen("pan-left", 1).shift
    assert seen("zoom", 0).zoom < seen("zoom", 1).zoom
    assert seen("out", 0).zoom > seen("out", 1).zoom
    assert seen("tilt", 0).rise < seen("tilt", 1).rise
    assert seen("tilt-down", 0).rise > seen("tilt-down", 1).rise
    assert seen("orbit", 0).at(0.2) * seen("orbit", 0).at(1.4) < 0, "near and far pass each other"
    assert len({round(seen("handheld", k / 40).aside, 3) for k in range(40)}) > 30


@pytest.mark.parametrize(
    ("words", "name"),
    [("pan left", "pan-left"), ("the camera pans to the right", "pan"), ("slow zoom out", "out"), ("dolly in", "zoom"),
     ("tilt up", "tilt"), ("drone shot", "aerial"), ("handheld camera", "handheld"), ("close-up", "close"),
     ("the camera orbits around it", "orbit"), ("tracking shot", "track"), ("static shot", "static")],
)  # fmt: skip
def test_cameras_are_understood(words: str, name: str) -> None:
    assert plan(f"a cat in the garden, {words}", seed=1).camera == name


@pytest.mark.parametrize(
    "prompt",
    ["a mountain", "a chair", "a castle at night", "the sea, static shot", "a bowl of fruit on a table", "space",
     "xyzzy", "logo of a bee", "生成一幅山水畫", "a cat in a room"],
)  # fmt: skip
def test_there_is_always_life(prompt: str) -> None:
    show = reel(plan(prompt, seed=1), WIDTH, HEIGHT)
    seen = [np.asarray(show.frame(t, t / 8), dtype=np.float32) for t in range(0, 8, 2)]
    assert min(float(np.abs(one - other).mean()) for one, other in pairwise(seen)) > 0.15


def test_what_leans_moves_at_its_top_and_stands_at_its_foot() -> None:
    post = Image.new("L", (40, 20))
    post.paste(255, (18, 0, 22, 20))
    layer = Layer(Image.new("RGB", post.size, (255, 255, 255)), post, 0, 0, 0.5)
    frame = Image.new("RGB", post.size)
    lay(frame, layer, 0, 0, 3)
    columns = np.asarray(frame)[..., 0].argmax(axis=1)
    assert (columns[0], columns[-1]) == (21, 18)
    assert np.diff(columns.astype(int)).max() <= 0
