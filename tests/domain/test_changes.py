"""Requests on their way to makers that cannot do all of it: the nearest that they can, told; nothing in silence."""

from dataclasses import replace

import pytest

from danqing.catalog import load
from danqing.domain.changes import Change, adapt
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Area, Generation, Person, Role, Task, Turn
from danqing.domain.jobs import Reported, State, step
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Ability, fit
from making import NOON, a_generation, a_job

CATALOG = load()
PICTURE = Blob("0" * 64, 10, "image/png")
FILM = frozenset({Medium.VIDEO})
IMAGE = frozenset({Medium.IMAGE})


def asked_of(model: str, **fields: object) -> Generation:
    """A request to a model of the catalog, with its defaults filled in."""
    row = CATALOG.find(model)
    return fit(replace(a_generation(model=model, wants=row.ability.makes), **fields), row)  # type: ignore[arg-type]


def sent_to(maker: str, generation: Generation) -> tuple[Generation, dict[str, tuple[str, str]]]:
    """What a maker of the catalog is sent, and what changed: param -> (asked, made)."""
    sent, changes = adapt(generation, CATALOG.find(maker).ability)
    return sent, {change.param: (change.asked, change.made) for change in changes}


@pytest.mark.parametrize(
    ("model", "fields", "maker", "changed"),
    [
        # What was asked of models that are gone, and who makes it now.
        ("imagen-4.0-generate-001", {"aspect": "16:9", "size": "2K", "count": 4}, "gemini-3.1-flash-image", {}),
        ("imagen-3.0-generate-002", {"mime": "image/jpeg"}, "gemini-3-pro-image", {}),
        ("veo-3.0-generate-001", {"seconds": 6, "size": "1080p"}, "veo-3.1-generate-001", {}),
        ("veo-3.0-generate-001", {"seconds": 6, "size": "1080p"}, "gemini-omni-1.1-flash", {}),
        ("veo-2.0-generate-001", {"seconds": 5}, "gemini-omni-1.1-flash", {}),
        ("veo-2.0-generate-001", {"seconds": 5}, "veo-3.1-generate-001", {"seconds": ("5", "6")}),
        ("sora-2", {"seconds": 12}, "gemini-omni-1.1-flash", {"seconds": ("12", "10")}),
        ("sora-2", {"seconds": 12}, "veo-3.1-fast-generate-001", {"seconds": ("12", "8")}),
        ("gemini-omni-1.1-flash", {"seconds": 9}, "veo-3.1-generate-001", {"seconds": ("9", "8")}),
        ("gemini-omni-1.1-flash", {"size": "360p"}, "veo-3.1-generate-001", {"size": ("360p", "720p")}),
        ("veo-3.1-generate-001", {"size": "4k"}, "veo-3.1-lite-generate-001", {"size": ("4k", "1080p")}),
        # Another vendor's shapes, where the operator wishes them.
        ("imagen-4.0-generate-001", {"aspect": "16:9", "size": "2K"}, "gpt-image-2", {}),
        (
            "imagen-4.0-generate-001",
            {"aspect": "16:9", "size": "2K"},
            "gpt-image-1.5",
            {"aspect": ("16:9", "3:2"), "size": ("2K", "1K")},
        ),
        ("imagen-4.0-generate-001", {"aspect": "3:4"}, "gpt-image-1.5", {"aspect": ("3:4", "2:3")}),
        ("gemini-3.1-flash-image", {"aspect": "1:4"}, "gpt-image-2", {"aspect": ("1:4", "1:3"), "wants": ("text", "")}),
        ("gemini-3.1-flash-image", {"size": "512"}, "gemini-3.1-flash-lite-image", {"size": ("512", "1K")}),
        ("gpt-image-2", {"mime": "image/webp"}, "gemini-3-pro-image", {"mime": ("image/webp", "image/png")}),
    ],
)
def test_the_nearest_is_asked_for_and_the_difference_told(
    model: str, fields: dict[str, object], maker: str, changed: dict[str, tuple[str, str]]
) -> None:
    asked = asked_of(model, **fields)
    sent, told = sent_to(maker, asked)
    assert told == changed
    ability = CATALOG.find(maker).ability
    assert sent.aspect in (*ability.aspects, None)
    assert sent.size in (*ability.sizes, None)
    assert sent.seconds in (*ability.seconds, None)
    assert sent.count == asked.count


@pytest.mark.parametrize(
    ("model", "fields", "maker", "param", "named"),
    [
        ("gemini-3.1-flash-image", {"size": "4K"}, "gemini-3.1-flash-lite-image", "size", "makes 1K"),
        ("gemini-3.1-flash-image", {"aspect": "1:8"}, "gpt-image-2", "aspect", "1:8"),
        ("imagen-4.0-generate-001", {}, "veo-3.1-generate-001", "wants", "makes no image"),
        ("veo-3.0-generate-001", {}, "gemini-3.1-flash-image", "wants", "makes no video"),
        ("sora-2", {"first_frame": PICTURE}, "veo-3", "first_frame", "given picture"),
        ("gemini-3-pro-image", {"turns": (Turn("user", ("x", PICTURE)),)}, "imagen-4.0-generate-001", "pictures", "no"),
    ],
)
def test_what_would_be_something_else_is_refused(
    model: str, fields: dict[str, object], maker: str, param: str, named: str
) -> None:
    with pytest.raises(Problem, match=named) as raised:
        sent_to(maker, asked_of(model, **fields))
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)


