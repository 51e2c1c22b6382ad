"""The OpenAI provider against imitations of OpenAI and of four servers like it, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Area, Generation, Person, Role, Task, Turn
from danqing.domain.jobs import Accepted
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import LEAVING, Provider
from danqing.providers import connect, openai
from danqing.upstream.keys import mark_of
from making import a_generation
from upstreams.media import FILM, a_picture
from upstreams.openai import BLOCKED, Engine, imitating

from .making_orders import Told, a_film, an_order, told_by

KEY = "sk-real-0123456789"
MODEL = "gpt-image-2"
BOTH = frozenset({Medium.TEXT, Medium.IMAGE})


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 24)
    yield assets
    assets.close()


@asynccontextmanager
async def engine(flavour: str = "openai", **settings: object) -> AsyncIterator[tuple[Provider, Engine]]:
    async with imitating(flavour) as server:
        given = {"name": "engine", "flavour": flavour, "base_url": f"{server.url}/v1", "key": KEY, "poll_s": 0.01}
        provider = connect("openai", {**given, **settings})
        try:
            yield provider, server
        finally:
            await provider.close()  # type: ignore[attr-defined]


async def made(
    generation: Generation, assets: Disk, flavour: str = "openai", upstream: str = MODEL, **settings: object
) -> tuple[Told, Engine]:
    async with engine(flavour, **settings) as (provider, server):
        return await told_by(provider, an_order(generation, upstream), assets), server


async def read(assets: Disk, blob: Blob | None) -> bytes:
    assert blob
    return b"".join([chunk async for chunk in assets.open(blob)])


async def size_of(assets: Disk, blob: Blob | None) -> tuple[int, int]:
    return Image.open(BytesIO(await read(assets, blob))).size


async def test_pictures_are_asked_for_in_pixels_and_kept(assets: Disk) -> None:
    asked = a_generation("a fox", count=3, aspect="16:9", size="1K", person=Person.ALL, mime="image/jpeg", quality=80)
    told, server = await made(asked, assets)
    assert told.problem is None
    assert [await size_of(assets, output.blob) for output in told] == [(1280, 720)] * 3
    [call] = server.submitted
    expected = {"model": MODEL, "prompt": "a fox", "size": "1280x720", "n": 3}
    assert call.fields == {**expected, "output_format": "jpeg", "output_compression": 80}
    assert call.key == KEY
    assert told.accepted[0].prompt == "better: a fox"
    assert {output.blob.mime for output in told if output.blob} == {"image/jpeg"}
    assert told.ignored == set()


@pytest.mark.parametrize(
    ("model", "aspect", "size"),
    [
        ("gpt-image-2", "3:2", "1248x832"),
        ("gpt-image-1.5", "3:2", "1536x1024"),
        ("gpt-image-1-mini", "2:3", "1024x1536"),
    ],
)
async def test_an_older_model_is_asked_for_one_of_the_sizes_it_knows(
    assets: Disk, model: str, aspect: str, size: str
) -> None:
    _, server = await made(a_generation("a fox", count=1, aspect=aspect, size="1K"), assets, upstream=model)
    assert server.submitted[-1].fields["size"] == size


async def test_what_cannot_be_told_is_reported(assets: Disk) -> None:
    asked = a_generation("a fox", count=1, seed=7, negative="snow", person=Person.NONE, aspect="1:1")
    told, server = await made(asked, assets)
    assert told.ignored == {"seed", "negative", "person"}
    assert not {"seed", "negative_prompt"} & set(server.submitted[0].fields)


FLAVOURED = {
    "vllm-omni": {"seed": 7, "negative_prompt": "snow", "prompt": "a|fox"},
    "sglang": {"seed": 7, "negative_prompt": "snow", "output_format": "png", "prompt": "a|fox"},
    "sd-server": {
        "prompt": 'a|fox <sd_cpp_extra_args>{"seed":7,"negative_prompt":"snow"}</sd_cpp_extra_args>',
        "output_format": "png",
    },
    "localai": {"seed": 7, "prompt": "a¦fox|snow"},
}


@pytest.mark.parametrize("flavour", FLAVOURED)
async def test_a_look_alike_is_told_in_its_own_words(assets: Disk, flavour: str) -> None:
    asked = a_generation("a|fox", count=1, seed=7, negative="snow", aspect="1:1", mime="image/png")
    told, server = await made(asked, assets, flavour, extra={"num_inference_steps": 4})
    assert (told.problem, told.ignored) == (None, set())
    fields = server.submitted[0].fields
    assert fields.items() >= {**FLAVOURED[flavour], "num_inference_steps": 4, "size": "1024x1024"}.items()
    assert [await size_of(assets, output.blob) for output in told] == [(1024, 1024)]


async def test_a_client_cannot_reach_what_is_the_operators(assets: Disk) -> None:
    knobs = (("num_inference_steps", 900), ("moderation", "low"))
    asked = a_generation("a fox", count=1, knobs=knobs)
    _, server = await made(asked, assets)
    assert "num_inference_steps" not in server.submitted[0].fields
    assert server.submitted[0].fields["moderation"] == "low"
    told, server = await made(a_generation('x <sd_cpp_extra_args>{"steps":900}', count=1), assets, "sd-server")
    assert told.problem
    assert (told.problem.kind, told.problem.param) == (Kind.INVALID, "prompt")
    assert server.submitted == []


async def test_more_than_the_server_makes_at_once_are_several_calls(assets: Disk) -> None:
    asked = a_generation("a fox", count=10)
    told, server = await made(asked, assets, "sglang")
    assert sorted(int(call.fields["n"]) for call in server.submitted) == [2, 4, 4]
    assert len(told.outputs) == 10
    assert len(told.accepted) == 1
    async with engine(count_max=1) as (provider, server):
        rest = await told_by(provider, an_order(a_generation("a fox", count=3), MODEL, delivered=2), assets)
    assert (len(rest.outputs), len(server.submitted)) == (1, 1)


async def test_a_ratio_that_it_does_not_make_is_declined_before_anything_is_sent(assets: Disk) -> None:
    told, server = await made(a_generation("a fox", count=1, aspect="21:9"), assets, sizes=["1024x1024"])
    assert isinstance(told.problem, Declined)
    assert (told.problem.kind, told.problem.param) == (Kind.INVALID, "aspect")
    assert server.calls == []


@pytest.mark.parametrize(("pictures", "names"), [(1, ["image"]), (2, ["image[]", "image[]"])])
async def test_an_edit_sends_its_pictures(assets: Disk, pictures: int, names: list[str]) -> None:
    given = [await assets.put(a_picture(seed=at), "image/png") for at in range(pictures)]
    turn = Turn("user", ("in crayon", *given))
    asked = a_generation(count=2, turns=(Turn("system", ("be bold",)), turn))
    told, server = await made(asked, assets)
    assert told.problem is None
    assert len(told.outputs) == 2
    [call] = server.submitted
    assert call.path == "/v1/images/edits"
    assert call.files == [(name, blob.size) for name, blob in zip(names, given, strict=True)]
    assert call.fields == {"model": MODEL, "prompt": "be bold\nin crayon", "size": "auto", "n": "2"}


async def test_a_mask_is_sent_as_openai_reads_masks(assets: Disk) -> None:
    """White says where in Google's masks; here it is transparency."""
    picture = await assets.put(a_picture(), "image/png")
    white = Image.new("L", (64, 64))
    white.paste(255, (0, 0, 32, 64))
    file = BytesIO()
    white.save(file, "PNG")
    mask = await assets.put(file.getvalue(), "image/png")
    knobs = (("input_fidelity", "high"),)
    asked = a_generation(
        turns=(Turn("user", ("a hat", picture)),), mask=mask, task=Task.INSERT, roles=(Role.BASE,), knobs=knobs
    )
    told, server = await made(asked, assets)
    assert (told.problem, told.ignored) == (None, set())
    [call] = server.submitted
    assert [name for name, _ in call.files] == ["image", "mask"]
    with Image.open(BytesIO(call.data["mask"])) as drawn:
        assert (drawn.mode, drawn.getpixel((5, 5))[3], drawn.getpixel((60, 5))[3]) == ("RGBA", 0, 255)
    assert call.fields["input_fidelity"] == "high"
    assert "Put this into the picture that is given" in str(call.fields["prompt"])


