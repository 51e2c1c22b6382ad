"""The Vertex provider against an imitation of Vertex, of Google's tokens and of Cloud Storage, over real sockets."""

import asyncio
import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from io import BytesIO
from pathlib import Path

import google.oauth2.credentials
import pytest
from PIL import Image

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Area, Generation, Person, Role, Task, Turn
from danqing.domain.jobs import Accepted
from danqing.domain.media import Blob
from danqing.domain.ports import Provider
from danqing.providers import connect, vertex
from danqing.upstream.ticket import read_ticket
from making import a_generation
from upstreams.media import FILM, a_picture
from upstreams.vertex import BUCKET, KEY, PROJECT, Vertex, imitating

from .making_orders import Told, a_film, an_order, told_by

VEO, PICTURES, IMAGEN = "veo-3.1-generate-001", "gemini-3.1-flash-image", "imagen-4.0-generate-001"
OWNER = f"/v1/projects/{PROJECT}/locations/us-central1/publishers/google/models"
MEMORY_KB_MAX = 64 << 10
BIG_FILM_BYTES = 20 << 20


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 24)
    yield assets
    assets.close()


@asynccontextmanager
async def engine(folder: Path, **settings: object) -> AsyncIterator[tuple[Provider, Vertex]]:
    async with imitating() as cloud:
        opened = {} if {"key", "credentials"} & settings.keys() else {"credentials": str(cloud.service_account(folder))}
        given = {"name": "cloud", "kind": "vertex", "base_url": cloud.url, "storage_url": cloud.url, "poll_s": 0.01}
        provider = connect("vertex", {**given, **opened, **settings})
        try:
            yield provider, cloud
        finally:
            await provider.close()  # type: ignore[attr-defined]


async def made(
    generation: Generation, upstream: str, assets: Disk, folder: Path, **more: object
) -> tuple[Told, Vertex]:
    async with engine(folder, **more) as (provider, cloud):
        return await told_by(provider, an_order(generation, upstream), assets), cloud


async def read(assets: Disk, told: Told) -> list[bytes]:
    return [b"".join([chunk async for chunk in assets.open(output.blob)]) for output in told if output.blob]


@pytest.mark.parametrize("words", ["", "!lost"])
async def test_films_in_the_answer(assets: Disk, tmp_path: Path, words: str) -> None:
    frame = await assets.put(a_picture(), "image/png")
    knobs = (("resizeMode", "pad"), ("storageUri", "gs://thief"), ("pubsubTopic", "t"))
    asked = a_film(
        f"a fox {words}", count=2, first_frame=frame, last_frame=frame, seed=5, negative="cars", person=Person.ADULT,
        knobs=knobs,
    )  # fmt: skip
    told, cloud = await made(asked, VEO, assets, tmp_path)
    assert told.problem is None
    assert await read(assets, told) == [FILM, FILM]
    [body] = cloud.bodies(f"{OWNER}/{VEO}:predictLongRunning")
    assert set(body["instances"][0]) == {"prompt", "image", "lastFrame"}
    assert body["parameters"] == {
        "generateAudio": True,
        "sampleCount": 2,
        "durationSeconds": 8,
        "aspectRatio": "16:9",
        "resolution": "720p",
        "seed": 5,
        "personGeneration": "allow_adult",
        "negativePrompt": "cars",
        "resizeMode": "pad",
    }
    [name] = read_ticket(told.ticket).ids
    assert name == f"{OWNER.removeprefix('/v1/')}/{VEO}/operations/op1"
    assert cloud.bodies(f"{OWNER}/{VEO}:fetchPredictOperation")[-1] == {"operationName": name}
    assert told.ignored == set()


async def test_silence_is_asked_for_by_who_wants_it(assets: Disk, tmp_path: Path) -> None:
    for silent in (a_film(knobs=(("generateAudio", False),)), a_film(audio=False)):
        _, cloud = await made(silent, VEO, assets, tmp_path)
        assert cloud.bodies(":predictLongRunning")[0]["parameters"]["generateAudio"] is False


