"""Danqing's own JSON: what the studio and the command line read and send."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO

import av
import msgspec
import numpy as np
import pytest

from danqing.domain.changes import Change
from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.faults import Fault
from danqing.domain.generation import Area, Generation, Person, Role, Task, Turn
from danqing.domain.jobs import State
from danqing.domain.media import Medium
from danqing.domain.models import Ability, Found, Lifecycle
from danqing.domain.money import Price, dollars, per_million
from danqing.domain.wording import Wording
from danqing.wire import native

from .samples import (
    JOB_ID,
    PICTURE,
    PICTURE_64,
    blob_of,
    failed,
    film_output,
    job,
    model_row,
    picture_output,
    received,
    sent,
    words_output,
)

URL = f"data:image/png;base64,{PICTURE_64}"


def tree(row):  # type: ignore[no-untyped-def]
    return received(native.job(row, lambda output: f"https://h/{output.file}"))


def test_a_finished_job() -> None:
    asked = Generation(
        model="imagen-3.0-generate-002",
        turns=(Turn("user", ("a cat", blob_of(PICTURE))),),
        wants=frozenset({Medium.IMAGE}),
        count=2,
        aspect="1:1",
        person=Person.NONE,
        knobs=(("guidanceScale", 7.5),),
        advised=("It costs less.",),
    )
    output = picture_output(seed=7, drawn=("cat",), missing=("moon",))
    row = job(
        generation=asked,
        outputs=(output,),
        withheld=("a child",),
        ignored=("guidanceScale",),
        changes=(Change(param="size", asked="2K", made="1K", message="2K is not known."),),
        charged=30_000_000,
        wording=Wording(
            languages=("zh-Hans",),
            source="zh-Hans",
            target="en",
            most=9_000_000,
            done=True,
            texts=("a cat",),
            by=("writer",),
            cost=2_000_000,
        ),
    )
    assert tree(row) == {
        "id": JOB_ID,
        "state": "done",
        "outcome": "partial",
        "stage": "",
        "progress": 1.0,
        "model": "imagen-3.0-generate-002",
        "advised": ["It costs less."],
        "prompt": "a cat",
        "rewritten": "",
        "wording": {
            "languages": ["zh-Hans"],
            "translated": {"from": "zh-Hans", "to": "en"},
            "enhanced": False,
            "by": ["writer"],
            "most": {"usd": "0.009", "nanos": 9_000_000},
            "cost": {"usd": "0.002", "nanos": 2_000_000},
            "trouble": None,
            "findings": [],
        },
        "parameters": {
            "wants": ["image"],
            "count": 2,
            "aspect": "1:1",
            "person": "dont_allow",
            "pictures": 1,
            "knobs": {"guidanceScale": 7.5},
        },
        "outputs": [
            {
                "medium": "image",
                "file": "abc1",
                "url": "https://h/abc1",
                "gone": None,
                "mime": "image/png",
                "bytes": len(PICTURE),
                "width": 2,
                "height": 1,
                "seconds": None,
                "fps": None,
                "audio": False,
                "seed": 7,
                "drawn": ["cat"],
                "missing": ["moon"],
                "text": "",
            }
        ],
        "withheld": ["a child"],
        "ignored": ["guidanceScale"],
        "changes": [{"param": "size", "asked": "2K", "made": "1K", "message": "2K is not known."}],
        "held": {"usd": "0.12", "nanos": 120000000},
        "charged": {"usd": "0.03", "nanos": 30000000},
        "provider": "sketch",
        "upstream": "sketch",
        "served_by": ["sketch"],
        "attempts": [],
        "sketch": True,
        "test": False,
        "shared": False,
        "batch": None,
        "created": "2025-06-15T15:06:40+00:00",
        "updated": "2025-06-15T15:06:40+00:00",
        "inputs_gone": None,
        "webhooks": [],
        "queue": None,
        "error": None,
    }


def test_a_job_never_names_its_key_or_account() -> None:
    body = sent(native.job(job(key="secret-key", account="secret-account"), lambda output: ""))
    assert b"secret" not in body


def test_a_job_under_way_and_one_that_failed() -> None:
    running = tree(job(state=State.RUNNING, progress=0.4, stage="filming", provider="vertex"))
    assert (running["state"], running["progress"], running["stage"], running["sketch"]) == (
        "running",
        0.4,
        "filming",
        False,
    )
    broken = tree(failed(Fault(Kind.UPSTREAM, "timeout", "It took too long.")))
    assert broken["error"] == {"kind": "upstream", "code": "timeout", "message": "It took too long."}


def test_words_and_films_among_the_outputs() -> None:
    words, film = tree(job(outputs=(words_output("a poem"), film_output())))["outputs"]
    assert (words["medium"], words["text"], words["url"], words["mime"]) == ("text", "a poem", None, None)
    assert (film["medium"], film["seconds"], film["fps"], film["audio"]) == ("video", 8.0, 24, True)


def test_a_request_with_everything() -> None:
    ask = native.read_job(
        json.dumps(
            {
                "model": "m",
                "prompt": " a cat ",
                "wants": ["text", "image"],
                "count": 2,
                "aspect": "1:1",
                "size": "1K",
                "seconds": 8,
                "seed": 7,
                "person": "allow_all",
                "negative": "rain",
                "mime": "image/png",
                "quality": 80,
                "pictures": [URL],
                "first_frame": URL,
                "last_frame": URL,
                "knobs": {"guidanceScale": 7.5},
            }
        ).encode()
    )
    blob = blob_of(PICTURE)
    assert ask.generation == Generation(
        model="m",
        turns=(Turn("user", ("a cat", blob)),),
        wants=frozenset({Medium.TEXT, Medium.IMAGE}),
        count=2,
        aspect="1:1",
        size="1K",
        seconds=8,
        seed=7,
        person=Person.ALL,
        negative="rain",
        mime="image/png",
        quality=80,
        first_frame=blob,
        last_frame=blob,
        knobs=(("guidanceScale", 7.5),),
    )
    assert [upload.data for upload in ask.uploads] == [PICTURE] * 3


def test_a_request_with_the_least() -> None:
    assert native.read_job(b'{"model":"m"}').generation == Generation(
        model="m", turns=(Turn("user", ()),), wants=frozenset()
    )


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        (b"{}", None, "missing required field `model`"),
        (b'{"model":"m","size_":1}', None, "unknown field `size_`"),
        (b'{"model":"m","count":"2"}', "count", "count: Expected `int | null`, got `str`."),
        (b'{"model":"m","seed":99999999999999999999}', "seed", "seed: "),
        (b'{"model":"m","person":"some"}', "person", "Allowed: allow_all, allow_adult, dont_allow."),
        (b'{"model":"m","pictures":["http://x/y.png"]}', "pictures", "must be a data: URL"),
        (b'{"model":"m","first_frame":"x"}', "first_frame", "must be a data: URL"),
        (b'{"model":"m","wants":["audio"]}', "wants", "wants[0]: "),
        (b'{"model":"m","knobs":{"a":[]}}', "knobs", "knobs[...]: "),
    ],
)
def test_requests_that_are_refused(body: bytes, param: str | None, message: str) -> None:
    with pytest.raises(Problem) as raised:
        native.read_job(body)
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)
    assert message in raised.value.message


def test_a_model_with_everything_that_a_form_needs() -> None:
    row = model_row(
        aliases=("imagen",),
        ability=Ability(
            makes=frozenset({Medium.TEXT, Medium.IMAGE}), aspects=("1:1",), persons=(Person.ADULT,), pictures_max=3
        ),
        price=Price(image=dollars("0.03"), input_token=per_million("0.10"), output_token=per_million("0.40")),
        priced=Found("a price list", date(2026, 11, 5)),
        lifecycle=Lifecycle(
            announced=date(2025, 5, 1),
            shutdown=date(2026, 6, 30),
            successor="next",
            loses=("its colours",),
            source="a page",
        ),
    )
    assert received(native.model(row)) == {
        "id": "imagen-3.0-generate-002",
        "title": "Imagen 3",
        "family": "imagen",
        "description": "Pictures from words.",
        "aliases": ["imagen"],
        "ability": {
            "makes": ["image", "text"],
            "count": {"default": 1, "max": 1},
            "aspects": ["1:1"],
            "sizes": [],
            "pixels": [],
            "step": None,
            "seconds": [],
            "persons": ["allow_adult"],
            "mimes": [],
            "pictures_max": 3,
            "frames": False,
            "tasks": [],
            "masks": False,
            "areas": [],
            "factors": [],
            "roles": [],
            "anew": True,
            "extend_seconds": [],
            "reference_seconds": [],
            "fps": None,
            "audio": False,
            "languages": [],
        },
        "prices": [
            {"per": "picture", "price": {"usd": "0.03", "nanos": 30_000_000}},
            {"per": "million input tokens", "price": {"usd": "0.10", "nanos": 100_000_000}},
            {"per": "million output tokens", "price": {"usd": "0.40", "nanos": 400_000_000}},
        ],
        "batch_percent": 100,
        "priced": {"source": "a price list", "as_of": "2026-11-05"},
        "lifecycle": {
            "announced": "2025-05-01",
            "shutdown": "2026-06-30",
            "successor": "next",
            "loses": ["its colours"],
            "source": "a page",
        },
    }


def test_the_prices_of_films() -> None:
    price = Price(film=dollars("0.41"), second=dollars("0.675"))
    rows = received(native.model(model_row(price=price)))["prices"]
    assert [(row["per"], row["price"]["usd"]) for row in rows] == [("film", "0.41"), ("second", "0.675")]


def test_the_prices_of_sizes_that_are_sold_for_something_else() -> None:
    usual = Price(second=dollars("0.40"))
    price = replace(usual, sizes=(("720p", usual), ("4k", Price(second=dollars("0.60")))))
    rows = received(native.model(model_row(price=price)))["prices"]
    assert [(row["per"], row["price"]["usd"]) for row in rows] == [("second", "0.40"), ("second at 4k", "0.60")]


def test_an_error() -> None:
    assert sent(native.error(invalid("At most 4.", param="count"))) == (
        b'{"error":{"kind":"invalid","code":"invalid_value","message":"At most 4.","param":"count","retry_after":null}}'
    )


def test_another_danqing_is_asked_for_all_of_a_change() -> None:
    """What one server writes, the other reads: with the mask, the film and what is to become of them."""
    picture = blob_of(PICTURE)
    changed = Generation(
        model="m",
        turns=(Turn("user", ("a hat", picture, picture)),),
        wants=frozenset({Medium.IMAGE}),
        mask=picture,
        task=Task.UPSCALE,
        roles=(Role.BASE, Role.STYLE),
        factor=4,
    )
    found = replace(changed, mask=None, area=Area.BACKGROUND, task=Task.BACKGROUND, factor=None)
    for asked in (changed, found):
        assert native.read_job(sent(native.write_job(asked))).generation == asked


def test_a_film_travels_to_another_danqing() -> None:
    data = made_film()
    film = blob_of(data, "video/mp4")
    asked = Generation(
        model="m", turns=(Turn("user", ("on",)),), wants=frozenset({Medium.VIDEO}), film=film, task=Task.EXTEND
    )
    ask = native.read_job(sent(native.write_job(asked), {film: data}))
    assert ask.generation == replace(asked, film_ms=2_000)
    assert [upload.data for upload in ask.uploads] == [data]


def test_an_older_danqing_is_told_of_no_field_that_says_nothing() -> None:
    plain = Generation(model="m", turns=(Turn("user", ("a cat",)),), wants=frozenset({Medium.IMAGE}))
    assert received(native.write_job(plain)).keys() == {"model", "turns", "wants", "knobs", "negative"}


@pytest.mark.parametrize(
    "film", ["data:video/mp4;base64,AAAA", f"data:video/mp4;base64,{PICTURE_64}", "https://x/y.mp4"]
)
def test_what_is_no_film_is_refused(film: str) -> None:
    with pytest.raises(Problem) as raised:
        native.read_job(msgspec.json.encode({"model": "m", "film": film, "task": "extend"}))
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, "film")


def made_film() -> bytes:
    """An MP4 of two seconds, a frame in each."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"done": False}, True),
        ({"done": True, "texts": ("a cat",)}, True),
        ({"done": True, "texts": ("a cat",), "trouble": "The prompt was not enriched."}, True),
        ({"done": True, "trouble": "The prompt is sent as it was written."}, False),
    ],
)
def test_a_translation_is_told_when_it_is_to_be_made_and_when_it_was(fields: dict[str, object], told: bool) -> None:
    wording = native.wording(Wording(source="ja", target="en", **fields))  # type: ignore[arg-type]
    assert wording["translated"] == ({"from": "ja", "to": "en"} if told else None)
