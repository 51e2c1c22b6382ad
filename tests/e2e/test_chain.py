"""Danqing in front of Danqing: two real servers, of which the second makes what the first is asked for."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from danqing.assets import stamp
from e2e.traces import eventually
from rows import add_model
from serving import Answer, Server

MODELS = {
    "relayed-picture": (["image"], "imagen-3.0-generate-002", {"image": "0.05"}, {}),
    "relayed-film": (
        ["video"],
        "veo-3.0-generate-001",
        {"second": "0.50"},
        {"seconds": [4, 8], "fps": 24, "frames": True},
    ),
    "relayed-talk": (
        ["text", "image"],
        "gemini-2.0-flash-preview-image-generation",
        {"image": "0.05"},
        {"pictures_max": 4},
    ),
}
RATIOS = ["16:9", "1:1"]
SETTINGS = """[upstreams.partner]
kind = "danqing"
base_url = "{url}"
key = "{key}"
max_cost = "{max_cost}"
"""


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that makes; it has nothing but its test key."""
    server = Server(tmp_path_factory.mktemp("maker")).start()
    yield server
    server.kill()
    assert "defect" not in server.log()


def relay_to(maker: Server, data: Path, *, max_cost: str = "5") -> Server:
    """A server in front of it, with models of its own."""
    for id, (makes, upstream, price, more) in MODELS.items():
        routes = [("partner", upstream)]
        add_model(data, id, makes, price=price, routes=routes, count_max=4, aspects=RATIOS, **more)
    (data / "danqing.toml").write_text(SETTINGS.format(url=maker.url, key=maker.key, max_cost=max_cost))
    return Server(data).start()


@pytest.fixture(scope="module")
def relay(maker: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = relay_to(maker, tmp_path_factory.mktemp("relay"))
    yield server
    server.kill()
    assert "defect" not in server.log(), server.log()[-3000:]


@pytest.fixture(scope="module")
def key(relay: Server) -> str:
    return relay.live_key(usd="9")


def begun(server: Server, key: str, **body: object) -> str:
    answer = server.call("POST", "/api/jobs", body, key=key)
    assert answer.status == 201, answer.body
    return str(answer.json()["id"])


def job_of(server: Server, key: str, id: str) -> dict[str, object]:
    return server.call("GET", f"/api/jobs/{id}", key=key).json()


def ended(server: Server, key: str, id: str) -> dict[str, object]:
    def look() -> dict[str, object] | None:
        job = job_of(server, key, id)
        return job if job["state"] in ("done", "failed", "cancelled", "unknown") else None

    return eventually(look, seconds=150, pause_s=0.1)


def jobs_with(server: Server, prompt: str) -> list[dict[str, object]]:
    jobs = server.call("GET", "/api/jobs?limit=200").json()["jobs"]
    return [job for job in jobs if job["prompt"] == prompt]


def predict(server: Server, key: str, prompt: str, count: int = 1) -> Answer:
    body = {"instances": [{"prompt": prompt}], "parameters": {"sampleCount": count, "guidanceScale": 3}}
    return server.call("POST", "/gemini/v1beta/models/relayed-picture:predict", body, key=key)


def test_a_sketch_behind_another_server_is_still_called_a_sketch(relay: Server, key: str, tmp_path: Path) -> None:
    answer = predict(relay, key, "a red fox", 2)
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-served-by"] == "partner/imagen-3.0-generate-002, sketch"
    assert answer.headers["danqing-ignored"] == "guidanceScale"
    pictures = [base64.b64decode(row["bytesBase64Encoded"]) for row in answer.json()["predictions"]]
    assert [Image.open(BytesIO(data)).size for data in pictures] == [(1408, 792)] * 2
    job = job_of(relay, key, answer.headers["danqing-job"])
    assert (job["provider"], job["served_by"], job["sketch"]) == (
        "partner",
        ["partner/imagen-3.0-generate-002", "sketch"],
        True,
    )
    assert job["charged"]["usd"] == "0.00", "nothing is charged for a sketch in a model's place"  # type: ignore[index]
    assert [output["drawn"] for output in job["outputs"]] == [["red fox"]] * 2  # type: ignore[index, union-attr]
    file = tmp_path / "picture.png"
    file.write_bytes(pictures[0])
    story = stamp.read(file)
    assert story
    assert (story["sketch"], story["engine"], story["model"]) == (True, "sketch", "relayed-picture")


def test_a_conversation_goes_through_whole(relay: Server, maker: Server, key: str) -> None:
    picture = predict(relay, key, "a blue boat").json()["predictions"][0]["bytesBase64Encoded"]
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a blue boat"}]},
        {"role": "assistant", "content": "Here it is."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "now in crayon, relayed"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}},
            ],
        },
    ]
    body = {"model": "relayed-talk", "messages": messages, "modalities": ["text", "image"]}
    answer = relay.call("POST", "/v1/chat/completions", body, key=key)
    assert answer.status == 200, answer.body
    message = answer.json()["choices"][0]["message"]
    assert message["content"]
    assert sum("inline_data" in part for part in message["multi_mod_content"]) == 1
    [job] = jobs_with(maker, "now in crayon, relayed")
    assert job["parameters"]["pictures"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("magic", "kind", "status"),
    [("filtered", "filtered", 400), ("fail", "upstream", 502), ("quota", "busy", 429), ("unknown", "unknown", 502)],
)
def test_what_the_other_server_refuses_is_refused_in_the_same_way(
    relay: Server, key: str, magic: str, kind: str, status: int
) -> None:
    answer = predict(relay, key, f"[danqing:{magic}] a fox")
    assert answer.status == status
    job = job_of(relay, key, answer.headers["danqing-job"])
    assert (job["error"]["kind"], job["charged"]["nanos"]) == (kind, 0)  # type: ignore[index]