async def test_films_in_cloud_storage_are_read_with_the_same_token(assets: Disk, tmp_path: Path) -> None:
    told, cloud = await made(a_film(count=2), VEO, assets, tmp_path, storage=f"gs://{BUCKET}/some where")
    assert told.problem is None
    assert await read(assets, told) == [FILM, FILM]
    assert cloud.bodies(":predictLongRunning")[0]["parameters"]["storageUri"] == f"gs://{BUCKET}/some where"
    assert [call.path for call in cloud.calls if "/o/" in call.path] == [
        f"/storage/v1/b/{BUCKET}/o/some where/sample_{at}.mp4" for at in range(2)
    ]
    assert len(cloud.tokens) == 1


async def test_a_film_that_is_gone_from_cloud_storage_is_told(assets: Disk, tmp_path: Path) -> None:
    told, _ = await made(a_film("a fox !expired"), VEO, assets, tmp_path, storage=f"gs://{BUCKET}/films")
    assert told.problem is not None
    assert (told.problem.kind, told.problem.code) == (Kind.UPSTREAM, "file_expired")


OPERATIONS = {
    "!code3": (Kind.INVALID, 0, 0),
    "!code8": (Kind.BUSY, 0, 0),
    "!code13": (Kind.UPSTREAM, 0, 0),
    "!op-policy": (None, 0, 1),
    "!partly": (None, 1, 1),
    "!silent": (None, 1, 1),
    "!empty": (None, 0, 0),
}


@pytest.mark.parametrize("word", OPERATIONS)
async def test_every_ending_of_an_operation(assets: Disk, tmp_path: Path, word: str) -> None:
    told, _ = await made(a_film(f"a fox {word}", count=2), VEO, assets, tmp_path)
    kind = told.problem and told.problem.kind
    assert (kind, len(told.outputs), len(told.withheld)) == OPERATIONS[word]
    assert not isinstance(told.problem, Declined), "the engine had taken it"


async def test_a_film_is_resumed_by_its_ticket(assets: Disk, tmp_path: Path) -> None:
    async with engine(tmp_path) as (provider, cloud):
        async with aclosing(provider.generate(an_order(a_film(), VEO), assets)) as updates:
            accepted = await anext(updates)
        assert isinstance(accepted, Accepted)
        told = await told_by(provider, an_order(a_film(), VEO, ticket=accepted.ticket), assets)
        assert (told.problem, len(told.outputs)) == (None, 1)
        assert len(cloud.bodies(":predictLongRunning")) == 1


async def test_pictures_with_the_fields_that_only_vertex_has(assets: Disk, tmp_path: Path) -> None:
    asked = a_generation("a fox !large", count=2, aspect="1:1", person=Person.NONE, mime="image/jpeg", quality=80)
    told, cloud = await made(asked, PICTURES, assets, tmp_path, location="global", project="another")
    assert (told.problem, len(told.outputs), told.ignored) == (None, 2, set())
    path = f"/v1/projects/another/locations/global/publishers/google/models/{PICTURES}:generateContent"
    file = {"mimeType": "image/jpeg", "compressionQuality": 80}
    config = {"aspectRatio": "1:1", "personGeneration": "ALLOW_NONE", "imageOutputOptions": file}
    assert [body["generationConfig"]["imageConfig"] for body in cloud.bodies(path)] == [config] * 2
    assert told.accepted[0].prompt == ""


async def test_pictures_by_predict(assets: Disk, tmp_path: Path) -> None:
    told, _ = await made(a_generation("a fox !rai", count=3), IMAGEN, assets, tmp_path)
    assert (told.problem, len(told.outputs), len(told.withheld)) == (None, 2, 1)


