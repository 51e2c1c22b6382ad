"""Every file tells how it was made, well enough to make it again; and secrets and prompts stay where they belong."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from danqing.assets import stamp
from e2e.films import pixels_of
from e2e.traces import eventually, files
from serving import Answer, Server

NewServer = Callable[..., Server]
IMAGEN = "imagen-3.0-generate-002"
VEO = "veo-3.0-generate-001"
PROMPT = "A paper boat on a quiet river at dawn"
FIELDS = {"danqing", "job", "key", "model", "engine", "sketch", "prompt", "parameters", "cost_usd", "made", "seed"}
CANARY = "ZINNOBERKANARIENVOGEL"


def picture(server: Server, mime: str, **parameters: object) -> Answer:
    """One picture of the prompt."""
    given = {"sampleCount": 1, "aspectRatio": "16:9", "outputOptions": {"mimeType": mime}, **parameters}
    body = {"instances": [{"prompt": PROMPT}], "parameters": given}
    answer = server.call("POST", f"/gemini/v1beta/models/{IMAGEN}:predict", body)
    assert answer.status == 200, answer.body
    return answer


def picture_in(answer: Answer) -> bytes:
    """The bytes of the one picture."""
    [row] = answer.json()["predictions"]
    return base64.b64decode(row["bytesBase64Encoded"], validate=True)


def film(server: Server, **asked: object) -> dict[str, object]:
    """The job of a film of the prompt, when it is done."""
    body = {"model": VEO, "prompt": PROMPT, "seconds": 4, **asked}
    job = server.call("POST", "/api/jobs", body).json()

    def look() -> dict[str, object] | None:
        newest = server.call("GET", f"/api/jobs/{job['id']}").json()
        return newest if newest["state"] == "done" else None

    return eventually(look, pause_s=0.2)


def film_in(server: Server, job: dict[str, object]) -> bytes:
    """The bytes of the one film."""
    [output] = job["outputs"]
    return server.call("GET", str(output["url"]).removeprefix(server.url)).body


def story_in(data: bytes, folder: Path) -> dict[str, object]:
    """What a file tells whoever finds it on a disk."""
    found = folder / "found"
    found.write_bytes(data)
    story = stamp.read(found)
    assert story is not None, "the file has no story"
    return story


def expect_story(story: dict[str, object], server: Server, *, job: str, model: str, cost: str) -> None:
    """All of it, and true."""
    assert story.keys() >= FIELDS, FIELDS - story.keys()
    usage = server.call("GET", "/api/usage").json()
    told = {name: story[name] for name in ("prompt", "model", "engine", "sketch", "job", "key", "cost_usd")}
    assert told == {
        "prompt": PROMPT,
        "model": model,
        "engine": "sketch",
        "sketch": True,
        "job": job,
        "key": usage["key"]["id"],
        "cost_usd": cost,
    }
    assert isinstance(story["seed"], int)
    age = datetime.now(UTC) - datetime.fromisoformat(str(story["made"]))
    assert timedelta(seconds=-1) < age < timedelta(minutes=5)


@pytest.mark.parametrize(("mime", "format"), [("image/png", "PNG"), ("image/jpeg", "JPEG")])
def test_a_picture_tells_its_story(server: Server, tmp_path: Path, mime: str, format: str) -> None:
    answer = picture(server, mime)
    data = picture_in(answer)
    with Image.open(BytesIO(data)) as opened:
        assert opened.format == format
    story = story_in(data, tmp_path)
    expect_story(story, server, job=answer.headers["danqing-job"], model=IMAGEN, cost="0.03")
    assert story["parameters"].items() >= {"aspect": "16:9", "count": 1, "mime": mime}.items()


def test_a_film_tells_its_story_and_is_made_again_from_it(server: Server, tmp_path: Path) -> None:
    job = film(server)
    data = film_in(server, job)
    story = story_in(data, tmp_path)
    expect_story(story, server, job=str(job["id"]), model=VEO, cost="1.60")
    assert story["parameters"].items() >= {"seconds": 4, "aspect": "16:9", "size": "720p"}.items()

    again = film_in(server, film(server, seed=story["seed"]))
    assert pixels_of(again) == pixels_of(data)


def test_a_picture_is_made_again_from_its_story(server: Server, tmp_path: Path) -> None:
    first = picture_in(picture(server, "image/png"))
    seed = story_in(first, tmp_path)["seed"]
    again = picture_in(picture(server, "image/png", seed=seed, addWatermark=False))
    other = picture_in(picture(server, "image/png", seed=int(str(seed)) + 1, addWatermark=False))
    assert pixels(again) == pixels(first)
    assert pixels(other) != pixels(first)


def pixels(data: bytes) -> bytes:
    """What a picture shows."""
    with Image.open(BytesIO(data)) as opened:
        return opened.convert("RGB").tobytes()


def test_secrets_and_prompts_stay_where_they_belong(new_server: NewServer) -> None:
    server = new_server()
    made = server.call("POST", "/api/keys", {"name": "canary"}, key=server.owner_key).json()
    secret = str(made["secret"])
    ask_in_every_way(server, secret)
    assert server.stop() == 0
    assert holders(server.data, secret) == set(), "the secret of a key is stored nowhere"
    assert holders(server.data, server.key) <= {"test-key", "server.log"}, "one file is for it, and the banner shows it"
    assert holders(server.data, server.owner_key) == {"owner-key"}
    assert "server.log" not in holders(server.data, CANARY), "a prompt is not for the log"
    assert "server.log" not in holders(server.data, secret[8:40])
    assert "danqing.sqlite" in holders(server.data, CANARY), "the search would have found it"


def ask_in_every_way(server: Server, secret: str) -> None:
    """Well and badly, with the key in each of its places and the canary in each prompt."""
    path = f"/gemini/v1beta/models/{IMAGEN}:predict"
    words = {"prompt": f"{PROMPT} {CANARY}"}
    parameters = {"sampleCount": 1}
    ok = {"instances": [words], "parameters": parameters}
    assert server.call("POST", f"{path}?key={secret}", ok, key="").status == 200
    assert server.call("POST", path, ok, key="", headers={"x-goog-api-key": secret}).status == 200
    chat = {"model": VEO, "messages": [{"role": "user", "content": f"{CANARY} [danqing:fail]"}]}
    assert server.call("POST", "/v1/chat/completions", chat, key=secret).status >= 400
    for broken in (
        {**ok, "parameters": {"sampleCount": CANARY}},
        {"instances": [{"prompt": f"{CANARY} [danqing:unknown]"}], "parameters": parameters},
        {"instances": [{"prompt": f"{CANARY} [danqing:filtered]"}], "parameters": parameters},
        f'{{"instances": [{{"prompt": "{CANARY}'.encode(),
    ):
        assert server.call("POST", f"{path}?key={secret}", broken, key="").status >= 400
    assert server.call("GET", f"/gemini/v1beta/no/such/path?key={secret}", key="").status == 404
    assert server.call("GET", f"/healthz?key={secret}&x=1", key="").status == 200
    assert server.call("POST", f"{path}?key={secret}x", ok, key="").status in (400, 401)


def holders(data: Path, text: str) -> set[str]:
    """The names of the files in which a text stands, in a data directory whose server has stopped."""
    return {path.relative_to(data).as_posix() for path in files(data) if text.encode() in path.read_bytes()}
