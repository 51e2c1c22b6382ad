"""Signs of life while a slow answer is made, on a real socket, and that no client is left without its answer."""

import asyncio
import json
import os
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from danqing.catalog import load
from danqing.dialects import gemini
from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import fault_of
from danqing.domain.jobs import State
from danqing.front import Front, Reply
from danqing.gateway.gateway import Gateway
from danqing.wire import google, openai, sse
from danqing.wire.google import interactions
from danqing.wire.holes import Piece, Tree
from making import a_job
from serving import Server

from .calls import events
from .conftest import ERAS, ROOT

HEARTBEAT_S = 0.01
BEATS = 5
ANSWER = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": []}
CHUNK = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
SCRIPT = """
import json, os
from openai import OpenAI
client = OpenAI(api_key="x", base_url=os.environ["BASE"] + "/v1", max_retries=0)
asked = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
whole = client.chat.completions.create(**asked)
chunks = list(client.chat.completions.create(**asked, stream=True))
print(json.dumps([whole.id, [chunk.id for chunk in chunks]]))
"""


INTERACTIONS = """
import json, os
from google import genai
client = genai.Client(api_key="x", http_options={"base_url": os.environ["BASE"] + "/gemini", "api_version": "v1"})
whole = [client.interactions.create(model="m", input=words).status for words in ("fine", "refused")]
events = client.interactions.create(model="m", input="x", stream=True)
print(json.dumps([whole, [event.event_type for event in events]]))
"""


