"""A film over chat: its story in words, links that need no key, and a page that follows it (wire.md 10)."""

import json
import re
import socket
from datetime import date
from pathlib import Path

import av
import pytest

from serving import Answer, Server

from .calls import CENT, CHAT, FILM_CHAT, chat_body, ended, events, new_key, openai_error, spent

STORY = re.compile(
    r"""\{
  "prompt": "(?P<prompt>[^\n]+)"
\}
> Video generation task created
> Task ID: `(?P<job>[0-9a-f-]{36})`
> To prevent task interruption, you can continuously track progress from the following links:
> \[Data Preview\]\((?P<page>[^)]+)\) \| \[Source Data\]\((?P<source>[^)]+)\)
> Waiting for processing

> Type: Text-to-video generation
> 🎬 Starting video generation\.+

> 🔄 Optimizing video quality\.+

> 🎉 High-quality video generated

\[▶️ Watch Online\]\((?P<watch>[^)]+)\) \| \[⏬ Download Video\]\((?P<save>[^)]+)\)"""
)


@pytest.fixture(scope="module")
def deltas(told: Answer) -> list[str]:
    """The pieces of the story, as they came."""
    assert told.status == 200, told.body
    choices = [chunk["choices"][0] for chunk in events(told.body) if chunk["choices"]]
    return [choice["delta"]["content"] for choice in choices if choice["delta"].get("content")]


@pytest.fixture(scope="module")
def story(deltas: list[str], server: Server) -> dict[str, str]:
    """The parts of the story; links from the server's root."""
    found = STORY.fullmatch("".join(deltas))
    assert found, "".join(deltas)
    return {name: text.removeprefix(server.url) for name, text in found.groupdict().items()}


def test_the_story_grows_with_the_film(deltas: list[str]) -> None:
    assert len(deltas) > 4
    assert deltas[0].startswith('{\n  "prompt": "')
    assert any(set(piece) == {"."} for piece in deltas), "dots while it is made"
    assert "Watch Online" in deltas[-1]


def test_the_story_has_the_documented_form(story: dict[str, str]) -> None:
    assert "mechanical butterfly" in story["prompt"]
    assert story["page"] == f"/web/{story['job']}"
    assert story["source"] == f"/source/{story['job']}"
    today = date.today().strftime("%Y%m")  # noqa: DTZ011  the month is the server's, which is this machine's
    assert re.fullmatch(rf"/cdn/{today}\d\d/[a-z0-9]+\.mp4", story["watch"])
    assert story["save"] == story["watch"].replace("/cdn/", "/cdn/download/")