@pytest.mark.parametrize(
    ("asked", "known", "sent"),
    [
        (Person.ALL, (Person.ADULT, Person.NONE), Person.ADULT),
        (Person.ADULT, (Person.ALL, Person.NONE), Person.NONE),
        (Person.NONE, (), Person.NONE),  # a provider says it in words
        (Person.ALL, (Person.ALL,), Person.ALL),
    ],
)
def test_who_may_be_seen_becomes_stricter_and_never_looser(
    asked: Person, known: tuple[Person, ...], sent: Person
) -> None:
    made, _ = adapt(a_generation(person=asked), Ability(makes=IMAGE, persons=known))
    assert made.person is sent


def test_a_rule_for_people_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(Problem, match="as strict as dont_allow"):
        adapt(a_generation(person=Person.NONE), Ability(makes=IMAGE, persons=(Person.ADULT, Person.ALL)))


@pytest.mark.parametrize("ability", [Ability(makes=IMAGE, pictures_max=1), None])
@pytest.mark.parametrize(
    "change", [{"mask": PICTURE}, {"task": Task.REMOVE}, {"area": Area.BACKGROUND}, {"roles": (Role.STYLE,)}]
)
def test_a_change_that_a_maker_cannot_do_or_may_not_know_is_never_left_out(
    ability: Ability | None, change: dict[str, object]
) -> None:
    with pytest.raises(Problem) as raised:
        adapt(a_generation(turns=(Turn("user", (PICTURE,)),), **change), ability)
    assert raised.value.code == "unsupported_parameter"


def test_what_a_maker_has_no_word_for_is_left_to_it_and_told() -> None:
    sent, changes = adapt(a_generation(aspect="16:9", size="1K", mime="image/png"), Ability(makes=IMAGE))
    assert (sent.aspect, sent.size, sent.mime) == (None, None, None)
    assert [(change.param, change.asked, change.made) for change in changes] == [
        ("aspect", "16:9", ""),
        ("size", "1K", ""),
        ("mime", "image/png", ""),
    ]


@pytest.mark.parametrize(
    ("wished", "makes_sound", "sent", "changed"),
    [(True, True, True, []), (True, False, None, ["audio"]), (False, True, False, []), (False, False, None, [])],
)
def test_sound_is_asked_for_or_told_to_be_missing(
    wished: bool, makes_sound: bool, sent: bool | None, changed: list[str]
) -> None:
    asked = a_generation(wants=FILM, audio=wished)
    made, changes = adapt(asked, Ability(makes=FILM, audio=makes_sound))
    assert (made.audio, [change.param for change in changes]) == (sent, changed)


@pytest.mark.parametrize(
    ("model", "knobs", "audio"),
    [
        ("veo-3.0-generate-001", (), True),
        ("veo-3.0-generate-001", (("generateAudio", False),), False),
        ("veo-2.0-generate-001", (), False),
        ("imagen-4.0-generate-001", (), None),
    ],
)
def test_whether_a_film_has_sound_follows_from_its_model_and_the_wish(
    model: str, knobs: tuple[tuple[str, bool], ...], audio: bool | None
) -> None:
    assert asked_of(model, knobs=knobs).audio is audio


def test_what_an_engine_reports_of_a_parameter_takes_the_place_of_what_was_expected() -> None:
    first = Change(param="size", asked="1080p", made="720p", message="The size 1080p is not known.")
    job = a_job(changes=(first, replace(first, param="aspect")))
    running, _ = step(replace(job, state=State.SUBMITTING), Reported(changes=(replace(first, made="360p"),)), NOON)
    assert [(change.param, change.made) for change in running.changes] == [("size", "360p"), ("aspect", "720p")]


def test_what_is_said_of_a_picture_goes_to_who_knows_it() -> None:
    able = Ability(makes=IMAGE, pictures_max=1, roles=(Role.STYLE,), factors=(2,), tasks=(Task.UPSCALE,))
    shown = a_generation(turns=(Turn("user", (PICTURE,)),))
    for fields in ({"roles": (Role.STYLE,)}, {"roles": (Role.BASE,)}, {"task": Task.UPSCALE, "factor": 2}):
        asked = replace(shown, **fields)
        assert adapt(asked, able) == (asked, ())
    with pytest.raises(Problem, match="4 times as large"):
        adapt(replace(shown, task=Task.UPSCALE, factor=4), able)


def test_a_film_goes_on_by_the_length_that_its_maker_has_for_that() -> None:
    able = Ability(makes=FILM, seconds=(8, 4), tasks=(Task.EXTEND,), extend_seconds=(7,))
    asked = a_generation(wants=FILM, seconds=8, task=Task.EXTEND, film=Blob("1" * 64, 9, "video/mp4"))
    sent, [change] = adapt(asked, able)
    assert (sent.seconds, change.param, change.made) == (7, "seconds", "7")
