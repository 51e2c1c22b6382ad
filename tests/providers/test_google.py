"""The Google provider against an imitation of AI Studio, over real sockets."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Generation, Person, Task, Turn
from danqing.domain.jobs import Accepted
from danqing.domain.media import Medium
from danqing.domain.money import Units
from danqing.domain.ports import LEAVING, Provider
from danqing.providers import connect
from danqing.upstream import google, patience, side_by_side
from danqing.upstream.keys import mark_of
from danqing.upstream.ticket import read_ticket
from making import a_generation
from upstreams.ai_studio import KEY, Studio, imitating
from upstreams.media import FILM, a_picture

from .making_orders import Told, a_film, an_order, told_by

PICTURES, OMNI, IMAGEN, VEO = "gemini-3-pro-image", "gemini-omni-1.1-flash", "imagen-4.0-generate-001", "veo-2.0"
BOTH = frozenset({Medium.TEXT, Medium.IMAGE})


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 24)
    yield assets
    assets.close()


@asynccontextmanager
async def engine(*keys: str, **settings: object) -> AsyncIterator[tuple[Provider, Studio]]:
    async with imitating(keys or (KEY,)) as studio:
        given = {"name": "studio", "kind": "google", "base_url": studio.url, "poll_s": 0.01, "keys": list(studio.keys)}
        provider = connect("google", {**given, **settings})
        try:
            yield provider, studio
        finally:
            await provider.close()  # type: ignore[attr-defined]


async def made(generation: Generation, upstream: str, assets: Disk, **settings: object) -> tuple[Told, Studio]:
    async with engine(**settings) as (provider, studio):
        return await told_by(provider, an_order(generation, upstream), assets), studio


async def read(assets: Disk, told: Told) -> list[bytes]:
    return [b"".join([chunk async for chunk in assets.open(output.blob)]) for output in told if output.blob]


async def test_several_pictures_are_as_many_calls(assets: Disk) -> None:
    asked = a_generation("a fox !large", count=3, aspect="16:9", size="2K", seed=7, person=Person.ADULT, quality=80)
    told, studio = await made(asked, PICTURES, assets)
    assert told.problem is None
    assert [len(data) > 100_000 for data in await read(assets, told)] == [True] * 3
    assert len({output.blob for output in told}) == 3
    assert [output.seed for output in told] == [7, 8, 9]
    bodies = studio.bodies(f"/v1beta/models/{PICTURES}:generateContent")
    assert sorted(body["generationConfig"].pop("seed") for body in bodies) == [7, 8, 9]
    picture = {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"}}
    words = [{"role": "user", "parts": [{"text": "a fox !large"}]}]
    assert bodies == [{"contents": words, "generationConfig": picture}] * 3
    assert told.ignored == {"person", "quality"}
    assert [report.used for report in told.reported if report.used] == [Units(input_tokens=7, output_tokens=1320)] * 3
    assert len(told.accepted) == 1


async def test_one_of_several_is_filtered_and_the_others_are_kept(assets: Disk) -> None:
    told, _ = await made(a_generation("a fox !first-only", count=3), PICTURES, assets)
    assert (len(told.outputs), told.problem) == (2, None)
    assert ["(IMAGE_SAFETY)" in reason for reason in told.withheld] == [True]


@pytest.mark.parametrize("upstream", [PICTURES, OMNI])
async def test_what_is_there_is_kept_when_the_engine_declines_the_rest(
    assets: Disk, upstream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "PAUSE_S_MAX", 0)  # as if it were busy for long
    asked = (a_film if upstream == OMNI else a_generation)("a fox !second-busy", count=2)
    told, studio = await made(asked, upstream, assets)
    assert told.problem is not None
    assert (len(told.outputs), told.problem.kind) == (1, Kind.BUSY)
    assert not isinstance(told.problem, Declined), "some of the work was taken"
    assert sum(call.method == "POST" for call in studio.calls) == 2


async def test_a_conversation_goes_on_with_its_pictures(assets: Disk) -> None:
    blob = await assets.put(a_picture(large=True), "image/png")
    turns = (
        Turn("system", ("Be kind.",)),
        Turn("user", ("a fox",)),
        Turn("model", (blob,)),
        Turn("user", (blob, "in blue")),
    )
    talk = Generation(model="m", turns=turns, wants=BOTH, count=1, knobs=(("temperature", 0.5), ("guidanceScale", 2)))
    told, studio = await made(talk, PICTURES, assets)
    assert told.problem is None
    assert [output.text or "picture" for output in told] == ["Here it is.", "picture"]
    [body] = studio.bodies(":generateContent")
    assert body["systemInstruction"] == {"parts": [{"text": "Be kind."}]}
    assert [content["role"] for content in body["contents"]] == ["user", "model", "user"]
    assert told.ignored == {"guidanceScale"}


async def test_what_has_no_field_is_said_and_told_as_a_rewritten_prompt(assets: Disk) -> None:
    told, studio = await made(a_generation("a street", negative="cars", person=Person.NONE), PICTURES, assets)
    said = "a street\nLeave out: cars.\nShow no people."
    assert " ".join(part["text"] for part in studio.bodies(":generateContent")[0]["contents"][0]["parts"]) == (
        said.replace("\nLeave", " Leave", 1)
    )
    assert told.accepted[0].prompt == said
    assert told.ignored == set()


REFUSED = {
    "!IMAGE_SAFETY": "safety rules",
    "!PROHIBITED_CONTENT": "prohibits",
    "!IMAGE_RECITATION": "protected work",
    "!OTHER": "no reason",
    "!NO_IMAGE": "made no picture",
    "!blocked": "The prompt was blocked",
    "!nothing": "gave no reason",
    "!policy": "Responsible AI",
    "!words": "in words instead of a picture: I cannot draw that.",
}


@pytest.mark.parametrize("word", REFUSED)
async def test_every_way_of_refusing_withholds_the_picture(assets: Disk, word: str) -> None:
    told, _ = await made(a_generation(f"a fox {word}", count=2), PICTURES, assets)
    assert (told.outputs, told.problem) == ([], None)
    assert [REFUSED[word] in reason for reason in told.withheld] == [True] * 2


FAULTS = {
    "!busy": (Kind.BUSY, True),
    "!forbidden": (Kind.UPSTREAM, True),
    "!500": (Kind.UPSTREAM, False),
    "!inside": (Kind.UPSTREAM, False),
    "!html": (Kind.UPSTREAM, False),
    "!truncated": (Kind.UNKNOWN, False),
    "!hangup": (Kind.UNKNOWN, False),
}


@pytest.mark.parametrize("word", FAULTS)
@pytest.mark.parametrize("upstream", [PICTURES, IMAGEN, OMNI, VEO])
async def test_every_fault_is_named_and_accepted_work_alone_is_accepted(
    assets: Disk, tmp_path: Path, upstream: str, word: str
) -> None:
    films = upstream in (OMNI, VEO)
    told, studio = await made((a_film if films else a_generation)(f"a fox {word}", count=1), upstream, assets)
    assert told.problem is not None
    assert (told.problem.kind, isinstance(told.problem, Declined)) == FAULTS[word]
    assert (told.outputs, told.accepted) == ([], [])
    assert KEY not in repr(told.problem)
    assert len(studio.calls) == 1, "nothing is sent twice"
    assert not list((tmp_path / "assets").rglob("*.png"))


async def test_an_answer_that_has_nothing_and_no_reason_for_it_is_a_failure(assets: Disk) -> None:
    told, _ = await made(a_generation("a fox !MALFORMED_RESPONSE"), PICTURES, assets)
    assert told.problem is not None
    assert (told.problem.kind, told.problem.code) == (Kind.UPSTREAM, "nothing_delivered")


async def test_a_wrong_key_is_told(assets: Disk) -> None:
    told, _ = await made(a_generation(), PICTURES, assets, keys=["AIza-wrong-0123456789"])
    assert told.problem is not None
    assert "API key not valid" in told.problem.message


async def test_pictures_of_the_older_call(assets: Disk) -> None:
    asked = a_generation(
        "a fox !rai", count=3, aspect="16:9", size="2K", person=Person.NONE, negative="cars", mime="image/png",
        knobs=(("guidanceScale", 7), ("storageUri", "gs://thief")),
    )  # fmt: skip
    told, studio = await made(asked, IMAGEN, assets)
    assert (len(told.outputs), told.problem) == (2, None)
    assert "Support codes" in told.withheld[0]
    assert studio.bodies(f"/{IMAGEN}:predict") == [
        {
            "instances": [{"prompt": "a fox !rai"}],
            "parameters": {
                "sampleCount": 3,
                "aspectRatio": "16:9",
                "sampleImageSize": "2K",
                "personGeneration": "DONT_ALLOW",
                "negativePrompt": "cars",
                "outputOptions": {"mimeType": "image/png"},
                "includeRaiReason": True,
                "guidanceScale": 7,
            },
        }
    ]


@pytest.mark.parametrize(("word", "delivered"), [("!empty", 0), ("!all-rai", 0), ("!fewer", 1), ("!policy", 0)])
async def test_predictions_that_are_missing_were_withheld(assets: Disk, word: str, delivered: int) -> None:
    told, _ = await made(a_generation(f"a fox {word}", count=2), IMAGEN, assets)
    assert (len(told.outputs), len(told.withheld), told.problem) == (delivered, 2 - delivered, None)


@pytest.mark.parametrize("words", ["", "!inline", "!lost"])
async def test_films_by_interactions(assets: Disk, words: str) -> None:
    frame = await assets.put(a_picture(), "image/png")
    asked = a_film(f"a fox {words}", count=2, first_frame=frame, negative="cars", seed=5)
    told, studio = await made(asked, OMNI, assets)
    assert told.problem is None
    assert await read(assets, told) == [FILM, FILM]
    assert [(output.duration_ms, output.seed) for output in told] == [(8000, 5), (8000, 6)]
    assert read_ticket(told.ticket).ids == ("int1", "int2")
    assert read_ticket(told.ticket).key == mark_of(KEY)
    assert all(0 <= progress.fraction < 1 for progress in told.progress)
    body = studio.bodies("/v1beta/interactions")[1]
    assert body["generation_config"] == {"seed": 6, "video_config": {"task": "image_to_video"}}
    assert body["background"] is True
    assert [part["type"] for part in body["input"][0]["content"]] == ["text", "text", "image"]
    assert told.accepted[-1].prompt == f"a fox {words}\nLeave out: cars."
    assert len([report.used for report in told.reported if report.used]) == 2


async def test_an_answer_to_a_poll_that_breaks_off_in_the_film_is_asked_for_again(assets: Disk) -> None:
    told, _ = await made(a_film("a fox !inline !cut"), OMNI, assets)
    assert told.problem is None
    assert await read(assets, told) == [FILM]


@pytest.mark.parametrize("upstream", [OMNI, VEO])
async def test_a_poll_that_nobody_answers_is_asked_again(
    assets: Disk, monkeypatch: pytest.MonkeyPatch, upstream: str
) -> None:
    monkeypatch.setattr(google, "LOOK_SILENCE_S", 0.2)
    told, _ = await made(a_film("a fox !hung"), upstream, assets)
    assert (told.problem, len(told.outputs)) == (None, 1)


@pytest.mark.parametrize(("upstream", "words"), [(OMNI, "!inline"), (OMNI, ""), (VEO, "")])
async def test_a_film_of_a_strange_type_is_not_asked_for_again_and_again(
    assets: Disk, tmp_path: Path, upstream: str, words: str
) -> None:
    async with engine() as (provider, studio):
        studio.film = b"GIF89a" + FILM
        told = await told_by(provider, an_order(a_film(words), upstream), assets)
    assert told.problem is not None
    assert (told.problem.kind, told.problem.code, told.outputs) == (Kind.UPSTREAM, "upstream_malformed", [])
    assert len(studio.calls) < 40
    assert not list((tmp_path / "assets").rglob("*.mp4"))


@pytest.mark.parametrize("upstream", [OMNI, VEO])
async def test_a_film_that_is_refused_at_once_is_filtered(assets: Disk, upstream: str) -> None:
    told, _ = await made(a_film("a fox !policy"), upstream, assets)
    assert told.problem is not None
    assert (told.problem.kind, told.accepted, isinstance(told.problem, Declined)) == (Kind.FILTERED, [], False)
    assert "Responsible AI" in told.problem.message


ENDINGS = {
    "!failed": (Kind.UPSTREAM, "It broke."),
    "!incomplete": (Kind.UPSTREAM, "before the work was whole"),
}


@pytest.mark.parametrize("word", ENDINGS)
async def test_interactions_that_end_badly(assets: Disk, word: str) -> None:
    told, _ = await made(a_film(f"a fox {word}"), OMNI, assets)
    assert told.problem is not None
    assert told.problem.kind is ENDINGS[word][0]
    assert ENDINGS[word][1] in told.problem.message


async def test_one_film_of_two_is_filtered(assets: Disk) -> None:
    told, _ = await made(a_film("a fox !first-only", count=2), OMNI, assets)
    assert (len(told.outputs), told.problem) == (1, None)
    assert told.withheld == ["The output violates our usage guidelines."]


async def test_a_picture_by_interactions(assets: Disk) -> None:
    asked = a_generation("a fox", count=2, aspect="1:1", size="1K", mime="image/jpeg")
    told, studio = await made(asked, PICTURES, assets, methods={"gemini-3*": "interactions"})
    assert (len(told.outputs), told.problem) == (2, None)
    wanted = {"type": "image", "aspect_ratio": "1:1", "image_size": "1K", "mime_type": "image/jpeg"}
    assert studio.bodies("/interactions") == [{"model": PICTURES, "input": "a fox", "response_format": wanted}] * 2


@pytest.mark.parametrize("words", ["", "!lost"])
async def test_films_of_the_older_call_are_fetched_with_the_key_at_the_engine(assets: Disk, words: str) -> None:
    """Their addresses name Google's own host, which is never asked."""
    frame = await assets.put(a_picture(), "image/png")
    asked = a_film(f"a fox {words}", count=2, person=Person.NONE, last_frame=frame, knobs=(("generateAudio", False),))
    told, studio = await made(asked, VEO, assets)
    assert told.problem is None
    assert await read(assets, told) == [FILM, FILM]
    [body] = studio.bodies(":predictLongRunning")
    assert body["parameters"] == {
        "sampleCount": 2,
        "durationSeconds": 8,
        "aspectRatio": "16:9",
        "resolution": "720p",
        "personGeneration": "dont_allow",
    }
    assert set(body["instances"][0]) == {"prompt", "lastFrame"}
    assert told.ignored == {"generateAudio"}
    assert [call.key for call in studio.calls] == [KEY] * len(studio.calls)
    assert [progress.fraction for progress in told.progress] in ([0.4], [])