def test_the_stream_ends_as_it_should(told: Answer) -> None:
    *_, stop, usage = events(told.body)
    assert stop["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert set(usage["usage"]) == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert told.body.endswith(b"data: [DONE]\n\n")
    assert told.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_the_film_is_watched_and_saved_without_a_key(server: Server, story: dict[str, str]) -> None:
    watch, save = (server.call("GET", story[link], key="") for link in ("watch", "save"))
    assert watch.status == save.status == 200
    assert watch.headers["content-type"] == save.headers["content-type"] == "video/mp4"
    assert watch.headers["content-disposition"].startswith("inline; filename=")
    assert save.headers["content-disposition"].startswith("attachment; filename=")
    assert watch.body == save.body
    assert server.call("GET", story["watch"], key="", headers={"range": "bytes=0-99"}).status == 206


def test_the_film_is_what_was_promised(server: Server, story: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(server.call("GET", story["watch"], key="").body)
    with av.open(str(path)) as container:
        [picture], [sound] = container.streams.video, container.streams.audio
        frame = picture.codec_context
        assert (frame.name, frame.width, frame.height) == ("h264", 1280, 720)
        assert (picture.average_rate, picture.frames) == (24, 8 * 24)
        assert sound.codec_context.name == "aac"


def test_the_page_follows_the_film(server: Server, story: dict[str, str]) -> None:
    page = server.call("GET", story["page"], key="")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.body.lstrip().lower().startswith(b"<!doctype html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path, kind in (("/web/tracking.js", "text/javascript"), ("/web/tracking.css", "text/css")):
        assert path.encode() in page.body
        assert server.call("GET", path, key="").headers["content-type"].startswith(kind)


def test_the_source_tells_all_but_the_money(server: Server, story: dict[str, str]) -> None:
    answer = server.call("GET", story["source"], key="")
    told = answer.json()
    assert (told["id"], told["state"], told["progress"]) == (story["job"], "done", 1.0)
    assert told["sketch"] is True
    assert told["outputs"][0]["url"].endswith(story["watch"])
    assert told["downloads"] == [server.url + story["save"]]
    assert not {"held", "charged", "key", "account"} & set(told)
    assert server.key.encode() not in answer.body


def test_a_forged_link_leads_nowhere(server: Server, story: dict[str, str]) -> None:
    stem, _, _ = story["watch"].rpartition(".mp4")
    last = "0" if stem[-1] != "0" else "1"
    day, name = stem.split("/")[2:]
    forged = [
        f"{stem[:-1]}{last}.mp4",
        f"{stem[:-24]}.mp4",
        f"/cdn/20200101/{name}.mp4",
        f"/cdn/{day}/{name.upper()}.mp4",
        f"/cdn/{day}/.mp4",
        f"/cdn/99999999/{name}.mp4",
        f"/cdn/{day}/{name}",
    ]
    for path in forged:
        answer = server.call("GET", path, key="")
        assert answer.status == 404, path
        assert answer.json()["error"]["message"]


def test_only_films_over_chat_are_shown_to_everybody(server: Server) -> None:
    body = {"instances": [{"prompt": "[danqing:fail] a secret"}], "parameters": {}}
    private = server.call("POST", "/gemini/v1beta/models/veo-2.0-generate-001:predictLongRunning", body)
    for path in (f"/web/{private.headers['danqing-job']}", f"/source/{private.headers['danqing-job']}", "/web/none"):
        answer = server.call("GET", path, key="")
        assert (answer.status, answer.json()["error"]["kind"]) == (404, "not_found")


def test_a_film_that_is_filtered_says_so_and_is_free(server: Server) -> None:
    key = new_key(server, "filtered film")
    answer = server.call("POST", CHAT, chat_body("[danqing:filtered] a cat", model=FILM_CHAT), key=key)
    assert openai_error(answer, 400)["code"] == "filtered"
    assert answer.headers["danqing-cost-usd"] == "0.00"
    assert spent(server, key) == 0


def test_a_streamed_film_that_fails_says_so_in_words_and_as_an_error(server: Server) -> None:
    streamed = server.call("POST", CHAT, chat_body("[danqing:fail] a cat", model=FILM_CHAT, stream=True))
    *chunks, last = events(streamed.body)
    words = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert words.endswith("> ❌ The prompt asked the Sketch engine to fail (a magic prompt). Nothing was charged.")
    assert last["error"]["code"] == "upstream"
    assert b"[DONE]" not in streamed.body


@pytest.mark.parametrize(
    ("body", "cost"),
    [
        (chat_body("[danqing:slow=1] a fox", modalities=["text", "image"], stream=True), None),
        (chat_body("a boat on a river", model=FILM_CHAT, stream=True), 41 * CENT),
    ],
)
def test_a_job_goes_on_when_its_client_leaves(server: Server, body: dict[str, object], cost: int | None) -> None:
    key = new_key(server, "gone")
    job = _left_after_the_first_words(server, key, body)
    assert ended(server, job, key)["state"] == "done"
    charged = server.call("GET", f"/api/jobs/{job}", key=key).json()["charged"]["nanos"]
    assert spent(server, key) == charged > 0
    assert cost in (None, charged)


def _left_after_the_first_words(server: Server, key: str, body: dict[str, object]) -> str:
    """Ask, hang up as soon as the answer begins; the job's id."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    sent = json.dumps(body).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {len(sent)}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + sent)
        heard = b""
        while b"data: " not in heard:
            heard += connection.recv(4096)
    job = re.search(rb"danqing-job: ([0-9a-f-]{36})", heard)
    assert job
    return job[1].decode()
