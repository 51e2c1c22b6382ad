"""What the client makes of servers that break off, move, refuse, or are none of ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from danqing.client import AsyncClient, AsyncJob
from danqing.client.told import Job
from danqing.config import Remote
from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import State
from danqing.wire import native
from making import NOON, a_job

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOBODY = "http://127.0.0.1:9"  # the port "discard", where nobody listens


def told(**fields: object) -> str:
    """A job as the server writes it."""
    return json.dumps(native.job(replace(a_job(state=State.RUNNING), **fields), lambda output: ""), default=list)


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """A server that answers everything in one way; gives its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def asking(*urls: str) -> AsyncIterator[AsyncClient]:
    """A client that finds the server at one address after the other, and at the last one for ever."""
    left = list(urls)

    async def locate() -> Remote:
        return Remote(left.pop(0) if len(left) > 1 else left[0], "sk-test-1")

    async with AsyncClient(way=nullcontext(locate), pauses_s=(0, 0)) as client:
        yield client


def ask(handler: Handler, work: Callable[[AsyncClient], Awaitable[object]], *, first: Sequence[str] = ()) -> object:
    """Do some work as the client of such a server; `first` are the addresses that are tried before its own."""

    async def main() -> object:
        async with listening(handler) as url, asking(*first, url) as client:
            return await work(client)

    return asyncio.run(main())


def always(body: str, status: int = 200) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=body, status=status)

    return handle


def test_the_key_is_shown_in_the_header_and_ids_cannot_leave_their_place() -> None:
    seen: list[tuple[str, str]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.raw_path, request.headers["authorization"]))
        return web.Response(text=told())

    ask(handle, lambda client: client.jobs.get("../keys?a=1"))
    assert seen == [("/api/jobs/..%2Fkeys%3Fa=1", "Bearer sk-test-1")]


def test_a_refusal_is_the_problem_that_it_was() -> None:
    problem = Problem(Kind.BUSY, "Wait a little.", param="model", code="too_many_jobs", retry_after=10)
    with pytest.raises(Problem) as caught:
        ask(always(json.dumps(native.error(problem)), 429), lambda client: client.usage())
    assert caught.value == problem


@pytest.mark.parametrize("status", [200, 403, 500])
def test_words_of_somebody_else_are_recognised(status: int) -> None:
    with pytest.raises(Problem) as caught:
        ask(always("<html>Welcome to nginx!</html>", status), lambda client: client.models())
    assert (caught.value.kind, caught.value.code) == (Kind.UPSTREAM, "not_danqing")


def test_a_server_that_is_not_there() -> None:
    async def main() -> None:
        async with asking(NOBODY) as client:
            await client.jobs.list()

    with pytest.raises(Problem, match=f"The server at {NOBODY} does not answer") as caught:
        asyncio.run(main())
    assert caught.value.code == "unreachable"


def test_a_server_that_has_moved_is_found_again() -> None:
    job = ask(always(told()), lambda client: client.jobs.get("1"), first=[NOBODY, NOBODY])
    assert job.id == a_job().id


def test_submitting_again_carries_the_same_idempotency_key() -> None:
    names: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        names.append(request.headers["idempotency-key"])
        if len(names) == 1:
            request.transport.abort()
        return web.Response(text=told(), status=201)

    ask(handle, lambda client: client.jobs.submit({"model": "m", "prompt": "a cat"}))
    assert len(names) == 2
    assert len(set(names)) == 1


def test_two_submissions_are_two() -> None:
    names: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        names.append(request.headers["idempotency-key"])
        return web.Response(text=told(), status=201)

    async def twice(client: AsyncClient) -> None:
        await client.jobs.submit({"model": "m"})
        await client.jobs.submit({"model": "m"})

    ask(handle, twice)
    assert len(set(names)) == 2


def test_a_key_is_not_asked_for_twice() -> None:
    calls: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        calls.append(request.path)
        request.transport.abort()
        return web.Response()

    with pytest.raises(Problem):
        ask(handle, lambda client: client.office.create_key("a key"))
    assert calls == ["/api/keys"]


async def watched(client: AsyncClient) -> list[tuple[State, float]]:
    job = AsyncJob(client._transport, msgspec.json.decode(told(), type=Job))
    async with aclosing(aiter(job)) as jobs:
        return [(job.state, job.progress) async for job in jobs]