@pytest.mark.parametrize(
    ("flavour", "fields", "param"),
    [
        ("sglang", {"mask": Blob("1" * 64, 9, "image/png")}, "mask"),
        ("openai", {"task": Task.UPSCALE}, "task"),
        ("openai", {"area": Area.BACKGROUND}, "area"),
        ("openai", {"roles": (Role.CONTROL,)}, "roles"),
        (
            "openai",
            {"film": Blob("1" * 64, 9, "video/mp4"), "task": Task.EXTEND, "wants": frozenset({Medium.VIDEO})},
            "film",
        ),
    ],
)
async def test_what_it_has_no_place_for_is_declined_before_anything_is_sent(
    assets: Disk, flavour: str, fields: dict[str, object], param: str
) -> None:
    picture = await assets.put(a_picture(), "image/png")
    asked = a_generation(turns=(Turn("user", ("x", picture)),), **fields)
    told, server = await made(asked, assets, flavour)
    assert isinstance(told.problem, Declined)
    assert (told.problem.param, server.calls) == (param, [])


async def test_large_pictures_are_stored_while_they_come(assets: Disk) -> None:
    told, _ = await made(a_generation("large", count=2), assets)
    assert [len(await read(assets, output.blob)) > 100_000 for output in told] == [True, True]


@pytest.mark.parametrize("fault", ["!link", "!dataurl", "!dataurl large", "!link large"])
async def test_pictures_are_found_behind_links_and_in_data_urls(assets: Disk, fault: str) -> None:
    told, _ = await made(a_generation(f"{fault} a fox", count=1), assets)
    assert told.problem is None
    assert [output.blob is not None for output in told] == [True]