OPERATIONS = {
    "!code3": (Kind.INVALID, 0),
    "!code4": (Kind.TIMEOUT, 0),
    "!code8": (Kind.BUSY, 0),
    "!code13": (Kind.UPSTREAM, 0),
    "!expired": (Kind.UPSTREAM, 0),
    "!op-policy": (None, 1),
    "!filtered": (None, 1),
    "!silent": (None, 1),
    "!empty": (None, 0),
}


@pytest.mark.parametrize("word", OPERATIONS)
async def test_every_ending_of_an_operation(assets: Disk, word: str) -> None:
    told, _ = await made(a_film(f"a fox {word}"), VEO, assets)
    kind, withheld = OPERATIONS[word]
    assert (told.problem and told.problem.kind, len(told.withheld)) == (kind, withheld)
    assert not isinstance(told.problem, Declined), "the engine had taken it"
    assert len(told.accepted) == 1
    if word == "!expired":
        assert told.problem
        assert told.problem.code == "file_expired"


@pytest.mark.parametrize("upstream", [OMNI, VEO])
async def test_work_is_resumed_by_its_ticket_with_its_key_and_never_begun_again(assets: Disk, upstream: str) -> None:
    keys = ("AIza-first-0123456789", "AIza-other-0123456789")
    asked = a_film("a fox", count=2)
    async with engine(*keys) as (provider, studio):
        async with aclosing(provider.generate(an_order(asked, upstream), assets)) as updates:
            tickets = [update.ticket async for update in take(updates, 2 if upstream == OMNI else 1)]
        posts = [call for call in studio.calls if call.method == "POST"]
        again = an_order(asked, upstream, ticket=tickets[-1], delivered=1)
        told = await told_by(provider, again, assets)
        assert told.problem is None
        assert (len(told.outputs), told.accepted) == (1, [])
        assert [call for call in studio.calls if call.method == "POST"] == posts
        assert {call.key for call in studio.calls} == {posts[0].key}
        lost = await told_by(provider, replace(again, ticket=tickets[-1].replace(mark_of(posts[0].key), "x")), assets)
        assert lost.problem
        assert lost.problem.kind is Kind.UNKNOWN