def test_what_is_partly_filtered_is_partly_delivered(relay: Server, key: str) -> None:
    job = ended(relay, key, begun(relay, key, model="relayed-picture", prompt="[danqing:filtered=1] a fox", count=3))
    assert (len(job["outputs"]), len(job["withheld"]), job["charged"]["usd"]) == (2, 1, "0.00")  # type: ignore[arg-type, index]


@pytest.mark.parametrize("moment", ["at once", "while filming"])
def test_a_film_survives_the_death_of_the_server_in_front(maker: Server, tmp_path: Path, moment: str) -> None:
    relay = relay_to(maker, tmp_path / "relay")
    key, prompt = relay.live_key(usd="9"), f"A paper boat on a river, {moment}"
    id = begun(relay, key, model="relayed-film", prompt=prompt, seconds=4)
    if moment == "while filming":
        eventually(lambda: float(str(job_of(relay, key, id)["progress"])) > 0.1, pause_s=0.05)
    relay.kill()
    relay.start()
    try:
        job = ended(relay, key, id)
        assert (job["state"], job["error"]) == ("done", None)
        [film] = job["outputs"]  # type: ignore[misc]
        assert (film["width"], film["height"], film["seconds"], film["fps"], film["audio"]) == (1280, 720, 4, 24, True)
        assert job["charged"]["usd"] == "0.00"  # type: ignore[index]
        assert len(jobs_with(maker, prompt)) == 1, "made once"
    finally:
        relay.kill()


def test_a_cancelled_film_is_cancelled_at_the_other_server(relay: Server, maker: Server, key: str) -> None:
    prompt = "A slow river, cancelled"
    id = begun(relay, key, model="relayed-film", prompt=prompt, seconds=8)
    eventually(lambda: jobs_with(maker, prompt), pause_s=0.05)
    eventually(lambda: job_of(relay, key, id)["state"] == "running", pause_s=0.05)
    assert relay.call("POST", f"/api/jobs/{id}/cancel", key=key).json()["state"] == "cancelled"
    eventually(lambda: jobs_with(maker, prompt)[0]["state"] == "cancelled", pause_s=0.05)


def test_what_costs_too_much_there_is_refused_there(maker: Server, tmp_path: Path) -> None:
    relay = relay_to(maker, tmp_path / "relay", max_cost="0.01")
    try:
        answer = predict(relay, relay.live_key(usd="9"), "a dear fox")
        assert answer.status in (400, 402, 502)
        assert b"0.01" in answer.body
        assert jobs_with(maker, "a dear fox") == []
    finally:
        relay.kill()