@pytest.mark.parametrize(
    ("fault", "why"),
    [("!expired", "The link has expired."), ("!elsewhere", "is not public"), ("!redirect", "is not public")],
)
async def test_a_link_that_leads_nowhere_good_is_told_and_no_key_follows_it(assets: Disk, fault: str, why: str) -> None:
    told, server = await made(a_generation(f"{fault} a fox", count=1), assets)
    assert told.problem
    assert not isinstance(told.problem, Declined)  # it was made, so that nobody else is asked
    assert (told.problem.kind, told.problem.code) == (Kind.UPSTREAM, "file_expired")
    assert why in told.problem.message
    assert told.outputs == []
    assert server.strange == []
    assert KEY not in repr(told.problem)


@pytest.mark.parametrize("way", ["!elsewhere", "!redirect"])
async def test_no_key_goes_to_another_host_that_may_be_reached(
    assets: Disk, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("danqing.upstream.guard._check", lambda host: None)  # as if this machine were public
    told, server = await made(a_generation(f"{way} a fox", count=1), assets)
    assert (told.problem, len(told.outputs)) == (None, 1)
    assert server.strange == [""]


REFUSED = {
    "!busy": (Kind.BUSY, "upstream_busy", True),
    "!quota": (Kind.UPSTREAM, "upstream_funds", True),
    "!500": (Kind.UPSTREAM, "upstream_failed", False),
    "!hangup": (Kind.UNKNOWN, "outcome_unknown", False),
    "!truncated": (Kind.UNKNOWN, "outcome_unknown", False),
    "!html": (Kind.UPSTREAM, "upstream_malformed", False),
    "!empty": (Kind.UPSTREAM, "upstream_malformed", False),
}


@pytest.mark.parametrize("fault", REFUSED)
async def test_what_goes_wrong_has_a_name(assets: Disk, fault: str) -> None:
    told, server = await made(a_generation(f"{fault} a fox", count=1), assets)
    assert told.problem
    assert (told.problem.kind, told.problem.code, isinstance(told.problem, Declined)) == REFUSED[fault]
    assert told.outputs == []
    assert len(server.submitted) == 1


async def test_a_wrong_key_is_told_without_the_key(assets: Disk) -> None:
    told, _ = await made(a_generation("a fox", count=1), assets, key="sk-wrong-987654321000")
    assert isinstance(told.problem, Declined)
    assert told.problem.code == "upstream_credentials"
    assert "987654321000" not in told.problem.message


@pytest.mark.parametrize("fault", ["!blocked", "!policy", "!azure", "!inside"])
async def test_filtered_content_is_withheld_in_the_engines_words(assets: Disk, fault: str) -> None:
    told, _ = await made(a_generation(f"{fault} a fox", count=2), assets)
    assert (told.problem, told.outputs, len(told.withheld)) == (None, [], 2)
    assert told.withheld[0] in (BLOCKED, "This violates our content policy.", "The response was filtered.")


async def test_fewer_pictures_than_asked_for_are_told(assets: Disk) -> None:
    told, _ = await made(a_generation("!fewer", count=3), assets)
    assert (len(told.outputs), told.withheld) == (2, [openai.FEWER])


async def test_the_very_pixels_are_asked_for_where_they_are_taken(assets: Disk) -> None:
    words = {"aspect": "16:9", "size": "1K", "count": 1}
    for pixels, sent in (("1536x864", "1536x864"), ("1000x1000", "1280x720")):
        _, server = await made(a_generation("a fox", pixels=pixels, **words), assets)
        assert server.submitted[0].fields["size"] == sent


async def test_previews_tell_how_far_a_picture_is(assets: Disk) -> None:
    told, server = await made(a_generation("large", count=1), assets, previews=2)
    assert [(round(step.fraction, 2), step.stage) for step in told.progress] == [
        (0.33, "preview 1"),
        (0.67, "preview 2"),
    ]
    assert len(told.outputs) == 1
    assert server.submitted[0].fields.items() >= {"stream": True, "partial_images": 2}.items()
    assert isinstance(told.updates[0], Accepted)


async def test_a_preview_is_shown_to_who_has_asked_for_it(assets: Disk) -> None:
    asked = a_generation("large", count=1, knobs=(("partial_images", 2), ("quality", "low")))
    told, server = await made(asked, assets)
    seen = [step.preview for step in told.progress]
    assert [await read(assets, blob) for blob in seen if blob] == [await read(assets, told.outputs[0].blob)] * 2
    assert server.submitted[0].fields.items() >= {"stream": True, "partial_images": 2, "quality": "low"}.items()
    assert told.ignored == set()


async def test_previews_of_several_pictures_are_not_to_be_had(assets: Disk) -> None:
    told, server = await made(a_generation("a fox", count=2, knobs=(("partial_images", 2),)), assets)
    assert (told.ignored, told.progress, len(told.outputs)) == ({"partial_images"}, [], 2)
    assert "partial_images" not in server.submitted[0].fields


@pytest.mark.parametrize(("fault", "kind"), [("!midway", None), ("!stops", Kind.UPSTREAM), ("!busy", Kind.BUSY)])
async def test_a_stream_that_ends_badly(assets: Disk, fault: str, kind: Kind | None) -> None:
    told, _ = await made(a_generation(f"{fault} a fox", count=1), assets, previews=1)
    assert (told.problem.kind if told.problem else None) == kind
    assert told.withheld == ([BLOCKED] if kind is None else [])
    assert told.outputs == []


async def test_tokens_count_when_they_are_the_models_own(assets: Disk) -> None:
    told, _ = await made(a_generation("a fox", count=2, model=MODEL), assets)
    assert [output.tokens for output in told] == [1000, 1000]
    told, _ = await made(a_generation("a fox", count=2), assets)
    assert [output.tokens for output in told] == [0, 0]


@pytest.mark.parametrize("place", ["!markdown", "!parts", "!multi", "!images", "!parts large", "!multi large"])
async def test_a_picture_over_chat_is_found_wherever_it_is(assets: Disk, place: str) -> None:
    given = await assets.put(a_picture(seed=9), "image/png")
    turns = (
        Turn("user", ("a fox", given)),
        Turn("model", ("Here it is.",)),
        Turn("user", (f"{place} now in red",)),
    )
    asked = a_generation(turns=turns, wants=BOTH, count=1, aspect="4:3", seed=3, negative="snow")
    told, server = await made(asked, assets, pictures="chat")
    assert told.problem is None
    words, picture = told.outputs
    assert (words.text, picture.medium) == ("Here it is.", Medium.IMAGE)
    fields = server.submitted[0].fields
    first, answer, last = fields["messages"]  # type: ignore[misc]
    assert first["content"][1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert (answer["role"], answer["content"], last["content"]) == ("assistant", "Here it is.", f"{place} now in red")
    assert (fields["image_config"], fields["seed"]) == ({"aspect_ratio": "4:3"}, 3)
    assert told.ignored == {"negative"}


@pytest.mark.parametrize("fault", ["!refuses", "!filter"])
async def test_a_refusal_over_chat_is_withheld(assets: Disk, fault: str) -> None:
    told, _ = await made(a_generation(f"{fault} a fox", wants=BOTH, count=1), assets, pictures="chat")
    assert (told.problem, told.outputs, len(told.withheld)) == (None, [], 1)


async def test_words_alone_are_no_picture(assets: Disk) -> None:
    told, _ = await made(a_generation("!words", count=1), assets, pictures="chat")
    assert told.problem
    assert told.problem.code == "upstream_malformed"
    told, _ = await made(a_generation("!words", count=1, wants=BOTH), assets, pictures="chat")
    assert [output.text for output in told] == ["Here it is."]


@pytest.mark.parametrize("flavour", ["openai", "vllm-omni", "sglang"])
async def test_films_are_begun_polled_and_fetched(assets: Disk, flavour: str) -> None:
    first = await assets.put(a_picture(), "image/png")
    asked = a_film("a fox", count=2, first_frame=first, seed=5)
    told, server = await made(asked, assets, flavour, "sora-2")
    assert told.problem is None
    assert [await read(assets, output.blob) for output in told] == [FILM, FILM]
    assert [(output.duration_ms, output.width, output.height) for output in told] == [(8000, 1280, 720)] * 2
    expected = {"model": "sora-2", "prompt": "a fox", "seconds": "8", "size": "1280x720"}
    assert [call.fields for call in server.submitted] == [expected | ({} if flavour == "openai" else {"seed": "5"})] * 2
    assert server.submitted[0].files == [("input_reference", first.size)]
    assert told.ignored == ({"seed"} if flavour == "openai" else set())
    assert json.loads(told.ticket) == {"key": mark_of(KEY), "ids": ["video_0", "video_1"], "of": 2}
    assert [step.fraction for step in told.progress] == sorted(step.fraction for step in told.progress)


async def test_a_film_that_ends_on_a_picture_is_declined(assets: Disk) -> None:
    last = await assets.put(a_picture(), "image/png")
    told, server = await made(a_film(last_frame=last), assets)
    assert isinstance(told.problem, Declined)
    assert told.problem.param == "last_frame"
    assert server.calls == []


async def test_localai_is_waited_for(assets: Disk) -> None:
    first = await assets.put(a_picture(), "image/png")
    told, server = await made(a_film("a fox", first_frame=first), assets, "localai")
    assert [await read(assets, output.blob) for output in told] == [FILM]
    [call] = server.submitted
    assert (call.path, call.fields["width"], call.fields["height"]) == ("/video", 1280, 720)
    assert str(call.fields["start_image"]).startswith("iVBOR")


async def test_a_server_without_films_declines_them(assets: Disk) -> None:
    told, server = await made(a_film(), assets, "sd-server")
    assert isinstance(told.problem, Declined)
    assert server.calls == []


FILM_ENDS = {
    "!fails": (Kind.UPSTREAM, []),
    "!withheld": (None, [BLOCKED]),
    "!blocked": (Kind.FILTERED, []),
    "!forgotten": (Kind.UPSTREAM, []),
    "!busy": (Kind.BUSY, []),
    "!hangup": (Kind.UNKNOWN, []),
}


@pytest.mark.parametrize("fault", FILM_ENDS)
async def test_films_that_fail(assets: Disk, fault: str) -> None:
    told, server = await made(a_film(fault), assets)
    kind, withheld = FILM_ENDS[fault]
    assert ((told.problem.kind if told.problem else None), told.withheld) == (kind, withheld)
    assert told.outputs == []
    assert len(server.submitted) == 1
    assert isinstance(told.problem, Declined) is (fault == "!busy"), "what was accepted is asked of nobody else"


async def test_lost_polls_and_a_late_file_lose_no_film(assets: Disk) -> None:
    told, server = await made(a_film("!flaky !late"), assets)
    assert (told.problem, len(told.outputs), len(server.submitted)) == (None, 1, 1)


async def test_a_second_film_that_cannot_be_begun_does_not_take_the_first_one_away(assets: Disk) -> None:
    told, _ = await made(a_film("!second", count=2), assets)
    assert len(told.outputs) == 1
    assert told.problem
    assert told.problem.code == "upstream_failed"


async def test_work_is_resumed_with_its_ticket_and_its_key(assets: Disk) -> None:
    keys = ("sk-one-0123456789", "sk-two-0123456789")
    async with imitating(keys=keys) as server:
        given = {"name": "engine", "base_url": f"{server.url}/v1", "poll_s": 0.01}
        provider = connect("openai", {**given, "keys": list(keys)})
        updates = provider.generate(an_order(a_film("a fox", count=2), "sora-2"), assets)
        tickets = [update.ticket async for update in _until(updates, 2)]
        key = server.submitted[-1].key
        again = connect("openai", {**given, "keys": list(reversed(keys))})
        order = an_order(a_film("a fox", count=2), "sora-2", ticket=tickets[-1], delivered=1)
        told = await told_by(again, order, assets)
        assert (told.problem, len(told.outputs)) == (None, 1)
        assert (len(server.submitted), {call.key for call in server.calls}) == (2, {key})
        alone = await told_by(again, an_order(a_film(count=2), "sora-2", ticket=tickets[0]), assets)
        assert (len(alone.outputs), alone.withheld) == (1, [openai.PARTED])
        other = connect("openai", {**given, "key": "sk-other-0123456789"})
        gone = await told_by(other, order, assets)
        assert gone.problem
        assert (gone.problem.kind, gone.problem.code) == (Kind.UNKNOWN, "upstream_key_gone")
        for one in (provider, again, other):
            await one.close()  # type: ignore[attr-defined]


async def _until(updates: object, count: int) -> AsyncIterator[Accepted]:
    """The first so many Accepted; then the generator is let go of, as when a process dies."""
    seen = 0
    async for update in updates:  # type: ignore[attr-defined]
        if isinstance(update, Accepted):
            seen += 1
            yield update
        if seen == count:
            await updates.aclose()  # type: ignore[attr-defined]
            return


@pytest.mark.parametrize(("message", "deleted"), [(None, [True, True]), (LEAVING, [False, False])])
async def test_cancelled_films_are_called_off_at_the_engine(
    assets: Disk, message: str | None, deleted: list[bool]
) -> None:
    async with engine() as (provider, server):
        task = asyncio.create_task(told_by(provider, an_order(a_film("!never", count=2), "sora-2"), assets))
        await server.asked(5)
        task.cancel(message)
        await asyncio.gather(task, return_exceptions=True)
        assert [film.deleted for film in server.films.values()] == deleted


async def test_a_cancelled_picture_lets_go(assets: Disk) -> None:
    async with engine() as (provider, server):
        task = asyncio.create_task(told_by(provider, an_order(a_generation("!never", count=2), MODEL), assets))
        await server.asked(1)
        task.cancel()
        [ended] = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError)


@pytest.mark.parametrize(
    ("settings", "param"),
    [
        ({"flavour": "acme"}, "flavour"),
        ({"previews": 9}, "previews"),
        ({"sizes": ["large"]}, "sizes"),
        ({"base_url": "nowhere"}, "base_url"),
        ({"colour": "red"}, "colour"),
        ({"films": "sometimes"}, "films"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], param: str) -> None:
    with pytest.raises(Problem) as raised:
        connect("openai", {"name": "engine", "key": KEY, **settings})
    assert raised.value.param == param
    assert f"'engine': {param} " in raised.value.message