async def take(updates: AsyncIterator[object], count: int) -> AsyncIterator[Accepted]:
    """The first of them, which have to be Accepted."""
    for _ in range(count):
        update = await anext(updates)
        assert isinstance(update, Accepted)
        yield update


@pytest.mark.parametrize("leaving", [False, True])
async def test_a_cancelled_film_is_called_off_unless_it_is_only_left(assets: Disk, leaving: bool) -> None:
    async with engine() as (provider, studio):
        work = asyncio.create_task(told_by(provider, an_order(a_film("a fox !stuck"), OMNI), assets))
        await studio.asked(3)
        work.cancel(*([LEAVING] if leaving else []))
        with pytest.raises(asyncio.CancelledError):
            await work
        assert studio.works["int1"].cancelled is not leaving


async def test_an_operation_that_never_ends_ends_with_the_deadline(assets: Disk) -> None:
    async with engine() as (provider, studio):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await told_by(provider, an_order(a_film("a fox !stuck"), OMNI), assets)
        assert studio.works["int1"].cancelled


@pytest.mark.parametrize("upstream", [OMNI, VEO])
async def test_an_engine_that_is_gone_for_good_leaves_the_outcome_unknown(
    assets: Disk, monkeypatch: pytest.MonkeyPatch, upstream: str
) -> None:
    monkeypatch.setattr(patience, "LOST_POLLS_S", 0.2)
    async with engine() as (provider, _), engine(base_url="http://127.0.0.1:9") as (gone, _):
        async with aclosing(provider.generate(an_order(a_film(), upstream), assets)) as updates:
            accepted = await anext(updates)
        assert isinstance(accepted, Accepted)
        told = await told_by(gone, an_order(a_film(), upstream, ticket=accepted.ticket), assets)
    assert told.problem is not None
    assert told.problem.kind is Kind.UNKNOWN
    assert not isinstance(told.problem, Declined)