class Slow:
    """An app whose answers are only made when some heartbeats have been sent, however fast the machine is."""

    def __init__(self) -> None:
        gateway = cast(Gateway, SimpleNamespace(catalog=load(), latest=lambda job: job))  # nothing else is asked of it
        nobody = cast(Any, None)
        self.front = Front(gateway, *[nobody] * 7, heartbeat_s=HEARTBEAT_S)
        calls = {"/v1/chat/completions": self.chat, "/fails": self.fails, "/quick": self.quick, "/broken": self.broken}
        calls |= {"/gemini/v1/interactions": self.interact}
        calls |= {"/late/events": self.late, "/late/array": self.late, "/early": self.early}
        ends = {path: self.front.endpoint(call, openai.error) for path, call in calls.items()}
        self._app: ASGIApp = Starlette(routes=[Route(path, end, methods=["POST"]) for path, end in ends.items()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the heartbeats of each answer."""
        beats, enough = 0, asyncio.Event()
        scope["enough"] = enough

        async def counting(message: Message) -> None:
            nonlocal beats
            await send(message)
            beats += message.get("body") in (b"\n", sse.COMMENT)
            if beats >= BEATS:
                enough.set()

        await self._app(scope, receive, counting)

    async def chat(self, request: Request) -> Reply | Response:
        body = await self.front.body(request)
        if json.loads(body).get("stream"):
            return self.front.events(self._frames(request), sse.COMMENT, {"danqing-job": "x"})
        return await self.front.patient(a_job(), self._made(request), openai.error)

    async def interact(self, request: Request) -> Reply | Response:
        body = json.loads(await self.front.body(request))
        refused = Problem(Kind.FILTERED, "No.") if body["input"] == "refused" else None
        job = a_job(state=State.FAILED if refused else State.DONE, fault=fault_of(refused) if refused else None)

        async def frames() -> AsyncIterator[Sequence[Piece]]:
            for event in interactions.events(job, str):
                yield sse.event(event)
            await request.scope["enough"].wait()
            yield (sse.DONE,)

        async def made() -> Reply:
            await request.scope["enough"].wait()
            tree = interactions.interaction(job, str)
            return Reply.of({**tree, **google.error(refused)} if refused else tree)

        if body.get("stream"):
            return self.front.events(frames(), sse.COMMENT, {})
        return await self.front.patient(job, made(), google.error)

    async def quick(self, request: Request) -> Reply | Response:
        async def made() -> Reply:
            return Reply.of(ANSWER, headers={"danqing-job": "x"})

        return await self.front.patient(a_job(), made(), openai.error)

    async def fails(self, request: Request) -> Reply | Response:
        async def made() -> Reply:
            await request.scope["enough"].wait()
            raise Problem(Kind.UPSTREAM, "It broke.")

        return await self.front.patient(a_job(), made(), openai.error)

    async def broken(self, request: Request) -> Reply | Response:
        async def made() -> Reply:
            raise Problem(Kind.UPSTREAM, "It broke.")

        return await self.front.patient(a_job(), made(), openai.error)

    async def late(self, request: Request) -> Response:
        write = gemini.events if request.url.path.endswith("events") else gemini.array
        chunks = await self.front.begun(self._dying(request.scope["enough"]))
        return self.front.events(write(chunks), sse.BLANK, {})

    async def early(self, request: Request) -> Response:
        enough = asyncio.Event()
        enough.set()
        return self.front.events(gemini.events(await self.front.begun(self._dying(enough))), sse.BLANK, {})

    async def _dying(self, enough: asyncio.Event) -> AsyncIterator[Tree]:
        await enough.wait()
        if enough.is_set():
            raise Problem(Kind.UPSTREAM, "It broke.")
        yield {}

    async def _made(self, request: Request) -> Reply:
        await request.scope["enough"].wait()
        return Reply.of(ANSWER)

    async def _frames(self, request: Request) -> AsyncIterator[Sequence[Piece]]:
        yield sse.event(CHUNK)
        await request.scope["enough"].wait()
        yield sse.event(CHUNK)
        yield (sse.DONE,)


@pytest.fixture(scope="module")
def slow() -> Iterator[Server]:
    """The slow app on a socket of its own."""
    with socket.socket() as listener, at_work(Slow(), listener):
        yield Server(data=ROOT, url=f"http://127.0.0.1:{listener.getsockname()[1]}")


@contextmanager
def at_work(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Uvicorn in a thread while the block runs."""
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def test_blanks_come_before_an_answer_that_takes_long(slow: Server) -> None:
    answer = slow.call("POST", "/v1/chat/completions", {"stream": False}, key="x")
    assert answer.status == 200
    blanks = len(answer.body) - len(answer.body.lstrip(b"\n"))
    assert blanks >= BEATS
    assert answer.body[blanks:] == json.dumps(ANSWER, separators=(",", ":")).encode()
    assert answer.json() == ANSWER
    assert answer.headers["content-type"] == "application/json"


def test_an_answer_that_is_quick_has_its_length_and_its_headers(slow: Server) -> None:
    answer = slow.call("POST", "/quick", {}, key="x")
    assert answer.body == json.dumps(ANSWER, separators=(",", ":")).encode()
    assert answer.headers["danqing-job"] == "x"
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_a_failure_after_the_first_blank_can_only_be_told_in_the_body(slow: Server) -> None:
    answer = slow.call("POST", "/fails", {}, key="x")
    assert answer.status == 200
    assert answer.json()["error"]["message"] == "It broke."


def test_a_failure_before_it_has_its_status(slow: Server) -> None:
    answer = slow.call("POST", "/broken", {}, key="x")
    assert answer.status == 502
    assert answer.headers["x-should-retry"] == "false"


def test_comments_come_while_a_stream_has_nothing_to_say(slow: Server) -> None:
    answer = slow.call("POST", "/v1/chat/completions", {"stream": True}, key="x")
    first, *silence, last, done, rest = answer.body.split(b"\n\n")
    assert first.startswith(b"data: {")
    assert len(silence) >= BEATS
    assert set(silence) == {b": keep-alive"}
    assert last == first
    assert (done, rest) == (b"data: [DONE]", b"")
    assert events(answer.body) == [CHUNK, CHUNK]


def test_a_stream_of_google_s_that_fails_late_ends_with_the_error(slow: Server) -> None:
    """Blank lines are the only sign of life that its SDK takes (wire.md 8)."""
    events, array = (slow.call("POST", f"/late/{form}", {}, key="x").body for form in ("events", "array"))
    assert events.startswith(b"\n" * BEATS + b"data: ")
    assert json.loads(events.strip().removeprefix(b"data: "))["error"]["message"] == "It broke."
    assert array.startswith(b"\n" * BEATS + b"[")
    assert [chunk["error"]["message"] for chunk in json.loads(array)] == ["It broke."]


def test_a_stream_that_fails_at_once_has_its_status(slow: Server) -> None:
    assert slow.call("POST", "/early", {}, key="x").status == 502


@pytest.mark.parametrize("era", ERAS)
def test_openai_is_patient_with_both(slow: Server, era: str) -> None:
    assert run_with(slow, era, SCRIPT) == ["x", ["x", "x"]]


def test_google_genai_is_patient_with_an_interaction(slow: Server) -> None:
    """What is refused after the first blank has the status 200; the interaction still says that it failed."""
    begun = ["interaction.created", "interaction.status_update"]
    assert run_with(slow, "newest", INTERACTIONS) == [["completed", "failed"], [*begun, "interaction.completed"]]


def run_with(slow: Server, era: str, script: str) -> object:
    """What a script prints that asks the slow app with the clients of an era."""
    python = ROOT / ".venvs" / era / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of {era} are not installed; `make test` installs them")
    env = {"PATH": os.environ["PATH"], "BASE": slow.url}
    run = subprocess.run([python, "-c", script], env=env, capture_output=True, timeout=60)
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    return json.loads(run.stdout)