async def test_a_key_needs_no_project(assets: Disk, tmp_path: Path) -> None:
    told, cloud = await made(a_film(), VEO, assets, tmp_path, key=KEY)
    assert told.problem is None
    assert cloud.calls[0].path == f"/v1/publishers/google/models/{VEO}:predictLongRunning"
    assert (cloud.tokens, {call.key for call in cloud.calls}) == ([], {KEY})


async def test_a_token_is_fetched_once_and_again_before_it_ends(
    assets: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    class Watched(vertex.Transport):
        def __call__(self, *args: object, **kwargs: object) -> object:
            threads.append(threading.current_thread())
            return super().__call__(*args, **kwargs)

    monkeypatch.setattr(vertex, "Transport", Watched)
    async with engine(tmp_path) as (provider, cloud):
        orders = [an_order(a_generation(count=3), PICTURES)] * 3
        told = await asyncio.gather(*(told_by(provider, order, assets) for order in orders))
        assert [each.problem for each in told] == [None] * 3
        assert len(cloud.tokens) == len(threads) == 1
        assert threads[0] is not threading.main_thread()
        assert cloud.claims[0]["iss"] == f"films@{PROJECT}.iam.gserviceaccount.com"
        assert cloud.claims[0]["scope"] == "https://www.googleapis.com/auth/cloud-platform"
    async with engine(tmp_path) as (provider, cloud):
        cloud.lasting_s = 60  # which is less than what google-auth wants to be left
        for _ in range(2):
            assert (await told_by(provider, an_order(a_generation(), PICTURES), assets)).problem is None
        assert len(cloud.tokens) == 2
        cloud.refusing = True
        told_then = await told_by(provider, an_order(a_generation(), PICTURES), assets)
        assert told_then.problem is None, "the last token still holds"


async def test_an_account_that_gets_no_token_declines(assets: Disk, tmp_path: Path) -> None:
    async with engine(tmp_path) as (provider, cloud):
        cloud.refusing = True
        told = await told_by(provider, an_order(a_film(), VEO), assets)
    assert isinstance(told.problem, Declined)
    assert told.problem.code == "upstream_credentials"
    assert cloud.calls == []


@pytest.mark.parametrize("kind", ["service_account", "user"])
async def test_the_machine_s_own_credentials(
    assets: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async with imitating() as cloud:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(getattr(cloud, kind)(tmp_path)))
        monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
        # The one address that google-auth takes from no file.
        monkeypatch.setattr(google.oauth2.credentials, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{cloud.url}/token")
        project = {"project": PROJECT} if kind == "user" else {}
        provider = connect("vertex", {"name": "cloud", "base_url": cloud.url, "poll_s": 0.01, **project})
        told = await told_by(provider, an_order(a_film(), VEO), assets)
        await provider.close()  # type: ignore[attr-defined]
        assert (told.problem, len(cloud.tokens)) == (None, 1)
        assert cloud.calls[0].path == f"{OWNER}/{VEO}:predictLongRunning"


async def test_a_user_s_file(assets: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with imitating() as cloud:
        monkeypatch.setattr(google.oauth2.credentials, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{cloud.url}/token")
        file = str(cloud.user(tmp_path))
        provider = connect("vertex", {"name": "cloud", "base_url": cloud.url, "poll_s": 0.01, "credentials": file})
        told = await told_by(provider, an_order(a_film(), VEO), assets)
        await provider.close()  # type: ignore[attr-defined]
        assert told.problem is None
        assert f"/projects/{PROJECT}/" in cloud.calls[0].path


@pytest.mark.parametrize(
    ("settings", "param"),
    [
        ({"credentials": "nowhere.json"}, "credentials"),
        ({"credentials": "FILE"}, "credentials"),
        ({"key": KEY, "credentials": "FILE"}, "credentials"),
        ({"key": KEY, "location": ""}, "location"),
        ({"key": KEY, "location": "us/../x"}, "location"),
        ({"key": KEY, "project": "a b"}, "project"),
        ({"key": KEY, "storage": "/films"}, "storage"),
        ({"key": KEY, "version": "1"}, "version"),
        ({"key": KEY, "poll_s": -1}, "poll_s"),
        ({"key": KEY, "base_url": "ftp://x"}, "base_url"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, object], param: str) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"type": "strange", "private_key": "CANARY"}))
    given = {name: str(tmp_path / "x.json") if value == "FILE" else value for name, value in settings.items()}
    with pytest.raises(Problem) as raised:
        connect("vertex", {"name": "cloud", **given})
    assert raised.value.param == param
    assert "'cloud'" in raised.value.message
    assert "CANARY" not in raised.value.message


def test_no_credentials_at_all_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(Problem, match="credentials is missing") as raised:
        connect("vertex", {"name": "cloud"})
    assert raised.value.param == "credentials"


CAPABILITY, UPSCALE = "imagen-3.0-capability-001", "imagen-4.0-upscale-preview"


async def shown(assets: Disk, **fields: object) -> Generation:
    picture = await assets.put(a_picture(), "image/png")
    prompt = str(fields.pop("prompt", "a cat"))
    return a_generation(turns=(Turn("user", (prompt, picture)),), count=1, **fields)


async def test_a_mask_goes_to_who_takes_it_as_white_however_it_was_drawn(assets: Disk, tmp_path: Path) -> None:
    """OpenAI's clients draw masks that are transparent where something may change."""
    hole = Image.new("RGBA", (64, 64), (9, 9, 9, 255))
    hole.paste((0, 0, 0, 0), (0, 0, 32, 64))
    file = BytesIO()
    hole.save(file, "PNG")
    mask = await assets.put(file.getvalue(), "image/png")
    knobs = (("maskImageConfig.dilation", 0.01), ("editConfig", '{"baseSteps":9}'), ("mood", "calm"))
    told, cloud = await made(
        await shown(assets, mask=mask, task=Task.INSERT, knobs=knobs), CAPABILITY, assets, tmp_path
    )
    assert (told.problem, len(told.outputs), told.ignored) == (None, 1, set())
    [body] = cloud.bodies(f"{CAPABILITY}:predict")
    raw, sent = body["instances"][0]["referenceImages"]
    assert (raw["referenceType"], sent["referenceId"]) == ("REFERENCE_TYPE_RAW", 2)
    assert sent["maskImageConfig"] == {"maskMode": "MASK_MODE_USER_PROVIDED", "dilation": 0.01}
    with Image.open(BytesIO(base64.b64decode(sent["referenceImage"]["bytesBase64Encoded"]))) as drawn:
        assert (drawn.getpixel((5, 5)), drawn.getpixel((60, 5))) == ((255, 255, 255), (0, 0, 0))
    assert (
        body["parameters"].items()
        >= {"editMode": "EDIT_MODE_INPAINT_INSERTION", "editConfig": {"baseSteps": 9}}.items()
    )


async def test_a_mask_is_found_and_a_picture_is_made_larger(assets: Disk, tmp_path: Path) -> None:
    found = await shown(assets, area=Area.BACKGROUND, task=Task.BACKGROUND)
    told, cloud = await made(found, CAPABILITY, assets, tmp_path)
    assert told.problem is None
    _, mask = cloud.bodies(":predict")[0]["instances"][0]["referenceImages"]
    assert mask == {
        "referenceId": 2,
        "referenceType": "REFERENCE_TYPE_MASK",
        "maskImageConfig": {"maskMode": "MASK_MODE_BACKGROUND"},
    }
    told, cloud = await made(await shown(assets, prompt="", task=Task.UPSCALE, factor=4), UPSCALE, assets, tmp_path)
    assert (told.problem, told.ignored) == (None, set())
    assert cloud.bodies(":predict")[0]["parameters"]["upscaleConfig"] == {"upscaleFactor": "x4"}


async def test_a_film_goes_by_pictures_or_on_from_a_film(assets: Disk, tmp_path: Path) -> None:
    picture = await assets.put(a_picture(), "image/png")
    by = a_film(turns=(Turn("user", ("a fox", picture, picture)),), roles=(Role.SUBJECT, Role.STYLE))
    told, cloud = await made(by, VEO, assets, tmp_path)
    assert told.problem is None
    sent = cloud.bodies(":predictLongRunning")[0]["instances"][0]["referenceImages"]
    assert [each["referenceType"] for each in sent] == ["ASSET", "STYLE"]
    film = await assets.put(FILM, "video/mp4")
    told, cloud = await made(a_film("", film=film, task=Task.EXTEND, seconds=7), VEO, assets, tmp_path)
    assert (told.problem, len(told.outputs), told.ignored) == (None, 1, set())
    video = cloud.bodies(":predictLongRunning")[0]["instances"][0]["video"]
    assert (base64.b64decode(video["bytesBase64Encoded"]), video["mimeType"]) == (FILM, "video/mp4")


async def test_what_words_cannot_say_is_declined_and_the_rest_is_said(assets: Disk, tmp_path: Path) -> None:
    for fields, param in (
        ({"mask": Blob("1" * 64, 9, "image/png")}, "mask"),
        ({"task": Task.UPSCALE}, "task"),
        ({"roles": (Role.CONTROL,)}, "roles"),
        ({"area": Area.FOREGROUND}, "area"),
    ):
        told, cloud = await made(await shown(assets, **fields), PICTURES, assets, tmp_path)
        assert isinstance(told.problem, Declined)
        assert (told.problem.param, cloud.calls) == (param, [])
    told, cloud = await made(await shown(assets, task=Task.INSERT, roles=(Role.BASE,)), PICTURES, assets, tmp_path)
    assert (told.problem, told.ignored) == (None, set())
    [*_, last] = cloud.bodies(":generateContent")[0]["contents"][0]["parts"]
    assert "Put this into the picture" in last["text"]
    assert "The first picture is the one to change." in last["text"]
    assert "Put this into the picture" in told.accepted[0].prompt


MEASURED = """
import asyncio, resource, sys
from pathlib import Path
from danqing.assets.disk import Disk
from danqing.providers import connect
from providers.making_orders import a_film, an_order, told_by

def kb(name):
    return int(Path("/proc/self/status").read_text().partition(name)[2].split()[0])

async def main(url, key, folder):
    assets = Disk(Path(folder), bytes_max=1 << 26)
    provider = connect("vertex", {"name": "v", "base_url": url, "key": key, "poll_s": 0.01})
    await told_by(provider, an_order(a_film("a fox !empty"), "veo-3.1-generate-001"), assets)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    rest = kb("VmRSS:")
    told = await told_by(provider, an_order(a_film(), "veo-3.1-generate-001"), assets)
    assert told.problem is None, told.problem
    print(told.outputs[0].blob.size, kb("VmHWM:") - rest)
    await provider.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_film_of_20_mb_passes_without_being_in_memory(tmp_path: Path) -> None:
    async with imitating() as cloud:
        cloud.film = FILM + bytes(BIG_FILM_BYTES)
        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MEASURED, cloud.url, KEY, str(tmp_path / "assets")),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        out, errors = await run.communicate()
    assert run.returncode == 0, errors.decode()[-3000:]
    size, grown_kb = map(int, out.split())
    assert size == len(cloud.film)
    print(f"{grown_kb} KB above rest")
    assert grown_kb < MEMORY_KB_MAX


async def test_what_cannot_be_asked_for_is_declined_before_anything_is_sent(assets: Disk, tmp_path: Path) -> None:
    cases = ((a_film(), PICTURES), (a_generation(), VEO), (a_film(), IMAGEN), (a_film(), "gemini-omni-1.1-flash"))
    for asked, upstream in cases:
        told, cloud = await made(asked, upstream, assets, tmp_path)
        assert isinstance(told.problem, Declined)
        assert cloud.calls == []