@pytest.mark.parametrize("task", [Task.EDIT, Task.EXTEND])
async def test_a_film_is_given_to_who_changes_films(assets: Disk, task: Task) -> None:
    film = await assets.put(FILM, "video/mp4")
    told, studio = await made(a_film("at night", film=film, film_ms=8_000, task=task), OMNI, assets)
    assert (told.problem, len(told.outputs), told.ignored) == (None, 1, set())
    [body] = [call.body for call in studio.calls if call.path.endswith("/interactions")]
    *_, given = body["input"][-1]["content"]
    assert (given["type"], base64.b64decode(given["data"])) == ("video", FILM)
    assert body["generation_config"]["video_config"] == {"task": task.value}


@pytest.mark.parametrize(
    ("asked", "upstream", "param"),
    [
        (a_film(), PICTURES, "wants"),
        (a_film(), IMAGEN, "wants"),
        (a_generation(), VEO, "wants"),
        ("pictures", IMAGEN, "pictures"),
        ("pictures", VEO, "pictures"),
        ("last", OMNI, "last_frame"),
    ],
)
async def test_what_cannot_be_asked_for_is_declined_before_anything_is_sent(
    assets: Disk, asked: Generation | str, upstream: str, param: str
) -> None:
    blob = await assets.put(a_picture(), "image/png")
    if asked == "last":
        asked = a_film(last_frame=blob)
    elif asked == "pictures":
        asked = replace((a_film if upstream == VEO else a_generation)(), turns=(Turn("user", (blob, "a fox")),))
    assert isinstance(asked, Generation)
    told, studio = await made(asked, upstream, assets)
    assert isinstance(told.problem, Declined)
    assert (told.problem.kind, told.problem.param, studio.calls) == (Kind.INVALID, param, [])


@pytest.mark.parametrize(
    ("settings", "param"),
    [
        ({}, "key"),
        ({"key": KEY, "base_url": "nowhere"}, "base_url"),
        ({"key": KEY, "version": "beta/../x"}, "version"),
        ({"key": KEY, "poll_s": 0}, "poll_s"),
        ({"key": KEY, "poll_s": "often"}, "poll_s"),
        ({"key": KEY, "methods": {"veo*": "guess"}}, "methods"),
        ({"key": KEY, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], param: str) -> None:
    with pytest.raises(Problem) as raised:
        connect("google", {"name": "studio", **settings})
    assert (raised.value.param or "").startswith(param)
    assert "'studio'" in raised.value.message
    assert KEY not in raised.value.message