@pytest.mark.parametrize("end", ["abort", "close", "mid-event"])
def test_watching_goes_on_when_the_stream_breaks(end: str) -> None:
    streams = [[0.1, 0.4], [0.4, 0.9], [1.0]]

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        for progress in streams.pop(0):
            state = State.DONE if progress == 1 else State.RUNNING
            await answer.write(f"data: {told(state=state, progress=progress)}\n\n: keep-alive\n\n".encode())
        if end == "mid-event":
            await answer.write(b'data: {"id": "816')
        if end == "abort" and streams:
            request.transport.abort()
        return answer

    seen = ask(handle, watched)
    assert seen[-1] == (State.DONE, 1.0)
    assert [progress for _, progress in seen if progress in (0.1, 0.4, 0.9)][-1] == 0.9
    assert streams == []


def test_watching_outlives_a_restart_behind_a_proxy() -> None:
    statuses = [502, 503, 200]

    async def handle(request: web.Request) -> web.Response:
        status = statuses.pop(0)
        text = f"data: {told(state=State.DONE, progress=1.0)}\n\n" if status == 200 else "Bad gateway"
        return web.Response(text=text, status=status)

    assert ask(handle, watched) == [(State.DONE, 1.0)]


def test_watching_a_job_that_is_not_there_ends() -> None:
    problem = Problem(Kind.NOT_FOUND, "There is no job 1 that this key may see.")
    with pytest.raises(Problem, match="There is no job 1"):
        ask(always(json.dumps(native.error(problem)), 404), watched)


def test_a_download_is_whole_or_not_there(tmp_path: Path) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"content-length": "1000"})
        await answer.prepare(request)
        await answer.write(b"x" * 500)
        request.transport.close()
        return answer

    with pytest.raises(Problem):
        ask(handle, lambda client: client.assets.download("f1", tmp_path / "fox.png"))
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_broke_is_begun_again(tmp_path: Path) -> None:
    tries: list[int] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        tries.append(1)
        answer = web.StreamResponse(headers={"content-length": "1000"})
        await answer.prepare(request)
        await answer.write(b"a" * 500 if len(tries) == 1 else b"b" * 1000)
        if len(tries) == 1:
            request.transport.close()
        return answer

    ask(handle, lambda client: client.assets.download("f1", tmp_path / "fox.png"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"fox.png": b"b" * 1000}


def test_a_download_that_broke_goes_on_where_it_was(tmp_path: Path) -> None:
    """The rest is asked for of the very same file, and nothing is fetched twice."""
    film, asked = bytes(range(250)) * 4, []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append((request.headers.get("range"), request.headers.get("if-range")))
        begin = int(request.headers["range"][6:-1]) if len(asked) > 1 else 0
        answer = web.StreamResponse(status=206 if begin else 200, headers={"etag": '"f"'})
        answer.content_length = len(film) - begin
        if begin:
            answer.headers["content-range"] = f"bytes {begin}-{len(film) - 1}/{len(film)}"
        await answer.prepare(request)
        await answer.write(film[begin : begin + 300])
        if begin + 300 < len(film):
            request.transport.close()
        return answer

    ask(handle, lambda client: client.assets.download("f1", tmp_path / "fox.mp4"))
    assert (tmp_path / "fox.mp4").read_bytes() == film
    assert asked == [(None, None), *((f"bytes={begin}-", '"f"') for begin in (300, 600, 900))]


def test_a_file_that_is_another_one_meanwhile_is_fetched_from_its_beginning(tmp_path: Path) -> None:
    tries: list[str | None] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        tries.append(request.headers.get("if-range"))
        answer = web.StreamResponse(headers={"content-length": "1000", "etag": f'"{len(tries)}"'})
        await answer.prepare(request)
        await answer.write(b"a" * 500 if len(tries) == 1 else b"b" * 1000)
        if len(tries) == 1:
            request.transport.close()
        return answer

    ask(handle, lambda client: client.assets.download("f1", tmp_path / "fox.png"))
    assert (tmp_path / "fox.png").read_bytes() == b"b" * 1000
    assert tries == [None, '"1"']


def test_a_line_that_breaks_at_the_same_place_again_and_again_is_given_up(tmp_path: Path) -> None:
    tries: list[int] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        tries.append(1)
        answer = web.StreamResponse(headers={"content-length": "1000"})
        await answer.prepare(request)
        await answer.write(b"a" * 500)
        request.transport.close()
        return answer

    with pytest.raises(Problem):
        ask(handle, lambda client: client.assets.download("f1", tmp_path / "fox.png"))
    assert len(tries) == 3  # once, and once more after each pause


def test_a_client_that_is_closed_says_so() -> None:
    async def main() -> None:
        async with asking(NOBODY) as client:
            await client.close()
            await client.usage()

    with pytest.raises(Problem, match="This client is closed"):
        asyncio.run(main())


def test_times_are_told_as_the_server_told_them() -> None:
    job = ask(always(told()), lambda client: client.jobs.get("1"))
    assert job.told.created == NOON.isoformat()
